package testsmtp_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/smtp"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testsmtp"
)

const letter = "Subject: =?utf-8?q?Ihr_Passwort_l=C3=A4uft_ab?=\r\n" +
	"Content-Type: multipart/alternative; boundary=line\r\n\r\n" +
	"--line\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe=\r\n!\r\n" +
	"--line\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<b>Gr=C3=BC=C3=9Fe</b>\r\n" +
	"--line--\r\n"

// dial connects as the sink's mode wants it.
func dial(t *testing.T, sink *testsmtp.Sink) *smtp.Client {
	t.Helper()
	config := &tls.Config{RootCAs: sink.CAs, ServerName: "127.0.0.1"}
	var conn net.Conn
	var err error
	if strings.HasPrefix(sink.URL(), "smtps:") {
		conn, err = tls.Dial("tcp", sink.Addr, config)
	} else {
		conn, err = net.Dial("tcp", sink.Addr)
	}
	if err != nil {
		t.Fatal(err)
	}
	client, err := smtp.NewClient(conn, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	if ok, _ := client.Extension("STARTTLS"); ok {
		if err := client.StartTLS(config); err != nil {
			t.Fatal(err)
		}
	}
	return client
}

func send(client *smtp.Client, to ...string) error {
	if err := client.Mail("from@example.com"); err != nil {
		return err
	}
	for _, address := range to {
		if err := client.Rcpt(address); err != nil {
			return err
		}
	}
	w, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, letter); err != nil {
		return err
	}
	return w.Close()
}

func TestSinkModes(t *testing.T) {
	for _, tc := range []struct {
		name    string
		options []testsmtp.Option
		url     string
	}{
		{"plain", nil, "smtp://ADDR?starttls=never"},
		{"STARTTLS", []testsmtp.Option{testsmtp.WithSTARTTLS()}, "smtp://ADDR"},
		{"TLS", []testsmtp.Option{testsmtp.WithTLS()}, "smtps://ADDR"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sink := testsmtp.NewSink(t, tc.options...)
			if want := strings.Replace(tc.url, "ADDR", sink.Addr, 1); sink.URL() != want {
				t.Errorf("URL %s, want %s", sink.URL(), want)
			}
			client := dial(t, sink)
			for range 2 {
				if err := send(client, "a@example.com", "b@example.com"); err != nil {
					t.Fatal(err)
				}
			}
			got := sink.Wait(2)
			m := got[1]
			if m.From != "from@example.com" || !slices.Equal(m.To, []string{"a@example.com", "b@example.com"}) || m.TLS != (tc.name != "plain") {
				t.Errorf("got %+v", m)
			}
			if len(got) != 2 || string(m.Raw) != letter || m.Header.Get("Subject") == "" || sink.Connections() != 1 {
				t.Errorf("%d messages over %d connections: %q", len(got), sink.Connections(), m.Raw)
			}
		})
	}
}

func TestSinkContent(t *testing.T) {
	content, err := testsmtp.Message{Raw: []byte(letter)}.Content()
	if want := (testsmtp.Content{Subject: "Ihr Passwort läuft ab", Text: "Grüße!", HTML: "<b>Grüße</b>"}); err != nil || content != want {
		t.Errorf("got %+v, %v", content, err)
	}
	for _, change := range [][2]string{
		{letter, ""}, {"charset=UTF-8", "charset=latin1"}, {"; boundary=line", ""}, {"multipart/alternative", ""}, {"--line--", ""},
		{"quoted-printable", "base64"}, {"utf-8?q", "x?q"}, {"text/html", "text/css"},
	} {
		broken := strings.Replace(letter, change[0], change[1], 1)
		if content, err := (testsmtp.Message{Raw: []byte(broken)}).Content(); err == nil {
			t.Errorf("%q is understood as %+v", broken, content)
		}
	}
}

func TestSinkTrust(t *testing.T) {
	sink := testsmtp.NewSink(t, testsmtp.WithTLS())
	_, err := tls.Dial("tcp", sink.Addr, &tls.Config{RootCAs: x509.NewCertPool()})
	if unknown := (x509.UnknownAuthorityError{}); !errors.As(err, &unknown) {
		t.Errorf("a client without the authority gets %v", err)
	}
}

