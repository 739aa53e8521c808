package handlers

import (
	"latchkey/accounts/dashboard"
	"latchkey/views"
	"latchkey/views/ui"
)

// sections are the navigation, in order.
var sections = []struct{ name, url, label string }{
	{"overview", views.HomeURL, "Overview"},
	{"accounts", views.AccountsURL, "Accounts"},
	{"policy", views.PolicyURL, "Policy"},
	{"mail", views.MailURL, "Mail"},
	{"audit", views.AuditURL, "Audit log"},
}

// navigation lists the sections that the reader may open. Customers can open their own account only and need none.
func (s *Server) navigation(frame ui.Frame) (links []ui.NavLink) {
	if frame.Reader == nil || frame.Reader.Pending {
		return nil
	}
	for _, section := range sections {
		if s.mayOpen(frame.Reader.Kind, section.url) {
			links = append(links, ui.NavLink{Section: section.name, URL: section.url, Label: frame.T(section.label)})
		}
	}
	if len(links) == 1 {
		return nil
	}
	return links
}

// setCounters adds to the navigation how much waits for an operator.
func setCounters(frame *ui.Frame, counters dashboard.Counters) {
	counts := map[string]int64{"accounts": counters.Accounts, "mail": counters.Mails}
	for i, link := range frame.Nav {
		if count := counts[link.Section]; count > 0 {
			frame.Nav[i].Waiting = frame.CappedShort(count, dashboard.MaxCounter)
		}
	}
}
