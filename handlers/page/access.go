package page

import (
	"errors"
	"maps"
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
		if !s.mayEnter(c, r) {
			return core.ErrAddress
		}
		if r.Who == Programs {
			return r.Do(c)
		}
		if r.Who == WithToken {
			return s.idempotent(c, s.memoryAnswers, "", r.Do)
		}
		if err := s.loadVisitor(c); err != nil {
			return err
		}
		if r.Who == Anyone {
			return s.idempotent(c, s.memoryAnswers, "", r.Do)
		}
		who := Visitor(c)
		if who == nil {
			if done, err := s.replay(c); done || err != nil {
				return err
			}
			return s.redirectToSignIn(c)
		}
		if held := (core.GateError{}); errors.As(s.gate(c), &held) && !r.opensAt(held.Gate) {
			return s.holdUp(c, held)
		}
		if err := r.check(who); err != nil {
			return err
		}
		return s.keepForm(c, s.idempotent(c, s.Accounts.Answers(), s.sessions.token(c.Request()), r.Do))
	}
}

// mayEnter reports whether the route is open to the client's address at all. Commands on the host have none.
func (s *Kit) mayEnter(c echo.Context, r Route) bool {
	_, command := HostActor(c.Request().Context())
	return command || r.anywhere || s.Accounts.MayEnterFrom(c.RealIP())
}

// keepForm keeps the text of a form whose session has ended since the request began, or whose sender has to confirm who they are.
func (s *Kit) keepForm(c echo.Context, err error) error {
	switch {
	case errors.Is(err, core.ErrSignedOut):
		return s.rerenderSignInAfterExpiry(c, err)
	case errors.Is(err, core.ErrConfirmFirst):
		return s.askToConfirm(c, err)
	default:
		return err
	}
}

// AddGates sets the page on which sessions pass each gate of core.Gates. A gate without a page refuses all requests, except to
// routes that are open at it.
func (s *Kit) AddGates(pages map[string]string) { maps.Copy(s.gatePages, pages) }

// gate returns a core.GateError if the visitor must pass a gate first.
func (s *Kit) gate(c echo.Context) error {
	who := Visitor(c)
	if who == nil {
		return nil
	}
	return s.Accounts.CheckGates(who.Session, who.Account)
}

// holdUp redirects a page to the one on which the gate is passed. Anything else is refused.
func (s *Kit) holdUp(c echo.Context, held core.GateError) error {
	if url, ok := s.gatePages[held.Gate]; ok && isPage(c) {
		return c.Redirect(http.StatusSeeOther, url)
	}
	return held
}

// PassedGates reports whether no gate is closed to the visitor.
func (s *Kit) PassedGates(c echo.Context) bool { return s.gate(c) == nil }

// redirectToSignIn redirects a page to the sign-in form, which remembers the page. Anything else is 401; a form keeps its text.
// A session that may not be used from the client's address is refused.
func (s *Kit) redirectToSignIn(c echo.Context) error {
	if Session(c).Values[ipBlockedKey{}] != nil {
		return core.ErrAddress
	}
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
