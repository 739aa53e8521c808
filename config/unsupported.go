package config

// unsupported are the settings of the contract that this version does not
// enforce. Being silently ignored would leave an operator believing in a rule
// that does not hold, so a start with one of them is refused.
//
// Once a setting is enforced, its line goes and one in the table comes.
var unsupported = []string{
	"COMPLIANCE_ENFORCE_CENTRAL_SECURITY_REPORTS",
	"COMPLIANCE_CENTRAL_SECURITY_REPORT_SECURITY_RECURRENCE_INTERVAL",
	"COMPLIANCE_ENFORCE_2FA",
	"COMPLIANCE_DISABLE_EXPORT",
	"COMPLIANCE_DISABLE_EXPORT_OF_SHARED_ITEMS",
	"COMPLIANCE_DISABLE_UNMANAGED_GROUPS",
	"COMPLIANCE_DISABLE_DELETE_ACCOUNT",
	"COMPLIANCE_DISABLE_API_KEYS",
	"COMPLIANCE_SERVER_SECRETS",
	"COMPLIANCE_DISABLE_EMERGENCY_CODES",
	"COMPLIANCE_DISABLE_RECOVERY_CODES",
	"COMPLIANCE_DISABLE_FILE_REPOSITORIES",
	"COMPLIANCE_DISABLE_LINK_SHARES",
	"COMPLIANCE_DISABLE_OFFLINE_MODE",
	"COMPLIANCE_MAX_OFFLINE_CACHE_TIME_VALID",
	"MAX_APP_TOKEN_TIME_VALID",
	"MAX_API_KEY_TOKEN_TIME_VALID",
}

// refuseUnsupported looks for them in environment and file. The compliance
// settings stand there without the prefix; with it they are caught as well.
func (l *loader) refuseUnsupported() {
	for _, name := range unsupported {
		l.checkUnsupported(name, value{l.getenv(envPrefix + name), "environment " + envPrefix + name})
		l.checkUnsupported(name, value{l.getenv(name), "environment " + name})
		l.checkUnsupported(name, l.file.values[name])
	}
}

func (l *loader) checkUnsupported(name string, v value) {
	if v.text != "" {
		l.refuse(name, v.source, "this version does not enforce this setting; remove it")
	}
}
