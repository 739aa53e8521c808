package handlers

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/views"
)

func (s *App) showSignIn(c echo.Context) error {
	if who := page.Visitor(c); who != nil {
		return c.Redirect(http.StatusSeeOther, page.Home(who.Account.Kind))
	}
	notSetUp, err := s.Accounts.NotSetUp(c.Request().Context())
	if err != nil {
		return err
	}
	frame := s.PlainFrame(c, "Sign in")
	return page.Render(c, http.StatusOK, views.SignIn(views.SignInPage{
		Frame: frame, Next: page.LocalTarget(c.QueryParam("next")), Help: s.Help, SignedOut: c.QueryParams().Has("signed-out"),
		NoCookies: c.QueryParams().Has("no-cookies"), Secure: s.SecurePage(c), NotSetUp: notSetUp,
		Forgot: !notSetUp && !s.Capturing, Recover: !notSetUp && !s.Accounts.Settings().NoRecovery, Deleted: s.deletedOwn(c, frame),
	}))
}

func (s *App) signIn(c echo.Context) error {
	name, next := page.Field(c, "name"), page.LocalTarget(page.Field(c, "next"))
	in, err := s.Accounts.Sessions.SignIn(c.Request().Context(), name, page.Field(c, "password"), page.Client(c))
	if err != nil {
		return s.rerenderSignIn(c, name, next, err)
	}
	kept := map[string]string{page.FormKey: s.SaveForm(in, next, s.CarriedForm(c))}
	if in.Gate != "" {
		kept[page.NextKey] = next
	}
	s.StartSession(c, in, kept)
	return c.Redirect(http.StatusSeeOther, s.FirstPage(in, next))
}

// rerenderSignIn shows the form with the name kept. Every failed sign-in looks the same.
func (s *App) rerenderSignIn(c echo.Context, name, next string, failed error) error {
	frame := s.PlainFrame(c, "Sign in")
	frame.Reader, frame.Nav = nil, nil // of a session that this request ended
	frame.Here = views.Query(views.SignInURL, url.Values{"next": {next}})
	view := views.SignInPage{Frame: frame, Name: name, Next: next, Help: s.Help, Secure: s.SecurePage(c),
		Kept: page.HiddenFields(s.CarriedForm(c)), Forgot: !s.Capturing, Recover: !s.Accounts.Settings().NoRecovery}
	if view.Failed = errors.Is(failed, core.ErrSignIn); !view.Failed {
		if err := page.SetProblems(&view.Frame, failed); err != nil {
			return err
		}
	}
	return page.Render(c, http.StatusUnprocessableEntity, views.SignIn(view))
}

func (s *App) signOut(c echo.Context) error {
	if err := s.Accounts.Sessions.SignOut(c.Request().Context(), page.Actor(c)); err != nil && !errors.Is(err, core.ErrNotFound) {
		return err
	}
	if err := page.DropCookie(c); err != nil {
		return err
	}
	// Not cookies: the browser stays trusted.
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return c.Redirect(http.StatusSeeOther, views.SignInURL+"?signed-out=1")
}
