package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"

	"latchkey/internal/problem"
)

// Engine names the database engine.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Database is where the data is.
type Database struct {
	Engine Engine
	Path   string         // SQLite: the file
	DSN    problem.Secret // PostgreSQL: the URL as given, which may hold a password
}

// String returns the address without password and parameters.
func (d Database) String() string {
	if d.Engine == Postgres {
		return redactURL(string(d.DSN))
	}
	return string(d.Engine) + ":" + d.Path
}

// TLSMode is how a connection to the mail server is encrypted.
type TLSMode string

// The TLS modes. StartTLS is required: without it no mail is sent.
const (
	StartTLS    TLSMode = "starttls"
	ImplicitTLS TLSMode = "implicit"
	NeverTLS    TLSMode = "never"
)

// SMTP is the mail server.
type SMTP struct {
	Host     string // without brackets, even if an IPv6 address
	Port     int
	User     string
	Password problem.Secret // "" if and only if User is
	TLS      TLSMode
}

// String returns the address without the password.
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

// Format redacts under every verb. For a wrong one, fmt prints what a pointer in a struct points to without asking
// [problem.Secret].
func (s SMTP) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// LogValue logs the redacted address, in JSON too.
func (d Database) LogValue() slog.Value { return slog.StringValue(d.String()) }

// LogValue logs the redacted address, in JSON too.
func (s SMTP) LogValue() slog.Value { return slog.StringValue(s.String()) }

const notShown = "(not shown)"

// redactURL returns scheme://user:***@host without anything that might be a secret, also if the URL is invalid: an unescaped
// / ? # or @ in a password makes it so. The password ends at the last @. If one of / ? # precedes that @, the @ may be part of
// a parameter, and the rest part of a password. Parameters are left out: one may be password=.
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

// plainHost returns the host of a URL without a user, if it certainly is one.
func plainHost(rest string) string {
	host, _, _ := strings.Cut(rest, "?")
	if u, err := url.Parse("x://" + host); err == nil && u.Fragment == "" {
		return host
	}
	return notShown
}
