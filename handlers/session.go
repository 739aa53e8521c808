package handlers

import (
	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/core"
)

// visitorKey is the key of the visitor in a session's values.
type visitorKey struct{}

// ipBlockedKey is the key of a visitor whose session may not be used from the request's address.
type ipBlockedKey struct{}

const contextSession = "session"

// loadVisitor loads the session of the request's cookie, if any.
func (s *Server) loadVisitor(c echo.Context) error {
	session, err := s.sessions.Get(c.Request(), s.sessions.cookie)
	if err != nil {
		return err
	}
	c.Set(contextSession, session)
	c.Set(contextDevices, s.deviceTokens(c.Request()))
	return nil
}

func session(c echo.Context) *sessions.Session {
	session, _ := c.Get(contextSession).(*sessions.Session)
	return session
}

// visitor is who is signed in; nil = not signed in.
func visitor(c echo.Context) *accounts.Visitor {
	session := session(c)
	if session == nil {
		return nil
	}
	who, _ := session.Values[visitorKey{}].(*accounts.Visitor)
	return who
}

// contextDevices is the key of the tokens in the device cookie.
const contextDevices = "devices"

// visit describes the client of the request.
func visit(c echo.Context) core.ClientInfo {
	devices, _ := c.Get(contextDevices).([]string)
	return core.ClientInfo{
		Address: c.RealIP(), UserAgent: c.Request().UserAgent(), RequestID: requestID(c), Devices: devices,
	}
}

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// actor is the account that sends the request.
func actor(c echo.Context) core.Actor {
	from := visit(c)
	actor := core.Actor{Address: from.Address, RequestID: from.RequestID, Devices: from.Devices}
	if who := visitor(c); who != nil {
		actor.ID, actor.Name, actor.Kind = who.Account.ID, who.Account.Name, who.Account.Kind
		actor.SessionID = who.Session.ID
	}
	return actor
}

// recordRefusal audits a refusal to a signed-in account, by the pattern of the route: addresses can hold anything.
func (s *Server) recordRefusal(c echo.Context, err error) {
	if accounts.RefusalReason(err) == "" {
		return
	}
	if session(c) == nil && !s.Accounts.MayEnterFrom(c.RealIP()) { // else it was loaded if it could be
		if err := s.loadVisitor(c); err != nil {
			s.Log.Warn("recording a refusal failed", "error", err)
		}
	}
	who := visitor(c)
	if session := session(c); who == nil && session != nil {
		who, _ = session.Values[ipBlockedKey{}].(*accounts.Visitor)
	}
	if who == nil {
		return
	}
	act := accounts.RefusedAct{Method: methodOf(c), Route: s.routeOf(c), Target: c.Param("id")}
	s.Accounts.RecordRefused(c.Request().Context(), visit(c).By(who.Account), act, err)
}

// startSession replaces the browser's session, with values for the next page, and stores its device token.
func (s *Server) startSession(c echo.Context, in accounts.SignedIn, values map[string]string) {
	session := session(c)
	if session.ID != "" && session.ID != in.Token {
		if err := s.Accounts.DropSession(c.Request().Context(), session.ID); err != nil {
			s.Log.Warn("ending previous session failed", "error", err) // the sign-in itself succeeds
		}
	}
	session.ID = in.Token
	clear(session.Values) // of the previous session
	for key, text := range values {
		session.Values[key] = text
	}
	s.save(c)
	s.keepDevice(c, in.Device)
}

// dropCookie deletes the session's cookie.
func dropCookie(c echo.Context) error {
	session := session(c)
	session.Options.MaxAge = -1
	return session.Save(c.Request(), c.Response())
}

// save stores values for the next page. A failure is only logged: the request itself has succeeded.
func (s *Server) save(c echo.Context) {
	if err := session(c).Save(c.Request(), c.Response()); err != nil {
		s.Log.Warn("saving session values failed", "error", err)
	}
}

// flash shows a message on the next page.
func (s *Server) flash(c echo.Context, text string) {
	session(c).Values[flashKey] = text
	s.save(c)
}

// takeFlash returns the flash message once.
func (s *Server) takeFlash(c echo.Context) string {
	session := session(c)
	if session == nil {
		return ""
	}
	text, _ := session.Values[flashKey].(string)
	if text == "" {
		return ""
	}
	delete(session.Values, flashKey)
	if err := session.Save(c.Request(), c.Response()); err != nil {
		s.Log.Warn("removing flash message failed", "error", err) // reading works without writing
	}
	return text
}
