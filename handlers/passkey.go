package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/views"
)

func (s *App) showPasskey(c echo.Context) error {
	s.RestoreForm(c)
	return s.passkeyPage(c, nil)
}

func (s *App) passkeyPage(c echo.Context, failed error) error {
	if err := s.Accounts.Factors.CheckPasskeys(); err != nil {
		return err
	}
	frame, status, err := s.FormFrame(c, "me", "Add passkey", failed)
	if err != nil {
		return err
	}
	return page.Render(c, status, views.Passkey(views.PasskeyPage{Frame: frame, Title: page.Field(c, "title")}))
}

// passkeyOptions returns with what the browser makes a passkey.
func (s *App) passkeyOptions(c echo.Context) error {
	options, err := s.Accounts.Factors.BeginPasskey(c.Request().Context(), page.Actor(c))
	if err != nil {
		return err
	}
	return c.JSONBlob(http.StatusOK, options)
}

func (s *App) addPasskey(c echo.Context) error {
	codes, err := s.Accounts.Factors.AddPasskey(c.Request().Context(), page.Actor(c), page.Field(c, "title"), page.Field(c, "credential"))
	switch {
	case errors.Is(err, core.ErrConfirmFirst):
		return err
	case err != nil:
		return s.passkeyPage(c, err)
	case len(codes) > 0:
		return s.recoveryCodesPage(c, codes, true)
	default:
		return s.Done(c, views.SecurityURL, s.WordsFor(c).T("Passkey added."))
	}
}

// proofOptions returns with what the browser shows a passkey, at the sign-in or to confirm who acts.
func (s *App) proofOptions(c echo.Context) error {
	options, err := s.Accounts.Factors.BeginProof(c.Request().Context(), *page.Visitor(c))
	if err != nil {
		return err
	}
	return c.JSONBlob(http.StatusOK, options)
}
