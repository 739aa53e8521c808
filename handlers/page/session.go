package page

import (
	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/session"
	"latchkey/views/ui"
)

// visitorKey is the key of the visitor in a session's values.
type visitorKey struct{}

// ipBlockedKey is the key of a visitor who may not use the session from the request's address.
type ipBlockedKey struct{}

// The keys of a request's session and of the tokens in its device cookie.
const (
	contextSession = "session"
	contextDevices = "devices"
)

// loadVisitor loads the session of the request's cookie, if any.
func (s *Kit) loadVisitor(c echo.Context) error {
	session, err := s.sessions.Get(c.Request(), s.sessions.cookie)
	if err != nil {
		return err
	}
	c.Set(contextSession, session)
	c.Set(contextDevices, s.deviceTokens(c.Request()))
	return nil
}

// LoadSession loads the browser's session in a route with [WithToken], which is about to replace it.
func (s *Kit) LoadSession(c echo.Context) error { return s.loadVisitor(c) }

// Session returns the session of the request, or nil if none was loaded.
func Session(c echo.Context) *sessions.Session {
	stored, _ := c.Get(contextSession).(*sessions.Session)
	return stored
}

// Visitor returns who is signed in, or nil.
func Visitor(c echo.Context) *session.Current {
	stored := Session(c)
	if stored == nil {
		return nil
	}
	who, _ := stored.Values[visitorKey{}].(*session.Current)
	return who
}

// Client returns the client of the request.
func Client(c echo.Context) core.ClientInfo {
	devices, _ := c.Get(contextDevices).([]string)
	return core.ClientInfo{
		Address: c.RealIP(), UserAgent: c.Request().UserAgent(), RequestID: RequestID(c), Devices: devices,
	}
}

// RequestID identifies the request in logs, audit events and error pages.
func RequestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// Actor returns the account that sent the request.
func Actor(c echo.Context) core.Actor {
	if who := Visitor(c); who != nil {
		return who.Actor(Client(c))
	}
	return Client(c).Actor()
}

// StartSession replaces the browser's session, with values for the next page, and stores its device token.
func (s *Kit) StartSession(c echo.Context, in session.SignedIn, values map[string]string) {
	session := Session(c)
	if session.ID != "" && session.ID != in.Token {
		if err := s.Accounts.Sessions.Drop(c.Request().Context(), session.ID); err != nil {
			s.Log.Warn("ending previous session failed", "error", err) // the sign-in itself succeeds
		}
	}
	session.ID = in.Token
	clear(session.Values) // of the previous session
	for key, text := range values {
		session.Values[key] = text
	}
	s.save(c)
	s.KeepDevice(c, in.Device)
}

// DropCookie deletes the session's cookie.
func DropCookie(c echo.Context) error {
	session := Session(c)
	session.Options.MaxAge = -1
	return session.Save(c.Request(), c.Response())
}

// save stores values for the next page. A failure is only logged: the request itself has succeeded.
func (s *Kit) save(c echo.Context) {
	if err := Session(c).Save(c.Request(), c.Response()); err != nil {
		s.Log.Warn("saving session values failed", "error", err)
	}
}

// takeMessages moves the messages for this page from the session to its frame.
func (s *Kit) takeMessages(c echo.Context, frame *ui.Frame) {
	session := Session(c)
	if session == nil {
		return
	}
	frame.Flash, _ = session.Values[FlashKey].(string)
	frame.Undo, _ = session.Values[UndoKey].(string)
	frame.Notice, _ = session.Values[NoticeKey].(string)
	if frame.Flash == "" && frame.Notice == "" {
		return
	}
	for _, key := range []string{FlashKey, UndoKey, NoticeKey} {
		delete(session.Values, key)
	}
	s.save(c)
}