func TestSinkDemandsSTARTTLS(t *testing.T) {
	sink := testsmtp.NewSink(t, testsmtp.WithSTARTTLS())
	client, err := smtp.Dial(sink.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	wantCode(t, send(client, "a@example.com"), 530)
}

func TestSinkAuth(t *testing.T) {
	sink := testsmtp.NewSink(t, testsmtp.WithSTARTTLS(), testsmtp.WithAuth("user", "p@ss"))
	if !strings.HasPrefix(sink.URL(), "smtp://user:p%40ss@127.0.0.1:") {
		t.Errorf("URL %s", sink.URL())
	}
	wantCode(t, send(dial(t, sink), "a@example.com"), 502)
	wantCode(t, dial(t, sink).Auth(smtp.PlainAuth("", "user", "wrong", "127.0.0.1")), 535)
	client := dial(t, sink)
	if err := client.Auth(smtp.PlainAuth("", "user", "p@ss", "127.0.0.1")); err != nil {
		t.Fatal(err)
	}
	if err := send(client, "a@example.com"); err != nil {
		t.Fatal(err)
	}
	sink.Wait(1)
}

func TestSinkScript(t *testing.T) {
	sink := testsmtp.NewSink(t)
	sink.Script(testsmtp.Answer{Code: 451, Text: "Later"}, testsmtp.Answer{Code: 550, At: testsmtp.AtRcpt},
		testsmtp.Answer{Code: 421, At: testsmtp.AtMail}, testsmtp.Answer{}, testsmtp.Answer{Drop: true})
	client := dial(t, sink)
	for _, code := range []int{451, 550, 421, 0} {
		wantCode(t, send(client, "a@example.com"), code)
		if code != 0 {
			client.Reset()
		}
	}
	if err := send(client, "a@example.com"); !errors.Is(err, io.EOF) && !errors.As(err, new(net.Error)) {
		t.Errorf("a dropped connection gives %v", err)
	}
	sink.Always(testsmtp.Answer{Code: 452})
	wantCode(t, send(dial(t, sink), "a@example.com"), 452)

	var codes []int
	for _, m := range sink.WaitAll(6) {
		codes = append(codes, m.Code)
	}
	if want := []int{451, 550, 421, 250, 0, 452}; !slices.Equal(codes, want) || len(sink.Messages()) != 1 {
		t.Errorf("codes %v, want %v; %d taken", codes, want, len(sink.Messages()))
	}
	if all := sink.All(); len(all[4].Raw) == 0 || all[1].Raw != nil || sink.Connections() != 2 {
		t.Errorf("%d connections, content of the dropped one %d bytes", sink.Connections(), len(all[4].Raw))
	}
}

func TestSinkDelay(t *testing.T) {
	sink, release := testsmtp.NewSink(t), make(chan struct{})
	sink.Script(testsmtp.Answer{Wait: release})
	slow, quick, answered := dial(t, sink), dial(t, sink), make(chan error, 1)
	if err := slow.Mail("slow@example.com"); err != nil { // takes the slow answer
		t.Fatal(err)
	}
	go func() {
		slow.Rcpt("a@example.com")
		w, err := slow.Data()
		if err == nil {
			io.WriteString(w, letter)
			err = w.Close()
		}
		answered <- err
	}()
	if err := send(quick, "b@example.com"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-answered:
		t.Fatalf("answered before it was let: %v", err)
	default:
	}
	close(release)
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if got := sink.Wait(2); got[0].From != "from@example.com" || got[1].From != "slow@example.com" {
		t.Errorf("order: %s, %s", got[0].From, got[1].From)
	}
}

// TestSinkEndsWhileDelaying: a test that fails before it releases an answer
// must not hang.
func TestSinkEndsWhileDelaying(t *testing.T) {
	answered := make(chan error, 1)
	t.Run("sink", func(t *testing.T) {
		sink := testsmtp.NewSink(t)
		sink.Script(testsmtp.Answer{At: testsmtp.AtMail, Wait: make(chan struct{})})
		client := dial(t, sink)
		go func() { answered <- client.Mail("a@example.com") }()
	})
	if err := <-answered; err == nil {
		t.Error("the message was taken")
	}
}

func wantCode(t *testing.T, err error, want int) {
	t.Helper()
	got := 0
	if answer := (*textproto.Error)(nil); errors.As(err, &answer) {
		got = answer.Code
	} else if err != nil {
		t.Errorf("got %v, want code %d", err, want)
		return
	}
	if got != want {
		t.Errorf("got code %d (%v), want %d", got, err, want)
	}
}
