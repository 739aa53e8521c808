package page

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/core"
)

// apiPath begins the paths of the API. Programs use it with a key, never with a session, so that no other site can make a browser use it.
const apiPath = "/api/v1/"

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, apiPath) }

// contextProgram is the key in the request's context of the actor whose key was accepted.
const contextProgram = "program"

// SetProgram stores who acts in a request of the API, for logs and refusals.
func SetProgram(c echo.Context, actor core.Actor) { c.Set(contextProgram, actor) }

// program returns who acts in a request of the API; ok is false if that is not known.
func program(c echo.Context) (actor core.Actor, ok bool) {
	actor, ok = c.Get(contextProgram).(core.Actor)
	return actor, ok
}

type hostKey struct{}

// OnHost returns a context for requests that a command of the program makes to its own handlers: they act as the actor, and need no key. No
// request from the network has one.
func OnHost(ctx context.Context, actor core.Actor) context.Context {
	return context.WithValue(ctx, hostKey{}, actor)
}

// HostActor returns the actor of [OnHost]; ok is false for requests from the network.
func HostActor(ctx context.Context) (actor core.Actor, ok bool) {
	actor, ok = ctx.Value(hostKey{}).(core.Actor)
	return actor, ok
}

// AnswerAPI sets what writes the errors of the API.
func (s *Kit) AnswerAPI(write func(c echo.Context, status int, err error) error) {
	s.writeAPIError = write
}

// NoteError records an error before it is answered with a status: in the log if it is internal, and as an audit event if a request was
// refused.
func (s *Kit) NoteError(c echo.Context, status int, err error) {
	s.logError(c, status, err)
	s.recordRefusal(c, err)
}

// refusedActor returns whose request was refused.
func refusedActor(c echo.Context, err error) (actor core.Actor, ok bool) {
	if accounts.RefusalReason(err) == "" {
		return actor, false
	}
	if actor, ok = program(c); ok {
		return actor, true
	}
	who := visitorOf(c)
	if who == nil {
		return actor, false
	}
	return who.Actor(Client(c)), true
}
