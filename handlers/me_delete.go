package handlers

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/handlers/page"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
)

func (s *App) showDeleteMe(c echo.Context) error {
	s.RestoreForm(c)
	return s.deleteMePage(c, nil)
}

func (s *App) deleteMePage(c echo.Context, failed error) error {
	frame, status, err := s.FormFrame(c, "me", "Delete your account", failed)
	if err != nil {
		return err
	}
	settings := s.Accounts.Settings()
	view := views.DeleteMePage{
		Frame: frame, Account: page.Visitor(c).Account, Kept: settings.Undelete, AuditKeep: settings.AuditKeep,
		Confirm: page.Field(c, "confirm"), Erase: page.Checked(c, "erase"),
	}
	if settings.NoDeleteOwn {
		view.Off = accounts.DeleteOwnOff.Setting
	}
	return page.Render(c, status, views.DeleteMe(view))
}

// deleteMe deletes the visitor's account. The page to sign in says what happened, since the session has ended.
func (s *App) deleteMe(c echo.Context) error {
	final, err := s.Accounts.DeleteOwn(c.Request().Context(), page.Actor(c), page.Field(c, "confirm"), page.Checked(c, "erase"))
	if err != nil {
		return s.deleteMePage(c, err)
	}
	if err := page.DropCookie(c); err != nil {
		return err
	}
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	what := "restorable"
	if final {
		what = "final"
	}
	return c.Redirect(http.StatusSeeOther, views.Query(views.SignInURL, nil, "deleted", what))
}

// deletedOwn says what happened to the account of a visitor who has deleted it.
func (s *App) deletedOwn(c echo.Context, frame ui.Frame) (said string) {
	switch c.QueryParam("deleted") {
	case "restorable":
		said = frame.T("Your account was deleted. It can be restored for {{.Time}}: ask your operator.", "Time", frame.Amount(s.Accounts.Settings().Undelete))
	case "final":
		said = frame.T("Your account was erased.")
	default:
		return ""
	}
	if frame.Capturing || slices.Contains(s.Accounts.Settings().NoticesOff, models.AccountDeleted) {
		return said
	}
	return said + " " + frame.T("You get an e-mail about it.")
}
