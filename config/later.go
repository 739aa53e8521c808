package config

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

type laterSetting struct {
	name, def string
	parse     func(text string) (value string, err error) // the value in canonical form
}

// later are the settings of the contract that this version does not enforce, with their defaults. Only the default can be set:
// if another value were ignored, operators would rely on a rule that is not enforced. Once a setting is enforced, it moves to
// the table.
var later = []laterSetting{
	{"COMPLIANCE_ENFORCE_CENTRAL_SECURITY_REPORTS", "False", booleanText},
	{"COMPLIANCE_CENTRAL_SECURITY_REPORT_SECURITY_RECURRENCE_INTERVAL", "0", secondsText},
	{"COMPLIANCE_ENFORCE_BREACH_DETECTION", "False", booleanText},
	{"COMPLIANCE_DISABLE_EXPORT", "False", booleanText},
	{"COMPLIANCE_DISABLE_EXPORT_OF_SHARED_ITEMS", "False", booleanText},
	{"COMPLIANCE_DISABLE_UNMANAGED_GROUPS", "False", booleanText},
	{"COMPLIANCE_DISABLE_FILE_REPOSITORIES", "False", booleanText},
	{"COMPLIANCE_DISABLE_OFFLINE_MODE", "False", booleanText},
	{"COMPLIANCE_MAX_OFFLINE_CACHE_TIME_VALID", "31536000", secondsText},
}

func booleanText(text string) (string, error) {
	on, err := boolean(text)
	if on {
		return "True", err
	}
	return "False", err
}

func secondsText(text string) (string, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/int64(time.Second) {
		return "", fmt.Errorf("%s is not a whole number of seconds", quote(text))
	}
	return strconv.FormatInt(n, 10), nil
}

// refuseLater checks environment and file. In the environment compliance settings have no prefix; with the prefix they are
// found too.
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
