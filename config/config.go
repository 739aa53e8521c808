// Package config turns flags, environment and settings.yml into one validated
// struct. A flag wins over the environment, which wins over the file, which
// wins over the default. Everything that is wrong is reported at once, one
// line each, and no line ever holds a password.
//
// Relative paths are relative to the working directory, wherever they stand.
package config

import (
	"log/slog"
	"net/mail"
	"net/netip"
	"net/url"
	"time"

	// The zone data is embedded: LATCHKEY_TIME_ZONE must work in a static
	// image, and mean the same on every replica.
	_ "time/tzdata"
)

// Config is everything an operator can set, parsed and free of contradictions.
// It can be printed and logged: the types with passwords redact themselves.
type Config struct {
	Listen          string         // host:port; an empty host is every interface, port 0 any free port
	MetricsListen   string         // the same for metrics; "" = there are none
	Data            string         // directory, not necessarily there yet
	Database        Database       // SQLite in Data unless a PostgreSQL address was given
	BaseURL         *url.URL       // scheme and host only, as in an Origin header; never nil
	SMTP            *SMTP          // nil: mails are captured, not sent
	Help            string         // contact line for people who cannot sign in; may be empty
	SecurityContact string         // URI for reports of vulnerabilities; may be empty
	TimeZone        *time.Location // in which times are shown; they are stored in UTC
	MailFrom        *mail.Address  // sender of every mail
	MailReplyTo     *mail.Address  // where replies go; nil: nobody reads any
	MailConnections int            // to the mail server at a time
	MailRate        int            // mails a minute; 0 = no limit
	EmailTemplates  string         // directory with the operator's own mail templates; "" = built-in
	PasswordPolicy  string         // path of a readable file; "" = built-in
	PolicyPlace     string         // where such a file may be put while there is none; "" = nowhere
	TrustedProxies  []netip.Prefix // proxies whose X-Forwarded-For is believed; none: nobody's

	OneTimePasswordValid time.Duration // from when it was set
	PasswordMinAge       time.Duration // of a password that its owner chose, before they may change it again; 0 = off
	SessionMax           time.Duration // absolute end of a session; never more than MAX_WEB_TOKEN_TIME_VALID
	SessionIdle          time.Duration // end without use; never more than SessionMax
	MailKeep             time.Duration // of mails in the ledger; 0 = for ever
	AuditKeep            time.Duration // of audit events; 0 = for ever
	FailedSignInKeep     time.Duration // of failed sign-ins of unknown browsers in the audit log
	FailedSignInMost     int           // of unknown browsers those older than the newest so many failures are removed; 0 = no bound
	FailedAttemptsCap    int           // strangers' failures in a row until blacklisted for good; 0 = off
	SignInRate           int           // failed posts a minute and client address; 0 = no limit
	DeviceCookies        bool          // browsers that signed in have attempts of their own
	MultipleSessions     bool          // false: a full sign-in ends the account's other sessions

	MaxConnections           int // of clients at a time, to each listener
	MaxConnectionsPerAddress int // of these, of one address; 0 = no limit

	Compliance Compliance // what raises the password policy

	SuperAdminAddresses []netip.Prefix // from which SuperAdmins may sign in and act; none: everywhere
	DashboardAddresses  []netip.Prefix // from which anybody may use the pages; none: everywhere

	LogFormat string // LogText or LogJSON
	LogLevel  slog.Level

	autoProlongation time.Duration // 0 = off
	maxWebToken      time.Duration
}

// Compliance are the settings that belong to the password policy; 0 and "" = not set. What stands in the alphabets is judged
// where passwords are known.
type Compliance struct {
	MinLength     int // characters
	Complexity    int // of 4 kinds of characters
	LastPasswords int // the current one included

	GeneratedLength               int    // characters
	Upper, Lower, Digits, Special string // what passwords are generated of
}

// The values of Config.LogFormat.
const (
	LogText = "text"
	LogJSON = "json"
)

// HTTPS reports whether browsers reach the program over https, which turns on
// Secure and __Host- cookies and HSTS. Only the base URL says so: the program
// itself speaks plain HTTP behind a proxy.
func (c Config) HTTPS() bool {
	return c.BaseURL != nil && c.BaseURL.Scheme == "https"
}
