package page

import (
	"latchkey/accounts/dashboard"
	"latchkey/i18n"
	"latchkey/views/ui"
)

// Section is a link of the navigation. Who sees it is decided by the route at its URL.
type Section struct {
	Name, URL string
	Label     i18n.Msg
}

// Navigation lists the sections that the reader may open. If that is the start page alone, none is needed.
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

// SetCounters adds to the navigation how much waits for an operator.
func SetCounters(frame *ui.Frame, counters dashboard.Counters) {
	counts := map[string]int64{"accounts": counters.Accounts, "mail": counters.Mails}
	for i, link := range frame.Nav {
		if count := counts[link.Section]; count > 0 {
			frame.Nav[i].Waiting = frame.CappedShort(count, dashboard.MaxCounter)
		}
	}
}
