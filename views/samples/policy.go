package samples

import (
	"latchkey/password"
	"latchkey/views"
)

func policy(f views.Frame) []Sample {
	const page = "Policy"
	oneTime := f.T("A one-time password can be used for {{.Time}}; it opens only the page where a new one is set.", "Time", f.Amount(oneTimeValid))
	builtIn := views.PolicyPage{
		Frame: seenBy(f, olga, "policy", f.T("Password policy")), OneTime: oneTime,
		Source: f.T("This is the built-in policy. A file passwordpolicy.json replaces it."),
		Sections: []views.PolicySection{
			section(f, policyFor(false), f.T("For SuperAdmins, organizations and customers"), "Rk7!mPq2vTzX9&hNcWsd"),
			section(f, policyFor(true), f.T("For technical accounts"), "wH4&tYc8=KzLq2RmNx7v"),
		},
	}
	off := builtIn
	off.Sections = []views.PolicySection{
		section(f, password.Policy{Section: password.SectionAccount}, f.T("For SuperAdmins, organizations and customers"), "fYt3KmWq8RzPvH6xNcLd"),
		section(f, password.Policy{Section: password.SectionTechnical}, f.T("For technical accounts"), "pXz7NvQk4LmRwT9yHcGs"),
	}
	seenByPartner := builtIn
	seenByPartner.Frame = seenBy(f, organization, "policy", builtIn.Title)
	return show(page, views.PolicyInForce, []state[views.PolicyPage]{
		{"policy", "built in", builtIn},
		{"policy-file", "three sections from a file, with warnings", policyFile(builtIn)},
		{"policy-off", "everything off", off},
		{"policy-organization", "seen by an organization", seenByPartner},
	})
}

func policyFile(page views.PolicyPage) views.PolicyPage {
	policies := fromFile()
	page.Source = page.T("Read from {{.File}} when the program started.", "File", policies.Source)
	page.Sections = []views.PolicySection{
		section(page.Frame, policies.Account, page.T("For organizations and customers"), "Rk7!mPq2vTzX9&hNcWsd"),
		section(page.Frame, policies.Technical, page.T("For technical accounts"), "wH4&tYc8=KzLq2RmNx7v"),
		section(page.Frame, *policies.SuperAdmin, page.T("For SuperAdmins"), ""), // none could be generated
	}
	for _, warning := range policies.Warnings() {
		warning.Line = 47
		page.Warnings = append(page.Warnings, views.Warning(page.Words, warning))
	}
	return page
}

func section(f views.Frame, policy password.Policy, forWhom, example string) views.PolicySection {
	return views.PolicySection{
		Name: string(policy.Section), ForWhom: forWhom, Example: example, Rules: views.PolicyRules(f.Words, policy),
	}
}
