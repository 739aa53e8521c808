package page

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/views"
)

// guard refuses requests that the route's access does not allow.
func (s *Kit) guard(r Route) echo.HandlerFunc {
	return func(c echo.Context) error {
		switch r.Who {
		case denied:
			return core.ErrForbidden
		case WithoutSession:
			return r.Do(c)
		}
		if !s.Accounts.MayEnterFrom(c.RealIP()) {
			return core.ErrAddress
		}
		if err := s.loadVisitor(c); err != nil {
			return err
		}
		if r.Who == Anyone {
			return s.idempotent(c, s.memoryAnswers, "", r.Do)
		}
		if Visitor(c) == nil {
			if done, err := s.replay(c); done || err != nil {
				return err
			}
		}
		return s.admit(c, r)
	}
}

func (s *Kit) admit(c echo.Context, r Route) error {
	who := Visitor(c)
	var held core.GateError
	switch {
	case who == nil && Session(c).Values[ipBlockedKey{}] != nil:
		return core.ErrAddress
	case who == nil:
		return s.redirectToSignIn(c)
	case errors.As(s.gate(c), &held) && !r.opensAt(held.Gate):
		return s.redirectToGate(c, held.Gate, held)
	case !r.Who.admits(who.Account.Kind):
		return core.ErrForbidden
	}
	err := s.idempotent(c, s.Accounts.Answers(), s.sessions.token(c.Request()), r.Do)
	if errors.Is(err, core.ErrSignedOut) { // since the request began
		return s.rerenderSignInAfterExpiry(c, err)
	}
	return err
}

// redirectToSignIn redirects a page to the sign-in form, which remembers the page. Anything else is 401; a form keeps its text.
func (s *Kit) redirectToSignIn(c echo.Context) error {
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

// isPage reports whether a browser requests a page.
func isPage(c echo.Context) bool {
	method := c.Request().Method
	return (method == http.MethodGet || method == http.MethodHead) && !WantsJSON(c)
}

// WantsJSON reports whether the request was sent by a script.
func WantsJSON(c echo.Context) bool {
	return strings.HasPrefix(c.Request().Header.Get(echo.HeaderAccept), echo.MIMEApplicationJSON)
}
