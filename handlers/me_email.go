package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/words"
)

func (s *App) showMyEmail(c echo.Context) error {
	s.RestoreForm(c)
	return s.myEmailPage(c, nil)
}

func (s *App) myEmailPage(c echo.Context, failed error) error {
	frame, status, err := s.FormFrame(c, "me", "E-mail address", failed)
	if err != nil {
		return err
	}
	view := views.MeEmailPage{Frame: frame, Account: page.Visitor(c).Account, Typed: page.Field(c, "email")}
	if view.Pending, view.Until, err = s.Accounts.Email.Pending(c.Request().Context(), page.Actor(c)); err != nil {
		return err
	}
	return page.Render(c, status, views.MeEmail(view))
}

// requestEmail sends a link to the new address.
func (s *App) requestEmail(c echo.Context) error {
	address := page.Field(c, "email")
	if err := s.Accounts.Email.Request(c.Request().Context(), page.Actor(c), address); err != nil {
		return s.myEmailPage(c, err)
	}
	return s.Done(c, views.MeEmailURL, s.WordsFor(c).T("Open the link in the e-mail to {{.Email}} to confirm the address.", "Email", words.Isolate(address)))
}

// showEmailLink changes nothing: programs that check mails open links too.
func (s *App) showEmailLink(purpose models.LinkPurpose) echo.HandlerFunc {
	return func(c echo.Context) error {
		change, account, err := s.Accounts.Email.Target(c.Request().Context(), c.Param("token"), purpose, page.Client(c))
		if err != nil {
			return err
		}
		return s.emailLinkPage(c, purpose, change, account, nil)
	}
}

// useEmailLink confirms an address, or takes the change back.
func (s *App) useEmailLink(purpose models.LinkPurpose, use func(context.Context, string, core.ClientInfo) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx, token := c.Request().Context(), c.Param("token")
		change, account, err := s.Accounts.Email.Target(ctx, token, purpose, page.Client(c))
		if err != nil {
			return err
		}
		if err := use(ctx, token, page.Client(c)); err != nil {
			return s.emailLinkPage(c, purpose, change, account, err)
		}
		view := s.emailLink(c, purpose, account)
		view.Done = true
		return page.Render(c, http.StatusOK, views.EmailLink(view))
	}
}

func (s *App) emailLink(c echo.Context, purpose models.LinkPurpose, account models.Account) views.EmailLinkPage {
	view := views.EmailLinkPage{Undo: purpose == models.LinkUndoEmail, Help: s.Help, Secure: s.SecurePage(c)}
	if view.Undo {
		view.Frame = s.guestFrame(c, account, "Undo the change")
	} else {
		view.Frame = s.guestFrame(c, account, "Confirm e-mail address")
	}
	view.Frame.Here = "" // which has the token
	return view
}

func (s *App) emailLinkPage(c echo.Context, purpose models.LinkPurpose, change models.EmailChange, account models.Account, failed error) error {
	view := s.emailLink(c, purpose, account)
	status, err := page.FormStatus(&view.Frame, failed)
	if err != nil {
		return err
	}
	for i := range view.Frame.Problems {
		view.Frame.Problems[i].Field = "" // the page has no fields
	}
	view.URL, view.Name, view.Email = purpose.Page()+c.Param("token"), account.Name, change.Email
	if view.Undo {
		view.Email = change.Former
	}
	return page.Render(c, status, views.EmailLink(view))
}
