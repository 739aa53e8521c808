package handlers

import (
	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"latchkey/accounts"
)

// visitorKey is where the visitor stands, in a session's values and in a request's context.
type visitorKey struct{}

// ipBlockedKey is where the visitor stands whose session may not be used from where the request comes from.
type ipBlockedKey struct{}

const contextSession = "session"

// loadVisitor reads whose session the request's cookie opens, if any.
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

// visitor is who is signed in; nil = nobody.
func visitor(c echo.Context) *accounts.Visitor {
	session := session(c)
	if session == nil {
		return nil
	}
	who, _ := session.Values[visitorKey{}].(*accounts.Visitor)
	return who
}

// contextDevices is where the tokens of the request's device cookie stand.
const contextDevices = "devices"

// visit is where the request comes from.
func visit(c echo.Context) accounts.Visit {
	devices, _ := c.Get(contextDevices).([]string)
	return accounts.Visit{
		Address: c.RealIP(), UserAgent: c.Request().UserAgent(), RequestID: requestID(c), Devices: devices,
	}
}

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// actor is who does what the request asks for.
func actor(c echo.Context) accounts.Actor {
	from := visit(c)
	actor := accounts.Actor{Address: from.Address, RequestID: from.RequestID, Devices: from.Devices}
	if who := visitor(c); who != nil {
		actor.ID, actor.Name, actor.Kind = who.Account.ID, who.Account.Name, who.Account.Kind
		actor.SessionID = who.Session.ID
	}
	return actor
}

// recordRefusal records what was refused to a signed-in account: by the pattern of the route, since addresses can hold anything.
func (s *Server) recordRefusal(c echo.Context, err error) {
	if accounts.RefusalReason(err) == "" {
		return
	}
	if session(c) == nil && !s.Accounts.MayEnterFrom(c.RealIP()) { // else it was loaded if it could be
		if err := s.loadVisitor(c); err != nil {
			s.Log.Warn("a refused act was not recorded", "error", err)
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

// startSession gives the browser a new session in place of any it had, with what the next page should say, and what it is to be
// known by.
func (s *Server) startSession(c echo.Context, in accounts.SignedIn, values map[string]string) {
	session := session(c)
	if session.ID != "" && session.ID != in.Token {
		if err := s.Accounts.DropSession(c.Request().Context(), session.ID); err != nil {
			s.Log.Warn("a browser's former session goes on until its end", "error", err) // and so does signing in
		}
	}
	session.ID = in.Token
	clear(session.Values) // which were another session's, if there was one
	for key, text := range values {
		session.Values[key] = text
	}
	s.save(c)
	s.keepDevice(c, in.Device)
}

// dropCookie takes the session's cookie away from the browser.
func dropCookie(c echo.Context) error {
	session := session(c)
	session.Options.MaxAge = -1
	return session.Save(c.Request(), c.Response())
}

// save stores what the next page is to know. What was done before is done, so where that cannot be written nothing else
// fails for it.
func (s *Server) save(c echo.Context) {
	if err := session(c).Save(c.Request(), c.Response()); err != nil {
		s.Log.Warn("the next page will not know what was done", "error", err)
	}
}

// flash says something on the next page.
func (s *Server) flash(c echo.Context, text string) {
	session(c).Values[flashKey] = text
	s.save(c)
}

// takeFlash returns what the last request wanted said, once.
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
		s.Log.Warn("a message will be shown once more", "error", err) // a page is for reading, also where nothing can be written
	}
	return text
}
