package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/identifier"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
)

// search finds accounts, organizations, pages and actions. The palette on every page shows what this page found, so the message for the
// next page that a person opens is left alone.
func (s *App) search(c echo.Context) error {
	frame, text := s.PlainFrame(c, "Search"), c.QueryParam("q")
	found, err := s.Accounts.Search(c.Request().Context(), page.Actor(c), text)
	if err := page.SetProblems(&frame, err); err != nil {
		return err
	}
	frame.BadQuery = true
	view, status := views.SearchPage{Frame: frame, Query: text}, http.StatusUnprocessableEntity
	if err == nil {
		view.Pages, status = findPages(frame, newOptions(frame, page.Actor(c)), text), http.StatusOK
	}
	if found.More {
		view.More = views.Query(views.AccountsURL, nil, "q", text)
	}
	if view.Accounts, err = s.accountRows(c, found.Accounts); err != nil {
		return err
	}
	if view.Organizations, err = s.accountRows(c, found.Organizations); err != nil {
		return err
	}
	if err := s.ReadFrame(c, &view.Frame); err != nil {
		return err
	}
	return page.Render(c, status, views.Search(view))
}

// findPages returns the pages that the reader may open and whose names contain the text; those for new accounts are given.
func findPages(frame ui.Frame, pages []ui.Option, text string) (found []ui.Option) {
	for _, one := range []struct {
		name i18n.Msg
		url  string
	}{
		{"Overview", views.HomeURL},
		{"Accounts", views.AccountsURL},
		{"Secret links", views.SecretLinksURL},
		{"Policy", views.PolicyURL},
		{"Preview a policy", views.PolicyPreviewURL},
		{"Mail", views.MailURL},
		{"Failed e-mails", views.Query(views.MailURL, nil, "state", string(models.MailFailed))},
		{"Mail templates", views.MailTemplatesURL},
		{"Audit log", views.AuditURL},
		{"Your account", views.MeURL},
		{"Security", views.SecurityURL},
		{"Change password", views.PasswordURL},
	} {
		pages = append(pages, ui.Option{Value: one.url, Label: frame.T(one.name)})
	}
	for _, one := range pages {
		if frame.May(one.Value) && strings.Contains(strings.ToLower(one.Label), strings.ToLower(identifier.Trim(text))) {
			found = append(found, one)
		}
	}
	return found
}
