package mailer

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"latchkey/internal/problem"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

func TestMailsArriveAsRendered(t *testing.T) {
	sink := testsmtp.NewSink(t)
	m := sending(t, server(t, sink, Never))
	for i, name := range models.MailTemplates() {
		row, words := letter(t, m, name)
		answer, err := sendOne(t, m, row, words)
		if err != nil || !strings.HasPrefix(answer, "250 ") {
			t.Fatalf("%q, %v", answer, err)
		}
		got := sink.Wait(i + 1)[i]
		content, err := got.Content()
		if err != nil {
			t.Fatal(err)
		}
		// Lines end with CRLF in SMTP.
		text, html := strings.ReplaceAll(content.Text, "\r\n", "\n"), strings.ReplaceAll(content.HTML, "\r\n", "\n")
		if content.Subject != words.Subject || text != words.Text || html != words.HTML {
			t.Errorf("%s arrived changed:\n%q\n%q", name, text, words.Text)
		}
		if got.From != "latchkey@example.com" || len(got.To) != 1 || got.To[0] != row.Recipient {
			t.Errorf("envelope %q to %q", got.From, got.To)
		}
		for key, want := range map[string]string{
			"From": `"Latchkey" <latchkey@example.com>`, "To": "<ada@example.com>", "Message-Id": row.MessageID,
			"Date": "Mon, 02 Mar 2026 10:00:00 +0100", "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All",
			"Content-Language": "en", "Reply-To": "", "Mime-Version": "1.0", "User-Agent": "", "X-Mailer": "",
		} {
			if got.Header.Get(key) != want {
				t.Errorf("%s: %q, want %q", key, got.Header.Get(key), want)
			}
		}
		if !strings.HasPrefix(got.Header.Get("Content-Type"), "multipart/alternative;") {
			t.Errorf("Content-Type %q", got.Header.Get("Content-Type"))
		}
	}
}

func TestEncryptionModes(t *testing.T) {
	for _, tc := range []struct {
		name    string
		options []testsmtp.Option
		mode    TLS
		trust   bool
		arrives bool
		says    string
	}{
		{"STARTTLS", []testsmtp.Option{testsmtp.WithSTARTTLS()}, StartTLS, true, true, ""},
		{"implicit", []testsmtp.Option{testsmtp.WithTLS()}, Implicit, true, true, ""},
		{"never", nil, Never, true, true, ""},
		{"STARTTLS stripped", nil, StartTLS, true, false, "not support STARTTLS"},
		{"STARTTLS, wrong certificate", []testsmtp.Option{testsmtp.WithSTARTTLS()}, StartTLS, false, false, "certificate"},
		{"implicit, wrong certificate", []testsmtp.Option{testsmtp.WithTLS()}, Implicit, false, false, "certificate"},
		{"STARTTLS, an old version", []testsmtp.Option{testsmtp.WithSTARTTLS(), testsmtp.WithOldTLS()}, StartTLS, true, false, "protocol version"},
		{"implicit, an old version", []testsmtp.Option{testsmtp.WithTLS(), testsmtp.WithOldTLS()}, Implicit, true, false, "protocol version"},
		{"implicit, server speaks plain", nil, Implicit, true, false, "TLS"},
		{"server wants STARTTLS, we never", []testsmtp.Option{testsmtp.WithSTARTTLS()}, Never, true, false, "530 "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sink := testsmtp.NewSink(t, tc.options...)
			to := server(t, sink, tc.mode)
			if !tc.trust {
				to.RootCAs = x509.NewCertPool()
			}
			m := sending(t, to)
			row, words := letter(t, m, models.MailExpiration)
			_, err := sendOne(t, m, row, words)
			if (err == nil) != tc.arrives || len(sink.Messages()) != len(sink.All()) || (len(sink.All()) == 1) != tc.arrives {
				t.Fatalf("got %v, with %d mails at the server", err, len(sink.All()))
			}
			if tc.arrives {
				if sink.Messages()[0].TLS != (tc.mode != Never) {
					t.Error("not encrypted")
				}
				return
			}
			if Permanent(err) || !strings.Contains(Answer(err), tc.says) {
				t.Errorf("permanent %t, answer %q", Permanent(err), Answer(err))
			}
		})
	}
}

