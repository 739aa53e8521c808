package samples

import (
	"time"

	"latchkey/models"
	"latchkey/views"
)

func me(f views.Frame) []Sample {
	const page = "Your account"
	of := person(f, 3, clara)
	usual := views.MePage{
		Frame: seenBy(f, customer, "me", f.T("Your account")), Account: of, Next: expires(f, 31*day, of.Email),
		Why: f.T("Your password is valid until {{.Time}}.", "Time", f.Day(*ahead(f, 31*day))), Facts: ownFacts(f, of),
		Rules: ruleGroups(f, policyFor(false)), Sessions: sessions(f), SignIns: signIns(f, clara), Locales: locales(f),
	}
	saved, refused := usual, usual
	saved.Frame = saying(usual.Frame, f.T("Your language is saved."))
	refused.Frame = with(usual.Frame, views.Problem{Field: "locale", Text: f.T("There is no such language. Choose one from the list.")})
	return show(page, views.Me, []state[views.MePage]{
		{"me", "customer", usual},
		{"me-new", "customer, nothing yet", newcomer(usual)},
		{"me-expired", "customer, the password expired during the session", expiredMeanwhile(usual)},
		{"me-saved", "customer, with a message", saved},
		{"me-refused", "customer, refused", refused},
		{"me-organization", "organization", ownPage(usual, organization, person(f, 2, nordkai, partner))},
		{"me-superadmin", "SuperAdmin", ownPage(usual, olga, person(f, 1, olga.Name, superAdmin, locale("en")))},
	})
}

// newcomer has just chosen a password for the first time.
func newcomer(page views.MePage) views.MePage {
	f := page.Frame
	page.Account.PasswordSetAt, page.Account.Locale = ago(f, 20*time.Second), ""
	page.Facts, page.Next = ownFacts(f, page.Account), expires(f, 64*day, page.Account.Email)
	page.Why = f.T("Your password is valid until {{.Time}}.", "Time", f.Day(*ahead(f, 64*day)))
	page.Sessions, page.SignIns = []views.Session{session(f, 31, firefox, "198.51.100.17", 20*time.Second, 0)}, nil
	page.Sessions[0].Current = true
	page.Frame = saying(f, f.T("Your password is set."))
	return page
}

func expiredMeanwhile(page views.MePage) views.MePage {
	f := page.Frame
	page.Account.PasswordSetAt = ago(f, 64*day+time.Hour)
	page.Facts = ownFacts(f, page.Account)
	page.Why = f.T("Your password has expired on {{.Time}}. At your next sign-in you choose a new one.", "Time", f.Day(*ago(f, time.Hour)))
	page.Next = []views.Step{{When: f.T("At the next sign-in"), What: f.T("A new password has to be chosen before anything else.")}}
	return page
}

// ownPage is the same page of an operator.
func ownPage(page views.MePage, who views.Who, of models.Account) views.MePage {
	page.Frame = seenBy(page.Frame, who, "me", page.Title)
	page.Account, page.Facts, page.Next = of, ownFacts(page.Frame, of), expires(page.Frame, 31*day, of.Email)
	page.SignIns = signIns(page.Frame, of.Name)
	return page
}

func ownFacts(f views.Frame, of models.Account) []views.Fact {
	facts := []views.Fact{{Label: f.T("E-mail"), Text: views.Isolate(of.Email)}}
	if of.OrganizationID != nil {
		facts = append(facts, views.Fact{Label: f.T("Organization"), Text: nordkai})
	}
	return append(facts, passwordFact(f, of))
}

// signIns are told without why one failed: whoever sits at an open session may be somebody else.
func signIns(f views.Frame, name string) []views.Event {
	return []views.Event{
		noted(f, 2*time.Hour, "signed-in", "good", name, "198.51.100.17"),
		times(noted(f, 2*time.Hour+time.Minute, "sign-in-failed", "bad", f.T("somebody"), "198.51.100.17"), 3),
		noted(f, 9*time.Hour, "signed-in", "good", name, "2001:db8:7:4c01:a1f0:33ff:fe12:9b07"),
		noted(f, 20*time.Hour, "signed-in", "good", name, "203.0.113.80"),
		times(noted(f, 3*day, "signed-in", "good", name, "198.51.100.17"), 6),
	}
}
