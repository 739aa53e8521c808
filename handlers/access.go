package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/models"
	"latchkey/views"
)

// guard lets only those requests through that the route's access allows.
func (s *Server) guard(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		switch r.who {
		case denied:
			return core.ErrForbidden
		case withoutSession:
			return r.do(c)
		}
		if !s.Accounts.MayEnterFrom(c.RealIP()) {
			return core.ErrAddress
		}
		if err := s.loadVisitor(c); err != nil {
			return err
		}
		if r.who == anyone {
			return s.idempotent(c, s.memoryAnswers, "", r.do)
		}
		if visitor(c) == nil {
			if done, err := s.replay(c); done || err != nil {
				return err
			}
		}
		return s.admit(c, r)
	}
}

func (s *Server) admit(c echo.Context, r route) error {
	who := visitor(c)
	switch {
	case who == nil && session(c).Values[ipBlockedKey{}] != nil:
		return core.ErrAddress
	case who == nil:
		return s.redirectToSignIn(c)
	case who.Pending != "" && r.who != pending:
		return s.redirectToReset(c)
	case !r.who.admits(who.Account.Kind):
		return core.ErrForbidden
	}
	err := s.idempotent(c, s.Accounts.Answers(), s.sessions.token(c.Request()), r.do)
	if errors.Is(err, core.ErrSignedOut) { // since the request began
		return s.rerenderSignInAfterExpiry(c, err)
	}
	return err
}

// redirectToSignIn redirects a page to the sign-in form, which remembers the page. Anything else is 401; a form keeps its text.
func (s *Server) redirectToSignIn(c echo.Context) error {
	if !isPage(c) {
		return s.rerenderSignInAfterExpiry(c, echo.NewHTTPError(http.StatusUnauthorized))
	}
	query := url.Values{"next": {c.Request().URL.RequestURI()}}
	if s.rejectsCookies(c.Request()) {
		query.Set("no-cookies", "1")
	}
	if len(query.Encode()) > maxQuery {
		query.Del("next")
	}
	return c.Redirect(http.StatusSeeOther, views.Query(views.SignInURL, query))
}

// redirectToReset redirects pages to the reset page while a change is pending, and refuses anything else.
func (s *Server) redirectToReset(c echo.Context) error {
	if !isPage(c) {
		return core.ErrPasswordFirst
	}
	return c.Redirect(http.StatusSeeOther, views.PasswordURL)
}

// isPage reports whether a browser asks for a page.
func isPage(c echo.Context) bool {
	method := c.Request().Method
	return (method == http.MethodGet || method == http.MethodHead) && !wantsJSON(c)
}

func wantsJSON(c echo.Context) bool {
	return strings.HasPrefix(c.Request().Header.Get(echo.HeaderAccept), echo.MIMEApplicationJSON)
}

// home is the start page of a kind of account.
func home(kind models.Kind) string {
	if kind == models.Customer {
		return views.MeURL
	}
	return views.HomeURL
}
