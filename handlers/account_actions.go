package handlers

import (
	"context"
	"errors"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
	"latchkey/views"
)

// runAccountAction carries out one use case on the account in the address, and goes back to its page.
func (s *Server) runAccountAction(c echo.Context, do func(context.Context, core.Actor, string) error, message string) error {
	id := c.Param("id")
	if !models.IsID(id) {
		return core.ErrNotFound
	}
	if err := do(c.Request().Context(), actor(c), id); err != nil {
		return s.rerenderAccount(c, err)
	}
	return s.done(c, views.AccountURL(id), s.words(c).T(message))
}

func (s *Server) requireChange(c echo.Context) error {
	return s.runAccountAction(c, s.Accounts.RequireChange, "The user must choose a new password at the next click or sign-in.")
}

func (s *Server) unblock(c echo.Context) error {
	return s.runAccountAction(c, s.Accounts.Unblock, "The account is unblocked.")
}

func (s *Server) disable(c echo.Context) error {
	return s.runAccountAction(c, s.Accounts.Disable, "The account is disabled and signed out.")
}

func (s *Server) enable(c echo.Context) error {
	return s.runAccountAction(c, s.Accounts.Enable, "The account is enabled.")
}

func (s *Server) endSessions(c echo.Context) error {
	return s.runAccountAction(c, s.Accounts.EndSessions, "The account is signed out everywhere.")
}

func (s *Server) endSession(c echo.Context) error {
	return s.runAccountAction(c, func(ctx context.Context, who core.Actor, id string) error {
		return s.Accounts.EndSession(ctx, who, id, c.Param("session"))
	}, "The session is ended.")
}

func (s *Server) editAccount(c echo.Context) error {
	edit := accounts.Edit{Email: field(c, "email"), Locale: field(c, "locale"), Technical: checked(c, "technical")}
	return s.runAccountAction(c, func(ctx context.Context, who core.Actor, id string) error {
		return s.Accounts.Edit(ctx, who, id, edit)
	}, "The account is changed.")
}

func (s *Server) move(c echo.Context) error {
	return s.runAccountAction(c, func(ctx context.Context, who core.Actor, id string) error {
		return s.Accounts.Move(ctx, who, id, field(c, "organization"), checked(c, "require_change"))
	}, "The customer is moved.")
}

func (s *Server) deleteAccount(c echo.Context) error {
	id := c.Param("id")
	if !models.IsID(id) {
		return core.ErrNotFound
	}
	if err := s.Accounts.Delete(c.Request().Context(), actor(c), id, field(c, "confirm")); err != nil {
		return s.rerenderAccount(c, err)
	}
	return s.done(c, views.AccountsURL, s.words(c).T("The account is deleted."))
}

func (s *Server) issuePassword(c echo.Context) error {
	id := c.Param("id")
	issued, err := s.Accounts.IssuePassword(c.Request().Context(), actor(c), id, passwordChoice(c), field(c, "submission"))
	var already core.AlreadyDoneError
	switch {
	case errors.As(err, &already):
		return s.alreadyDone(c, already)
	case err != nil:
		return s.rerenderAccount(c, err)
	case issued.Password == "":
		return s.done(c, views.AccountURL(id), s.words(c).T("The new password is set."))
	default:
		return s.issuedPage(c, issued, "")
	}
}
