package config

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"latchkey/internal/problem"
)

// The errors of url.Parse are never shown: they quote the address.
const unreadable = " cannot be read as an address; special characters in user and password must be percent-encoded"

func parseDatabase(c *Config, text string) error {
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

func parseSMTP(c *Config, text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return errors.New(redactURL(text) + unreadable)
	}
	server := &SMTP{Host: u.Hostname()}
	for _, step := range []func(*SMTP, *url.URL) string{smtpTLS, smtpRest, smtpPort, smtpUser} {
		if why := step(server, u); why != "" {
			return errors.New(redactURL(text) + " " + why)
		}
	}
	c.SMTP = server
	return nil
}

// smtpTLS reads scheme and parameters. Encryption is off only if asked for by name: a forgotten s must not send passwords in
// the clear.
func smtpTLS(server *SMTP, u *url.URL) string {
	query, err := url.ParseQuery(u.RawQuery)
	never := slices.Equal(query["starttls"], []string{"never"})
	switch {
	case u.Scheme == "smtp" && err == nil && len(query) == 0:
		server.TLS = StartTLS
	case u.Scheme == "smtp" && err == nil && len(query) == 1 && never:
		server.TLS = NeverTLS
	case u.Scheme == "smtps" && u.RawQuery == "":
		server.TLS = ImplicitTLS
	case u.Scheme == "smtps":
		return "has a parameter; smtps:// takes none"
	case u.Scheme == "smtp":
		return "has an unknown parameter; only ?starttls=never is known"
	default:
		return "must begin with smtp:// or smtps://"
	}
	return ""
}

func smtpRest(_ *SMTP, u *url.URL) string {
	switch {
	case u.Path != "" && u.Path != "/" || u.Opaque != "" || u.Fragment != "":
		return "must end after host and port; special characters in user and password must be percent-encoded"
	case !hostName(u.Hostname()):
		return "must name a host"
	}
	return ""
}

func smtpPort(server *SMTP, u *url.URL) string {
	if badPort(u.Port()) {
		return "has a port that is not a number from 1 to 65535"
	}
	server.Port = 587
	if server.TLS == ImplicitTLS {
		server.Port = 465
	}
	if u.Port() != "" {
		server.Port, _ = strconv.Atoi(u.Port())
	}
	return ""
}

func smtpUser(server *SMTP, u *url.URL) string {
	if u.User == nil {
		return ""
	}
	server.User = u.User.Username()
	password, _ := u.User.Password()
	server.Password = problem.Secret(password)
	switch {
	case server.User == "" || password == "":
		return "must hold both user and password, or neither"
	case strings.ContainsFunc(server.User+password, unicode.IsControl):
		return "has a control character in user or password"
	case server.TLS == NeverTLS && !loopback(server.Host):
		return "would send the password unencrypted; starttls=never with a user is accepted for this machine (localhost) only"
	}
	return ""
}

func loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && address.IsLoopback()
}
