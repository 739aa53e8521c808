package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

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

// The errors of url.Parse are never shown: they quote the address.
const unreadable = " cannot be read as an address; special characters in user and password must be percent-encoded"

func (c *Config) parseDatabase(text string) error {
	if text == "" {
		return nil
	}
	if !strings.HasPrefix(text, "postgres://") && !strings.HasPrefix(text, "postgresql://") {
		return errors.New("must begin with postgres:// (or be left out, for SQLite in the data directory)")
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New(redactURL(text) + unreadable)
	case u.Host == "" && !u.Query().Has("host"):
		return errors.New(redactURL(text) + " names no host")
	case badPort(u.Port()):
		return errors.New(redactURL(text) + " has a port that is not a number from 1 to 65535")
	}
	c.Database = Database{Engine: Postgres, DSN: problem.Secret(text)}
	return nil
}

func (c *Config) parseSMTP(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return errors.New(redactURL(text) + unreadable)
	}
	server := &SMTP{Host: u.Hostname()}
	for _, step := range []func(*url.URL) string{server.readTLS, server.readHost, server.readUser} {
		if why := step(u); why != "" {
			return errors.New(redactURL(text) + " " + why)
		}
	}
	c.SMTP = server
	return nil
}

// readTLS reads scheme and parameters, or returns why they are refused. Encryption is off only if asked for by name: a
// forgotten s must not send passwords in the clear.
func (s *SMTP) readTLS(u *url.URL) (why string) {
	query, err := url.ParseQuery(u.RawQuery)
	never := slices.Equal(query["starttls"], []string{"never"})
	switch {
	case u.Scheme == "smtp" && err == nil && len(query) == 0:
		s.TLS, s.Port = StartTLS, 587
	case u.Scheme == "smtp" && err == nil && len(query) == 1 && never:
		s.TLS, s.Port = NeverTLS, 587
	case u.Scheme == "smtps" && u.RawQuery == "":
		s.TLS, s.Port = ImplicitTLS, 465
	case u.Scheme == "smtps":
		return "has a parameter; smtps:// takes none"
	case u.Scheme == "smtp":
		return "has an unknown parameter; only ?starttls=never is known"
	default:
		return "must begin with smtp:// or smtps://"
	}
	return ""
}

func (s *SMTP) readHost(u *url.URL) (why string) {
	switch {
	case u.Path != "" && u.Path != "/" || u.Opaque != "" || u.Fragment != "":
		return "must end after host and port; special characters in user and password must be percent-encoded"
	case !hostName(u.Hostname()):
		return "must name a host"
	case badPort(u.Port()):
		return "has a port that is not a number from 1 to 65535"
	case u.Port() != "":
		s.Port, _ = strconv.Atoi(u.Port())
	}
	return ""
}

func (s *SMTP) readUser(u *url.URL) (why string) {
	if u.User == nil {
		return ""
	}
	password, _ := u.User.Password()
	s.User, s.Password = u.User.Username(), problem.Secret(password)
	isLocal := IsLoopback(s.Host) && !strings.HasSuffix(s.Host, ".")
	switch {
	case s.User == "" || password == "":
		return "must hold both user and password, or neither"
	case strings.ContainsFunc(s.User+password, unicode.IsControl):
		return "has a control character in user or password"
	case s.TLS == NeverTLS && !isLocal:
		return "would send the password unencrypted; starttls=never with a user is accepted for this machine (localhost) only"
	}
	return ""
}

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
