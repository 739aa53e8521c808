package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/views"
)

func (s *Server) showSignIn(c echo.Context) error {
	if who := visitor(c); who != nil {
		return c.Redirect(http.StatusSeeOther, home(who.Account.Kind))
	}
	frame := s.plainFrame(c, "Sign in")
	return render(c, http.StatusOK, views.SignIn(views.SignInPage{
		Frame: frame, Next: localTarget(c.QueryParam("next")), Help: s.Help, SignedOut: c.QueryParams().Has("signed-out"),
		NoCookies: c.QueryParams().Has("no-cookies"), Secure: s.securePage(c),
	}))
}

func (s *Server) signIn(c echo.Context) error {
	name, next := field(c, "name"), localTarget(field(c, "next"))
	in, err := s.Accounts.SignIn(c.Request().Context(), name, field(c, "password"), visit(c))
	if err != nil {
		return s.signInAgain(c, name, next, err)
	}
	typed := s.remember(in, next, keptOver(c))
	if in.Pending == "" {
		s.start(c, in, map[string]string{keptKey: typed})
		return c.Redirect(http.StatusSeeOther, s.orHome(next, in.Account))
	}
	s.start(c, in, map[string]string{nextKey: next, keptKey: typed})
	return c.Redirect(http.StatusSeeOther, views.PasswordURL)
}

// signInAgain shows the form with the name kept. Every failed sign-in looks the same.
func (s *Server) signInAgain(c echo.Context, name, next string, failed error) error {
	frame := s.plainFrame(c, "Sign in")
	page := views.SignInPage{Frame: frame, Name: name, Next: next, Help: s.Help, Secure: s.securePage(c), Kept: keptFields(keptOver(c))}
	if errors.Is(failed, accounts.ErrSignIn) {
		page.Failed = true
		return render(c, refused, views.SignIn(page))
	}
	if err := explain(&page.Frame, failed); err != nil {
		return err
	}
	return render(c, refused, views.SignIn(page))
}

func (s *Server) signOut(c echo.Context) error {
	if err := s.Accounts.SignOut(c.Request().Context(), actor(c)); err != nil && !errors.Is(err, accounts.ErrNotFound) {
		return err
	}
	if err := dropCookie(c); err != nil {
		return err
	}
	// Not cookies: the browser stays trusted.
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return c.Redirect(http.StatusSeeOther, views.SignInURL+"?signed-out=1")
}
