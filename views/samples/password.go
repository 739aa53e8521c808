package samples

import (
	"time"

	"latchkey/password"
	"latchkey/views"
)

func ownPassword(f views.Frame) []Sample {
	return append(resets(f), changes(f)...)
}

// resets are what somebody sees whose present password opens nothing else.
func resets(f views.Frame) []Sample {
	const page = "New password, required"
	oneTime := views.PasswordPage{
		Frame: seenBy(f, pending, "", f.T("Password")), Name: clara, Help: help, Policy: views.NewPolicy(f.Words, policyFor(false)),
		Why: f.T("Your password was issued for one use. Choose one of your own to go on."),
	}
	must, expired, undated, suggested, shapedPage := oneTime, oneTime, oneTime, oneTime, oneTime
	must.Why = f.T("Your operator asks you to choose a new password before you go on.")
	opened := must
	opened.Current = true
	expired.Why = f.T("Your password has expired on {{.Time}}. Choose a new one to go on.", "Time", f.Day(*ago(f, 3*day)))
	undated.Why = f.T("Your password has expired. Choose a new one to go on.")
	suggested.Suggested = suggestion(f, "hV7+rNqz2&LwcXTy9mKp")
	shapedPage.Policy = views.NewPolicy(f.Words, shaped())
	return show(page, views.Password, []state[views.PasswordPage]{
		{"reset-one-time", "one-time password", oneTime},
		{"reset-must-change", "an operator asks for it", must},
		{"reset-must-change-open-session", "an operator asks for it in a session that is open", opened},
		{"reset-expired", "expired on a day", expired},
		{"reset-expired-undated", "expired when the session began, no more by now", undated},
		{"reset-refused", "refused, several broken rules", refusedReset(oneTime)},
		{"reset-suggested", "a suggested password", suggested},
		{"reset-regex", "a policy with a regular expression", shapedPage},
		{"reset-regex-refused", "refused by the regular expression", refusedByForm(shapedPage)},
		{"reset-regex-described", "refused by a regular expression that is described", refusedByDescription(shapedPage)},
	})
}

func refusedReset(page views.PasswordPage) views.PasswordPage {
	f := page.Frame
	page.Frame = with(f,
		broken(f, password.RuleMinimumSymbols, 6, 5), broken(f, password.RuleMinimumSpecialSymbols, 1, 0),
		broken(f, password.RuleMinimumUpperCaseSymbols, 1, 0), broken(f, password.RuleUserNameForbidden, 0, 0),
		views.Problem{Field: "confirmation", Text: f.T("The two passwords are not the same.")},
	)
	return page
}

func refusedByForm(page views.PasswordPage) views.PasswordPage {
	page.Frame = with(page.Frame, broken(page.Frame, password.RuleAllowedRegex, 0, 0))
	return page
}

func refusedByDescription(page views.PasswordPage) views.PasswordPage {
	policy := shaped()
	policy.AllowedRegexDescription = password.Texts{"a letter first, then letters and digits", "zuerst ein Buchstabe, dann Buchstaben und Ziffern"}
	page.Policy = views.NewPolicy(page.Words, policy)
	page.Frame = with(page.Frame, views.Problem{
		Field: "password", Text: views.Broken(page.Words, password.Violation{Rule: password.RuleAllowedRegex, Texts: policy.AllowedRegexDescription}),
	})
	return page
}

// changes are of one's own will.
func changes(f views.Frame) []Sample {
	const page = "New password, of one's own will"
	fresh := views.PasswordPage{
		Frame: seenBy(f, customer, "", f.T("Password")), Name: clara, Help: help, Policy: views.NewPolicy(f.Words, policyFor(false)), Current: true,
	}
	refused, operator, meanwhile := fresh, fresh, fresh
	refused.Frame = with(fresh.Frame,
		views.Problem{Field: "current", Text: f.T("This is not your current password, or your account is refused for a while after several failures.")},
		broken(f, password.RuleForbiddenLastPasswords, 3, 0))
	operator.Frame, operator.Name, operator.Help = seenBy(f, olga, "", fresh.Title), olga.Name, ""
	meanwhile.Frame = with(fresh.Frame, views.Problem{
		Text: f.T("Your operator has just asked for a new password. Open this page again and choose one that differs from the present one."),
	})
	tooSoon := fresh
	tooSoon.TooSoon = views.TooSoon(f, *ahead(f, 14*time.Hour))
	tooSoonRefused := tooSoon
	tooSoonRefused.Frame = with(fresh.Frame, views.Problem{Text: tooSoon.TooSoon})
	return show(page, views.Password, []state[views.PasswordPage]{
		{"password", "fresh, customer", fresh},
		{"password-superadmin", "fresh, SuperAdmin", operator},
		{"password-refused", "refused, wrong current and used before", refused},
		{"password-too-soon", "too soon after the last change", tooSoon},
		{"password-too-soon-refused", "sent too soon after the last change", tooSoonRefused},
		{"password-meanwhile", "refused, overtaken by an operator", meanwhile},
	})
}
