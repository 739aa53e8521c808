package samples

import (
	"slices"
	"time"

	"latchkey/models"
	"latchkey/views"
)

// accountStates are a customer in each state, and blacklisted for each reason.
func accountStates(f views.Frame) []Sample {
	return show(accountTitle, views.Account, []state[views.AccountPage]{
		{"account-active", "active", healthy(f)},
		{"account-expired", "expired", expiredAccount(f)},
		{"account-must-change", "must change", mustChangeAccount(f)},
		{"account-one-time", "one-time password", oneTimeAccount(f)},
		{"account-one-time-lapsed", "one-time password lapsed", lapsedAccount(f)},
		{"account-no-password", "no password", emptyAccount(f)},
		{"account-blacklisted", "blacklisted for a time", blacklistedAccount(f)},
		{"account-blacklisted-for-good", "blacklisted until an operator unblocks", blacklistedForGood(f)},
		{"account-disabled", "disabled", disabledAccount(f)},
	})
}

// technicalStates are those in which a technical account's page reads differently.
func technicalStates(f views.Frame) []Sample {
	machine := person(f, 9, "tacho-upload", technical)
	created := noted(f, 90*day, "account-created", "", matthias, "203.0.113.9", "kind", "customer", "password", "generated")
	active := accountOf(f, machine, models.Active, f.T("The password is valid. A technical account has no dashboard to sign in to."))
	active.Events = []views.Event{created}
	expired := accountOf(f, person(f, 9, machine.Name, technical, setBefore(f, 91*day)), models.Expired,
		f.N("The policy lets a password live for {{.N}} day, and this one expired on {{.Time}}. Only an operator can issue a new one.",
			"The policy lets a password live for {{.N}} days, and this one expired on {{.Time}}. Only an operator can issue a new one.",
			90, "Time", f.Day(*ago(f, day))))
	expiring := policyFor(true)
	expiring.PasswordExpirationInDays, expiring.EmailBeforeExpirationInDays = 90, 5
	expired.Rules = ruleGroups(f, expiring)
	expired.Events = []views.Event{
		mailed(f, day, models.MailExpiration, models.MailCaptured, machine.Email), noted(f, day, "password-expired", "warn", f.T("by itself"), ""),
		mailed(f, 6*day, models.MailReminder, models.MailCaptured, machine.Email), created,
	}
	return show(accountTitle, views.Account, []state[views.AccountPage]{
		{"account-technical", "technical", active},
		{"account-technical-expired", "technical, expired", expired},
	})
}

// before puts events above those that every account has.
func before(page views.AccountPage, events ...views.Event) views.AccountPage {
	page.Events = slices.Concat(events, page.Events)
	return page
}

func expiredAccount(f views.Frame) views.AccountPage {
	a := person(f, 4, "jürgen.weiß", email("juergen.weiss@nordkai.example"), setBefore(f, 67*day), func(a *models.Account) { a.LastSignInAt = ago(f, 5*day) })
	page := accountOf(f, a, models.Expired,
		f.N("The policy lets a password live for {{.N}} day, and this one expired on {{.Time}}. It opens only the page where a new one is set.",
			"The policy lets a password live for {{.N}} days, and this one expired on {{.Time}}. It opens only the page where a new one is set.",
			64, "Time", f.Day(*ago(f, 3*day))),
		views.Step{When: f.T("At the next sign-in"), What: f.T("A new password has to be chosen before anything else.")})
	page.Events = []views.Event{
		mailed(f, 3*day, models.MailExpiration, models.MailSent, a.Email), noted(f, 3*day, "password-expired", "warn", f.T("by itself"), ""),
		times(noted(f, 5*day, "signed-in", "good", a.Name, "198.51.100.23"), 4), mailed(f, 8*day, models.MailReminder, models.MailFailed, a.Email),
		noted(f, 67*day, "password-changed", "good", a.Name, "198.51.100.23", "sessions", "1"),
	}
	return page
}

func mustChangeAccount(f views.Frame) views.AccountPage {
	page := accountOf(f, person(f, 5, "katharina.vogel", mustChange), models.MustChange,
		f.T("An operator asked for a new password. The present one opens only the page where a new one is set."),
		append([]views.Step{{When: f.T("At the next sign-in"), What: f.T("A new password has to be chosen before anything else.")}}, expires(f, 31*day, "katharina.vogel@nordkai.example")...)...)
	return before(page, noted(f, time.Hour, "change-required", "warn", olga.Name, "203.0.113.9"))
}

func oneTimeAccount(f views.Frame) views.AccountPage {
	a := person(f, 6, "nora.petersen", oneTime(f, 2*day))
	page := accountOf(f, a, models.OneTimeWaiting,
		f.T("The password was issued for one use on {{.Set}}. It opens only the page where its owner chooses one.", "Set", f.Day(*a.PasswordSetAt)),
		views.Step{When: f.T("At the next sign-in"), What: f.T("A new password has to be chosen before anything else.")},
		views.Step{At: ahead(f, 5*day), What: f.T("The one-time password lapses, if it was not used.")})
	page.Events = []views.Event{noted(f, 2*day, "account-created", "", nordkai, "198.51.100.90", "kind", "customer", "password", "generated")}
	return page
}

