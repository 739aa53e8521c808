package mailer

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
)

// TLS says how a connection to the mail server is encrypted.
type TLS string

// The modes of encryption.
const (
	StartTLS TLS = "starttls" // required: no STARTTLS, no mail
	Implicit TLS = "implicit" // from the first byte
	Never    TLS = "never"
)

// Server is the mail server. It shows itself without its password wherever it is printed, logged or marshalled.
type Server struct {
	Host           string // without brackets, even if an IPv6 address
	Port           int
	User, Password string // both or none
	TLS            TLS
	RootCAs        *x509.CertPool // nil: the system's
}

func (s Server) check() error {
	switch {
	case s.Host == "" || s.Port < 1 || s.Port > 65535:
		return errors.New("the mail server needs a host, and a port from 1 to 65535")
	case s.TLS != StartTLS && s.TLS != Implicit && s.TLS != Never:
		return fmt.Errorf("the mail server has an unknown mode of encryption %q", string(s.TLS))
	default:
		return nil
	}
}

func (s Server) address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

func (s Server) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: s.Host, RootCAs: s.RootCAs, MinVersion: tls.VersionTLS12}
}

// redact takes the credentials out of text, in the forms in which they go over the wire: servers quote what they refuse.
func (s Server) redact(text string) string {
	if s.Password == "" {
		return text
	}
	encode := base64.StdEncoding.EncodeToString
	return strings.NewReplacer(
		encode([]byte("\x00"+s.User+"\x00"+s.Password)), "***", encode([]byte(s.Password)), "***", s.Password, "***",
	).Replace(text)
}

// String is the address without user and password.
func (s Server) String() string { return string(s.TLS) + " " + s.address() }

// Format redacts under every verb; %+v would otherwise show the fields.
func (s Server) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// LogValue redacts in logs.
func (s Server) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText redacts in JSON.
func (s Server) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
