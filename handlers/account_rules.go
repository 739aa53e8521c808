package handlers

import (
	"cmp"
	"path/filepath"
	"strconv"

	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
)

// rulesInForce are all rules that hold for an account, with their values, by where they come from.
func (s *Server) rulesInForce(frame views.Frame, a models.Account) []views.RuleGroup {
	policy := s.Accounts.Policy(a)
	fromPolicy := views.RuleGroup{Source: ruleSource(frame, s.Accounts.Policies(), policy)}
	for _, value := range policy.Values() {
		if value.Active && value.Rule != password.RuleAllowedRegexDescription { // which are the words of allowedRegex
			fromPolicy.Rules = append(fromPolicy.Rules, views.RuleInForce{
				Words: views.RuleWords(frame.Words, value), Value: views.Figure(value), Name: cmp.Or(value.By, string(value.Rule)),
			})
		}
	}
	return forReader(frame, fromPolicy, s.settingsInForce(frame, a))
}

// forReader leaves out what only operators can do something about: customers learn the rules, not how they are spelt.
func forReader(frame views.Frame, fromPolicy, fromSettings views.RuleGroup) []views.RuleGroup {
	groups := []views.RuleGroup{fromPolicy, fromSettings}
	if frame.Who.Operates() {
		return groups
	}
	groups[0].Source, groups[1].Source = frame.T("Your password"), frame.T("Your sign-ins")
	for _, group := range groups {
		for i := range group.Rules {
			group.Rules[i].Name = ""
		}
	}
	return groups
}

// ruleSource names the policy that holds, and its file.
func ruleSource(frame views.Frame, policies password.Policies, policy password.Policy) string {
	if policies.Source == "" {
		return frame.T("From the policy {{.Section}}, which is built in", "Section", policy.Section)
	}
	return frame.T("From the policy {{.Section}} in {{.File}}", "Section", policy.Section, "File", sourceFile(frame, policies))
}

// sourceFile names the policy's file: where it lies is the SuperAdmins' business.
func sourceFile(frame views.Frame, policies password.Policies) string {
	if frame.Who.IsSuperAdmin() {
		return policies.Source
	}
	return filepath.Base(policies.Source)
}

// settingsInForce are the rules that are settings of the program.
func (s *Server) settingsInForce(frame views.Frame, a models.Account) views.RuleGroup {
	settings := s.Accounts.Settings()
	group := views.RuleGroup{Source: frame.T("From the program's settings")}
	add := func(words, value, setting string) {
		group.Rules = append(group.Rules, views.RuleInForce{Words: words, Value: value, Name: setting})
	}
	add(capWords(frame, settings.AttemptsCap), strconv.Itoa(settings.AttemptsCap), "LATCHKEY_FAILED_ATTEMPTS_CAP")
	if a.Technical {
		return group
	}
	add(deviceWords(frame, settings.DeviceCookies), strconv.FormatBool(settings.DeviceCookies), "LATCHKEY_DEVICE_COOKIES")
	add(frame.T("a one-time password can be used for {{.Time}}", "Time", frame.Amount(settings.OneTimeValid)),
		short(settings.OneTimeValid), "LATCHKEY_ONE_TIME_PASSWORD_VALID")
	if age := settings.PasswordMinAge; age > 0 {
		add(frame.T("owners can change their password again after {{.Time}}", "Time", frame.Amount(age)), short(age), "LATCHKEY_PASSWORD_MIN_AGE")
	}
	add(frame.T("a session lasts {{.Time}} at most", "Time", frame.Amount(settings.SessionMax)),
		short(settings.SessionMax), "LATCHKEY_SESSION_MAX")
	add(frame.T("a session ends after {{.Time}} without use", "Time", frame.Amount(settings.SessionIdle)),
		short(settings.SessionIdle), "LATCHKEY_SESSION_IDLE")
	return group
}

// deviceWords say whether known browsers have attempts of their own.
func deviceWords(frame views.Frame, told bool) string {
	if !told {
		return frame.T("browsers are not told apart")
	}
	return frame.T("browsers that have signed in have attempts of their own")
}

// capWords say when an account stays blacklisted for good.
func capWords(frame views.Frame, most int) string {
	if most <= 0 {
		return frame.T("failed sign-ins over several blocks are not counted")
	}
	return frame.N("after {{.N}} failed sign-in of strangers over any number of blocks it stays blacklisted",
		"after {{.N}} failed sign-ins of strangers over any number of blocks it stays blacklisted", most)
}
