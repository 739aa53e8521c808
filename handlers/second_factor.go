package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/mfa"
	"latchkey/accounts/session"
	"latchkey/handlers/page"
	"latchkey/views"
)

func (s *App) showSecondFactor(c echo.Context) error {
	who := page.Visitor(c)
	if !who.Session.NeedsFactor {
		return c.Redirect(http.StatusSeeOther, page.Home(who.Account.Kind))
	}
	return s.secondFactorPage(c, nil)
}

// proveSecondFactor opens the session that the sign-in was for.
func (s *App) proveSecondFactor(c echo.Context) error {
	who := page.Visitor(c)
	if !who.Session.NeedsFactor {
		return c.Redirect(http.StatusSeeOther, page.Home(who.Account.Kind))
	}
	typed := mfa.Code{Code: page.Field(c, "code"), Recovery: page.Field(c, "recovery_code"), Credential: page.Field(c, "credential"), Remember: page.Checked(c, "remember_device")}
	in, err := s.Accounts.Factors.SignIn(c.Request().Context(), *who, page.Client(c), typed)
	next, _ := page.Session(c).Values[page.NextKey].(string)
	switch {
	case errors.Is(err, core.ErrSignedOut):
		if err := page.DropCookie(c); err != nil {
			return err
		}
		return s.rerenderSignIn(c, who.Account.Name, next, core.ErrSignIn)
	case err != nil:
		return s.secondFactorPage(c, err)
	}
	s.StartSession(c, in, s.keptFor(c, in, next))
	return c.Redirect(http.StatusSeeOther, s.FirstPage(in, next))
}

// keptFor returns what the next session takes over: the form that was typed before the sign-in, and its target if another gate follows.
func (s *App) keptFor(c echo.Context, in session.SignedIn, next string) map[string]string {
	kept := map[string]string{}
	if form, typed := page.Session(c).Values[page.FormKey].(string); typed {
		kept[page.FormKey] = form
	}
	if in.Gate != "" {
		kept[page.NextKey] = next
	}
	return kept
}

func (s *App) secondFactorPage(c echo.Context, failed error) error {
	frame, status, err := s.FormFrame(c, "", "Two-step verification", failed)
	if err != nil {
		return err
	}
	who := page.Visitor(c)
	frame.Here, frame.Reader = views.SecondFactorURL, nil // who has shown a password only is a guest
	ways, err := s.Accounts.Factors.Ways(c.Request().Context(), page.Visitor(c).Account)
	if err != nil {
		return err
	}
	view := views.SecondFactorPage{
		App: ways.App, Passkey: ways.Passkey, Former: strings.Join(ways.Former, ", "),
		Frame: frame, Name: who.Account.Name, Help: s.Help,
		RecoveryCode: page.Field(c, "recovery_code"), Remember: page.Checked(c, "remember_device"),
		MayRemember: s.Accounts.Settings().DeviceCookies && !who.Session.WithoutPassword(),
		MayRecover:  !s.Accounts.Settings().NoRecovery && who.Session.TakesRecoveryCodes(),
	}
	return page.Render(c, status, views.SecondFactor(view))
}