func TestAuthentication(t *testing.T) {
	sink := testsmtp.NewSink(t, testsmtp.WithSTARTTLS(), testsmtp.WithAuth("post", "s3cret-canary"))
	for password, arrives := range map[string]bool{"s3cret-canary": true, "wr0ng-canary": false, "": false} {
		to := server(t, sink, StartTLS)
		if to.Password = problem.Secret(password); password != "" {
			to.User = "post"
		}
		m := sending(t, to)
		row, words := letter(t, m, models.MailExpiration)
		_, err := sendOne(t, m, row, words)
		if (err == nil) != arrives {
			t.Errorf("password %q: %v", password, err)
		}
		if err != nil && (Permanent(err) || strings.Contains(err.Error(), "canary")) {
			t.Errorf("password %q: permanent %t, %v", password, Permanent(err), err)
		}
	}
	if len(sink.Messages()) != 1 {
		t.Errorf("%d mails", len(sink.Messages()))
	}
}

func TestPasswordIsSentInTheClearToLocalhostOnly(t *testing.T) {
	const elsewhere = "127.0.0.2" // which is not one of the names of this machine that the client knows
	server := conversationAt(t, elsewhere, "220 hi\r\n", "250-hi\r\n250 AUTH PLAIN LOGIN\r\n")
	m := sending(t, &Server{Host: elsewhere, Port: server.port, User: "post", Password: "canary", TLS: Never})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := m.Open(ctx); err == nil {
		t.Fatal("authenticated")
	}
	if said := server.said(); strings.Contains(strings.ToUpper(said), "AUTH") {
		t.Errorf("we said %q", said)
	}
}

func TestServerAnswersAreClassified(t *testing.T) {
	for _, tc := range []struct {
		answer    testsmtp.Answer
		permanent bool
		says      string
		usable    bool
	}{
		{testsmtp.Answer{Code: 550, Text: "No such user here", At: testsmtp.AtRcpt}, true, "550 5.0.0 No such user here", true},
		{testsmtp.Answer{Code: 554, Text: "Spam", At: testsmtp.AtData}, true, "554 5.0.0 Spam", true},
		{testsmtp.Answer{Code: 553, Text: "Not you", At: testsmtp.AtMail}, true, "553 5.0.0 Not you", true},
		{testsmtp.Answer{Code: 530, Text: "Authenticate first", At: testsmtp.AtMail}, false, "530 5.0.0 Authenticate first", true},
		{testsmtp.Answer{Code: 451, Text: "Greylisted", At: testsmtp.AtRcpt}, false, "451 4.0.0 Greylisted", true},
		{testsmtp.Answer{Code: 452, Text: "Full", At: testsmtp.AtData}, false, "452 4.0.0 Full", true},
		{testsmtp.Answer{Code: 421, Text: "Closing", At: testsmtp.AtRcpt}, false, "421 4.0.0 Closing", false},
		{testsmtp.Answer{Drop: true, At: testsmtp.AtMail}, false, "EOF", false},
		{testsmtp.Answer{Drop: true, At: testsmtp.AtData}, false, "EOF", false},
	} {
		t.Run(tc.says, func(t *testing.T) {
			sink := testsmtp.NewSink(t)
			sink.Script(tc.answer)
			m := sending(t, server(t, sink, Never))
			connection, err := m.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			row, words := letter(t, m, models.MailExpiration)
			_, err = connection.Send(t.Context(), row, words)
			if err == nil || Permanent(err) != tc.permanent || !strings.Contains(Answer(err), tc.says) || connection.Usable() != tc.usable {
				t.Fatalf("permanent %t, usable %t, answer %q", Permanent(err), connection.Usable(), Answer(err))
			}
			if !tc.usable {
				return
			}
			if _, err := connection.Send(t.Context(), row, words); err != nil {
				t.Errorf("the next mail on the same connection: %v", err)
			}
			if all := sink.WaitAll(2); all[1].Header.Get("Message-Id") != row.MessageID {
				t.Error("another Message-ID the second time")
			}
		})
	}
}

