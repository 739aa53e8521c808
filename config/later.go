package config

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

type laterSetting struct {
	name, def string
	parse     func(text string) (value string, err error) // the value in one spelling
}

// later are the settings of the contract that this version does not enforce, with their defaults. At its default a setting
// asks for nothing that does not hold, so it may be set. Any other value stops the start: if it were ignored, operators would
// believe in a rule that does not hold.
//
// Once a setting is enforced, its line goes and one in the table comes.
var later = []laterSetting{
	{"COMPLIANCE_ENFORCE_CENTRAL_SECURITY_REPORTS", "False", truthWord},
	{"COMPLIANCE_CENTRAL_SECURITY_REPORT_SECURITY_RECURRENCE_INTERVAL", "0", secondsWord},
	{"COMPLIANCE_ENFORCE_2FA", "False", truthWord},
	{"COMPLIANCE_ENFORCE_BREACH_DETECTION", "False", truthWord},
	{"COMPLIANCE_DISABLE_EXPORT", "False", truthWord},
	{"COMPLIANCE_DISABLE_EXPORT_OF_SHARED_ITEMS", "False", truthWord},
	{"COMPLIANCE_DISABLE_UNMANAGED_GROUPS", "False", truthWord},
	{"COMPLIANCE_DISABLE_DELETE_ACCOUNT", "False", truthWord},
	{"COMPLIANCE_DISABLE_API_KEYS", "False", truthWord},
	{"COMPLIANCE_SERVER_SECRETS", "auto", secretsWord},
	{"COMPLIANCE_DISABLE_EMERGENCY_CODES", "False", truthWord},
	{"COMPLIANCE_DISABLE_RECOVERY_CODES", "False", truthWord},
	{"COMPLIANCE_DISABLE_FILE_REPOSITORIES", "False", truthWord},
	{"COMPLIANCE_DISABLE_LINK_SHARES", "False", truthWord},
	{"COMPLIANCE_DISABLE_OFFLINE_MODE", "False", truthWord},
	{"COMPLIANCE_MAX_OFFLINE_CACHE_TIME_VALID", "31536000", secondsWord},
	{"MAX_APP_TOKEN_TIME_VALID", "31536000", secondsWord},
	{"MAX_API_KEY_TOKEN_TIME_VALID", "600", secondsWord},
}

func isLater(name string) bool {
	return slices.ContainsFunc(later, func(s laterSetting) bool { return s.name == name })
}

func truthWord(text string) (string, error) {
	var c Config
	if err := truth(func(c *Config) *bool { return &c.DeviceCookies })(&c, text); err != nil {
		return "", err
	}
	return map[bool]string{true: "True", false: "False"}[c.DeviceCookies], nil
}

func secondsWord(text string) (string, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/int64(time.Second) {
		return "", fmt.Errorf("%s is not a whole number of seconds", quote(text))
	}
	return strconv.FormatInt(n, 10), nil
}

func secretsWord(text string) (string, error) {
	switch word := strings.ToLower(text); word {
	case "auto", "all", "noone":
		return word, nil
	}
	return "", errors.New(quote(text) + " is neither auto nor all nor noone")
}

// refuseLater looks for them in environment and file. The compliance settings stand in the environment without the prefix; with
// it they are found as well.
func (l *loader) refuseLater() {
	for _, s := range later {
		for _, v := range []value{
			{l.getenv(envPrefix + s.name), "environment " + envPrefix + s.name},
			{l.getenv(s.name), "environment " + s.name},
			l.file.values[s.name],
		} {
			if v.text == "" {
				continue
			}
			switch set, err := s.parse(v.text); {
			case err != nil:
				l.refuse(s.name, v.source, err.Error())
			case set != s.def:
				l.refuse(s.name, v.source, "this version does not enforce this setting; only its default, "+s.def+", can be set")
			}
		}
	}
}
