package samples

import (
	"latchkey/password"
	"latchkey/views"
)

func policyPreview(f views.Frame) []Sample {
	blank := views.PolicyPreviewPage{
		Frame: seenBy(f, olga, "policy", f.T("Preview a policy")), Text: password.Default().File(), Place: "/etc/latchkey/passwordpolicy.json",
	}
	busy, idle, broken, inDoubt := blank, blank, blank, blank
	busy.Text, busy.Result = fromFile().File(), previewOf(f, fromFile(), thenDays(), asIsDays(), 412, 0, 38, 431)
	idle.Place, idle.Result = f.T("passwordpolicy.json beside settings.yml"), previewOf(f, password.Default(), nothing(90), nothing(90), 0, 0, 0, 0)
	broken.Text = "{\n  \"passwordPolicyConfigurations\": {\n    \"ACCOUNT\": { \"minimumSymbol\": 12 },\n    \"TECHNICAL\": {}\n  }\n}\n"
	broken.Frame = with(blank.Frame, views.Problem{Field: "policy", Text: password.Problem{
		File: "passwordpolicy.json", Line: 3, Key: "passwordPolicyConfigurations.ACCOUNT.minimumSymbol", Why: "is not known; did you mean minimumSymbols?",
	}.Error(), Lang: views.LogLang})
	inDoubt.Text, inDoubt.Result = doubtful().File(), previewOf(f, doubtful(), nothing(90), nothing(90), 0, 0, 0, 0)
	inDoubt.Result.Warnings = views.Warnings(f.Words, doubtful(), doubts())
	return show("Preview of a policy", views.PreviewPolicy, []state[views.PolicyPreviewPage]{
		{"policy-preview", "before anything was sent", blank},
		{"policy-preview-result", "stricter in much", busy},
		{"policy-preview-doubtful", "not provable, and without a password that could be generated", inDoubt},
		{"policy-preview-nothing", "nothing would change", idle},
		{"policy-preview-broken", "a policy with a mistake", broken},
	})
}

// doubts are those about [doubtful].
func doubts() []password.Warning {
	where := func(line int, section password.Section) password.Problem {
		return password.Problem{File: "passwordpolicy.json", Line: line, Key: "passwordPolicyConfigurations." + string(section)}
	}
	return []password.Warning{
		{Section: where(3, password.SectionTechnical), NotProvable: doubtful().Technical.NotProvable()},
		{Section: where(16, password.SectionAccount), NotProvable: doubtful().Account.NotProvable()},
		{Section: where(16, password.SectionAccount)},
	}
}

// previewOf is what policies would do beside the built-in ones. The figures are those of passwords and mails.
func previewOf(f views.Frame, policies password.Policies, then, asIs []int, expire, revive, reminders, expirations int) *views.PolicyPreview {
	now := func(n int) string { return f.T("As it is now: {{.N}}", "N", f.Number(int64(n))) }
	result := &views.PolicyPreview{
		Chart: views.PreviewChart(f, bars(f, 0, 1, then), bars(f, 0, 1, asIs)), Until: f.Day(bars(f, 1, 1, []int{0})[0].From),
		Figures: []views.PreviewFigure{
			{Label: f.T("Expire at once"), Hint: f.T("Their passwords are still valid now"), Count: expire, Urgent: true},
			{Label: f.T("No longer expired"), Hint: f.T("Their passwords have expired now"), Count: revive},
			{Label: f.T("Reminders today"), Hint: now(reminders / 5), Count: reminders},
			{Label: f.T("Mails today that a password has expired"), Hint: now(expirations / 30), Count: expirations},
		},
	}
	for _, section := range password.Compare(password.Default(), policies) {
		if len(section.Changes) > 0 {
			forWhom := map[password.Section]string{
				password.SectionAccount: f.T("For organizations and customers"), password.SectionSuperAdmin: f.T("For SuperAdmins"),
				password.SectionTechnical: f.T("For technical accounts"),
			}[section.Section]
			result.Sections = append(result.Sections, views.SectionChanges{
				Name: string(section.Section), ForWhom: forWhom, Rules: views.RuleChanges(f.Words, section.Changes),
			})
		}
	}
	for _, warning := range policies.Warnings() {
		warning.Line = 47
		result.Warnings = append(result.Warnings, views.Warning(f.Words, warning))
	}
	return result
}

// asIsDays rise and fall with the weeks, as passwords are set on working days.
func asIsDays() []int {
	days := make([]int, 90)
	for i := range days {
		if i%7 < 5 {
			days[i] = 9 + i*i%11 + i%3*4
		}
	}
	return days
}

// thenDays are over after a month, when passwords live no longer.
func thenDays() []int {
	days := make([]int, 90)
	for i, count := range asIsDays()[:30] {
		days[i] = count + 12*(i%7/2)
	}
	return days
}