func TestManyMailsUseOneConnection(t *testing.T) {
	sink := testsmtp.NewSink(t)
	m := sending(t, server(t, sink, Never))
	connection, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	row, words := letter(t, m, models.MailExpiration)
	for range 20 {
		if _, err := connection.Send(t.Context(), row, words); err != nil {
			t.Fatal(err)
		}
	}
	if sink.Wait(20); sink.Connections() != 1 {
		t.Errorf("%d connections", sink.Connections())
	}
}

func TestRefusedConnectionIsATemporaryError(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	m := sending(t, &Server{Host: "127.0.0.1", Port: port, TLS: Never})
	if _, err := m.Open(t.Context()); err == nil || Permanent(err) || !strings.Contains(Answer(err), "refused") {
		t.Errorf("got %v", err)
	}
}

func TestOpenFailsWithoutServer(t *testing.T) {
	m := newMailer(t, nil)
	if _, err := m.Open(t.Context()); !m.Captures() || !errors.Is(err, ErrNoServer) {
		t.Errorf("captures %t, %v", m.Captures(), err)
	}
}

// overdue is a context past its deadline that is not done yet, as every context is for a moment.
type overdue struct{ context.Context }

func (overdue) Deadline() (time.Time, bool) { return time.Unix(1, 0), true }

// The dialer's own timer must not end it.
func TestOnlyTheContextEndsADial(t *testing.T) {
	m := sending(t, server(t, testsmtp.NewSink(t), Never))
	connection, err := m.Open(overdue{t.Context()})
	if err != nil {
		t.Fatalf("before the end: %v", err)
	}
	connection.Close()
}

func TestSilentServerIsLeftWhenTheContextEnds(t *testing.T) {
	for name, says := range map[string][]string{
		"no greeting": nil, "no EHLO": {"220 hi\r\n", ""}, "endless greeting": {"220-hi\r\n220-hi\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			peer := conversation(t, says...)
			m := sending(t, &Server{Host: "127.0.0.1", Port: peer.port, TLS: Never})
			// The listener may see the connection before the dialer does, so the step in the error varies.
			if _, err := m.Open(untilEnough(t, peer.silent)); err == nil || Permanent(err) || !strings.HasSuffix(Answer(err), "ing to the mail server: enough") {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("no answer to the content", func(t *testing.T) {
		sink := testsmtp.NewSink(t)
		came := make(chan struct{})
		sink.Always(testsmtp.Answer{Wait: make(chan struct{}), Came: came})
		m := sending(t, server(t, sink, Never))
		connection, err := m.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		row, words := letter(t, m, models.MailExpiration)
		if _, err := connection.Send(untilEnough(t, came), row, words); err == nil || Permanent(err) || !strings.Contains(Answer(err), "enough") || connection.Usable() {
			t.Errorf("usable %t, %v", connection.Usable(), err)
		}
	})
}

// untilEnough returns a context that ends when passed is closed.
func untilEnough(t *testing.T, passed <-chan struct{}) context.Context {
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		select {
		case <-passed:
			cancel(errors.New("enough"))
		case <-ctx.Done():
		}
	}()
	return ctx
}

// An answer is stored as one line of limited length without our credentials.
func TestHostileAnswersAreCleaned(t *testing.T) {
	const ehlo = "250-hi\r\n250 AUTH PLAIN\r\n"
	for name, answer := range map[string]string{
		"echo":   "535 no: AHBvc3QAY2FuYXJ5LXBhc3N3b3Jk canary-password Y2FuYXJ5LXBhc3N3b3Jk\r\n",
		"odd":    "535 \x00\x01\xff\xfe\u2028\x1b[31m\r\n",
		"long":   "535 " + strings.Repeat("ä", 5000) + "\r\n",
		"lines":  strings.Repeat("535-more\r\n", 500) + "535 end\r\n",
		"no one": "hello\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			peer := conversation(t, "220 hi\r\n", ehlo, answer, "500 what?\r\n", "221 bye\r\n")
			to := &Server{Host: "127.0.0.1", Port: peer.port, TLS: Never, User: "post", Password: "canary-password"}
			_, err := sending(t, to).Open(t.Context())
			if err == nil || Permanent(err) {
				t.Fatalf("got %v", err)
			}
			for _, said := range []string{Answer(err), err.Error()} {
				if len(said) > maxAnswer+100 || strings.ContainsAny(said, "\r\n\x00\x1b\u2028") || strings.ToValidUTF8(said, "") != said {
					t.Errorf("answer of %d bytes: %.100q", len(said), said)
				}
				if strings.Contains(said, "canary") || strings.Contains(said, "Y2FuYXJ5") {
					t.Errorf("credentials in %q", said)
				}
			}
		})
	}
}

