package samples

import (
	"time"

	"latchkey/password"
	"latchkey/views"
)

func policy(f views.Frame) []Sample {
	const page = "Policy"
	builtIn := views.PolicyPage{
		Frame: seenBy(f, olga, "policy", f.T("Password policy")), SignIn: signInRules(f),
		Source: f.T("This is the built-in policy. A file passwordpolicy.json replaces it."), JudgedBy: views.JudgedBy(f.Words),
		Versions: []views.PolicyVersion{{Number: 1, From: *ago(f, 90*day), Source: f.T("built in"), InForce: true}},
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
	nist := builtIn
	nist.Sections = []views.PolicySection{
		section(f, atNIST(password.SectionAccount), f.T("For SuperAdmins, organizations and customers"), "fYt3KmWq8RzPvH6xNcLd"),
		section(f, atNIST(password.SectionTechnical), f.T("For technical accounts"), "pXz7NvQk4LmRwT9yHcGs"),
	}
	bySettings := builtIn
	bySettings.Sections = []views.PolicySection{
		section(f, raised(false), f.T("For SuperAdmins, organizations and customers"), "Rk7!mPq2vTzX90hN"),
		section(f, raised(true), f.T("For technical accounts"), "wH4&tYc8=KzLq2Rm"),
	}
	seenByPartner := builtIn
	seenByPartner.Frame, seenByPartner.JudgedBy, seenByPartner.Versions = seenBy(f, organization, "policy", builtIn.Title), "", nil
	file := policyFile(builtIn)
	return append(show(page, views.PolicyInForce, []state[views.PolicyPage]{
		{"policy", "built in", builtIn},
		{"policy-file", "three sections from a file, with warnings", file},
		{"policy-doubtful", "not provable, and without a password that could be generated", doubtfulPolicy(file)},
		{"policy-off", "everything off", off},
		{"policy-settings", "built in, and raised by settings", bySettings},
		{"policy-nist", "departs from no standard", nist},
		{"policy-organization", "seen by an organization", seenByPartner},
		{"policy-refused", "a newer file was refused", refusedPolicy(file, policyMistakes()...)},
		{"policy-refused-organization", "the same, seen by an organization", refusedPolicy(seenByPartner)},
	}), policyVersions(f)...)
}

// signInRules are what holds beside the policy, by the default settings.
func signInRules(f views.Frame) []string {
	return []string{
		f.T("A browser in which somebody has signed in is trusted for {{.Days}}. An account's trusted browsers share as many attempts as all unknown browsers do, so that guessing blocks unknown browsers and not the owner. A reset or demanded password ends them.",
			"Days", f.Amount(365*day)),
		f.N("After {{.N}} failed attempt of strangers in a row, over any number of blocks, an account stays blacklisted for strangers until an operator unblocks it or issues a password.",
			"After {{.N}} failed attempts of strangers in a row, over any number of blocks, an account stays blacklisted for strangers until an operator unblocks it or issues a password.", 100),
		f.N("From one network address {{.N}} sign-in or new password may fail in a minute, and {{.Burst}} at once. What succeeds does not count.",
			"From one network address {{.N}} sign-ins or new passwords may fail in a minute, and {{.Burst}} at once. What succeeds does not count.", 30, "Burst", 60),
		f.T("A session ends after {{.Max}}, and after {{.Idle}} without use.", "Max", f.Amount(day), "Idle", f.Amount(time.Hour)),
		f.T("A one-time password can be used for {{.Time}}; it opens only the page where a new one is set.", "Time", f.Amount(oneTimeValid)),
	}
}

func policyFile(page views.PolicyPage) views.PolicyPage {
	policies := fromFile()
	page.Source = page.T("Read from {{.File}}. A changed file takes effect when the program gets SIGHUP.", "File", policies.Source)
	page.Versions = []views.PolicyVersion{
		{Number: 3, From: *ago(page.Frame, 26*time.Hour), Source: policies.Source, InForce: true},
		{Number: 2, From: *ago(page.Frame, 41*day), Source: policies.Source}, {Number: 1, From: *ago(page.Frame, 90*day), Source: page.T("built in")},
	}
	page.Sections = []views.PolicySection{
		section(page.Frame, policies.Account, page.T("For organizations and customers"), "Rk7!mPq2vTzX9&hNcWsd"),
		section(page.Frame, policies.Technical, page.T("For technical accounts"), "wH4&tYc8=KzLq2RmNx7v"),
		section(page.Frame, *policies.SuperAdmin, page.T("For SuperAdmins"), "fYt3KmWq8RzPvH6xNcLd"),
	}
	for _, warning := range policies.Warnings() {
		warning.Line = 47
		page.Warnings = append(page.Warnings, views.Warning(page.Words, warning))
	}
	return page
}

// doubtfulPolicy is one of which not all can be promised.
func doubtfulPolicy(page views.PolicyPage) views.PolicyPage {
	page.Warnings = nil
	page.Sections = []views.PolicySection{
		section(page.Frame, doubtful().Account, page.T("For SuperAdmins, organizations and customers"), ""),
		section(page.Frame, doubtful().Technical, page.T("For technical accounts"), "wH4&tYc8=KzLq2RmNx7v"),
	}
	page.Sections[0].NotGenerated = views.NotGenerated(page.Words)
	return page
}

func section(f views.Frame, policy password.Policy, forWhom, example string) views.PolicySection {
	return views.PolicySection{
		Name: string(policy.Section), ForWhom: forWhom, Example: example, Rules: views.PolicyRules(f.Words, policy),
		Departures: views.Departures(f.Words, policy), NotProvable: views.NotProvable(f.Words, policy), Strength: strength(f, example),
	}
}

func strength(f views.Frame, example string) string {
	if example == "" {
		return ""
	}
	return views.Strength(f.Words, 122.4)
}
