package samples

import (
	"net/url"
	"time"

	"latchkey/models"
	"latchkey/views"
)

func audit(f views.Frame) []Sample {
	const page = "Audit log"
	all := auditPage(seenBy(f, olga, "audit", f.T("Audit log")), everything(f))
	all.Pager.Older = views.Query(views.AuditURL, nil, "after", id(0x81))
	middle, partners, none := all, auditPage(seenBy(f, organization, "audit", all.Title), everything(f)[3:9]), auditPage(all.Frame, nil)
	middle.Pager.Newer = views.Query(views.AuditURL, nil, "before", id(0x82))
	nothing, unreadable := none, all
	nothing.Query, nothing.Filtered = url.Values{"action": {"moved"}}, true
	unreadable.Query, unreadable.Filtered = url.Values{"action": {"vanished"}}, true
	unreadable.Frame = with(all.Frame, views.Problem{Text: f.T("There is no such filter or place in the list, so it was left out.")})
	unreadable.Asked = true
	return show(page, views.Audit, []state[views.AuditPage]{
		{"audit", "everything that can happen", all},
		{"audit-pages", "in the middle of much", middle},
		{"audit-account", "about one account", aboutOne(all)},
		{"audit-organization", "seen by an organization", partners},
		{"audit-nothing", "nothing found", nothing},
		{"audit-unreadable", "a filter that cannot be read", unreadable},
		{"audit-empty", "nothing yet", none},
	})
}

// actions are all that can happen, in the order of the filter.
var actions = []string{
	"account-created", "edited", "moved", "disabled", "enabled", "account-deleted", "signed-in", "sign-in-failed", "signed-out", "sessions-ended",
	"blacklisted", "block-ended", "unblocked", "password-changed", "password-issued", "change-required", "password-expired", "one-time-lapsed", "mail-retried",
	"access-refused",
}

func auditPage(f views.Frame, events []views.Event) views.AuditPage {
	page := views.AuditPage{Frame: f, Events: events, Actions: []views.Option{{Label: f.T("Everything")}}}
	for _, action := range actions {
		page.Actions = append(page.Actions, views.Option{Value: action, Label: f.T("action." + action)})
	}
	return page
}

// aboutOne is the log narrowed to an account, as its page leads to it.
func aboutOne(page views.AuditPage) views.AuditPage {
	page.Query, page.Filtered, page.About, page.Pager = url.Values{"account": {customer.ID}}, true, clara, views.Pager{}
	page.Events = nil
	for _, event := range story(page.Frame, person(page.Frame, 3, clara)) {
		if event.Mail == "" {
			page.Events = append(page.Events, to(event, 3, clara))
		}
	}
	return page
}

// to says whom an event is about.
func to(event views.Event, number int, name string) views.Event {
	event.Subject, event.SubjectURL = name, views.AccountURL(id(number))
	return event
}

// gone is the same of somebody who has no page any more.
func gone(event views.Event, name string) views.Event {
	event.Subject = name
	return event
}

// unknown is an event about a name that no account has.
func unknown(event views.Event) views.Event {
	event.Unknown = true
	return event
}

// everything is one of each, the newest first.
func everything(f views.Frame) []views.Event {
	const office, yard, elsewhere = "203.0.113.9", "198.51.100.17", "2001:db8:7:4c01:a1f0:33ff:fe12:9b07"
	itself, somebody := f.T("by itself"), f.T("somebody")
	return []views.Event{
		to(noted(f, 4*time.Minute, "signed-in", "", olga.Name, office), 1, olga.Name),
		to(noted(f, 6*time.Minute, "mail-retried", "", olga.Name, office, "template", models.MailReminder), 13, "ola.bergström"),
		to(noted(f, 7*time.Minute, "blacklisted", "", itself, "", "attempts", "10", "until", f.Day(*ahead(f, 13*time.Minute))), 10, miguel),
		to(noted(f, 8*time.Minute, "sign-in-failed", "", somebody, elsewhere, "reason", "wrong-password"), 10, miguel),
		unknown(noted(f, 31*time.Minute, "sign-in-failed", "", somebody, "192.0.2.199", "reason", "unknown")),
		to(noted(f, 47*time.Minute, "password-changed", "", clara, yard, "sessions", "2"), 3, clara),
		to(noted(f, 52*time.Minute, "signed-out", "", clara, yard), 3, clara),
		to(noted(f, 2*time.Hour, "password-issued", "", nordkai, "198.51.100.90", "password", "generated"), 6, "nora.petersen"),
		to(noted(f, 3*time.Hour, "change-required", "", nordkai, "198.51.100.90"), 5, "katharina.vogel"),
		to(noted(f, 5*time.Hour, "account-created", "", olga.Name, office, "kind", "customer", "password", "typed"), 14, "label-printer-hall-b"),
		to(noted(f, 7*time.Hour, "edited", "", matthias, office, "email", "facility@hollenbeck.example", "technical", "yes"), 14, "label-printer-hall-b"),
		to(noted(f, 9*time.Hour, "moved", "", matthias, office, "from", defaultOf), 16, "ines.ferreira"),
		to(noted(f, 10*time.Hour, "access-refused", "warn", nordkai, "198.51.100.90", "reason", "other-organization", "request", "POST /accounts/:id/unblock", "suppressed", "37"), 10, miguel),
		noted(f, 11*time.Hour, "access-refused", "warn", clara, yard, "reason", "forbidden", "request", "GET /accounts"),
		to(noted(f, day, "disabled", "", olga.Name, office, "sessions", "1"), 12, "josef.huber"),
		to(noted(f, day+time.Hour, "enabled", "", olga.Name, office), 17, "işıl.demir"),
		gone(noted(f, 2*day, "account-deleted", "", matthias, office, "kind", "customer"), "aushilfe.sommer"),
		to(noted(f, 2*day+time.Hour, "sessions-ended", "", clara, yard, "sessions", "3"), 3, clara),
		to(noted(f, 3*day, "block-ended", "", itself, "", "until", f.Day(*ago(f, 3*day))), 18, "youssef.elamrani"),
		to(noted(f, 3*day+2*time.Hour, "unblocked", "", olga.Name, office), 8, "hafenbüro"),
		to(noted(f, 4*day, "password-expired", "", itself, ""), 4, "jürgen.weiß"),
		to(noted(f, 5*day, "one-time-lapsed", "", itself, ""), 7, "emil.thomsen"),
	}
}
