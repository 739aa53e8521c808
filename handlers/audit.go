package handlers

import (
	"slices"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/words"
)

func (s *App) audit(c echo.Context) error {
	query := c.QueryParams()
	action := query.Get("action")
	after, before, known := page.IDPlace(query)
	if action != "" && !slices.Contains(core.Actions(), action) {
		action, known = "", false
	}
	account := query.Get("account")
	if account != "" && !models.IsID(account) {
		account, known = "", false
	}
	filter := models.AuditFilter{Action: action, SubjectID: account, After: after, Before: before, Limit: page.ListLength}
	log, err := s.Accounts.Audit(c.Request().Context(), page.Actor(c), filter)
	if err != nil {
		return err
	}
	frame, err := s.Frame(c, "audit", "Audit log")
	if err != nil {
		return err
	}
	status := page.SetQueryProblem(&frame, !known, page.UnknownFilter)
	actions := slices.DeleteFunc(core.Actions(), func(action string) bool { // which only SuperAdmins see
		return action == core.ActionRefused && !frame.Reader.IsSuperAdmin()
	})
	view := views.AuditPage{
		Frame: frame, Query: query, Events: words.Events(frame.Printer, log.Rows), Filtered: query.Get("action")+query.Get("account") != "",
		Actions: choices(frame, "Everything", actions, func(action string) i18n.Msg { return "action." + i18n.Msg(action) }),
		Pager:   page.IDPager(views.AuditURL, query, log, func(event models.AuditEvent) string { return event.ID }),
	}
	if account != "" && len(log.Rows) > 0 {
		view.About = log.Rows[0].SubjectName
	}
	return page.Render(c, status, views.Audit(view))
}
