package handlers

import (
	"slices"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
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
	view := views.AuditPage{
		Frame: frame, Query: query, Actions: actionOptions(frame), Events: words.Events(frame.Printer, log.Rows),
		Filtered: query.Get("action")+query.Get("account") != "",
	}
	if n := len(log.Rows); n > 0 {
		if account != "" {
			view.About = log.Rows[0].SubjectName
		}
		view.Pager = page.IDPager(views.AuditURL, query, log.Rows[0].ID, log.Rows[n-1].ID, log.More)
	}
	return page.Render(c, status, views.Audit(view))
}

func actionOptions(frame ui.Frame) []ui.Option {
	options := []ui.Option{{Value: "", Label: frame.T("Everything")}}
	for _, action := range core.Actions() {
		if action == core.ActionRefused && !frame.Reader.IsSuperAdmin() {
			continue // which only SuperAdmins see
		}
		options = append(options, ui.Option{Value: action, Label: frame.T("action." + i18n.Msg(action))})
	}
	return options
}
