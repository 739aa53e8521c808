package handlers

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/mfa"
	"latchkey/accounts/session"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/views"
	"latchkey/views/words"
)

// ofAccount is what a form does to the account in the URL, for [page.Route.StepUp].
func (s *App) ofAccount(does i18n.Msg) func(echo.Context) (page.HeldAct, error) {
	return func(c echo.Context) (page.HeldAct, error) {
		account, err := s.Accounts.Find(c.Request().Context(), page.Actor(c), c.Param("id"))
		return page.HeldAct{Does: does, Name: account.Name}, err
	}
}

// ofOwn is what a form does to the visitor's own account.
func ofOwn(does i18n.Msg) func(echo.Context) (page.HeldAct, error) {
	return func(echo.Context) (page.HeldAct, error) { return page.HeldAct{Does: does}, nil }
}

// maxNamed limits, in bytes, a name that was only typed.
const maxNamed = 256

// ofNewAccount is what the form that creates an account does.
func ofNewAccount(c echo.Context) (page.HeldAct, error) {
	does, typed := i18n.Msg("Create the SuperAdmin {{.Name}}"), page.Field(c, "name")
	if page.Checked(c, "erase_deleted") {
		does = "Erase the deleted account and create {{.Name}}"
	}
	return page.HeldAct{Does: does, Name: strings.ToValidUTF8(typed[:min(len(typed), maxNamed)], "")}, nil
}

// showConfirmIdentity asks for the password and the second factor before a form that waits. Without one there is nothing to ask.
func (s *App) showConfirmIdentity(c echo.Context) error {
	if _, waits := page.Held(c); !waits {
		return c.Redirect(http.StatusSeeOther, page.Home(page.Visitor(c).Account.Kind))
	}
	return s.confirmIdentityPage(c, nil)
}

func (s *App) confirmIdentity(c echo.Context) error {
	who := page.Visitor(c)
	act, _ := page.Held(c)
	typed := mfa.Code{Code: page.Field(c, "code"), Credential: page.Field(c, "credential")}
	in, err := s.confirmVisitor(c, typed)
	switch {
	case errors.Is(err, core.ErrSignedOut):
		if err := page.DropCookie(c); err != nil {
			return err
		}
		return s.rerenderSignIn(c, who.Account.Name, act.Page, core.ErrSignIn)
	case err != nil:
		return s.confirmIdentityPage(c, err)
	}
	return s.Confirmed(c, in.Token, act, cmp.Or(act.Page, page.Home(who.Account.Kind)))
}

// confirmVisitor checks what was entered: of the owner the password and the second factor, in an emergency session the code.
func (s *App) confirmVisitor(c echo.Context, typed mfa.Code) (session.SignedIn, error) {
	ctx, who := c.Request().Context(), *page.Visitor(c)
	if who.Session.Emergency() {
		return s.Accounts.Emergency.Confirm(ctx, who, page.Client(c), typed.Code)
	}
	return s.Accounts.Factors.Confirm(ctx, who, page.Client(c), page.Field(c, "password"), typed)
}

func (s *App) confirmIdentityPage(c echo.Context, failed error) error {
	who := page.Visitor(c)
	frame, status, err := s.FormFrame(c, "", "Confirm it's you", failed)
	if err != nil {
		return err
	}
	must, err := s.Accounts.Sessions.MustConfirm(c.Request().Context(), page.Actor(c))
	if err != nil {
		return err
	}
	ways, err := s.Accounts.Factors.Ways(c.Request().Context(), who.Account)
	if err != nil {
		return err
	}
	act, _ := page.Held(c)
	if who.Session.Emergency() {
		must.Factor, ways = false, mfa.Ways{}
	}
	view := views.ConfirmIdentityPage{
		Frame: frame, Name: who.Account.Name, Factor: must.Factor, App: ways.App, Passkey: ways.Passkey, Kept: act.Kept, Lost: act.Lost, Help: s.Help,
		Emergency: who.Session.Emergency(),
		Back:      cmp.Or(act.Page, page.Home(who.Account.Kind)),
	}
	if act.Does != "" {
		view.Does = frame.T(act.Does, "Name", words.Isolate(act.Name))
	}
	return page.Render(c, status, views.ConfirmIdentity(view))
}
