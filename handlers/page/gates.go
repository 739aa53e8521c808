package page

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/session"
)

// AddGates sets the page on which sessions pass each gate of core.Gates. A gate without a page refuses all requests, except to
// routes that are open at it.
func (s *Kit) AddGates(pages map[string]string) {
	for gate, url := range pages {
		s.gatePages[gate] = url
	}
}

// gate returns a core.GateError if the visitor must pass a gate first.
func (s *Kit) gate(c echo.Context) error {
	who := Visitor(c)
	if who == nil {
		return nil
	}
	return s.Accounts.CheckGates(who.Session, who.Account)
}

// redirectToGate redirects page requests to the page of the gate, and refuses others.
func (s *Kit) redirectToGate(c echo.Context, gate string, refused error) error {
	url, ok := s.gatePages[gate]
	if !ok || !isPage(c) {
		return refused
	}
	return c.Redirect(http.StatusSeeOther, url)
}

// FirstPage is where a new session begins: the page of its gate, or else the target of its sign-in.
func (s *Kit) FirstPage(in session.SignedIn, next string) string {
	if url, ok := s.gatePages[in.Gate]; ok {
		return url
	}
	return s.TargetOrHome(next, in.Account)
}
