package config

import (
	"math"
	"slices"
	"strings"

	"latchkey/brand"
)

// setting is one row of the table that flags, environment, file keys, --help and docs/settings.md are made from.
type setting struct {
	name       string // without LATCHKEY_; also the key in settings.yml
	flag       string // without dashes; "" if there is none
	def        string // the value to parse if the setting is not set
	shown      string // the default for the documentation, if def does not say it
	help       string
	see        string                  // the page of docs/ with more about it, with an anchor
	list       bool                    // the file may give the value as a list
	symbols    bool                    // an alphabet; unquoted, YAML takes some of its characters for a comment
	unprefixed bool                    // COMPLIANCE_… and similar: also accepted in the environment without LATCHKEY_
	parse      func(text string) error // the error is the reason, without secrets
}

//go:generate go test . -count=1 -run TestSettingsPageIsUpToDate -update

const envPrefix = "LATCHKEY_"

// table is the settings as they are documented.
var table = settings(new(Config))

// settings lists all settings, which are parsed into c, in the order of the documentation. Load itself reads those without a
// parse function, before the others. After a change run `go generate ./config`, which writes docs/settings.md.
func settings(c *Config) []setting { //nolint:funlen // one table
	return []setting{
		{name: "LISTEN", flag: "listen", def: "127.0.0.1:8080", parse: set(&c.Listen, listenAddress),
			help: "address to listen on, host:port; plain HTTP"},
		{name: "METRICS_LISTEN", shown: "none: no metrics", parse: set(&c.MetricsListen, listenAddress),
			help: "separate address, host:port, on which /metrics answers Prometheus without a sign-in", see: "operating.md#metrics"},
		{name: "DATA", flag: "data", def: "./data", parse: set(&c.Data, directory),
			help: "directory of the SQLite database and the sealing key, created with mode 0700"},
		{name: "SECRET_KEY_FILE", shown: "secret.key in the data directory", parse: set(&c.SecretKeyFile, keyFile),
			help: "file with the sealing key, 32 bytes in base64; the same for all replicas", see: "operating.md#sealing-key"},
		{name: "DATABASE", flag: "database", shown: "SQLite in the data directory", parse: c.parseDatabase,
			help: "postgres://user:password@host/name for PostgreSQL", see: "install.md#postgresql"},
		{name: "DATABASE_FILE", shown: "none",
			help: "file with the value of DATABASE, to keep its password out of the process list"},
		{name: "BASE_URL", flag: "base-url", shown: "http://localhost: and the listen port", parse: set(&c.BaseURL, baseURL),
			help: "address of the dashboard in browsers, without a path; used for links in mails; https turns on Secure cookies and HSTS", see: "install.md#tls-proxy"},
		{name: "SMTP", flag: "smtp", shown: "none: mails are captured", parse: c.parseSMTP,
			help: "mail server: smtp://user:password@host:587 (STARTTLS required), smtps://host:465, smtp://host:25?starttls=never", see: "mail.md#mail-server"},
		{name: "SMTP_FILE", shown: "none",
			help: "file with the value of SMTP, to keep its password out of the process list"},
		{name: "SMTP_CONNECTIONS", def: "2", parse: set(&c.MailConnections, between(1, maxConnections)),
			help: "concurrent connections to the mail server, per process"},
		{name: "SMTP_RATE", def: "0", parse: set(&c.MailRate, number(maxRate)),
			help: "mails per minute, per process; 0 = no limit"},
		{name: "SECURITY_CONTACT", shown: "none", parse: set(&c.SecurityContact, contact),
			help: "e-mail address or https:, mailto: or tel: URI for reports of vulnerabilities, shown in /.well-known/security.txt"},
		{name: "NAME", def: brand.Product, parse: set(&c.Brand.Name, title),
			help: "name of the service, up to 60 characters"},
		{name: "LOGO", shown: "none", parse: set(&c.Brand.Logo, brand.ReadLogo),
			help: "logo: PNG, WebP or SVG up to 100 KiB; only a PNG is shown in mails"},
		{name: "ACCENT", shown: "Latchkey's", parse: set(&c.Brand.Accent, brand.ParseAccent),
			help: "accent colour; contrast on white at least 4.5:1"},
		{name: "HELP", shown: "none", parse: set(&c.Help, line),
			help: "contact line for the sign-in page, the reset page and mails"},
		{name: "TIME_ZONE", def: "UTC", parse: set(&c.TimeZone, timeZone),
			help: "time zone for displayed times, such as Europe/Berlin"},
		{name: "MAIL_FROM", shown: "NAME at latchkey@localhost", parse: set(&c.MailFrom, mailAddress),
			help: "sender of the mails"},
		{name: "MAIL_REPLY_TO", shown: "none", parse: set(&c.MailReplyTo, mailAddress),
			help: "address for replies to the mails; if empty, the mails say that replies are not read"},
		{name: "EMAIL_TEMPLATES", shown: "none", parse: set(&c.EmailTemplates, readableDirectory),
			help: "directory with your own mail templates", see: "mail.md#your-own-templates"},
		{name: "PASSWORD_POLICY", flag: "password-policy", shown: "passwordpolicy.json next to the settings file if it exists, else the built-in policy",
			parse: set(&c.PasswordPolicy, readableFile), help: "file with the password policy", see: "policy.md"},
		{name: "SETTINGS", flag: "settings", shown: "./settings.yml if it exists",
			help: "settings file; its keys are the environment names without LATCHKEY_"},
		{name: "TRUSTED_PROXIES", list: true, shown: "none: the client address is the TCP peer",
			parse: set(&c.TrustedProxies, networks),
			help:  "networks (CIDR, separated by commas) of the proxies whose X-Forwarded-For is trusted", see: "install.md#tls-proxy"},
		{name: "ONE_TIME_PASSWORD_VALID", def: "168h", parse: set(&c.OneTimePasswordValid, duration),
			help: "validity of a one-time password"},
		{name: "PASSWORD_MIN_AGE", def: "0", parse: set(&c.PasswordMinAge, durationOrOff),
			help: "minimum age of a password before its owner can change it again, such as 24h; 0 = off"},
		{name: "SESSION_MAX", def: "24h", parse: set(&c.SessionMax, duration),
			help: "maximum age of a session"},
		{name: "SESSION_IDLE", def: "1h", parse: set(&c.SessionIdle, duration),
			help: "idle timeout of a session; at most SESSION_MAX"},
		{name: "DISABLE_INACTIVE", shown: "off", parse: set(&c.DisableInactive, days(leastUnused)),
			help: "disables accounts without a sign-in for this many days (such as 180d), at least 30d; owners are notified 14 days before", see: "accounts.md#accounts-that-are-not-used"},
		{name: "SIGN_IN_RATE", def: "30", parse: set(&c.SignInRate, number(maxRate)),
			help: "failed attempts per minute and client address (sign-in, set-up, new password), bursts up to twice that; 0 = off", see: "sign-in.md#brute-force-protection"},
		{name: "MAX_CONNECTIONS", def: "5000", parse: set(&c.MaxConnections, between(leastClients, mostClients)),
			help: "maximum open connections per listener (pages, metrics); more are closed at once"},
		{name: "MAX_CONNECTIONS_PER_ADDRESS", def: "1000", parse: set(&c.MaxConnectionsPerAddress, number(mostClients)),
			help: "maximum open connections per IP address (IPv6: /64), except trusted proxies; 0 = no limit"},
		{name: "FAILED_ATTEMPTS_CAP", def: "100", parse: set(&c.FailedAttemptsCap, number(math.MaxInt32)),
			help: "failed sign-ins in a row from unknown browsers after which an account stays blocked until an operator unblocks it; 0 = off"},
		{name: "DEVICE_COOKIES", def: "true", parse: set(&c.DeviceCookies, boolean),
			help: "whether trusted browsers have their own attempts, so that others cannot lock out the owner", see: "sign-in.md#brute-force-protection"},
		{name: "SECURITY_NOTICES_OFF", list: true, shown: "none: owners are notified of all", parse: set(&c.SecurityNoticesOff, securityNotices),
			help: "changes of which owners get no mail, separated by commas: " + strings.Join(SecurityNotices, ", "), see: "mail.md"},
		{name: "MAIL_KEEP", shown: "for ever", parse: set(&c.MailKeep, days(leastDays)),
			help: "how long finished mails are kept, such as 365d", see: "operating.md#audit-log"},
		{name: "AUDIT_KEEP", shown: "for ever", parse: set(&c.AuditKeep, days(leastDays)),
			help: "how long the audit log keeps events, such as 730d"},
		{name: "UNDELETE", def: "720h", parse: set(&c.Undelete, durationOrOff),
			help: "how long SuperAdmins can restore a deleted account; then it is erased; 0 = at once", see: "accounts.md#deleting-and-restoring"},
		{name: "FAILED_SIGN_IN_KEEP", def: "90d", parse: set(&c.FailedSignInKeep, days(leastDays)),
			help: "how long the audit log keeps failed sign-ins of unknown browsers; at most AUDIT_KEEP"},
		{name: "FAILED_SIGN_IN_MOST", def: "100000", parse: set(&c.FailedSignInMost, number(math.MaxInt32)),
			help: "failed sign-ins of unknown browsers older than the newest N failures are removed; 0 = no limit"},
		{name: "SUPERADMIN_ADDRESSES", list: true, shown: "none: anywhere", parse: set(&c.SuperAdminAddresses, restriction),
			help: "networks (CIDR, comma-separated) from which SuperAdmins may sign in and act", see: "sign-in.md#networks"},
		{name: "COMPLIANCE_IP_RESTRICTIONS", list: true, unprefixed: true, shown: "none: anywhere",
			parse: set(&c.DashboardAddresses, restriction),
			help:  "networks (CIDR, separated by commas) from which the pages may be used; health checks and static files answer everywhere"},
		{name: "COMPLIANCE_ENFORCE_2FA", def: "False", unprefixed: true, parse: set(&c.enforceFactor, boolean),
			help: "True: accounts have to have a second factor", see: "sign-in.md#second-factor"},
		{name: "ENFORCE_2FA_FOR", list: true, def: "superadmin,organization,customer", parse: set(&c.FactorsFor, oneOf("superadmin", "organization", "customer")),
			help: "accounts to which COMPLIANCE_ENFORCE_2FA applies"},
		{name: "ALLOWED_SECOND_FACTORS", list: true, unprefixed: true, def: "webauthn,google_authenticator", parse: set(&c.allowedFactors, oneOf(passkeyFactor, appFactor)),
			help: "second factors that can be set up: webauthn (passkeys and security keys), google_authenticator (any authenticator app)"},
		{name: "ALLOW_MULTIPLE_SESSIONS", def: "True", unprefixed: true, parse: set(&c.MultipleSessions, boolean),
			help: "False: signing in ends the account's other sessions"},
		{name: "COMPLIANCE_DISABLE_RECOVERY_CODES", def: "False", unprefixed: true, parse: set(&c.NoRecoveryCodes, boolean),
			help: "True: recovery codes open nothing, and none are made; none are deleted", see: "sign-in.md#recovery-codes"},
		{name: "COMPLIANCE_DISABLE_EMERGENCY_CODES", def: "False", unprefixed: true, parse: set(&c.NoEmergencyCodes, boolean),
			help: "True: emergency codes open nothing, their sessions have ended, and none are made; none are deleted", see: "sign-in.md#emergency-access"},
		{name: "COMPLIANCE_DISABLE_DELETE_ACCOUNT", def: "False", unprefixed: true, parse: set(&c.NoDeleteOwn, boolean),
			help: "True: owners cannot delete their own accounts", see: "accounts.md#deleting-and-restoring"},
		{name: "COMPLIANCE_DISABLE_LINK_SHARES", def: "False", unprefixed: true, parse: set(&c.NoSecretLinks, boolean),
			help: "True: secret links open nothing, and none are made", see: "accounts.md#secret-links"},
		{name: "COMPLIANCE_DISABLE_API_KEYS", def: "False", unprefixed: true, parse: set(&c.NoAPIKeys, boolean),
			help: "True: API keys and their tokens open nothing, and none are made; none are deleted", see: "api.md#keys"},
		{name: "COMPLIANCE_SERVER_SECRETS", def: "auto", unprefixed: true, parse: set(&c.Secrets, secrets),
			help: "may operators know passwords that last? auto: only that of a new account; all: yes; noone: no, people get links", see: "accounts.md#who-may-know-a-password"},
		{name: "AUTO_PROLONGATION_TOKEN_TIME_VALID", def: "0", unprefixed: true, parse: set(&c.autoProlongation, seconds(0)),
			help: "idle timeout of a session in seconds; replaces the default of SESSION_IDLE (if both are set, the shorter applies); 0 = off"},
		{name: "MAX_WEB_TOKEN_TIME_VALID", def: "2592000", unprefixed: true, parse: set(&c.maxWebToken, seconds(1)),
			help: "maximum age of a session in seconds; the shorter of this and SESSION_MAX applies"},
		{name: "MAX_APP_TOKEN_TIME_VALID", def: "31536000", unprefixed: true, parse: set(&c.DeviceLife, seconds(1)),
			help: "for how many seconds a browser is trusted, and need not show the second factor again if its owner wants so"},
		{name: "MAX_API_KEY_TOKEN_TIME_VALID", def: "600", unprefixed: true, parse: set(&c.APITokenLife, seconds(1)),
			help: "for how many seconds a token of the API is valid at most"},
		{name: "API_RATE", def: "3000", parse: set(&c.APIRate, number(maxRate)),
			help: "requests of the API a minute and account, in bursts of as many; 0 = no limit", see: "api.md#limits"},
		{name: "COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH", unprefixed: true, shown: "not set",
			parse: set(&c.Compliance.MinLength, number(maxPassword)),
			help:  "minimum password length; the larger of this and minimumSymbols applies; 0 = off", see: "policy.md#settings-that-raise-it"},
		{name: "COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY", unprefixed: true, shown: "not set",
			parse: set(&c.Compliance.Complexity, number(kinds)),
			help:  "how many of lower-case letters, upper-case letters, digits and special characters a password must have, 1 to 4; 0 = off"},
		{name: "DISABLE_LAST_PASSWORDS", unprefixed: true, def: "0", parse: set(&c.Compliance.LastPasswords, number(math.MaxInt32)),
			help: "number of last passwords, including the current one, that cannot be reused; the larger of this and forbiddenLastPasswords applies; 0 = off"},
		{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_PASSWORD_LENGTH", unprefixed: true, shown: "20",
			parse: set(&c.Compliance.GeneratedLength, between(1, maxGenerated)),
			help:  "length of generated passwords, 1 to 256, within the policy", see: "policy.md#generated-passwords"},
		{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_UPPERCASE", unprefixed: true, symbols: true, shown: "A to Z without I and O",
			parse: set(&c.Compliance.Upper, alphabet), help: "upper-case letters of generated passwords, up to 256"},
		{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_LOWERCASE", unprefixed: true, symbols: true, shown: "a to z without l and o",
			parse: set(&c.Compliance.Lower, alphabet), help: "lower-case letters of generated passwords"},
		{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS", unprefixed: true, symbols: true, shown: "2 to 9",
			parse: set(&c.Compliance.Digits, alphabet), help: "digits of generated passwords"},
		{name: "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_SPECIAL_CHARS", unprefixed: true, symbols: true, shown: "`!#$%&*+-.:=?@_`",
			parse: set(&c.Compliance.Special, alphabet), help: "special characters of generated passwords"},
		{name: "LOG", def: LogText, parse: set(&c.LogFormat, logFormat),
			help: "log format: text or json"},
		{name: "LOG_LEVEL", def: "info", parse: set(&c.LogLevel, logLevel),
			help: "minimum log level: debug, info, warn or error"},
	}
}

// set makes the parse function of a field.
func set[T any](field *T, parse func(text string) (T, error)) func(string) error {
	return func(text string) error {
		value, err := parse(text)
		if err == nil {
			*field = value
		}
		return err
	}
}

// find returns the row of a name; false if there is none.
func find(name string) (setting, bool) {
	i := slices.IndexFunc(table, func(s setting) bool { return s.name == name })
	if i < 0 {
		return setting{}, false
	}
	return table[i], true
}

// names lists all settings, enforced or not.
func names() (all []string) {
	for _, s := range table {
		all = append(all, s.name)
	}
	for _, s := range later {
		all = append(all, s.name)
	}
	return all
}
