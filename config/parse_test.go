package config_test

import (
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/config"
)

func TestValuesAreParsedOrRefusedWithAReason(t *testing.T) {
	listen := func(c config.Config) any { return c.Listen + " " + c.BaseURL.String() }
	base := func(c config.Config) any { return fmt.Sprint(c.BaseURL, " ", c.HTTPS()) }
	proxies := func(c config.Config) any { return fmt.Sprint(c.TrustedProxies) }
	directory := t.TempDir()
	for _, tc := range []struct {
		name, value string
		get         func(config.Config) any
		want        any
		why         string
	}{
		{"LISTEN", "0.0.0.0:80", listen, "0.0.0.0:80 http://localhost", ""},
		{"LISTEN", ":9000", listen, ":9000 http://localhost:9000", ""},
		{"LISTEN", "[::1]:9000", listen, "[::1]:9000 http://localhost:9000", ""},
		{"LISTEN", "latchkey.internal:0", listen, "latchkey.internal:0 http://localhost:0", ""},
		{"LISTEN", "8080", nil, nil, `"8080" is not host:port, such as 127.0.0.1:8080`},
		{"LISTEN", "localhost:http", nil, nil, `the port of "localhost:http" is not a number from 0 to 65535`},
		{"LISTEN", "localhost:65536", nil, nil, `the port of "localhost:65536" is not a number from 0 to 65535`},
		{"LISTEN", "localhost:+80", nil, nil, `the port of "localhost:+80" is not a number from 0 to 65535`},
		{"LISTEN", "a b:80", nil, nil, `the host of "a b:80" is neither an IP address nor a host name`},

		{"METRICS_LISTEN", "127.0.0.1:9464", func(c config.Config) any { return c.MetricsListen }, "127.0.0.1:9464", ""},
		{"METRICS_LISTEN", "[::1]:0", func(c config.Config) any { return c.MetricsListen }, "[::1]:0", ""},
		{"METRICS_LISTEN", "192.0.2.7:8080", func(c config.Config) any { return c.MetricsListen }, "192.0.2.7:8080", ""},
		{"METRICS_LISTEN", "9464", nil, nil, `"9464" is not host:port, such as 127.0.0.1:8080`},
		{"METRICS_LISTEN", "localhost:metrics", nil, nil, `the port of "localhost:metrics" is not a number from 0 to 65535`},
		{"METRICS_LISTEN", "127.0.0.1:8080", nil, nil, `"127.0.0.1:8080" is taken by LISTEN, "127.0.0.1:8080"; metrics need a port of their own`},
		{"METRICS_LISTEN", ":8080", nil, nil, `":8080" is taken by LISTEN, "127.0.0.1:8080"; metrics need a port of their own`},
		{"METRICS_LISTEN", "[::]:08080", nil, nil, `"[::]:08080" is taken by LISTEN, "127.0.0.1:8080"; metrics need a port of their own`},

		{"DATA", "/var/lib/latchkey", func(c config.Config) any { return c.Data + " " + c.Database.Path }, "/var/lib/latchkey /var/lib/latchkey/latchkey.db", ""},
		{"DATA", " ", nil, nil, `must name a directory`},
		{"SECRET_KEY_FILE", "/run/secrets/key", func(c config.Config) any { return c.KeyFile() }, "/run/secrets/key", ""},
		{"SECRET_KEY_FILE", "", func(c config.Config) any { return c.KeyFile() }, filepath.Join("data", "secret.key"), ""},
		{"SECRET_KEY_FILE", " ", nil, nil, `must name a file`},

		{"BASE_URL", "https://Latchkey.Example.com", base, "https://latchkey.example.com true", ""},
		{"BASE_URL", "https://latchkey.example.com:443/", base, "https://latchkey.example.com true", ""},
		{"BASE_URL", "http://[::1]:9000", base, "http://[::1]:9000 false", ""},
		{"BASE_URL", "latchkey.example.com", nil, nil, `"latchkey.example.com" must begin with http:// or https://`},
		{"BASE_URL", "ftp://latchkey.example.com", nil, nil, `"ftp://latchkey.example.com" must begin with http:// or https://`},
		{"BASE_URL", "https://", nil, nil, `"https://" must name a host, in ASCII (xn--…)`},
		{"BASE_URL", "https://schlüssel.example", nil, nil, `"https://schlüssel.example" must name a host, in ASCII (xn--…)`},
		{"BASE_URL", "https://a.example:0", nil, nil, `"https://a.example:0" has a port that is not a number from 1 to 65535`},
		{"BASE_URL", "https://a.example/app", nil, nil, `"https://a.example/app" must not hold a path: the program serves from the root of its host`},
		{"BASE_URL", "https://a.example/?x=1", nil, nil, `"https://a.example/" must not hold a query or a fragment`},
		{"BASE_URL", "https://a.example#x", nil, nil, `"https://(not shown)" must not hold a query or a fragment`},
		{"BASE_URL", "https://u@a.example", nil, nil, `"https://u@a.example" must not hold a user or password`},
		{"BASE_URL", "https://a b", nil, nil, `is not an address that can be read; it must be like https://latchkey.example.com`},

		{"NAME", " Hollenbeck Logistik ", func(c config.Config) any { return c.Brand.Name + " " + c.MailFrom.String() }, `Hollenbeck Logistik "Hollenbeck Logistik" <latchkey@localhost>`, ""},
		{"NAME", strings.Repeat("ü", 60), func(c config.Config) any { return c.Brand.Name }, strings.Repeat("ü", 60), ""},
		{"NAME", strings.Repeat("ü", 61), nil, nil, `has 61 characters; at most 60 fit`},
		{"NAME", "a\nb", nil, nil, `must be one line`},
		{"NAME", " ", nil, nil, `" " is not a name`},
		{"NAME", "a\xff", nil, nil, `"a\xff" is not a name`},
		{"LOGO", "/no/logo.png", nil, nil, `cannot read "/no/logo.png": no such file or directory`},
		{"LOGO", directory, nil, nil, fmt.Sprintf("%q is not a regular file", directory)},
		{"ACCENT", "#8a3212", func(c config.Config) any { return c.Brand.Accent.Light.Accent }, "#8a3212", ""},
		{"ACCENT", "orange", nil, nil, `"orange" is not a colour like #0b5c75`},
		{"ACCENT", "#f5a623", nil, nil, `#f5a623 has a contrast of 2.0:1 on white; text needs at least 4.5:1, so choose a darker colour`},
		{"HELP", " call 112 ", func(c config.Config) any { return c.Help }, "call 112", ""},
		{"HELP", "a\nb", nil, nil, `must be one line`},
		{"SECURITY_CONTACT", "security@example.com", func(c config.Config) any { return c.SecurityContact }, "mailto:security@example.com", ""},
		{"SECURITY_CONTACT", "https://example.com/report", func(c config.Config) any { return c.SecurityContact }, "https://example.com/report", ""},
		{"SECURITY_CONTACT", "tel:+49-30-1234", func(c config.Config) any { return c.SecurityContact }, "tel:+49-30-1234", ""},
		{"SECURITY_CONTACT", "http://example.com", nil, nil, `"http://example.com" is neither an e-mail address nor a https:, mailto: or tel: URI`},
		{"SECURITY_CONTACT", "extension 4711", nil, nil, `"extension 4711" is neither an e-mail address nor a https:, mailto: or tel: URI`},
		{"SECURITY_CONTACT", "mailto:a@b.example\nX: y", nil, nil, `"(not shown)" is neither an e-mail address nor a https:, mailto: or tel: URI`},

		{"TIME_ZONE", "Europe/Berlin", func(c config.Config) any { return c.TimeZone.String() }, "Europe/Berlin", ""},
		{"TIME_ZONE", "Local", nil, nil, `"Local" is not a time zone such as UTC or Europe/Berlin`},
		{"TIME_ZONE", "../etc/passwd", nil, nil, `"../etc/passwd" is not a time zone such as UTC or Europe/Berlin`},

		{"MAIL_FROM", "ops@example.com", func(c config.Config) any { return c.MailFrom.String() }, "<ops@example.com>", ""},
		{"MAIL_FROM", "nobody", nil, nil, `is not a mail address; it must be like Latchkey <latchkey@example.com>`},
		{"MAIL_FROM", "a@b.example, c@d.example", nil, nil, `is not a mail address; it must be like Latchkey <latchkey@example.com>`},

		{"MAIL_REPLY_TO", "Desk <desk@example.com>", func(c config.Config) any { return c.MailReplyTo.String() }, `"Desk" <desk@example.com>`, ""},
		{"MAIL_REPLY_TO", "", func(c config.Config) any { return c.MailReplyTo == nil }, true, ""},
		{"MAIL_REPLY_TO", "desk", nil, nil, `is not a mail address; it must be like Latchkey <latchkey@example.com>`},
		{"MAIL_REPLY_TO", "desk@bücher.example", nil, nil, `has characters that SMTP takes only in quotes, or not at all`},

		{"EMAIL_TEMPLATES", directory, func(c config.Config) any { return c.EmailTemplates }, directory, ""},
		{"EMAIL_TEMPLATES", "missing", nil, nil, `cannot read "missing": no such file or directory`},

		{"TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7,2001:db8::/32,::1,", proxies, "[10.0.0.0/8 192.0.2.7/32 2001:db8::/32 ::1/128]", ""},
		{"TRUSTED_PROXIES", "::ffff:192.0.2.7", proxies, "[192.0.2.7/32]", ""},
		{"TRUSTED_PROXIES", "10.0.0.1/8", nil, nil, `"10.0.0.1/8" has host bits set; write 10.0.0.0/8`},
		{"TRUSTED_PROXIES", "10.0.0.0/8,proxy", nil, nil, `"proxy" is not a network such as 10.0.0.0/8`},
		{"TRUSTED_PROXIES", "10.0.0.0/33", nil, nil, `"10.0.0.0/33" is not a network such as 10.0.0.0/8`},
		{"TRUSTED_PROXIES", "fe80::1%eth0", nil, nil, `"fe80::1%eth0" is not a network such as 10.0.0.0/8`},
		{"TRUSTED_PROXIES", "::ffff:10.0.0.0/104", nil, nil, `"::ffff:10.0.0.0/104" must be written as an IPv4 network`},

		{"ONE_TIME_PASSWORD_VALID", "72h", func(c config.Config) any { return c.OneTimePasswordValid }, 72 * time.Hour, ""},
		{"ONE_TIME_PASSWORD_VALID", "7d", nil, nil, `"7d" is not a time above zero such as 24h or 90m`},
		{"SESSION_MAX", "0s", nil, nil, `"0s" is not a time above zero such as 24h or 90m`},
		{"SESSION_MAX", "3600", nil, nil, `"3600" is not a time above zero such as 24h or 90m`},
		{"SESSION_IDLE", "24h", func(c config.Config) any { return c.SessionIdle }, 24 * time.Hour, ""},
		{"SESSION_IDLE", "-1h", nil, nil, `"-1h" is not a time above zero such as 24h or 90m`},
		{"SESSION_IDLE", "25h", nil, nil, `25h0m0s is longer than SESSION_MAX, 24h0m0s`},

		{"PASSWORD_MIN_AGE", "24h", func(c config.Config) any { return c.PasswordMinAge }, 24 * time.Hour, ""},
		{"PASSWORD_MIN_AGE", "0", func(c config.Config) any { return c.PasswordMinAge }, time.Duration(0), ""},
		{"PASSWORD_MIN_AGE", "0s", func(c config.Config) any { return c.PasswordMinAge }, time.Duration(0), ""},
		{"PASSWORD_MIN_AGE", "1d", nil, nil, `"1d" is not a time such as 24h or 90m, or 0 (off)`},
		{"PASSWORD_MIN_AGE", "-1h", nil, nil, `"-1h" is not a time such as 24h or 90m, or 0 (off)`},

		{"FAILED_ATTEMPTS_CAP", "0", func(c config.Config) any { return c.FailedAttemptsCap }, 0, ""},
		{"FAILED_ATTEMPTS_CAP", "-1", nil, nil, `"-1" is not a whole number from 0 (off) to 2147483647`},
		{"FAILED_ATTEMPTS_CAP", "1e2", nil, nil, `"1e2" is not a whole number from 0 (off) to 2147483647`},
		{"FAILED_ATTEMPTS_CAP", "2147483648", nil, nil, `"2147483648" is not a whole number from 0 (off) to 2147483647`},

		{"DISABLE_INACTIVE", "180d", func(c config.Config) any { return c.DisableInactive }, 180 * 24 * time.Hour, ""},
		{"DISABLE_INACTIVE", "29d", nil, nil, `"29d" is not a number of days from 30d to 36500d, such as 365d`},
		{"MAIL_KEEP", "365d", func(c config.Config) any { return c.MailKeep }, 365 * 24 * time.Hour, ""},
		{"MAIL_KEEP", "14d", nil, nil, `"14d" is not a number of days from 15d to 36500d, such as 365d`},
		{"AUDIT_KEEP", "36500d", func(c config.Config) any { return c.AuditKeep }, 36_500 * 24 * time.Hour, ""},
		{"AUDIT_KEEP", "720h", nil, nil, `"720h" is not a number of days from 15d to 36500d, such as 365d`},
		{"AUDIT_KEEP", "-20d", nil, nil, `"-20d" is not a number of days from 15d to 36500d, such as 365d`},
		{"UNDELETE", "", func(c config.Config) any { return c.Undelete }, 720 * time.Hour, ""},
		{"UNDELETE", "0", func(c config.Config) any { return c.Undelete }, time.Duration(0), ""},
		{"UNDELETE", "30d", nil, nil, `"30d" is not a time such as 24h or 90m, or 0 (off)`},
		{"FAILED_SIGN_IN_KEEP", "30d", func(c config.Config) any { return c.FailedSignInKeep }, 30 * 24 * time.Hour, ""},
		{"FAILED_SIGN_IN_KEEP", "14d", nil, nil, `"14d" is not a number of days from 15d to 36500d, such as 365d`},
		{"SECURITY_NOTICES_OFF", "new-browser, factor-added", func(c config.Config) any { return fmt.Sprint(c.SecurityNoticesOff) }, "[new-browser factor-added]", ""},
		{"SECURITY_NOTICES_OFF", "new-browsers", nil, nil, `"new-browsers" is none of ` + strings.Join(config.SecurityNotices, ", ")},
		{"FAILED_SIGN_IN_MOST", "0", func(c config.Config) any { return c.FailedSignInMost }, 0, ""},
		{"FAILED_SIGN_IN_MOST", "5000", func(c config.Config) any { return c.FailedSignInMost }, 5000, ""},
		{"FAILED_SIGN_IN_MOST", "-1", nil, nil, `"-1" is not a whole number from 0 (off) to 2147483647`},
		{"SMTP_CONNECTIONS", "5", func(c config.Config) any { return c.MailConnections }, 5, ""},
		{"SMTP_CONNECTIONS", "0", nil, nil, `"0" is not a whole number from 1 to 50`},
		{"SMTP_CONNECTIONS", "51", nil, nil, `"51" is not a whole number from 1 to 50`},
		{"SMTP_CONNECTIONS", "two", nil, nil, `"two" is not a whole number from 1 to 50`},
		{"SMTP_RATE", "600", func(c config.Config) any { return c.MailRate }, 600, ""},
		{"SMTP_RATE", "14/s", nil, nil, `"14/s" is not a whole number from 0 (off) to 100000`},
		{"SIGN_IN_RATE", "0", func(c config.Config) any { return c.SignInRate }, 0, ""},
		{"SIGN_IN_RATE", "120", func(c config.Config) any { return c.SignInRate }, 120, ""},
		{"SIGN_IN_RATE", "100001", nil, nil, `"100001" is not a whole number from 0 (off) to 100000`},
		{"SIGN_IN_RATE", "30/m", nil, nil, `"30/m" is not a whole number from 0 (off) to 100000`},
		{"DEVICE_COOKIES", "False", func(c config.Config) any { return c.DeviceCookies }, false, ""},
		{"DEVICE_COOKIES", "TRUE", func(c config.Config) any { return c.DeviceCookies }, true, ""},
		{"COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH", "14", func(c config.Config) any { return c.Compliance.MinLength }, 14, ""},
		{"COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH", "0", func(c config.Config) any { return c.Compliance.MinLength }, 0, ""},
		{"COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH", "4097", nil, nil, `"4097" is not a whole number from 0 (off) to 4096`},
		{"COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH", "long", nil, nil, `"long" is not a whole number from 0 (off) to 4096`},
		{"COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY", "4", func(c config.Config) any { return c.Compliance.Complexity }, 4, ""},
		{"COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY", "5", nil, nil, `"5" is not a whole number from 0 (off) to 4`},
		{"COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY", "-1", nil, nil, `"-1" is not a whole number from 0 (off) to 4`},
		{"DISABLE_LAST_PASSWORDS", "1", func(c config.Config) any { return c.Compliance.LastPasswords }, 1, ""},
		{"DISABLE_LAST_PASSWORDS", "True", nil, nil, `"True" is not a whole number from 0 (off) to 2147483647`},
		{"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_PASSWORD_LENGTH", "16", func(c config.Config) any { return c.Compliance.GeneratedLength }, 16, ""},
		{"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_PASSWORD_LENGTH", "0", nil, nil, `"0" is not a whole number from 1 to 256`},
		{"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_PASSWORD_LENGTH", "257", nil, nil, `"257" is not a whole number from 1 to 256`},
		{"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_UPPERCASE", "ÄÖÜ", func(c config.Config) any { return c.Compliance.Upper }, "ÄÖÜ", ""},
		{"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_LOWERCASE", "äöü", func(c config.Config) any { return c.Compliance.Lower }, "äöü", ""},
		{"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS", "0123456789", func(c config.Config) any { return c.Compliance.Digits }, "0123456789", ""},
		{"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_SPECIAL_CHARS", `,.-;:_#'+*~!"$%&/@()=?{[]}\`, func(c config.Config) any { return c.Compliance.Special }, `,.-;:_#'+*~!"$%&/@()=?{[]}\`, ""},
		{"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_SPECIAL_CHARS", strings.Repeat("§", 256), func(c config.Config) any { return len(c.Compliance.Special) }, 512, ""},
		{"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_SPECIAL_CHARS", strings.Repeat("§", 257), nil, nil, `has 257 characters; at most 256 are taken`},
		{"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS", "1\xff", nil, nil, `is not UTF-8`},
		{"DEVICE_COOKIES", "yes", nil, nil, `"yes" is neither true nor false`},
		{"ALLOW_MULTIPLE_SESSIONS", "no", nil, nil, `"no" is neither true nor false`},
		{"SUPERADMIN_ADDRESSES", "10.0.0.0/8, 2001:db8::1", func(c config.Config) any { return fmt.Sprint(c.SuperAdminAddresses) }, "[10.0.0.0/8 2001:db8::1/128]", ""},
		{"SUPERADMIN_ADDRESSES", "10.0.0.0/8, office", nil, nil, `"office" is not a network such as 10.0.0.0/8`},
		{"SUPERADMIN_ADDRESSES", " , ", nil, nil, `" , " names no network such as 10.0.0.0/8`},
		{"COMPLIANCE_IP_RESTRICTIONS", "192.0.2.0/24", func(c config.Config) any { return fmt.Sprint(c.DashboardAddresses) }, "[192.0.2.0/24]", ""},
		{"COMPLIANCE_IP_RESTRICTIONS", "192.0.2.1/24", nil, nil, `"192.0.2.1/24" has host bits set; write 192.0.2.0/24`},
		{"COMPLIANCE_IP_RESTRICTIONS", "none", nil, nil, `"none" is not a network such as 10.0.0.0/8`},
		{"AUTO_PROLONGATION_TOKEN_TIME_VALID", "15m", nil, nil, `"15m" is not a whole number of seconds from 0 to 2147483647`},
		{"AUTO_PROLONGATION_TOKEN_TIME_VALID", "-1", nil, nil, `"-1" is not a whole number of seconds from 0 to 2147483647`},
		{"MAX_WEB_TOKEN_TIME_VALID", "0", nil, nil, `"0" is not a whole number of seconds from 1 to 2147483647`},

		{"LOG", "json", func(c config.Config) any { return c.LogFormat }, "json", ""},
		{"LOG", "JSON", nil, nil, `"JSON" is neither text nor json`},
		{"LOG_LEVEL", "debug", func(c config.Config) any { return c.LogLevel }, slog.LevelDebug, ""},
		{"LOG_LEVEL", "warn", func(c config.Config) any { return c.LogLevel }, slog.LevelWarn, ""},
		{"LOG_LEVEL", "info+1", nil, nil, `"info+1" is none of debug, info, warn, error`},
	} {
		t.Run(tc.name+"="+tc.value, func(t *testing.T) {
			env := "LATCHKEY_" + tc.name
			c, err := load(t, "", map[string]string{env: tc.value})
			if tc.why != "" {
				wantProblems(t, err, tc.name+" (environment "+env+"): "+tc.why)
				return
			}
			wantProblems(t, err, "")
			if got := tc.get(c); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestNetworksAsList(t *testing.T) {
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32")}
	for name, get := range map[string]func(config.Config) []netip.Prefix{
		"TRUSTED_PROXIES":            func(c config.Config) []netip.Prefix { return c.TrustedProxies },
		"SUPERADMIN_ADDRESSES":       func(c config.Config) []netip.Prefix { return c.SuperAdminAddresses },
		"COMPLIANCE_IP_RESTRICTIONS": func(c config.Config) []netip.Prefix { return c.DashboardAddresses },
	} {
		c, err := load(t, name+":\n  - 10.0.0.0/8\n  - 192.0.2.7\n", nil)
		wantProblems(t, err, "")
		if got := get(c); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestMetricsNeedAnAddressOfTheirOwn(t *testing.T) {
	for _, tc := range []struct {
		listen, metrics string
		refused         bool
	}{
		{"0.0.0.0:9000", "127.0.0.1:9000", true}, {"127.0.0.1:9000", "0.0.0.0:9000", true}, {"LOCALHOST:9000", "localhost:9000", true},
		{"127.0.0.1:0", "127.0.0.1:0", false}, {":9000", ":9001", false}, {"127.0.0.1:9000", "127.0.0.2:9000", false},
	} {
		c, err := load(t, "", map[string]string{"LATCHKEY_LISTEN": tc.listen, "LATCHKEY_METRICS_LISTEN": tc.metrics})
		if (err != nil) != tc.refused {
			t.Errorf("metrics on %s, pages on %s: %v", tc.metrics, tc.listen, err)
		}
		if err == nil && c.MetricsListen != tc.metrics {
			t.Errorf("%s became %s", tc.metrics, c.MetricsListen)
		}
	}
}

func TestLoopbackHosts(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "localhost.": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true, "::ffff:127.0.0.1": true,
		"": false, "0.0.0.0": false, "::": false, "10.0.0.1": false, "localhost.example.org": false, "evil.localhost": false, "127.0.0.1.example.org": false, "accounts.example.org": false,
	} {
		if got := config.IsLoopback(host); got != want {
			t.Errorf("%q is loopback: %t", host, got)
		}
	}
}
