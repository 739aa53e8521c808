package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

func (s *App) audit(c echo.Context) error {
	query := c.QueryParams()
	frame, err := s.Frame(c, "audit", "Audit log")
	if err != nil {
		return err
	}
	filter, problems, err := s.auditFilter(c, frame, query)
	if err != nil {
		return err
	}
	log, err := s.Accounts.Audit(c.Request().Context(), page.Actor(c), filter)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if len(problems) > 0 {
		frame.Problems, frame.BadQuery, status = problems, true, http.StatusUnprocessableEntity
	}
	actions := slices.DeleteFunc(core.Actions(), func(action string) bool { // which only SuperAdmins see
		return action == core.ActionRefused && !frame.Reader.IsSuperAdmin()
	})
	view := views.AuditPage{
		Frame: frame, Query: query, Days: words.AuditDays(frame.Printer, words.Events(frame.Printer, log.Rows)), Chips: auditChips(frame, query, filter, log.Rows),
		Periods: auditPeriods(frame, query),
		Actions: choices(frame, "All events", actions, func(action string) i18n.Msg { return "action." + i18n.Msg(action) }),
		Action:  filter.Action, Pager: auditPager(query, filter, log),
	}
	if log.ReadTo != "" {
		view.ReadTo = models.TimeOfID(log.ReadTo)
	}
	return page.Render(c, status, views.Audit(view))
}

// auditPager links to the pages before and after one of the log. If a search ended before the page was full, it goes on from there.
func auditPager(query url.Values, f models.AuditFilter, log models.AuditPage) ui.Pager {
	pager := page.Pager(views.AuditURL, query, log.Page, f.After != "", f.Before != "", func(event models.AuditEvent) string { return event.ID })
	switch {
	case log.ReadTo == "":
	case f.Before != "":
		pager.Newer = views.Query(views.AuditURL, query, "after", "", "before", log.ReadTo)
	default:
		pager.Older = views.Query(views.AuditURL, query, "before", "", "after", log.ReadTo)
	}
	return pager
}

// auditFilter reads the filters of the log. Invalid ones are reported and ignored.
func (s *App) auditFilter(c echo.Context, frame ui.Frame, query url.Values) (f models.AuditFilter, problems []ui.Problem, err error) {
	wrong := func(field string, text i18n.Msg) {
		problems = append(problems, ui.Problem{Field: field, Text: frame.T(text)})
	}
	f = models.AuditFilter{Action: query.Get("action"), SubjectID: query.Get("account"), Search: query.Get("q"), Limit: page.ListLength}
	choose(&f.Action, core.Actions(), "action", "There is no such event.", wrong)
	if f.SubjectID != "" && !models.IsID(f.SubjectID) {
		f.SubjectID = ""
		wrong("", page.UnknownFilter)
	}
	if len(f.Search) > identifier.MaxTyped {
		f.Search = ""
		wrong("q", "error.search.too_long")
	}
	if text := strings.TrimSpace(query.Get("ip")); text != "" {
		var ok bool
		if f.Network, ok = core.ParseNetwork(text); !ok {
			wrong("ip", "Enter an IP address or a network such as 203.0.113.0/24.")
		}
	}
	f.From, f.To = auditDays(frame, query, wrong)
	if f.Actors, err = s.auditAccounts(c, "actor", wrong); err != nil {
		return f, nil, err
	}
	targets, err := s.auditAccounts(c, "target", wrong)
	if targets != nil {
		f.Targets = []string{}
		for _, target := range targets {
			if target.ID != "" {
				f.Targets = append(f.Targets, target.ID)
			}
		}
	}
	var known bool
	if f.After, f.Before, known = page.IDPlace(query); !known {
		wrong("", "The page link is invalid. Showing the first page.")
	}
	return f, problems, err
}

// auditAccounts reads a filter that is an account or its name; nil = there is none.
func (s *App) auditAccounts(c echo.Context, name string, wrong func(field string, text i18n.Msg)) ([]models.AuditActor, error) {
	text := strings.TrimSpace(c.QueryParam(name))
	switch {
	case text == "":
		return nil, nil
	case len(text) > identifier.MaxTyped:
		wrong(name, "error.search.too_long")
		return nil, nil
	}
	found, err := s.Accounts.AuditActors(c.Request().Context(), text)
	return append([]models.AuditActor{}, found...), err
}

// auditDays reads the first and the last day, both inclusive, as ids. Events are from after 1970.
func auditDays(frame ui.Frame, query url.Values, wrong func(field string, text i18n.Msg)) (from, to string) {
	day := func(name string, days int) string {
		text := query.Get(name)
		if text == "" {
			return ""
		}
		at, err := time.ParseInLocation(time.DateOnly, text, frame.Zone)
		if err != nil {
			wrong(name, "Enter a day such as 2026-12-31.")
			return ""
		}
		if at = core.Midnight(at, frame.Zone, days); at.Unix() < 0 {
			at = time.Unix(0, 0)
		}
		return models.FirstID(at)
	}
	from, to = day("from", 0), day("to", 1)
	if from != "" && to != "" && from >= to {
		wrong("to", "“To” must not be before “From”.")
		return "", ""
	}
	return from, to
}

// auditPeriods are links to the last days of the log, if no day is chosen.
func auditPeriods(frame ui.Frame, query url.Values) (periods []ui.Option) {
	if query.Get("from") != "" || query.Get("to") != "" {
		return nil
	}
	for _, period := range []struct {
		days  int
		label i18n.Msg
	}{{1, "Today"}, {7, "Last 7 days"}, {30, "Last 30 days"}} {
		first := core.Midnight(frame.Now, frame.Zone, 1-period.days).In(frame.Zone).Format(time.DateOnly)
		address := views.Query(views.AuditURL, query, "from", first, "after", "", "before", "")
		periods = append(periods, ui.Option{Value: address, Label: frame.T(period.label)})
	}
	return periods
}

// auditChips are the filters of the log, each with the address without it. Accounts are called as they are in the log.
func auditChips(frame ui.Frame, query url.Values, f models.AuditFilter, rows []models.AuditEvent) (chips []ui.Option) {
	add := func(set bool, name string, label i18n.Msg, value string) {
		if set {
			address := views.Query(views.AuditURL, query, name, "", "after", "", "before", "")
			chips = append(chips, ui.Option{Value: address, Label: frame.T(label, "Name", words.Isolate(value))})
		}
	}
	actor, target := query.Get("actor"), query.Get("target")
	about := f.SubjectID
	if len(rows) > 0 {
		about = rows[0].SubjectName
		if models.IsID(actor) {
			actor = rows[0].ActorName
		}
		if models.IsID(target) {
			target = rows[0].SubjectName
		}
	}
	add(f.Search != "", "q", "Text: {{.Name}}", f.Search)
	if f.Action != "" {
		add(true, "action", "Event: {{.Name}}", frame.T("action."+i18n.Msg(f.Action)))
	}
	add(f.SubjectID != "", "account", "Account: {{.Name}}", about)
	add(f.Actors != nil, "actor", "Actor: {{.Name}}", actor)
	add(f.Targets != nil, "target", "Target: {{.Name}}", target)
	add(f.Network.IsValid(), "ip", "IP address: {{.Name}}", query.Get("ip"))
	add(f.From != "", "from", "From {{.Name}}", frame.CalendarDate(query.Get("from")))
	add(f.To != "", "to", "To {{.Name}}", frame.CalendarDate(query.Get("to")))
	return chips
}
