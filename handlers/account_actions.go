package handlers

import (
	"context"
	"errors"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
)

// accountAction runs a use case on the account in the URL and redirects to its page.
func (s *App) accountAction(do func(context.Context, core.Actor, string) error, message i18n.Msg) echo.HandlerFunc {
	return func(c echo.Context) error { return s.runAccountAction(c, do, message, "") }
}

// runAccountAction runs the use case. The message is shown with a button for the action undo; "" = there is none.
func (s *App) runAccountAction(c echo.Context, do func(context.Context, core.Actor, string) error, message i18n.Msg, undo string) error {
	id := c.Param("id")
	if !models.IsID(id) {
		return core.ErrNotFound
	}
	if err := do(c.Request().Context(), page.Actor(c), id); err != nil {
		return s.rerenderAccount(c, err)
	}
	if undo != "" {
		return s.DoneUntilUndone(c, accountAddressFrom(c, id), s.WordsFor(c).T(message), views.Query(views.AccountActURL(id, undo), nil, "from", cameFrom(c).Encode()))
	}
	return s.Done(c, afterwards(c, accountAddressFrom(c, id)), s.WordsFor(c).T(message))
}

// afterwards returns the page to show after a form: the overview if it was sent there, or else the given one.
func afterwards(c echo.Context, usual string) string {
	if page.Field(c, "back") == views.BackToOverview {
		return views.HomeURL
	}
	return usual
}

// undoableAction is [App.accountAction] of what another action of operators takes back.
func (s *App) undoableAction(do func(context.Context, core.Actor, string) error, message i18n.Msg, undo string) echo.HandlerFunc {
	return func(c echo.Context) error {
		return s.runAccountAction(c, do, message, undo)
	}
}

func (s *App) endSession(c echo.Context) error {
	return s.runAccountAction(c, func(ctx context.Context, who core.Actor, id string) error {
		return s.Accounts.Sessions.End(ctx, who, id, c.Param("session"))
	}, "Session ended.", "")
}

func (s *App) resendLink(c echo.Context) error {
	return s.runAccountAction(c, func(ctx context.Context, who core.Actor, id string) error {
		return s.Accounts.Links.Resend(ctx, who, id, c.Param("link"))
	}, "New link sent. The former one no longer works.", "")
}

func (s *App) revokeLink(c echo.Context) error {
	return s.runAccountAction(c, func(ctx context.Context, who core.Actor, id string) error {
		return s.Accounts.Links.Revoke(ctx, who, id, c.Param("link"))
	}, "Link revoked.", "")
}

func (s *App) editAccount(c echo.Context) error {
	edit := accounts.Edit{
		Email: page.Field(c, "email"), Locale: page.Field(c, "locale"), Technical: page.Checked(c, "technical"), Person: personOf(c), Valid: validDatesOf(c),
	}
	return s.runAccountAction(c, func(ctx context.Context, who core.Actor, id string) error {
		return s.Accounts.Edit(ctx, who, id, edit)
	}, "Account saved.", "")
}

func (s *App) move(c echo.Context) error {
	return s.runAccountAction(c, func(ctx context.Context, who core.Actor, id string) error {
		return s.Accounts.Move(ctx, who, id, page.Field(c, "organization"), page.Checked(c, "require_change"))
	}, "Customer moved.", "")
}

func (s *App) deleteAccount(c echo.Context) error {
	id := c.Param("id")
	if !models.IsID(id) {
		return core.ErrNotFound
	}
	if err := s.Accounts.Delete(c.Request().Context(), page.Actor(c), id, page.Field(c, "confirm")); err != nil {
		return s.rerenderAccount(c, err)
	}
	list, done := views.Query(views.AccountsURL, cameFrom(c), views.PlaceParameter, ""), s.WordsFor(c).T("Account deleted.")
	if page.Actor(c).MaySeeEverything() && s.Accounts.Settings().Undelete > 0 {
		return s.DoneUntilUndone(c, list, done, views.Query(views.AccountActURL(id, "restore"), nil, "from", cameFrom(c).Encode()))
	}
	return s.Done(c, list, done)
}

func (s *App) resetPassword(c echo.Context) error {
	id := c.Param("id")
	choice := passwordChoice(c)
	reset, err := s.Accounts.ResetPassword(c.Request().Context(), page.Actor(c), id, choice, page.Field(c, "submission"))
	var already core.AlreadyDoneError
	switch {
	case errors.As(err, &already):
		return s.alreadyDone(c, already)
	case err != nil:
		return s.rerenderAccount(c, err)
	case choice.Mode == accounts.ByLink:
		return s.Done(c, accountAddressFrom(c, id), s.linkSent(c))
	case reset.Link != nil:
		return s.handedOverPage(c, reset, "")
	case reset.Password == "":
		return s.Done(c, accountAddressFrom(c, id), s.WordsFor(c).T("The new password is set."))
	default:
		return s.newPasswordPage(c, reset, "")
	}
}
