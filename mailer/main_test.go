package mailer

import (
	"net"
	"net/mail"
	"os"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// sampleToken has the length of a link's token.
const sampleToken = "AZsample-token_of-64-symbols_0123456789abcdefghijklmnopqrstuvwxyz"

func TestMain(m *testing.M) {
	code := testkit.Main(m)
	if err := goleak.Find(); code == 0 && err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		code = 1
	}
	os.Exit(code)
}

const base = "https://latchkey.example.com"

// options are those of most tests: a mailer in Berlin that captures.
func options(t *testing.T) Options {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		From: &mail.Address{Name: "Latchkey", Address: "latchkey@example.com"}, BaseURL: base + "/",
		Help: "Call the service desk, extension 4711.", Zone: berlin, Now: testkit.NewClock().Now,
	}
}

func newMailer(t *testing.T, change func(*Options)) *Mailer {
	t.Helper()
	o := options(t)
	if change != nil {
		change(&o)
	}
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// server returns the sink as a setting.
func server(t *testing.T, sink *testsmtp.Sink, mode TLS) *Server {
	t.Helper()
	host, port, err := net.SplitHostPort(sink.Addr)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return &Server{Host: host, Port: number, TLS: mode, RootCAs: sink.CAs}
}

func sending(t *testing.T, to *Server) *Mailer {
	t.Helper()
	return newMailer(t, func(o *Options) { o.Server = to })
}

// letter returns a sample with its words.
func letter(t *testing.T, m *Mailer, name string) (models.Mail, Rendered) {
	t.Helper()
	row := Samples(name, testkit.Start)[0].Mail
	words, err := m.Render(row, sampleToken)
	if err != nil {
		t.Fatal(err)
	}
	return row, words
}

// sendOne opens a connection for one mail.
func sendOne(t *testing.T, m *Mailer, row models.Mail, words Rendered) (string, error) {
	t.Helper()
	connection, err := m.Open(t.Context())
	if err != nil {
		return "", err
	}
	defer connection.Close()
	return connection.Send(t.Context(), row, words)
}
