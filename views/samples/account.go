package samples

import (
	"slices"
	"time"

	"latchkey/models"
	"latchkey/views"
)

const accountTitle = "Account"

func account(f views.Frame) []Sample {
	return slices.Concat(accountStates(f), technicalStates(f), accountKinds(f), accountForms(f))
}

// accountOf is the page of an account in a state, for a SuperAdmin.
func accountOf(f views.Frame, a models.Account, state models.State, why string, next ...views.Step) views.AccountPage {
	frame := seenBy(f, olga, "accounts", a.Name)
	page := views.AccountPage{
		Frame: frame, Account: a, State: state, Why: why, Next: next, Facts: lifeFacts(frame, a), Policy: views.NewPolicy(f.Words, policyFor(a.Technical)),
		Rules: ruleGroups(frame, policyFor(a.Technical)), Events: story(frame, a), Locales: locales(f),
		Form: views.AccountForm{Email: a.Email, Locale: a.Locale, Technical: a.Technical, OneTime: !a.Technical, Mode: "generated", Options: options(policyFor(a.Technical))},
	}
	if a.OrganizationID != nil {
		page.Organizations, page.Form.Organization = organizations(), *a.OrganizationID
	}
	return page
}

// healthy is the account that most samples start from.
func healthy(f views.Frame) views.AccountPage {
	a := person(f, 3, clara)
	page := accountOf(f, a, models.Active,
		f.T("The account can sign in. Its password is valid until {{.Time}}.", "Time", f.Day(*ahead(f, 31*day))), expires(f, 31*day, a.Email)...)
	page.Sessions = []views.Session{
		session(f, 31, firefox, "198.51.100.17", 2*time.Hour, 4*time.Minute),
		session(f, 32, iPhone, "2001:db8:7:4c01:a1f0:33ff:fe12:9b07", 9*time.Hour, 12*time.Minute),
	}
	page.Facts = append(page.Facts, knownIn(f, 2, false))
	for i := range page.Sessions {
		page.Sessions[i].EndURL = views.EndSessionOfURL(a.ID, page.Sessions[i].ID)
	}
	return page
}

// accountKinds are accounts that are no ordinary customers of others.
func accountKinds(f views.Frame) []Sample {
	return show(accountTitle, views.Account, []state[views.AccountPage]{
		{"account-organization", "organization", organizationAccount(f)},
		{"account-default", "the organization Default", defaultAccount(f)},
		{"account-superadmin", "another SuperAdmin", superAdminAccount(f, matthias)},
		{"account-own", "one's own", ownAccount(f)},
		{"account-by-organization", "seen by its organization", seenByPartner(healthy(f))},
		{"account-flash", "with a message", justUnblocked(f)},
	})
}

func organizationAccount(f views.Frame) views.AccountPage {
	a := person(f, 2, nordkai, partner)
	return accountOf(f, a, models.Active,
		f.T("The account can sign in. Its password is valid until {{.Time}}.", "Time", f.Day(*ahead(f, 31*day))), expires(f, 31*day, a.Email)...)
}

func defaultAccount(f views.Frame) views.AccountPage {
	a := models.Account{ID: models.DefaultOrganizationID, Kind: models.Organization, Name: defaultOf, CreatedAt: *ago(f, 101*day)}
	page := accountOf(f, a, models.NoPassword,
		f.T("Customers for whom no organization was chosen belong here. It has no password and cannot sign in."))
	customers := views.Query(views.AccountsURL, nil, "organization", a.ID)
	page.Builtin, page.Events, page.Facts = true, nil, []views.Fact{{Label: f.T("Customers"), Text: f.T("Show them"), URL: customers}}
	return page
}

func superAdminAccount(f views.Frame, name string) views.AccountPage {
	a := person(f, 15, name, superAdmin)
	return accountOf(f, a, models.Active,
		f.T("The account can sign in. Its password is valid until {{.Time}}.", "Time", f.Day(*ahead(f, 31*day))), expires(f, 31*day, a.Email)...)
}

func ownAccount(f views.Frame) views.AccountPage {
	page := superAdminAccount(f, olga.Name)
	page.Own, page.Sessions = true, healthy(f).Sessions
	page.Facts = append(page.Facts, knownIn(f, 2, false))
	for i := range page.Sessions {
		page.Sessions[i].EndURL = ""
	}
	return page
}

// seenByPartner leaves out what an organization does not see: mails themselves, and other organizations.
func seenByPartner(page views.AccountPage) views.AccountPage {
	page.Frame = seenBy(page.Frame, organization, "accounts", page.Title)
	page.Organizations = nil
	page.Facts, page.Events = slices.Clone(page.Facts), slices.Clone(page.Events)
	for i := range page.Facts {
		page.Facts[i].URL = ""
	}
	for i := range page.Events {
		page.Events[i].URL = ""
	}
	return page
}

func justUnblocked(f views.Frame) views.AccountPage {
	page := healthy(f)
	page.Frame = saying(page.Frame, f.T("The account is unblocked."))
	page.Events = append([]views.Event{
		noted(f, 3*time.Second, "unblocked", "good", olga.Name, "203.0.113.9"),
		mailed(f, 7*time.Minute, models.MailBlacklisted, models.MailSent, page.Account.Email),
		noted(f, 7*time.Minute, "blacklisted", "bad", f.T("by itself"), "", "attempts", "10", "until", f.Day(*ahead(f, 13*time.Minute))),
	}, page.Events...)
	return page
}