// peer is a server that sends its lines, one after each of ours, and then nothing more.
type peer struct {
	port   int
	silent chan struct{} // closed when all lines are sent
	done   chan string
}

func conversation(t *testing.T, lines ...string) *peer {
	return conversationAt(t, "127.0.0.1", lines...)
}

func conversationAt(t *testing.T, host string, lines ...string) *peer {
	t.Helper()
	listener, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{listener.Addr().(*net.TCPAddr).Port, make(chan struct{}), make(chan string, 1)}
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			p.done <- ""
			return
		}
		defer conn.Close()
		var heard strings.Builder
		for i, line := range lines {
			if i > 0 {
				buffer := make([]byte, 4096)
				n, _ := conn.Read(buffer)
				heard.Write(buffer[:n])
			}
			io.WriteString(conn, line)
		}
		close(p.silent)
		rest, _ := io.ReadAll(conn)
		p.done <- heard.String() + string(rest)
	}()
	t.Cleanup(func() { listener.Close(); <-p.done; close(p.done) })
	return p
}

// said returns everything that the client sent, once it has disconnected.
func (p *peer) said() string {
	said := <-p.done
	p.done <- said
	return said
}

func TestNoContentIsSentAfterARefusal(t *testing.T) {
	const envelope = "MAIL FROM:<latchkey@example.com>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n"
	for name, tc := range map[string]struct {
		says   []string // to each of our packets, after EHLO
		answer string
		heard  string // after EHLO
	}{
		"accepted":             {[]string{"250 a\r\n", "250 b\r\n", "354 c\r\n", "250 queued\r\n"}, "250 queued", envelope + "…"},
		"recipient refused":    {[]string{"250 a\r\n", "450 later\r\n"}, "450 later", strings.TrimSuffix(envelope, "DATA\r\n")},
		"sender refused":       {[]string{"553 not you\r\n"}, "553 not you", "MAIL FROM:<latchkey@example.com>\r\n"},
		"other answer to DATA": {[]string{"250 a\r\n", "250 b\r\n", "250 c\r\n"}, "250 c", envelope},
	} {
		t.Run(name, func(t *testing.T) {
			peer := conversation(t, append([]string{"220 hi\r\n", "250-hi\r\n250 PIPELINING\r\n"}, tc.says...)...)
			m := sending(t, &Server{Host: "127.0.0.1", Port: peer.port, TLS: Never})
			row, words := letter(t, m, models.MailExpiration)
			connection, err := m.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			answer, err := connection.Send(t.Context(), row, words)
			if err != nil {
				answer = Answer(err)
			}
			connection.conn.Close()
			_, heard, _ := strings.Cut(peer.said(), "\r\n")
			if head, content, some := strings.Cut(heard, "Auto-Submitted: "); some && strings.HasSuffix(content, "\r\n.\r\n") {
				heard = head + "…"
			}
			if answer != tc.answer || heard != tc.heard {
				t.Errorf("answer %q, we said %q", answer, heard)
			}
		})
	}
}

func TestLinesWithDotsArriveUnchanged(t *testing.T) {
	sink := testsmtp.NewSink(t)
	m := sending(t, server(t, sink, Never))
	connection, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	raws := []string{".\r\n..\r\n.a\r\n\r\n.\r\nb.\r\n", "", "no end", "bare\nline\n.\nends\n", "\r\n.\r\n"}
	for i, raw := range raws {
		if _, step, err := connection.transfer("ada@example.com", []byte(raw)); err != nil {
			t.Fatalf("%q: %s: %v", raw, step, err)
		}
		want := strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n")
		if !strings.HasSuffix(want, "\r\n") {
			want += "\r\n"
		}
		if got := string(sink.Wait(i + 1)[i].Raw); got != want {
			t.Errorf("%q arrived as %q", raw, got)
		}
	}
}
