package handlers

import (
	"slices"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

func (s *Server) audit(c echo.Context) error {
	query := c.QueryParams()
	action := query.Get("action")
	after, before, known := idPlace(query)
	if action != "" && !slices.Contains(core.Actions(), action) {
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
	status := setQueryProblem(&frame, !known, unknownFilter)
	page := views.AuditPage{
		Frame: frame, Query: query, Actions: actionOptions(frame), Events: words.Events(frame.Printer, log.Rows),
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

func actionOptions(frame ui.Frame) []ui.Option {
	options := []ui.Option{{Value: "", Label: frame.T("Everything")}}
	for _, action := range core.Actions() {
		if action == core.ActionRefused && !frame.Reader.IsSuperAdmin() {
			continue // which only SuperAdmins see
		}
		options = append(options, ui.Option{Value: action, Label: frame.T("action." + action)})
	}
	return options
}
