package config

import (
	"math"
	"net/mail"
	"net/netip"
	"time"
)

// setting is one row of the table from which flags, environment, file keys,
// help and documentation all come.
type setting struct {
	name    string // without LATCHKEY_; also the key in settings.yml
	flag    string // without dashes; "" when there is none
	def     string // parsed when nobody set anything
	shown   string // the default in words, where def does not say it
	help    string
	list    bool                        // the file may give the value as a list
	symbols bool                        // characters, of which YAML takes some for the start of a comment
	bare    bool                        // of COMPLIANCE_… and its like: known in the environment without LATCHKEY_ too
	parse   func(*Config, string) error // the error is the reason, without secrets
}

const envPrefix = "LATCHKEY_"

// table is the one list of settings, in the order in which they are documented.
// Settings without a parse function are read by Load itself, before the others.
var table = []setting{
	{name: "LISTEN", flag: "listen", def: "127.0.0.1:8080", parse: listen(func(c *Config) *string { return &c.Listen }),
		help: "address to listen on, host:port"},
	{name: "METRICS_LISTEN", shown: "none: there are no metrics", parse: listen(func(c *Config) *string { return &c.MetricsListen }),
		help: "address of its own, host:port, on which /metrics answers Prometheus, without a sign-in"},
	{name: "DATA", flag: "data", def: "./data", parse: parseData,
		help: "directory of the database, made if it is not there"},
	{name: "DATABASE", flag: "database", shown: "SQLite in the data directory", parse: parseDatabase,
		help: "postgres://user:password@host/name for PostgreSQL"},
	{name: "DATABASE_FILE", shown: "none",
		help: "file that holds the value of DATABASE, so that no password stands in the process list"},
	{name: "BASE_URL", flag: "base-url", shown: "http://localhost: and the listen port", parse: parseBaseURL,
		help: "address under which browsers reach the program, the only source of links in mails; https turns on Secure cookies and HSTS"},
	{name: "SMTP", flag: "smtp", shown: "none: mails are captured", parse: parseSMTP,
		help: "mail server: smtp://user:password@host:587 (STARTTLS required), smtps://host:465, smtp://host:25?starttls=never"},
	{name: "SMTP_FILE", shown: "none",
		help: "file that holds the value of SMTP, so that no password stands in the process list"},
	{name: "SMTP_CONNECTIONS", def: "2", parse: between(1, maxConnections, func(c *Config) *int { return &c.MailConnections }),
		help: "most connections to the mail server at a time, of each process"},
	{name: "SMTP_RATE", def: "0", parse: number(maxRate, func(c *Config) *int { return &c.MailRate }),
		help: "most mails a minute that each process sends; 0 = no limit"},
	{name: "SECURITY_CONTACT", shown: "none", parse: parseSecurityContact,
		help: "e-mail address or https:, mailto: or tel: URI for reports of vulnerabilities, shown in /.well-known/security.txt"},
	{name: "HELP", shown: "none", parse: parseHelp,
		help: "contact line for the sign-in page, the reset page and mails"},
	{name: "TIME_ZONE", def: "UTC", parse: parseTimeZone,
		help: "zone in which times are shown, such as Europe/Berlin"},
	{name: "MAIL_FROM", def: "Latchkey <latchkey@localhost>", parse: mailAddress(func(c *Config) **mail.Address { return &c.MailFrom }),
		help: "sender of the mails"},
	{name: "MAIL_REPLY_TO", shown: "none", parse: mailAddress(func(c *Config) **mail.Address { return &c.MailReplyTo }),
		help: "address that replies to the mails go to"},
	{name: "EMAIL_TEMPLATES", shown: "none", parse: parseEmailTemplates,
		help: "directory with your own mail templates"},
	{name: "PASSWORD_POLICY", flag: "password-policy", shown: "passwordpolicy.json beside the settings file if there, else the built-in",
		parse: parsePasswordPolicy, help: "file with the password policy"},
	{name: "SETTINGS", flag: "settings", shown: "./settings.yml if there",
		help: "settings file; its keys are the environment names without LATCHKEY_"},
	{name: "TRUSTED_PROXIES", list: true, shown: "none: the client address is the TCP peer",
		parse: networks(func(c *Config) *[]netip.Prefix { return &c.TrustedProxies }),
		help:  "networks (CIDR, separated by commas) of the proxies whose X-Forwarded-For is believed"},
	{name: "ONE_TIME_PASSWORD_VALID", def: "168h", parse: duration(func(c *Config) *time.Duration { return &c.OneTimePasswordValid }),
		help: "how long a one-time password can be used"},
	{name: "PASSWORD_MIN_AGE", def: "0", parse: durationOrOff(func(c *Config) *time.Duration { return &c.PasswordMinAge }),
		help: "how old a password that its owner chose must be before the owner can change it again, such as 24h; 0 = off"},
	{name: "SESSION_MAX", def: "24h", parse: duration(func(c *Config) *time.Duration { return &c.SessionMax }),
		help: "longest life of a session"},
	{name: "SESSION_IDLE", def: "1h", parse: duration(func(c *Config) *time.Duration { return &c.SessionIdle }),
		help: "longest life of a session without use"},
	{name: "SIGN_IN_RATE", def: "30", parse: number(maxRate, func(c *Config) *int { return &c.SignInRate }),
		help: "failed posts a minute and client address on sign-in, set-up and reset, twice as many at once; 0 = off"},
	{name: "MAX_CONNECTIONS", def: "5000", parse: between(leastClients, mostClients, func(c *Config) *int { return &c.MaxConnections }),
		help: "most connections of clients at a time on each listener (the pages, the metrics); more are closed at once"},
	{name: "MAX_CONNECTIONS_PER_ADDRESS", def: "1000", parse: number(mostClients, func(c *Config) *int { return &c.MaxConnectionsPerAddress }),
		help: "most of these of one IP address (of IPv6: of 64 bits), trusted proxies excepted; 0 = no limit"},
	{name: "FAILED_ATTEMPTS_CAP", def: "100", parse: number(math.MaxInt32, func(c *Config) *int { return &c.FailedAttemptsCap }),
		help: "failed sign-ins of strangers in a row after which an account stays blacklisted until an operator unblocks it; 0 = off"},
	{name: "DEVICE_COOKIES", def: "true", parse: truth(func(c *Config) *bool { return &c.DeviceCookies }),
		help: "whether browsers that have signed in have attempts of their own, so that strangers cannot shut out the owner"},
	{name: "MAIL_KEEP", shown: "for ever", parse: keep(func(c *Config) *time.Duration { return &c.MailKeep }),
		help: "how long mails stay in the list once they came to an end, such as 365d"},
	{name: "AUDIT_KEEP", shown: "for ever", parse: keep(func(c *Config) *time.Duration { return &c.AuditKeep }),
		help: "how long the audit log keeps events, such as 730d"},
	{name: "FAILED_SIGN_IN_KEEP", def: "90d", parse: keep(func(c *Config) *time.Duration { return &c.FailedSignInKeep }),
		help: "how long the audit log keeps failed sign-ins of unknown browsers; never longer than AUDIT_KEEP"},
	{name: "FAILED_SIGN_IN_MOST", def: "100000", parse: number(math.MaxInt32, func(c *Config) *int { return &c.FailedSignInMost }),
		help: "failed sign-ins of unknown browsers that are older than the newest so many failures are removed; 0 = no bound"},
	{name: "SUPERADMIN_ADDRESSES", list: true, shown: "none: everywhere",
		parse: restriction(func(c *Config) *[]netip.Prefix { return &c.SuperAdminAddresses }),
		help:  "networks (CIDR, separated by commas) from which SuperAdmins may sign in and act"},
	{name: "COMPLIANCE_IP_RESTRICTIONS", list: true, bare: true, shown: "none: everywhere",
		parse: restriction(func(c *Config) *[]netip.Prefix { return &c.DashboardAddresses }),
		help:  "networks (CIDR, separated by commas) from which the pages may be used at all"},
	{name: "ALLOW_MULTIPLE_SESSIONS", def: "True", bare: true, parse: truth(func(c *Config) *bool { return &c.MultipleSessions }),
		help: "False: signing in ends the account's other sessions"},
	{name: "AUTO_PROLONGATION_TOKEN_TIME_VALID", def: "0", bare: true,
		parse: seconds(0, func(c *Config) *time.Duration { return &c.autoProlongation }),
		help:  "seconds without use after which a session ends, in place of SESSION_IDLE (of both the shorter); 0 = off"},
	{name: "MAX_WEB_TOKEN_TIME_VALID", def: "2592000", bare: true,
		parse: seconds(1, func(c *Config) *time.Duration { return &c.maxWebToken }),
		help:  "longest life of a session in seconds; SESSION_MAX holds where it is shorter"},
	{name: "COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH", bare: true, shown: "not set",
		parse: number(maxPassword, func(c *Config) *int { return &c.Compliance.MinLength }),
		help:  "shortest password in characters; minimumSymbols of the policy holds where it is larger; 0 = off"},
	{name: "COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY", bare: true, shown: "not set",
		parse: number(kinds, func(c *Config) *int { return &c.Compliance.Complexity }),
		help:  "how many of lower case, upper case, digits and special characters a password must have, 1 to 4; 0 = off"},
	{name: "DISABLE_LAST_PASSWORDS", bare: true, def: "0",
		parse: number(math.MaxInt32, func(c *Config) *int { return &c.Compliance.LastPasswords }),
		help:  "last passwords, the current one included, that a new one must differ from; forbiddenLastPasswords of the policy holds where it is larger; 0 = off"},
	{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_PASSWORD_LENGTH", bare: true, shown: "20",
		parse: between(1, maxGenerated, func(c *Config) *int { return &c.Compliance.GeneratedLength }),
		help:  "characters of a generated password, within what the policy allows"},
	{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_UPPERCASE", bare: true, symbols: true, shown: "A to Z without I and O",
		parse: alphabet(func(c *Config) *string { return &c.Compliance.Upper }), help: "upper-case letters of generated passwords"},
	{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_LOWERCASE", bare: true, symbols: true, shown: "a to z without l and o",
		parse: alphabet(func(c *Config) *string { return &c.Compliance.Lower }), help: "lower-case letters of generated passwords"},
	{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS", bare: true, symbols: true, shown: "2 to 9",
		parse: alphabet(func(c *Config) *string { return &c.Compliance.Digits }), help: "digits of generated passwords"},
	{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_SPECIAL_CHARS", bare: true, symbols: true, shown: "! # $ % & * + - . : = ? @ _",
		parse: alphabet(func(c *Config) *string { return &c.Compliance.Special }), help: "special characters of generated passwords"},
	{name: "LOG", def: LogText, parse: parseLog,
		help: "format of the log: text or json"},
	{name: "LOG_LEVEL", def: "info", parse: parseLogLevel,
		help: "least level that is logged: debug, info, warn or error"},
}

// Setting is a row of the table, for documentation.
type Setting struct {
	Name    string // key in settings.yml
	Flag    string // with dashes; "" when there is none
	Env     string
	Default string // in words
	Help    string
}

// Settings lists every setting the program knows, in documentation order.
func Settings() []Setting {
	out := make([]Setting, len(table))
	for i, s := range table {
		out[i] = Setting{Name: s.name, Env: envPrefix + s.name, Default: s.def, Help: s.help}
		if s.shown != "" {
			out[i].Default = s.shown
		}
		if s.flag != "" {
			out[i].Flag = "--" + s.flag
		}
	}
	return out
}

// find is the row of a name; false if there is none.
func find(name string) (setting, bool) {
	for _, s := range table {
		if s.name == name {
			return s, true
		}
	}
	return setting{}, false
}
