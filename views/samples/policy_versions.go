package samples

import (
	"time"

	"latchkey/password"
	"latchkey/views"
)

// policyMistakes are what is wrong with a file that somebody changed in a hurry.
func policyMistakes() []string {
	const file = "/etc/latchkey/passwordpolicy.json"
	return []string{
		password.Problem{File: file, Line: 23, Key: "passwordPolicyConfigurations.ACCOUNT.minimumSymbol",
			Why: "is not known; did you mean minimumSymbols?"}.Error(),
		password.Problem{File: file, Line: 31, Key: "passwordPolicyConfigurations.ACCOUNT.passwordExpirationInDays",
			Why: `must be a whole number, not a string`}.Error(),
	}
}

func refusedPolicy(page views.PolicyPage, problems ...string) views.PolicyPage {
	page.Refused = &views.PolicyRefused{At: *ago(page.Frame, 12*time.Minute), Problems: problems}
	return page
}

func policyVersions(f views.Frame) []Sample {
	policies := fromFile()
	frame := seenBy(f, olga, "policy", f.T("Policy version {{.N}}", "N", 3))
	newest := views.PolicyVersionPage{
		Frame: frame, Number: 3, Source: policies.Source, From: *ago(f, 26*time.Hour), InForce: true,
		Sections: []views.PolicySection{
			section(f, policies.Account, f.T("For organizations and customers"), ""),
			section(f, policies.Technical, f.T("For technical accounts"), ""),
			section(f, *policies.SuperAdmin, f.T("For SuperAdmins"), ""),
		},
	}
	first := newest
	first.Frame.Title, first.Number, first.Source = f.T("Policy version {{.N}}", "N", 1), 1, f.T("built in")
	first.From, first.Until, first.InForce = *ago(f, 90*day), ago(f, 41*day), false
	first.Sections = []views.PolicySection{
		section(f, policyFor(false), f.T("For SuperAdmins, organizations and customers"), ""),
		section(f, policyFor(true), f.T("For technical accounts"), ""),
	}
	elsewhere := newest
	elsewhere.InForce = false
	return show("Policy version", views.PolicyOfVersion, []state[views.PolicyVersionPage]{
		{"policy-version", "in force", newest},
		{"policy-version-past", "in force before", first},
		{"policy-version-elsewhere", "read by another process", elsewhere},
	})
}
