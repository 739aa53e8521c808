package page

import (
	"latchkey/accounts/dashboard"
	"latchkey/i18n"
	"latchkey/views/ui"
)

// Section is a link of the navigation. The access of the route at its URL decides who sees it.
type Section struct {
	Name, URL string
	Label     i18n.Msg
}

// Navigation returns the sections that the reader may open, or none if that is only the start page.
func (s *Kit) Navigation(frame ui.Frame) (links []ui.NavLink) {
	for _, section := range s.sections {
		if frame.May(section.URL) {
			links = append(links, ui.NavLink{Section: section.Name, URL: section.URL, Label: frame.T(section.Label)})
		}
	}
	if len(links) == 1 {
		return nil
	}
	return links
}

// SetCounters adds the number of items that need an operator to the navigation.
func SetCounters(frame *ui.Frame, counters dashboard.Counters) {
	counts := map[string]int64{"accounts": counters.Accounts, "mail": counters.Mails}
	for i, link := range frame.Nav {
		if count := counts[link.Section]; count > 0 {
			frame.Nav[i].Waiting = frame.CappedShort(count, dashboard.MaxCounter)
		}
	}
}
