package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
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
		return s.rerenderSignIn(c, name, next, err)
	}
	typed := s.saveForm(in, next, carriedForm(c))
	if in.Pending == "" {
		s.startSession(c, in, map[string]string{formKey: typed})
		return c.Redirect(http.StatusSeeOther, s.targetOrHome(next, in.Account))
	}
	s.startSession(c, in, map[string]string{nextKey: next, formKey: typed})
	return c.Redirect(http.StatusSeeOther, views.PasswordURL)
}

// rerenderSignIn shows the form with the name kept. Every failed sign-in looks the same.
func (s *Server) rerenderSignIn(c echo.Context, name, next string, failed error) error {
	frame := s.plainFrame(c, "Sign in")
	page := views.SignInPage{Frame: frame, Name: name, Next: next, Help: s.Help, Secure: s.securePage(c), Kept: hiddenFields(carriedForm(c))}
	if errors.Is(failed, core.ErrSignIn) {
		page.Failed = true
		return render(c, http.StatusUnprocessableEntity, views.SignIn(page))
	}
	if err := setProblems(&page.Frame, failed); err != nil {
		return err
	}
	return render(c, http.StatusUnprocessableEntity, views.SignIn(page))
}

func (s *Server) signOut(c echo.Context) error {
	if err := s.Accounts.SignOut(c.Request().Context(), actor(c)); err != nil && !errors.Is(err, core.ErrNotFound) {
		return err
	}
	if err := dropCookie(c); err != nil {
		return err
	}
	// Not cookies: the browser stays trusted.
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return c.Redirect(http.StatusSeeOther, views.SignInURL+"?signed-out=1")
}