func lapsedAccount(f views.Frame) views.AccountPage {
	a := person(f, 7, "emil.thomsen", oneTime(f, 9*day))
	page := accountOf(f, a, models.OneTimeLapsed,
		f.T("The one-time password of {{.Set}} was not used by {{.Time}}, and no longer works. Issue a new one.",
			"Set", f.Day(*a.PasswordSetAt), "Time", f.Day(*ago(f, 2*day))))
	page.Events = []views.Event{
		times(noted(f, day, "sign-in-failed", "bad", f.T("somebody"), "198.51.100.61", "reason", "one-time-lapsed"), 2),
		noted(f, 2*day, "one-time-lapsed", "warn", f.T("by itself"), ""),
		noted(f, 9*day, "account-created", "", nordkai, "198.51.100.90", "kind", "customer", "password", "typed"),
	}
	return page
}

func emptyAccount(f views.Frame) views.AccountPage {
	page := accountOf(f, person(f, 11, "archiv.2019", ofDefault, email("archiv@hollenbeck.example"), withoutPassword, locale("")), models.NoPassword,
		f.T("The account has no password and cannot sign in until one is issued."))
	page.Events = nil
	return page
}

func blacklistedAccount(f views.Frame) views.AccountPage {
	a := person(f, 10, miguel, ofDefault, email("miguel.santos@hollenbeck.example"), blacklisted(f))
	page := accountOf(f, a, models.Blacklisted,
		f.N("{{.N}} sign-in failed, so since {{.Since}} no password is accepted, not even the right one, until {{.Until}}.",
			"{{.N}} sign-ins in a row failed, so since {{.Since}} no password is accepted, not even the right one, until {{.Until}}.",
			a.FailedAttempts, "Since", f.Day(*a.BlockedAt), "Until", f.Day(*a.BlockedUntil))+" "+strangersOnly(f),
		append([]views.Step{{At: a.BlockedUntil, What: f.T("The block ends, and counting starts at 0.")}}, expires(f, 31*day, a.Email)...)...)
	page.Facts = append(page.Facts, failureFact(f, f.T("{{.N}} of {{.Allowed}}", "N", 10, "Allowed", 10)), knownIn(f, 2, true))
	return before(page, blockEvents(f, a, 7*time.Minute, 10)...)
}

func strangersOnly(f views.Frame) string {
	return f.T("This is about strangers: browsers in which the account has signed in before are still let in.")
}

func blacklistedForGood(f views.Frame) views.AccountPage {
	a := person(f, 8, "hafenbüro", email("hafenbuero@nordkai.example"), forGood(f))
	page := accountOf(f, a, models.Blacklisted,
		f.N("{{.N}} sign-in failed without a right one between, so since {{.Since}} no password is accepted. This does not end by itself.",
			"{{.N}} sign-ins failed without a right one between, so since {{.Since}} no password is accepted. This does not end by itself.",
			a.FailedInRow, "Since", f.Day(*a.BlockedAt))+" "+strangersOnly(f), expires(f, 31*day, a.Email)...)
	page.Facts = append(page.Facts, failureFact(f, f.T("{{.N}} of {{.Allowed}}", "N", 10, "Allowed", 10)+", "+
		f.T("{{.N}} of {{.Allowed}} over all blocks", "N", a.FailedInRow, "Allowed", 100)))
	earlier := append([]views.Event{noted(f, 3*day+time.Hour, "block-ended", "good", f.T("by itself"), "")}, blockEvents(f, a, 3*day+2*time.Hour, 10)...)
	return before(page, append(blockEvents(f, a, 3*day, 10), earlier...)...)
}

// blockEvents are what leads to a block.
func blockEvents(f views.Frame, a models.Account, since time.Duration, attempts int) []views.Event {
	return []views.Event{
		mailed(f, since-time.Second, models.MailBlacklisted, models.MailSent, a.Email),
		noted(f, since, "blacklisted", "bad", f.T("by itself"), "", "attempts", "10"),
		times(noted(f, since+2*time.Second, "sign-in-failed", "bad", f.T("somebody"), "192.0.2.199", "reason", "wrong-password"), attempts),
	}
}

func disabledAccount(f views.Frame) views.AccountPage {
	a := person(f, 12, "josef.huber", ofDefault, email("josef.huber@altmühl.example"), disabled(f))
	page := accountOf(f, a, models.Disabled,
		f.T("An operator switched the account off on {{.Time}}. It cannot sign in.", "Time", f.Day(*a.DisabledAt)),
		views.Step{At: ahead(f, 31*day), What: f.T("The password expires. No mail is sent while the account is disabled.")})
	page.Events = append([]views.Event{noted(f, 24*day, "disabled", "warn", olga.Name, "203.0.113.9", "sessions", "1")}, page.Events[4:]...)
	return page
}
