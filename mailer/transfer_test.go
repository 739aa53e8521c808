package mailer

import (
	"strings"
	"testing"

	"latchkey/internal/testsmtp"
	"latchkey/models"
)

const (
	envelope = "MAIL FROM:<latchkey@example.com>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n"
	greeting = "220 hi\r\n"
	offers   = "250-hi\r\n250 PIPELINING\r\n"
)

// TestEnvelopes: a mail is announced in one go where the server offers that, and step by step where it does not; after a
// refusal nothing of the content is sent, whatever the server says to the rest of what it got in one go.
func TestEnvelopes(t *testing.T) {
	for name, tc := range map[string]struct {
		says   []string // to each of our packets
		answer string
		heard  string // after EHLO
	}{
		"in one go":                       {[]string{offers, "250 a\r\n250 b\r\n354 c\r\n", "250 taken\r\n"}, "250 taken", envelope + "…"},
		"step by step":                    {[]string{"250 hi\r\n", "250 a\r\n", "250 b\r\n", "354 c\r\n", "250 taken\r\n"}, "250 taken", envelope + "…"},
		"refused":                         {[]string{offers, "250 a\r\n550 nobody\r\n503 what?\r\n"}, "550 nobody", envelope},
		"refused, yet content is wanted":  {[]string{offers, "250 a\r\n550 nobody\r\n354 c\r\n", "554-no\r\n554 one\r\n"}, "550 nobody", envelope + ".\r\n"},
		"the sender is refused":           {[]string{offers, "553 not you\r\n503 b\r\n503 c\r\n"}, "553 not you", envelope},
		"refused step by step":            {[]string{"250 hi\r\n", "250 a\r\n", "450 later\r\n"}, "450 later", strings.TrimSuffix(envelope, "DATA\r\n")},
		"another answer than an envelope": {[]string{offers, "250 a\r\n250 b\r\n250 c\r\n"}, "250 c", envelope},
	} {
		t.Run(name, func(t *testing.T) {
			peer := conversation(t, append([]string{greeting}, tc.says...)...)
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

// TestLinesWithDots: what would end the content does not, and each line arrives as it was.
func TestLinesWithDots(t *testing.T) {
	sink := testsmtp.NewSink(t)
	m := sending(t, server(t, sink, Never))
	connection, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	raws := []string{".\r\n..\r\n.a\r\n\r\n.\r\nb.\r\n", "", "no end", "bare\nline\n.\nends\n", "\r\n.\r\n"}
	for i, raw := range raws {
		if _, doing, err := connection.transfer("ada@example.com", []byte(raw)); err != nil {
			t.Fatalf("%q: %s: %v", raw, doing, err)
		}
		want := strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n")
		if !strings.HasSuffix(want, "\r\n") && want != "" {
			want += "\r\n"
		}
		if got := string(sink.Wait(i + 1)[i].Raw); got != want {
			t.Errorf("%q arrived as %q", raw, got)
		}
	}
}
