package samples

import (
	"latchkey/password"
	"latchkey/views"
)

// accountForms are an account's page with what was wrong with one of its forms, or what one of them brought back.
func accountForms(f views.Frame) []Sample {
	return show(accountTitle, views.Account, []state[views.AccountPage]{
		{"account-refused-issue", "refused new password", refusedIssue(f)},
		{"account-generated", "a generated password carried back", generatedFor(f)},
		{"account-refused-edit", "refused edit", refusedEdit(f)},
		{"account-refused-move", "refused move", refusedField(f, "organization", f.T("There is no such organization. Choose one from the list."))},
		{"account-refused-delete", "refused delete", refusedField(f, "confirm", f.T("Type the account's name as it stands here."))},
		{"account-refused", "refused for a reason beyond any field", refusedLast(f)},
	})
}

func refusedField(f views.Frame, field, why string) views.AccountPage {
	page := healthy(f)
	page.Frame = with(page.Frame, views.Problem{Field: field, Text: why})
	return page
}

func refusedIssue(f views.Frame) views.AccountPage {
	page := healthy(f)
	page.Form.Mode = "typed"
	page.Frame = with(page.Frame,
		broken(f, password.RuleMinimumSymbols, 6, 4), broken(f, password.RuleMinimumDigits, 1, 0), broken(f, password.RuleForbiddenLastPasswords, 3, 0))
	return page
}

func generatedFor(f views.Frame) views.AccountPage {
	page := healthy(f)
	page.Password = suggestion(f, "tN6=wKzq3&RhVmXy8pLc")
	return page
}

func refusedEdit(f views.Frame) views.AccountPage {
	page := healthy(f)
	page.Form.Email, page.Form.Technical = "clara.jansen@nordkai", true
	technical := f.T("A technical account cannot reach the reset page, so it cannot have a one-time password or be asked for a change. Issue an ordinary password first.")
	page.Frame = with(page.Frame,
		views.Problem{Field: "email", Text: f.T("What stands behind the @ is not the name of a mail domain.")},
		views.Problem{Field: "technical", Text: technical})
	return page
}

func refusedLast(f views.Frame) views.AccountPage {
	page := superAdminAccount(f, matthias)
	page.Frame = with(page.Frame, views.Problem{Text: f.T("This is the last SuperAdmin who can sign in. Create or enable another one first.")})
	return page
}
