package mailer

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// evil are strings that have split headers or commands in some mail software.
var evil = []string{
	"\r\nBcc: eve@evil.example\r\n", "\nSubject: x", "\r", "\x00", "\u2028", "\u2029", "\u0085", "\v", "\f",
	"=?utf-8?q?=0D=0ABcc:_eve=40evil.example?=", "\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n", "> NOTIFY=SUCCESS", ">\r\nRCPT TO:<eve@evil.example",
	`"a b"@example.com`, "<eve@evil.example>", ", eve@evil.example", ";", "\\", "(comment)", "\u202e", "ä", " ", "\t", "<script>",
}

func TestRecipientsCannotInject(t *testing.T) {
	sink := testsmtp.NewSink(t)
	m := sending(t, server(t, sink, Never))
	row, words := letter(t, m, models.MailBlacklisted)
	for _, piece := range evil {
		for _, format := range []string{"ada%s@example.com", "ada@example.com%s", "%sada@example.com", "ada@exam%sple.com"} {
			row.Recipient = fmt.Sprintf(format, piece)
			if _, err := sendOne(t, m, row, words); !errors.Is(err, ErrUnsendable) || !Permanent(err) {
				t.Errorf("%q: %v", row.Recipient, err)
			}
		}
	}
	row.Recipient = strings.Repeat("a", 250) + "@example.com"
	if _, err := sendOne(t, m, row, words); !Permanent(err) {
		t.Errorf("a long recipient: %v", err)
	}
	if len(sink.All()) != 0 {
		t.Errorf("%d mails came through", len(sink.All()))
	}
}

func TestUnusualRecipientsArriveUnchanged(t *testing.T) {
	sink := testsmtp.NewSink(t)
	m := sending(t, server(t, sink, Never))
	row, words := letter(t, m, models.MailBlacklisted)
	for i, to := range []string{"o'hara+x@xn--bcher-kva.example", "!#$%&'*+-/=?^_`{|}~@example.com", "A.B@example.com"} {
		row.Recipient = to
		if _, err := sendOne(t, m, row, words); err != nil {
			t.Fatalf("%s: %v", to, err)
		}
		got := sink.Wait(i + 1)[i]
		address, err := mail.ParseAddress(got.Header.Get("To"))
		if len(got.To) != 1 || got.To[0] != to || err != nil || address.Address != to {
			t.Errorf("%s: envelope %q, header %q", to, got.To, got.Header.Get("To"))
		}
	}
}

func TestNamesCannotInject(t *testing.T) {
	sink := testsmtp.NewSink(t)
	dir := own(t, "en/"+models.MailBlacklisted+".txt", `{{define "subject"}}For {{.Account}}{{end}}For {{.Account}}.`)
	m := newMailer(t, func(o *Options) { o.Server, o.TemplatesDir = server(t, sink, Never), dir })
	for i, piece := range append(evil, "{{.Help}}") {
		row, _ := letter(t, m, models.MailBlacklisted)
		row.AccountName = "ada" + piece + "x"
		words, err := m.Render(row, sampleToken)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sendOne(t, m, row, words); err != nil {
			t.Fatalf("%q: %v", piece, err)
		}
		checkIntact(t, sink.Wait(i + 1)[i], row)
	}
}

func TestSubjectsCannotInject(t *testing.T) {
	sink := testsmtp.NewSink(t)
	m := sending(t, server(t, sink, Never))
	connection, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	count := 0
	rapid.Check(t, func(r *rapid.T) {
		row, words := letter(t, m, models.MailBlacklisted)
		pieces := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.SampledFrom(evil)), 1, 4).Draw(r, "pieces")
		words.Subject = "S " + strings.Join(pieces, "")
		words.Text += "\n.\r\n.\nQUIT\r\n" + strings.Join(pieces, "\n")
		if _, err := connection.Send(t.Context(), row, words); err != nil {
			r.Fatal(err)
		}
		count++
		checkIntact(r, sink.Wait(count)[count-1], row)
	})
}

type failer interface{ Errorf(string, ...any) }

// checkIntact checks that the mail has exactly the expected envelope and headers.
func checkIntact(t failer, got testsmtp.Message, row models.Mail) {
	if got.From != "latchkey@example.com" || len(got.To) != 1 || got.To[0] != row.Recipient {
		t.Errorf("envelope %q to %q", got.From, got.To)
	}
	const known = " Auto-Submitted Content-Language Content-Type Date From Message-Id Mime-Version Subject To X-Auto-Response-Suppress "
	if len(got.Header) != strings.Count(known, " ")-1 {
		t.Errorf("headers %v", got.Header)
	}
	for key, values := range got.Header {
		if !strings.Contains(known, " "+key+" ") || len(values) != 1 {
			t.Errorf("header %s: %q", key, values)
		}
	}
	content, err := got.Content()
	if err != nil || strings.ContainsAny(content.Subject, "\r\n\x00\u2028\u2029") || content.HTML == "" {
		t.Errorf("subject %q, %v", content.Subject, err)
	}
}

func TestMessageIDsAreChecked(t *testing.T) {
	m := newMailer(t, nil)
	row, words := letter(t, m, models.MailBlacklisted)
	for _, id := range []string{"", "a@b", "<a@b", "<a>", "<a@b>\r\nX: y", "<a b@c>", "<a@b><c@d>", "<a@[::1]>", "<a@[IPv6:::1>", "<a@[IPv6:]>", "<a@[IPv6:x]>", "<a b@[IPv6:::1]>", "<@[IPv6:::1]>", "<a@[IPv6:::1]b>", "<a@[IPv6:fe80::1%\r\nX: y]>"} {
		row.MessageID = id
		if _, err := m.message(row, words); !errors.Is(err, ErrUnsendable) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestServerIsPrintedWithoutItsPassword(t *testing.T) {
	to := Server{Host: "mail.example.com", Port: 587, User: "post", Password: "canary", TLS: StartTLS}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "server", to, "pointer", &to)
	text, err := json.Marshal(to)
	if err != nil {
		t.Fatal(err)
	}
	shown := log.String() + string(text)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown += fmt.Sprintf(verb+verb, to, &to)
	}
	if strings.Contains(shown, "canary") || strings.Contains(shown, fmt.Sprintf("%x", "canary")) {
		t.Error(shown)
	}
}
