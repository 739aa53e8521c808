package config

import (
	"math"
	"net/mail"
	"net/netip"
	"time"
)

// setting is one row of the table that flags, environment, file keys, --help and docs/settings.md are made from.
type setting struct {
	name       string // without LATCHKEY_; also the key in settings.yml
	flag       string // without dashes; "" if there is none
	def        string // the value to parse if the setting is not set
	shown      string // the default for the documentation, if def does not say it
	help       string
	see        string                      // the page of docs/ with more about it, with an anchor
	list       bool                        // the file may give the value as a list
	symbols    bool                        // an alphabet; unquoted, YAML takes some of its characters for a comment
	unprefixed bool                        // COMPLIANCE_… and similar: also accepted in the environment without LATCHKEY_
	parse      func(*Config, string) error // the error is the reason, without secrets
}

//go:generate go test . -count=1 -run TestSettingsPageIsUpToDate -update

const envPrefix = "LATCHKEY_"

// table lists all settings, in the order of the documentation. Load itself reads those without a parse function, before
// the others. After a change run `go generate ./config`, which writes docs/settings.md.
var table = []setting{
	{name: "LISTEN", flag: "listen", def: "127.0.0.1:8080", parse: listen(func(c *Config) *string { return &c.Listen }),
		help: "address to listen on, host:port; plain HTTP"},
	{name: "METRICS_LISTEN", shown: "none: no metrics", parse: listen(func(c *Config) *string { return &c.MetricsListen }),
		help: "separate address, host:port, on which /metrics answers Prometheus without a sign-in", see: "operating.md#metrics"},
	{name: "DATA", flag: "data", def: "./data", parse: parseData,
		help: "directory of the SQLite database, created with mode 0700"},
	{name: "DATABASE", flag: "database", shown: "SQLite in the data directory", parse: parseDatabase,
		help: "postgres://user:password@host/name for PostgreSQL", see: "install.md#postgresql"},
	{name: "DATABASE_FILE", shown: "none",
		help: "file with the value of DATABASE, to keep its password out of the process list"},
	{name: "BASE_URL", flag: "base-url", shown: "http://localhost: and the listen port", parse: parseBaseURL,
		help: "address of the dashboard in browsers, without a path; used for links in mails; https turns on Secure cookies and HSTS", see: "install.md#tls-proxy"},
	{name: "SMTP", flag: "smtp", shown: "none: mails are captured", parse: parseSMTP,
		help: "mail server: smtp://user:password@host:587 (STARTTLS required), smtps://host:465, smtp://host:25?starttls=never", see: "mail.md#mail-server"},
	{name: "SMTP_FILE", shown: "none",
		help: "file with the value of SMTP, to keep its password out of the process list"},
	{name: "SMTP_CONNECTIONS", def: "2", parse: between(1, maxConnections, func(c *Config) *int { return &c.MailConnections }),
		help: "concurrent connections to the mail server, per process"},
	{name: "SMTP_RATE", def: "0", parse: number(maxRate, func(c *Config) *int { return &c.MailRate }),
		help: "mails per minute, per process; 0 = no limit"},
	{name: "SECURITY_CONTACT", shown: "none", parse: parseSecurityContact,
		help: "e-mail address or https:, mailto: or tel: URI for reports of vulnerabilities, shown in /.well-known/security.txt"},
	{name: "HELP", shown: "none", parse: parseHelp,
		help: "contact line for the sign-in page, the reset page and mails"},
	{name: "TIME_ZONE", def: "UTC", parse: parseTimeZone,
		help: "time zone for displayed times, such as Europe/Berlin"},
	{name: "MAIL_FROM", def: "Latchkey <latchkey@localhost>", parse: mailAddress(func(c *Config) **mail.Address { return &c.MailFrom }),
		help: "sender of the mails"},
	{name: "MAIL_REPLY_TO", shown: "none", parse: mailAddress(func(c *Config) **mail.Address { return &c.MailReplyTo }),
		help: "address for replies to the mails; if empty, the mails say that replies are not read"},
	{name: "EMAIL_TEMPLATES", shown: "none", parse: parseEmailTemplates,
		help: "directory with your own mail templates", see: "mail.md#your-own-templates"},
	{name: "PASSWORD_POLICY", flag: "password-policy", shown: "passwordpolicy.json next to the settings file if it exists, else the built-in policy",
		parse: parsePasswordPolicy, help: "file with the password policy", see: "policy.md"},
	{name: "SETTINGS", flag: "settings", shown: "./settings.yml if it exists",
		help: "settings file; its keys are the environment names without LATCHKEY_"},
	{name: "TRUSTED_PROXIES", list: true, shown: "none: the client address is the TCP peer",
		parse: networks(func(c *Config) *[]netip.Prefix { return &c.TrustedProxies }),
		help:  "networks (CIDR, separated by commas) of the proxies whose X-Forwarded-For is trusted", see: "install.md#tls-proxy"},
	{name: "ONE_TIME_PASSWORD_VALID", def: "168h", parse: duration(func(c *Config) *time.Duration { return &c.OneTimePasswordValid }),
		help: "validity of a one-time password"},
	{name: "PASSWORD_MIN_AGE", def: "0", parse: durationOrOff(func(c *Config) *time.Duration { return &c.PasswordMinAge }),
		help: "minimum age of a password before its owner can change it again, such as 24h; 0 = off"},
	{name: "SESSION_MAX", def: "24h", parse: duration(func(c *Config) *time.Duration { return &c.SessionMax }),
		help: "maximum age of a session"},
	{name: "SESSION_IDLE", def: "1h", parse: duration(func(c *Config) *time.Duration { return &c.SessionIdle }),
		help: "idle timeout of a session; at most SESSION_MAX"},
	{name: "SIGN_IN_RATE", def: "30", parse: number(maxRate, func(c *Config) *int { return &c.SignInRate }),
		help: "failed attempts per minute and client address (sign-in, set-up, new password), bursts up to twice that; 0 = off", see: "sign-in.md#brute-force-protection"},
	{name: "MAX_CONNECTIONS", def: "5000", parse: between(leastClients, mostClients, func(c *Config) *int { return &c.MaxConnections }),
		help: "maximum open connections per listener (pages, metrics); more are closed at once"},
	{name: "MAX_CONNECTIONS_PER_ADDRESS", def: "1000", parse: number(mostClients, func(c *Config) *int { return &c.MaxConnectionsPerAddress }),
		help: "maximum open connections per IP address (IPv6: /64), except trusted proxies; 0 = no limit"},
	{name: "FAILED_ATTEMPTS_CAP", def: "100", parse: number(math.MaxInt32, func(c *Config) *int { return &c.FailedAttemptsCap }),
		help: "failed sign-ins in a row from unknown browsers after which an account stays blocked until an operator unblocks it; 0 = off"},
	{name: "DEVICE_COOKIES", def: "true", parse: boolean(func(c *Config) *bool { return &c.DeviceCookies }),
		help: "whether trusted browsers have their own attempts, so that others cannot lock out the owner", see: "sign-in.md#brute-force-protection"},
	{name: "MAIL_KEEP", shown: "for ever", parse: keep(func(c *Config) *time.Duration { return &c.MailKeep }),
		help: "how long finished mails are kept, such as 365d", see: "operating.md#audit-log"},
	{name: "AUDIT_KEEP", shown: "for ever", parse: keep(func(c *Config) *time.Duration { return &c.AuditKeep }),
		help: "how long the audit log keeps events, such as 730d"},
	{name: "FAILED_SIGN_IN_KEEP", def: "90d", parse: keep(func(c *Config) *time.Duration { return &c.FailedSignInKeep }),
		help: "how long the audit log keeps failed sign-ins of unknown browsers; at most AUDIT_KEEP"},
	{name: "FAILED_SIGN_IN_MOST", def: "100000", parse: number(math.MaxInt32, func(c *Config) *int { return &c.FailedSignInMost }),
		help: "failed sign-ins of unknown browsers older than the newest N failures are removed; 0 = no limit"},
	{name: "SUPERADMIN_ADDRESSES", list: true, shown: "none: anywhere",
		parse: restriction(func(c *Config) *[]netip.Prefix { return &c.SuperAdminAddresses }),
		help:  "networks (CIDR, comma-separated) from which SuperAdmins may sign in and act", see: "sign-in.md#networks"},
	{name: "COMPLIANCE_IP_RESTRICTIONS", list: true, unprefixed: true, shown: "none: anywhere",
		parse: restriction(func(c *Config) *[]netip.Prefix { return &c.DashboardAddresses }),
		help:  "networks (CIDR, separated by commas) from which the pages may be used; health checks and static files answer everywhere"},
	{name: "ALLOW_MULTIPLE_SESSIONS", def: "True", unprefixed: true, parse: boolean(func(c *Config) *bool { return &c.MultipleSessions }),
		help: "False: signing in ends the account's other sessions"},
	{name: "AUTO_PROLONGATION_TOKEN_TIME_VALID", def: "0", unprefixed: true,
		parse: seconds(0, func(c *Config) *time.Duration { return &c.autoProlongation }),
		help:  "idle timeout of a session in seconds; replaces the default of SESSION_IDLE (if both are set, the shorter applies); 0 = off"},
	{name: "MAX_WEB_TOKEN_TIME_VALID", def: "2592000", unprefixed: true,
		parse: seconds(1, func(c *Config) *time.Duration { return &c.maxWebToken }),
		help:  "maximum age of a session in seconds; the shorter of this and SESSION_MAX applies"},
	{name: "COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH", unprefixed: true, shown: "not set",
		parse: number(maxPassword, func(c *Config) *int { return &c.Compliance.MinLength }),
		help:  "minimum password length; the larger of this and minimumSymbols applies; 0 = off", see: "policy.md#settings-that-raise-it"},
	{name: "COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY", unprefixed: true, shown: "not set",
		parse: number(kinds, func(c *Config) *int { return &c.Compliance.Complexity }),
		help:  "how many of lower-case letters, upper-case letters, digits and special characters a password must have, 1 to 4; 0 = off"},
	{name: "DISABLE_LAST_PASSWORDS", unprefixed: true, def: "0",
		parse: number(math.MaxInt32, func(c *Config) *int { return &c.Compliance.LastPasswords }),
		help:  "number of last passwords, including the current one, that cannot be reused; the larger of this and forbiddenLastPasswords applies; 0 = off"},
	{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_PASSWORD_LENGTH", unprefixed: true, shown: "20",
		parse: between(1, maxGenerated, func(c *Config) *int { return &c.Compliance.GeneratedLength }),
		help:  "length of generated passwords, 1 to 256, within the policy", see: "policy.md#generated-passwords"},
	{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_UPPERCASE", unprefixed: true, symbols: true, shown: "A to Z without I and O",
		parse: alphabet(func(c *Config) *string { return &c.Compliance.Upper }), help: "upper-case letters of generated passwords, up to 256"},
	{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_LOWERCASE", unprefixed: true, symbols: true, shown: "a to z without l and o",
		parse: alphabet(func(c *Config) *string { return &c.Compliance.Lower }), help: "lower-case letters of generated passwords"},
	{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS", unprefixed: true, symbols: true, shown: "2 to 9",
		parse: alphabet(func(c *Config) *string { return &c.Compliance.Digits }), help: "digits of generated passwords"},
	{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_SPECIAL_CHARS", unprefixed: true, symbols: true, shown: "`!#$%&*+-.:=?@_`",
		parse: alphabet(func(c *Config) *string { return &c.Compliance.Special }), help: "special characters of generated passwords"},
	{name: "LOG", def: LogText, parse: parseLog,
		help: "log format: text or json"},
	{name: "LOG_LEVEL", def: "info", parse: parseLogLevel,
		help: "minimum log level: debug, info, warn or error"},
}

// Setting is a row of the table, for documentation.
type Setting struct {
	Name    string // key in settings.yml
	Flag    string // with dashes; "" if there is none
	Env     string // with LATCHKEY_
	Bare    bool   // the environment may also leave out LATCHKEY_
	Default string // in Markdown
	Help    string
	See     string // page of docs/ with more about it; "" if there is none
}

// Settings lists every setting in the order of the documentation.
func Settings() []Setting {
	out := make([]Setting, len(table))
	for i, s := range table {
		out[i] = Setting{Name: s.name, Env: envPrefix + s.name, Bare: s.unprefixed, Default: "`" + s.def + "`", Help: s.help, See: s.see}
		if s.shown != "" {
			out[i].Default = s.shown
		}
		if s.flag != "" {
			out[i].Flag = "--" + s.flag
		}
	}
	return out
}

// find returns the row of a name; false if there is none.
func find(name string) (setting, bool) {
	for _, s := range table {
		if s.name == name {
			return s, true
		}
	}
	return setting{}, false
}
