package views

import (
	"slices"

	"latchkey/views/ui"
	"latchkey/views/words"
)

// unmet reports whether the password that was refused broke a rule of the checklist.
func unmet(f ui.Frame, check words.Check) bool {
	return slices.ContainsFunc(f.Of("password"), func(p ui.Problem) bool { return p.Rule == string(check.Rule) })
}

// unlisted returns the frame without the problems that a policy's checklist marks, so that the field does not repeat them.
func unlisted(f ui.Frame, policy words.Policy) ui.Frame {
	f.Problems = slices.DeleteFunc(slices.Clone(f.Problems), func(p ui.Problem) bool {
		return p.Field == "password" && slices.ContainsFunc(policy.Checks, func(check words.Check) bool { return string(check.Rule) == p.Rule })
	})
	return f
}
