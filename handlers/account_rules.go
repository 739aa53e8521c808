package handlers

import (
	"strconv"

	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
)

// rulesInForce are all rules that hold for an account, with their values and where each comes from.
func (s *Server) rulesInForce(frame views.Frame, a models.Account) []views.RuleInForce {
	policy := s.Accounts.Policy(a)
	source := ruleSource(frame, s.Accounts.Policies(), policy)
	var rules []views.RuleInForce
	for _, value := range policy.Values() {
		if value.Active {
			rules = append(rules, views.RuleInForce{
				Words: views.RuleWords(frame.Words, value), Value: figure(value), Source: string(value.Rule) + " · " + source,
			})
		}
	}
	return append(rules, s.settingsInForce(frame, a)...)
}

// ruleSource names the policy that holds, and its file.
func ruleSource(frame views.Frame, policies password.Policies, policy password.Policy) string {
	if policies.Source == "" {
		return frame.T("{{.Section}}, built in", "Section", policy.Section)
	}
	return frame.T("{{.Section}} in {{.File}}", "Section", policy.Section, "File", policies.Source)
}

// settingsInForce are the rules that are settings of the program.
func (s *Server) settingsInForce(frame views.Frame, a models.Account) []views.RuleInForce {
	settings := s.Accounts.Settings()
	var rules []views.RuleInForce
	add := func(words, value, setting string) {
		rules = append(rules, views.RuleInForce{Words: words, Value: value, Source: setting})
	}
	if settings.AttemptsCap > 0 {
		add(frame.N("after {{.N}} failed sign-in over any number of blocks it stays blacklisted",
			"after {{.N}} failed sign-ins over any number of blocks it stays blacklisted", settings.AttemptsCap),
			strconv.Itoa(settings.AttemptsCap), "LATCHKEY_FAILED_ATTEMPTS_CAP")
	}
	if a.Technical {
		return rules
	}
	add(frame.T("a one-time password can be used for {{.Time}}", "Time", frame.Amount(settings.OneTimeValid)),
		short(settings.OneTimeValid), "LATCHKEY_ONE_TIME_PASSWORD_VALID")
	add(frame.T("a session lasts {{.Time}} at most", "Time", frame.Amount(settings.SessionMax)),
		short(settings.SessionMax), "LATCHKEY_SESSION_MAX")
	add(frame.T("a session ends after {{.Time}} without use", "Time", frame.Amount(settings.SessionIdle)),
		short(settings.SessionIdle), "LATCHKEY_SESSION_IDLE")
	return rules
}
