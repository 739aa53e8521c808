// Package config turns flags, environment and settings.yml into one validated struct. Flags take precedence over the
// environment, which takes precedence over the file and the defaults. Everything that is wrong is reported at once, one line
// each, and no line holds a password.
//
// Relative paths are relative to the working directory, also in the settings file.
package config

import (
	"cmp"
	"log/slog"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"time"

	"latchkey/brand"

	// LATCHKEY_TIME_ZONE must work in a static image, and mean the same on every replica.
	_ "time/tzdata"
)

// Config is everything an operator can set, validated. It can be printed and logged: secrets are redacted.
type Config struct {
	Listen          string         // host:port; an empty host is every interface, port 0 any free port
	MetricsListen   string         // the same for metrics; "" = no metrics
	Data            string         // directory; may not exist yet
	SecretKeyFile   string         // "" = [Config.KeyFile] is made in Data
	Database        Database       // SQLite in Data unless a PostgreSQL address was given
	BaseURL         *url.URL       // scheme and host only, as in an Origin header; never nil
	SMTP            *SMTP          // nil: mails are captured, not sent
	Brand           brand.Brand    // name, logo and accent colour for end users
	Help            string         // contact line for people who cannot sign in; may be empty
	SecurityContact string         // URI for reports of vulnerabilities; may be empty
	TimeZone        *time.Location // in which times are shown; they are stored in UTC
	MailFrom        *mail.Address  // sender of every mail
	MailReplyTo     *mail.Address  // where replies go; nil: replies are not read
	MailConnections int            // simultaneous connections to the mail server
	MailRate        int            // mails per minute; 0 = no limit
	EmailTemplates  string         // directory with the operator's own mail templates; "" = built-in
	PasswordPolicy  string         // path of a readable file; "" = built-in
	PolicyPlace     string         // where such a file would be found; "" = nowhere
	TrustedProxies  []netip.Prefix // proxies whose X-Forwarded-For is trusted

	OneTimePasswordValid time.Duration // from when it was set
	PasswordMinAge       time.Duration // of a password that its owner chose, before the next change; 0 = off
	SessionMax           time.Duration // absolute end of a session; never more than MAX_WEB_TOKEN_TIME_VALID
	SessionIdle          time.Duration // end without use; never more than SessionMax
	SecurityNoticesOff   []string      // of SecurityNotices
	DisableInactive      time.Duration // for which accounts may be unused before they are disabled; 0 = for ever
	MailKeep             time.Duration // of mails in the list; 0 = for ever
	AuditKeep            time.Duration // of audit events; 0 = for ever
	Undelete             time.Duration // for which deleted accounts can be restored; 0 = not at all
	FailedSignInKeep     time.Duration // of failed sign-ins of unknown browsers in the audit log
	FailedSignInMost     int           // failed sign-ins of unknown browsers that are kept; 0 = no limit
	FailedAttemptsCap    int           // failures of unknown browsers in a row until an account stays blocked; 0 = off
	SignInRate           int           // failed attempts per minute and client IP; 0 = no limit
	DeviceCookies        bool          // trusted browsers have a budget of their own
	DeviceLife           time.Duration // for which a browser is trusted
	NoRecoveryCodes      bool          // recovery codes are switched off
	Secrets              string        // who may know passwords: auto, all or noone
	NoEmergencyCodes     bool          // emergency access is switched off
	NoDeleteOwn          bool          // owners cannot delete their accounts
	NoSecretLinks        bool          // secret links are switched off
	NoAPIKeys            bool          // API keys are switched off
	APIRate              int           // requests of the API a minute and account; 0 = no limit
	APITokenLife         time.Duration // the longest life of a token of the API
	MultipleSessions     bool          // false: a full sign-in ends the account's other sessions

	MaxConnections           int // simultaneous client connections to each listener
	MaxConnectionsPerAddress int // of these, from one IP address; 0 = no limit

	FactorsFor []string // kinds of account that have to have a second factor; none: not enforced
	Apps       bool     // authenticator apps can be set up
	Passkeys   bool     // passkeys can be added

	Compliance Compliance // settings that tighten the password policy

	SuperAdminAddresses []netip.Prefix // from which SuperAdmins may sign in and act; none: anywhere
	DashboardAddresses  []netip.Prefix // from which the pages may be used; none: anywhere

	LogFormat string // LogText or LogJSON
	LogLevel  slog.Level

	enforceFactor    bool
	allowedFactors   []string
	autoProlongation time.Duration // 0 = off
	maxWebToken      time.Duration
}

// Compliance are the settings that belong to the password policy; 0 and "" = not set. Package password checks the alphabets.
type Compliance struct {
	MinLength     int // characters
	Complexity    int // of 4 kinds of characters
	LastPasswords int // the current one included

	GeneratedLength               int    // characters
	Upper, Lower, Digits, Special string // alphabets of generated passwords
}

// The values of Config.LogFormat.
const (
	LogText = "text"
	LogJSON = "json"
)

// KeyFile returns the path of the file with the sealing key.
func (c Config) KeyFile() string { return cmp.Or(c.SecretKeyFile, filepath.Join(c.Data, KeyFileName)) }

// KeyFileName is the name of the key file in the data directory.
const KeyFileName = "secret.key"

// HTTPS reports whether browsers reach the program over https, which turns on Secure and __Host- cookies and HSTS. The base URL
// decides: the program itself speaks plain HTTP behind a proxy.
func (c Config) HTTPS() bool {
	return c.BaseURL != nil && c.BaseURL.Scheme == "https"
}
