package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"latchkey/internal/rpid"
)

const (
	defaultSettingsFile = "settings.yml"
	defaultPolicyFile   = "passwordpolicy.json"
)

// AddFlags defines every setting that has a flag.
func AddFlags(fs *pflag.FlagSet) {
	for _, s := range table {
		switch {
		case s.flag == "":
		case s.def == "true" || s.def == "false":
			fs.Bool(s.flag, s.def == "true", s.help)
		default:
			fs.String(s.flag, s.def, s.help)
		}
	}
}

// Load reads flags, environment and settings file. The error is [Problems] with everything that is wrong. fs may lack flags or
// be nil. A flag counts only if it was given, a variable or a key of the file only if it is not empty.
func Load(fs *pflag.FlagSet, getenv func(string) string) (Config, error) {
	l := &loader{fs: fs, getenv: getenv}
	l.openFile()
	l.refuseLater()
	l.readSecretFiles()
	for _, s := range settings(&l.config) {
		l.apply(s)
	}
	l.derive()
	if len(l.problems) > 0 {
		return Config{}, l.problems
	}
	return l.config, nil
}

type loader struct {
	fs       *pflag.FlagSet
	getenv   func(string) string
	file     file
	secrets  map[string]value // from DATABASE_FILE and SMTP_FILE, by the name of the value
	config   Config
	problems Problems
}

// value is a setting's text and where it was set.
type value struct{ text, source string }

func (l *loader) refuse(name, source, why string) {
	l.problems = append(l.problems, Problem{name, source, why})
}

// lookup returns the value from flag, environment or file; false: the default applies.
func (l *loader) lookup(name string) (value, bool) {
	s, _ := find(name)
	if s.flag != "" && l.fs != nil {
		if f := l.fs.Lookup(s.flag); f != nil && f.Changed {
			return value{f.Value.String(), "flag --" + s.flag}, true
		}
	}
	if v := l.getenv(envPrefix + name); v != "" {
		return value{v, "environment " + envPrefix + name}, true
	}
	if s.unprefixed && l.getenv(name) != "" {
		return value{l.getenv(name), "environment " + name}, true
	}
	v, ok := l.file.values[name]
	return v, ok
}

// openFile reads the settings file: the named one, which must exist, or settings.yml in the working directory, which need not.
func (l *loader) openFile() {
	named, given := l.lookup("SETTINGS")
	path := defaultSettingsFile
	if given {
		path = named.text
	}
	content, err := os.ReadFile(path)
	switch {
	case err == nil:
		l.file = parseFile(path, content)
		l.problems = append(l.problems, l.file.problems...)
	case given:
		l.refuse("SETTINGS", named.source, cannotRead(path, err).Error())
	case !errors.Is(err, fs.ErrNotExist):
		l.refuse("", path, cannotRead(path, err).Error())
	}
}

// readSecretFiles reads the values that are given as files.
func (l *loader) readSecretFiles() {
	l.secrets = map[string]value{}
	for _, name := range []string{"DATABASE", "SMTP"} {
		named, given := l.lookup(name + "_FILE")
		if !given {
			continue
		}
		if direct, both := l.lookup(name); both {
			l.refuse(name, direct.source, fmt.Sprintf("is also given by %s_FILE (%s); only one of the two may be set", name, named.source))
		}
		content, err := os.ReadFile(named.text)
		text := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
		switch {
		case err != nil:
			l.refuse(name+"_FILE", named.source, cannotRead(named.text, err).Error())
		case strings.TrimSpace(text) == "":
			l.refuse(name+"_FILE", named.source, "the file "+quote(named.text)+" is empty")
		default:
			l.secrets[name] = value{text, named.source}
		}
	}
}

// apply parses one setting into the Config.
func (l *loader) apply(s setting) {
	if s.parse == nil {
		return
	}
	v, given := l.secrets[s.name]
	if !given {
		v, given = l.lookup(s.name)
	}
	if !given {
		v = value{s.def, "default"}
		if s.def == "" {
			return
		}
	}
	if err := s.parse(v.text); err != nil {
		l.refuse(s.name, v.source, err.Error())
	}
}

