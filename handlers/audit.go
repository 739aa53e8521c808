package handlers

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/models"
	"latchkey/views"
)

func (s *Server) audit(c echo.Context) error {
	query := c.QueryParams()
	action := query.Get("action")
	after, before, known := idPlace(query)
	if action != "" && !slices.Contains(accounts.Actions(), action) {
		action, known = "", false
	}
	account := query.Get("account")
	if account != "" && !models.IsID(account) {
		account, known = "", false
	}
	filter := models.AuditFilter{Action: action, SubjectID: account, After: after, Before: before, Limit: pageLength}
	log, err := s.Accounts.Audit(c.Request().Context(), actor(c), filter)
	if err != nil {
		return err
	}
	frame, err := s.frame(c, "audit", "Audit log")
	if err != nil {
		return err
	}
	status := frameProblem(&frame, !known, unknownFilter)
	page := views.AuditPage{
		Frame: frame, Query: query, Actions: actionOptions(frame), Events: events(frame, log.Rows),
		Filtered: query.Get("action")+query.Get("account") != "",
	}
	if n := len(log.Rows); n > 0 {
		if account != "" {
			page.About = log.Rows[0].SubjectName
		}
		page.Pager = idPager(views.AuditURL, query, log.Rows[0].ID, log.Rows[n-1].ID, log.More)
	}
	return render(c, status, views.Audit(page))
}

func actionOptions(frame views.Frame) []views.Option {
	options := []views.Option{{Value: "", Label: frame.T("Everything")}}
	for _, action := range accounts.Actions() {
		if action == accounts.ActionRefused && !frame.Who.IsSuperAdmin() {
			continue // which only SuperAdmins see
		}
		options = append(options, views.Option{Value: action, Label: frame.T("action." + action)})
	}
	return options
}

// events puts rows of the log into words.
func events(frame views.Frame, rows []models.AuditEvent) []views.Event {
	list := make([]views.Event, len(rows))
	for i, row := range rows {
		list[i] = views.Event{
			ID: row.ID, At: row.At, Action: row.Action, Tone: tones[row.Action], Who: whoDid(frame, row),
			What: frame.T("action." + row.Action), Subject: row.SubjectName, Address: row.Address, Detail: details(frame, row.Detail),
			Unknown: row.Action == accounts.ActionSignInFailed && row.SubjectName == "",
		}
		list[i].SubjectURL = subjectURL(frame, row)
	}
	return list
}

// subjectURL leads to whom an event is about; "" = they are gone. An organization has no page of itself but its own.
func subjectURL(frame views.Frame, row models.AuditEvent) string {
	switch {
	case row.SubjectID == "" || row.Action == accounts.ActionDeleted:
		return ""
	case frame.Who != nil && row.SubjectID == frame.Who.ID:
		return views.MeURL
	default:
		return views.AccountURL(row.SubjectID)
	}
}

// ownEvents are told to the account's owner, who does not learn why a sign-in failed: whoever sits at an open session may
// be somebody else.
func ownEvents(frame views.Frame, past accounts.Past) []views.Event {
	for _, row := range past.Events {
		delete(row.Detail, "reason")
	}
	return fold(frame, events(frame, past.Events), past.Cut)
}

func whoDid(frame views.Frame, row models.AuditEvent) string {
	switch {
	case row.ActorID == "" && row.ActorName == accounts.CommandLine.Name:
		return frame.T("command line")
	case row.ActorName != "":
		return views.Isolate(row.ActorName)
	case row.Action == accounts.ActionSignInFailed:
		return frame.T("somebody")
	default:
		return frame.T("by itself")
	}
}

// details puts what an event says beside into words, in a fixed order.
func details(frame views.Frame, more map[string]string) string {
	parts := make([]string, 0, len(more))
	for _, name := range slices.Sorted(maps.Keys(more)) {
		value := more[name]
		if name == "from" && !frame.Who.IsSuperAdmin() || name == "sessions" && value == "0" { // another organization's name; nothing
			continue
		}
		parts = append(parts, frame.T("detail."+name)+": "+detailValue(frame, name, value))
	}
	return strings.Join(parts, ", ")
}

// detailValue puts a value into words where it is neither a name nor a number.
func detailValue(frame views.Frame, name, value string) string {
	switch name {
	case "reason":
		return frame.T("reason." + value)
	case "template":
		return frame.T("template." + value)
	case "kind":
		return frame.T("kind." + value)
	case "locale":
		return localeLabel(frame, value)
	case "password", "one-time", "technical", "opens", "browser", "changed":
		return frame.T("value." + value)
	case "until":
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return frame.Day(at)
		}
	}
	return views.Isolate(value)
}
