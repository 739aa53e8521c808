package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/views"
)

func (s *App) showRecover(c echo.Context) error {
	if who := page.Visitor(c); who != nil {
		return c.Redirect(http.StatusSeeOther, page.Home(who.Account.Kind))
	}
	return page.Render(c, http.StatusOK, views.Recover(s.recoverPage(c)))
}

// recoverAccount opens a session with a recovery code in place of the password.
func (s *App) recoverAccount(c echo.Context) error {
	in, err := s.Accounts.Factors.Recover(c.Request().Context(), page.Field(c, "name"), page.Field(c, "code"), page.Client(c))
	if err != nil {
		return s.rerenderRecover(c, err)
	}
	s.StartSession(c, in, nil)
	return c.Redirect(http.StatusSeeOther, s.FirstPage(in, ""))
}

func (s *App) recoverPage(c echo.Context) views.RecoverPage {
	return views.RecoverPage{Frame: s.PlainFrame(c, "Use a recovery code"), Help: s.Help, Secure: s.SecurePage(c)}
}

// rerenderRecover shows the form with the name kept, and the code if it cannot be one. Every failure looks the same.
func (s *App) rerenderRecover(c echo.Context, failed error) error {
	view := s.recoverPage(c)
	view.Frame.Reader, view.Frame.Nav, view.Frame.Here = nil, nil, views.RecoverURL
	view.Name = page.Field(c, "name")
	if view.Failed = errors.Is(failed, core.ErrSignIn); !view.Failed {
		view.Code = page.Field(c, "code")
		if err := page.SetProblems(&view.Frame, failed); err != nil {
			return err
		}
	}
	return page.Render(c, http.StatusUnprocessableEntity, views.Recover(view))
}
