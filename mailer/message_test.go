package mailer

import (
	"net/mail"
	"net/url"
	"strings"
	"testing"

	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// RFC 5322 §3.6.4.
func TestMessageIDIsValidForAnyBaseURL(t *testing.T) {
	sink := testsmtp.NewSink(t)
	m := sending(t, server(t, sink, Never))
	for i, tc := range []struct{ base, host string }{
		{"https://accounts.example.org", "accounts.example.org"}, {"http://accounts.example.org:8080", "accounts.example.org"},
		{"https://accounts.example.org.", "accounts.example.org"}, {"http://localhost:8080", "localhost"}, {"http://127.0.0.1:8080", "127.0.0.1"},
		{"http://[::1]:8080", "[IPv6:::1]"}, {"http://[2001:db8::7]", "[IPv6:2001:db8::7]"}, {"http://[fe80::1%25eth0]", "[IPv6:fe80::1]"},
		{"http://a_b.internal", "a_b.internal"},
	} {
		base, err := url.Parse(tc.base)
		if err != nil {
			t.Fatal(err)
		}
		row, words := letter(t, m, models.MailExpiration)
		row.MessageID = "<019cadc6-9a80-7003-b994-b8c95c94bc6a@" + IDHost(base) + ">"
		if got := IDHost(base); got != tc.host {
			t.Errorf("%s: %s, want %s", tc.base, got, tc.host)
		}
		if _, err := sendOne(t, m, row, words); err != nil {
			t.Fatalf("%s: %v", tc.base, err)
		}
		if got := sink.Wait(i + 1)[i].Header.Get("Message-Id"); got != row.MessageID {
			t.Errorf("%s: arrived as %q", tc.base, got)
		}
	}
}

func TestReplyToIsTheConfiguredAddress(t *testing.T) {
	sink := testsmtp.NewSink(t)
	m := newMailer(t, func(o *Options) {
		o.Server, o.ReplyTo = server(t, sink, Never), &mail.Address{Name: "Schlüsseldienst", Address: "desk@example.com"}
	})
	every(t, m, func(t *testing.T, _ string, _ models.Mail, words Rendered) {
		for _, part := range []string{words.Text, words.HTML} {
			if !strings.Contains(part, "desk@example.com.") || strings.Contains(part, "replies are not read") || strings.Contains(part, "liest niemand") {
				t.Errorf("it says otherwise: %s", part)
			}
		}
	})
	row, words := letter(t, m, models.MailExpiration)
	if _, err := sendOne(t, m, row, words); err != nil {
		t.Fatal(err)
	}
	list, err := sink.Wait(1)[0].Header.AddressList("Reply-To")
	if err != nil || len(list) != 1 || list[0].Name != "Schlüsseldienst" || list[0].Address != "desk@example.com" {
		t.Errorf("Reply-To %v, %v", list, err)
	}
}