// derive sets the defaults that depend on other settings, and finds settings that contradict each other.
func (l *loader) derive() {
	c := &l.config
	if c.Database.Engine == "" {
		c.Database = Database{Engine: SQLite, Path: filepath.Join(c.Data, "latchkey.db")}
	}
	if c.BaseURL == nil {
		c.BaseURL = localURL(c.Listen)
	}
	if c.MailFrom == nil {
		c.MailFrom = &mail.Address{Name: c.Brand.Title(), Address: "latchkey@localhost"}
	}
	l.checkMetricsPort()
	l.limitFactors()
	l.needMailServer()
	l.boundIdle()
	l.boundByCompliance()
	l.findPolicy()
}

// checkMetricsPort refuses metrics on the port of the pages: they have no sign-in.
func (l *loader) checkMetricsPort() {
	c := &l.config
	if c.MetricsListen == "" || c.Listen == "" || !sameAddress(c.Listen, c.MetricsListen) {
		return
	}
	given, _ := l.lookup("METRICS_LISTEN")
	l.refuse("METRICS_LISTEN", given.source, fmt.Sprintf("%s is taken by LISTEN, %s; metrics need a port of their own",
		quote(c.MetricsListen), quote(c.Listen)))
}

// limitFactors refuses to enforce a second factor that cannot be set up.
func (l *loader) limitFactors() {
	c := &l.config
	c.Apps, c.Passkeys = slices.Contains(c.allowedFactors, appFactor), slices.Contains(c.allowedFactors, passkeyFactor)
	if !c.enforceFactor {
		c.FactorsFor = nil
		return
	}
	if _, err := rpid.Of(c.BaseURL); err != nil && !c.Apps && c.Passkeys {
		enforced, _ := l.lookup("COMPLIANCE_ENFORCE_2FA")
		l.refuse("COMPLIANCE_ENFORCE_2FA", enforced.source, "no allowed second factor can be set up: passkeys need a BASE_URL of https:// and a host name; ALLOWED_SECOND_FACTORS may name "+appFactor)
	}
}

// needMailServer refuses that people can only be sent links if there is no mail server.
func (l *loader) needMailServer() {
	if l.config.Secrets == "noone" && l.config.SMTP == nil {
		secrets, _ := l.lookup("COMPLIANCE_SERVER_SECRETS")
		l.refuse("COMPLIANCE_SERVER_SECRETS", secrets.source, "noone needs a mail server, since people then get their passwords by links only; set SMTP")
	}
}

// boundIdle refuses an idle time above the longest life of a session. The default idle time is shortened instead.
func (l *loader) boundIdle() {
	c := &l.config
	if c.SessionMax == 0 || c.SessionIdle <= c.SessionMax {
		return
	}
	if idle, given := l.lookup("SESSION_IDLE"); given {
		l.refuse("SESSION_IDLE", idle.source, fmt.Sprintf("%s is longer than SESSION_MAX, %s", c.SessionIdle, c.SessionMax))
		return
	}
	c.SessionIdle = c.SessionMax
}

// boundByCompliance applies the compliance settings to sessions: the earlier end wins, but an explicit setting wins over the
// default idle time.
func (l *loader) boundByCompliance() {
	c := &l.config
	if c.autoProlongation > 0 {
		if _, given := l.lookup("SESSION_IDLE"); !given || c.autoProlongation < c.SessionIdle {
			c.SessionIdle = c.autoProlongation
		}
	}
	if c.maxWebToken > 0 {
		c.SessionMax = min(c.SessionMax, c.maxWebToken)
	}
	c.SessionIdle = min(c.SessionIdle, c.SessionMax)
}

// findPolicy uses passwordpolicy.json next to the settings file if no other is given. A file that exists but cannot be read is
// an error.
func (l *loader) findPolicy() {
	if _, given := l.lookup("PASSWORD_POLICY"); given {
		return
	}
	path := filepath.Join(filepath.Dir(l.file.path), defaultPolicyFile)
	err := readable(path)
	switch {
	case err == nil:
		l.config.PasswordPolicy = path
	case errors.Is(err, fs.ErrNotExist):
		l.config.PolicyPlace = path
	default:
		l.refuse("PASSWORD_POLICY", "default", cannotRead(path, err).Error())
	}
}
