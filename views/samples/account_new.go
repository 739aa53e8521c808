package samples

import (
	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
)

func newAccount(f views.Frame) []Sample {
	const page = "New account"
	fresh := newAccountPage(f, models.Customer)
	machine, carried := fresh, fresh
	machine.Form = views.NewAccountForm{
		Kind: models.Customer, Name: "scanner-gate-4", Email: "it@hollenbeck.example", Technical: true, Mode: "generated", Organization: organization.ID,
		Options: options(policyFor(true)),
	}
	machine.Policies = []views.Policy{fresh.Policies[1], fresh.Policies[0]}
	carried.Form.Name, carried.Form.Email, carried.Password = "lea.schneider", "lea.schneider@hollenbeck.example", suggestion(f, "Bq9%xHtw4.KzRmNv7cLy")
	return show(page, views.NewAccount, []state[views.NewAccountPage]{
		{"new-customer", "customer", fresh},
		{"new-organization", "organization", newAccountPage(f, models.Organization)},
		{"new-superadmin", "SuperAdmin", newAccountPage(f, models.SuperAdmin)},
		{"new-by-organization", "customer, by an organization", newByPartner(fresh)},
		{"new-technical", "technical ticked", machine},
		{"new-generated", "a generated password carried back", carried},
		{"new-refused", "refused, with several mistakes", refusedNew(fresh)},
		{"new-options", "refused for its generator options, under rules of settings", wrongOptions(fresh)},
		{"new-impossible", "refused, since none can be generated", impossibleNew(fresh)},
	})
}

func newAccountPage(f views.Frame, kind models.Kind) views.NewAccountPage {
	page := views.NewAccountPage{
		Frame: seenBy(f, olga, "accounts", f.T("New account")), Kinds: creatable(f), Locales: locales(f), Organizations: organizations(),
		Policies: []views.Policy{views.FirstPolicy(f.Words, policyFor(false))},
		Form: views.NewAccountForm{
			Kind: kind, Organization: models.DefaultOrganizationID, OneTime: true, Mode: "generated",
			Options: options(policyFor(false)),
		},
	}
	if kind == models.Customer {
		page.Policies = append(page.Policies, views.FirstPolicy(f.Words, policyFor(true)))
	}
	return page
}

func newByPartner(page views.NewAccountPage) views.NewAccountPage {
	page.Frame = seenBy(page.Frame, organization, "accounts", page.Title)
	page.Kinds, page.Organizations = page.Kinds[:1], nil
	return page
}

func refusedNew(page views.NewAccountPage) views.NewAccountPage {
	f := page.Frame
	page.Form = views.NewAccountForm{
		Kind: models.Customer, Name: clara, Email: clara, OneTime: true, Technical: true, Mode: "typed", Organization: organization.ID,
		Options: options(policyFor(true)),
	}
	page.Policies = []views.Policy{page.Policies[1], page.Policies[0]}
	page.Frame = with(f,
		views.Problem{Field: "name", Text: f.T("This name is taken already, perhaps in other letters that compare as the same.")},
		views.Problem{Field: "email", Text: f.T("Enter one e-mail address, such as ada@example.com, with plain letters before the @.")},
		views.Problem{Field: "one_time", Text: f.T("A technical account cannot reach the reset page, so it cannot have a one-time password or be asked for a change.")},
		broken(f, password.RuleUserNameForbidden, 0, 0), broken(f, password.RuleMinimumUpperCaseSymbols, 1, 0))
	return page
}

func wrongOptions(page views.NewAccountPage) views.NewAccountPage {
	f := page.Frame
	page.Form.Name, page.Form.Email = "lea.schneider", "lea.schneider@hollenbeck.example"
	page.Form.Options = options(raised(false))
	page.Form.Options.Length, page.Form.Options.Special = "8", "!?·"
	page.Policies = []views.Policy{views.FirstPolicy(f.Words, raised(false)), views.FirstPolicy(f.Words, raised(true))}
	page.Frame = with(f,
		views.Problem{Field: "generator_length", Text: f.T("Enter a whole number from {{.Least}} to {{.Most}}: so long can a generated password be.", "Least", 14, "Most", 30)},
		views.Problem{Field: "generator_special", Text: f.T("{{.Symbol}} cannot stand in a password by itself. Leave it out.", "Symbol", "U+00B7 '·'")})
	return page
}

func impossibleNew(page views.NewAccountPage) views.NewAccountPage {
	f := page.Frame
	page.Form.Name, page.Form.Email = "lea.schneider", "lea.schneider@hollenbeck.example"
	page.Policies = []views.Policy{views.FirstPolicy(f.Words, shaped()), page.Policies[1]}
	page.Frame = with(f, views.Problem{
		Field: "password", Text: f.T("No password could be generated that keeps all of the policy's rules. Type one instead."),
	})
	return page
}

// issued are the answers to a form that made a password.
func issued(f views.Frame) []Sample {
	const page = "Password shown once"
	another := views.NewAccountURL(models.Customer)
	frame := seenBy(f, olga, "accounts", f.T("Password"))
	oneTime := views.IssuedPage{
		Frame: frame, Account: person(f, 6, "nora.petersen"), Password: "Jm4?vKtz9+XcHrWy3nPq", Strength: strength(f, "Jm4?vKtz9+XcHrWy3nPq"), OneTime: true, Lapses: f.Day(*ahead(f, oneTimeValid)),
		SignInAt: "https://accounts.hollenbeck.example/sign-in", Another: another,
	}
	ordinary := views.IssuedPage{Frame: frame, Account: oneTime.Account, Password: oneTime.Password, SignInAt: oneTime.SignInAt, Another: another}
	machine := views.IssuedPage{Frame: frame, Account: person(f, 9, "tacho-upload", technical), Password: "wH4&tYc8=KzLq2RmNx7v", Another: another}
	anew := oneTime
	anew.Another = ""
	done := views.AlreadyDonePage{Frame: seenBy(f, olga, "accounts", f.T("This was done already")), AccountURL: views.AccountURL(id(6))}
	all := show(page, views.Issued, []state[views.IssuedPage]{
		{"issued-one-time", "account created, one-time", oneTime},
		{"issued-ordinary", "account created, ordinary", ordinary},
		{"issued-technical", "account created, technical", machine},
		{"issued-anew", "new password, one-time", anew},
	})
	return append(all, show(page, views.AlreadyDone, []state[views.AlreadyDonePage]{{"already-done", "the form was sent before", done}})...)
}
