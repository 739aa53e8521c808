package mailer

import (
	"bytes"
	"cmp"
	"strings"
)

// What Send can be doing when it fails.
const (
	resetting = "preparing the connection for the next mail"
	naming    = "naming the sender"
	telling   = "naming the recipient"
	starting  = "asking to send the content"
	writing   = "sending the content"
	closing   = "waiting for the server to take the mail"
)

// transfer hands one mail over, and returns what the server said when it took it. It says in doing where it failed.
func (c *Connection) transfer(recipient string, raw []byte) (answer, doing string, err error) {
	if err := c.reset(); err != nil {
		return "", resetting, err
	}
	if doing, err := c.announce(recipient); err != nil {
		return "", doing, err
	}
	if err := c.write(raw); err != nil {
		return "", writing, err
	}
	_, said, err := c.smtp.Text.ReadResponse(250)
	return "250 " + said, closing, err
}

// reset clears what is left of a mail that failed (RFC 5321 §4.1.1.5); one that was taken leaves nothing.
func (c *Connection) reset() error {
	if !c.failed {
		return nil
	}
	c.failed = false
	return c.smtp.Reset()
}

// command is a line that comes before the content of a mail.
type command struct {
	doing, line string
	want        int // the code of the answer, or its first digits
}

// announce tells sender and recipient and asks to send the content: in one go where the server offers that (RFC 2920), since
// each answer that is waited for costs a way there and back.
func (c *Connection) announce(recipient string) (doing string, err error) {
	commands := []command{
		{naming, "MAIL FROM:<" + c.mailer.from.Address + ">", 250},
		{telling, "RCPT TO:<" + recipient + ">", 25},
		{starting, "DATA", 354},
	}
	if atOnce, _ := c.smtp.Extension("PIPELINING"); atOnce {
		return c.say(commands)
	}
	for i := range commands {
		if doing, err := c.say(commands[i : i+1]); err != nil {
			return doing, err
		}
	}
	return "", nil
}

// say sends commands in one go and reads the answer to each. The error is that of the first one that was not taken.
func (c *Connection) say(commands []command) (doing string, err error) {
	lines := make([]string, len(commands))
	for i, one := range commands {
		lines[i] = one.line
	}
	if err := c.smtp.Text.PrintfLine("%s", strings.Join(lines, "\r\n")); err != nil {
		return commands[0].doing, err
	}
	for _, one := range commands {
		_, _, refusal := c.smtp.Text.ReadResponse(one.want)
		switch {
		case err == nil:
			doing, err = one.doing, refusal
		case refusal == nil && one.doing == starting:
			c.broken = c.withhold() != nil
		}
		if refusal != nil && closesConnection(refusal) {
			break
		}
	}
	return doing, err
}

// withhold sends nothing to a server that waits for the content of a mail whose sender or recipient it refused, and lets it
// refuse that (RFC 2920 §3.1).
func (c *Connection) withhold() error {
	if err := c.write(nil); err != nil {
		return err
	}
	_, _, err := c.smtp.Text.ReadResponse(0)
	return err
}

// write sends the content and the line that ends it, in one go: a writer that looks at each byte costs as much as all else.
func (c *Connection) write(raw []byte) error {
	_, err := c.smtp.Text.W.Write(ended(stuffed(raw)))
	return cmp.Or(err, c.smtp.Text.W.Flush())
}

// stuffed ends each line with CRLF, and puts a second dot before one that begins a line (RFC 5321 §2.3.8 and §4.5.2).
func stuffed(raw []byte) []byte {
	if bytes.Count(raw, []byte("\n")) != bytes.Count(raw, []byte("\r\n")) {
		raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	}
	if bytes.Contains(raw, []byte("\n.")) {
		raw = bytes.ReplaceAll(raw, []byte("\n."), []byte("\n.."))
	}
	if bytes.HasPrefix(raw, []byte(".")) {
		raw = append([]byte("."), raw...)
	}
	return raw
}

// ended has the line that ends the content after it.
func ended(raw []byte) []byte {
	if len(raw) > 0 && !bytes.HasSuffix(raw, []byte("\r\n")) {
		raw = append(raw, "\r\n"...)
	}
	return append(raw, ".\r\n"...)
}
