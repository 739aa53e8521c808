package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Engine names the database engine.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Database says where the data is. Its DSN may hold a password, so it shows
// itself without it wherever it is printed, logged or marshalled.
type Database struct {
	Engine Engine
	Path   string // SQLite: the file
	DSN    string // PostgreSQL: the URL as given, with its password
}

// String is the address without password and parameters.
func (d Database) String() string {
	if d.Engine == Postgres {
		return redactURL(d.DSN)
	}
	return string(d.Engine) + ":" + d.Path
}

// TLSMode says how a connection to the mail server is encrypted.
type TLSMode string

// The modes of encryption. StartTLS means required: no STARTTLS, no mail.
const (
	StartTLS    TLSMode = "starttls"
	ImplicitTLS TLSMode = "implicit"
	NeverTLS    TLSMode = "never"
)

// SMTP is the mail server. It shows itself without its password wherever it is
// printed, logged or marshalled.
type SMTP struct {
	Host           string // without brackets, even if an IPv6 address
	Port           int
	User, Password string // both or none
	TLS            TLSMode
}

// String is the address without the password.
func (s SMTP) String() string {
	scheme, query, user := "smtp", "", ""
	switch s.TLS {
	case ImplicitTLS:
		scheme = "smtps"
	case NeverTLS:
		query = "?starttls=never"
	}
	if s.User != "" {
		user = url.PathEscape(s.User) + ":***@"
	}
	return scheme + "://" + user + net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) + query
}

// Format redacts under every verb; %d and %x would otherwise show the fields.
func (d Database) Format(f fmt.State, _ rune) { fmt.Fprint(f, d.String()) }

// Format redacts under every verb; %d and %x would otherwise show the fields.
func (s SMTP) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// GoString redacts for callers that ask for it by name.
func (d Database) GoString() string { return d.String() }

// GoString redacts for callers that ask for it by name.
func (s SMTP) GoString() string { return s.String() }

// LogValue redacts in logs.
func (d Database) LogValue() slog.Value { return slog.StringValue(d.String()) }

// LogValue redacts in logs.
func (s SMTP) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText redacts in JSON, so also in a log of a whole Config.
func (d Database) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// MarshalText redacts in JSON, so also in a log of a whole Config.
func (s SMTP) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

const notShown = "(not shown)"

// redactURL shows scheme://user:***@host and nothing that might be a secret,
// also where the address does not parse: a password with an unescaped / ? # or @
// is exactly the kind that does not. The password ends at the last @. With one
// of / ? # before it, that @ may stand in a parameter, and what follows be a
// password itself. Parameters are left out, as they may be password=.
func redactURL(raw string) string {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok || strings.ContainsAny(scheme, ":@=/ ") {
		return notShown
	}
	at := strings.LastIndex(rest, "@")
	if at < 0 {
		return scheme + "://" + plainHost(rest)
	}
	user, _, hasPassword := strings.Cut(rest[:at], ":")
	if hasPassword {
		user += ":***"
	}
	if strings.ContainsAny(user, "/?#=") {
		user = "***"
	}
	if strings.ContainsAny(rest[:at], "/?#") {
		return scheme + "://" + user + "@…"
	}
	host, _, _ := strings.Cut(rest[at+1:], "?")
	return scheme + "://" + user + "@" + host
}

// plainHost is the host of an address without user, if it surely is one.
func plainHost(rest string) string {
	host, _, _ := strings.Cut(rest, "?")
	if u, err := url.Parse("x://" + host); err == nil && u.Fragment == "" {
		return host
	}
	return notShown
}
