package page

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/session"
	"latchkey/models"
	"latchkey/views"
)

// Access is who may use a route. The zero value denies, so that a route without access is refused.
type Access int

// The kinds of access.
const (
	denied         Access = iota
	WithoutSession        // anyone; no session is loaded, so it works without the database
	WithToken             // anyone who has the token in the path; no session is loaded or used, and no log has the path
	Programs              // programs with a token or key of the API, which the handler asks for; no session is loaded or used
	Anyone                // also without a session
	SignedIn              // every account
	Operators             // SuperAdmins and organizations
	SuperAdmins           // SuperAdmins
)

// admits reports whether accounts of the kind may use a route with this access.
func (a Access) admits(kind models.Kind) bool {
	who := core.Actor{Kind: kind}
	switch a {
	case denied, WithoutSession, WithToken, Programs:
		return false
	case Operators:
		return who.MayOperate()
	case SuperAdmins:
		return who.MaySeeEverything()
	default:
		return true
	}
}

// check returns why the visitor may not use the route.
func (r Route) check(who *session.Current) error {
	switch {
	case !r.Who.admits(who.Account.Kind):
		return core.ErrForbidden
	case r.ownerOnly && who.Session.Emergency():
		return core.ErrEmergencySession
	default:
		return nil
	}
}

// Route is a row of the access table: a method and path, who may use it, and what answers.
type Route struct {
	Method, Path string
	Who          Access
	Do           echo.HandlerFunc

	openAt     []string      // gates
	limit      int64         // bytes of the form; 0 = maxForm
	within     time.Duration // of a whole request; 0 = the usual
	upload     bool
	repeatable bool
	ownerOnly  bool
	anywhere   bool
	restore    *restorableForm
	stepUp     func(echo.Context) (HeldAct, error)
}

// Get returns a route for a page, which also answers HEAD.
func Get(path string, who Access, do echo.HandlerFunc) Route {
	return Route{Method: http.MethodGet, Path: path, Who: who, Do: do}
}

// Post returns a route for an action.
func Post(path string, who Access, do echo.HandlerFunc) Route {
	return Route{Method: http.MethodPost, Path: path, Who: who, Do: do}
}

// AllGates means every gate, see [Route.OpenAt].
const AllGates = "*"

// OpenAt keeps the route open while one of these gates is closed to the session. Other routes then redirect to the gate.
func (r Route) OpenAt(gates ...string) Route {
	r.openAt = gates
	return r
}

// opensAt reports whether the route is open at the gate.
func (r Route) opensAt(gate string) bool {
	return slices.Contains(r.openAt, gate) || slices.Contains(r.openAt, AllGates)
}

// Limit sets the largest form in bytes, if it differs from the default of 8 KiB.
func (r Route) Limit(most int64) Route {
	r.limit = most
	return r
}

// Within sets how long a request may take, if it waits for something; 0 = as long as any other.
func (r Route) Within(limit time.Duration) Route {
	r.within = limit
	return r
}

// Upload also accepts forms with a file. The handler reads them itself, after the access check.
func (r Route) Upload() Route {
	r.upload = true
	return r
}

// Repeatable marks a form that changes nothing and is carried out each time it is sent.
func (r Route) Repeatable() Route {
	r.repeatable = true
	return r
}

// OwnerOnly refuses emergency sessions, see [core.Actor.CheckOwner].
func (r Route) OwnerOnly() Route {
	r.ownerOnly = true
	return r
}

// FromAnywhere also admits addresses from which the dashboard is closed, to a route with [WithToken].
func (r Route) FromAnywhere() Route {
	r.anywhere = true
	return r
}

// Restore keeps the named fields if the session has ended when the form is sent: after the sign-in the page shows them again.
// Passwords must not be among them.
func (r Route) Restore(page func(echo.Context) string, fields ...string) Route {
	r.restore = &restorableForm{page, fields}
	return r
}

// StepUp marks a form whose use case may ask for the password and the second factor first, see [core.Core.CheckConfirmed]. The page that
// asks shows what the form does. The route needs [Route.Restore], for the page and the text of the form.
func (r Route) StepUp(does func(echo.Context) (HeldAct, error)) Route {
	r.stepUp = does
	return r
}

type routeKey struct{ method, path string }

// Add registers routes.
func (s *Kit) Add(routes ...Route) {
	for _, r := range routes {
		s.routes[routeKey{r.Method, r.Path}], s.patterns[r.Path] = r, true
		if r.Who == WithToken {
			s.tokenPaths[r.Path] = true
		}
		s.echo.Add(r.Method, r.Path, s.guard(r))
		if r.Method == http.MethodGet {
			r.Method = http.MethodHead
			s.echo.Add(r.Method, r.Path, s.guard(r))
		}
		if r.restore != nil {
			s.restorable = append(s.restorable, r.restore.fields...)
		}
	}
}

// Routes returns all routes, for tests.
func (s *Kit) Routes() []*echo.Route { return s.echo.Routes() }

// AsksToConfirm reports whether a route has the mark [Route.StepUp], for tests.
func (s *Kit) AsksToConfirm(method, path string) bool {
	return s.routes[routeKey{method, path}].stepUp != nil
}

// route returns the route of a request, or the zero Route if there is none.
func (s *Kit) route(c echo.Context) Route { return s.routes[routeKey{c.Request().Method, c.Path()}] }

// hidesPath reports whether the path of a request may hold a token: that of a route with [WithToken] for any method, or an unknown one,
// since a link may be damaged.
func (s *Kit) hidesPath(c echo.Context) bool { return !s.patterns[c.Path()] || s.tokenPaths[c.Path()] }

// loggedPath returns what logs have of a request's path: the pattern of the route if the path holds a token.
func (s *Kit) loggedPath(c echo.Context) string {
	if s.tokenPaths[c.Path()] {
		return c.Path()
	}
	path := c.Request().URL.Path
	switch {
	case isAPI(c.Request()) && s.patterns[c.Path()]:
		return withoutNames(c)
	case s.patterns[c.Path()]:
		return path
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if len(part) > maxLoggedPart {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}

// withoutNames returns the path of the API with its ids, but without the names of accounts, or the key that a program may have put there.
func withoutNames(c echo.Context) string {
	path := c.Path()
	for _, name := range c.ParamNames() {
		shown := "…"
		if value := c.Param(name); models.IsID(value) {
			shown = value
		}
		path = strings.Replace(path, ":"+name, shown, 1)
	}
	return path
}

// maxLoggedPart is the longest part of an unknown path in logs, in bytes. Tokens are longer, ids are not.
const maxLoggedPart = 36

// IsUpload reports whether the form may hold a file.
func (s *Kit) IsUpload(c echo.Context) bool {
	return s.route(c).upload && mediaType(c.Request()) == echo.MIMEMultipartForm
}

// mayOpen reports whether there is a page at the address that accounts of the kind may open; in an emergency session for a person.
func (s *Kit) mayOpen(kind models.Kind, person, address string) bool {
	path, _, _ := strings.Cut(address, "?")
	found := s.echo.NewContext(nil, nil)
	s.echo.Router().Find(http.MethodGet, path, found)
	route := s.routes[routeKey{http.MethodGet, found.Path()}]
	return route.Who.admits(kind) && (person == "" || !route.ownerOnly)
}

// FirstPage returns where a new session begins: the page of its gate, or else the target of its sign-in.
func (s *Kit) FirstPage(in session.SignedIn, next string) string {
	if url, ok := s.gatePages[in.Gate]; ok {
		return url
	}
	return s.TargetOrHome(next, in.Account)
}

// TargetOrHome returns the requested page, or the start page if the account may not open it.
func (s *Kit) TargetOrHome(next string, account models.Account) string {
	path, _, _ := strings.Cut(next, "?")
	if path == "" || path == views.HomeURL || !s.mayOpen(account.Kind, "", path) {
		return Home(account.Kind)
	}
	return next
}

// Home returns the start page of a kind of account.
func Home(kind models.Kind) string {
	if who := (core.Actor{Kind: kind}); who.MayOperate() {
		return views.HomeURL
	}
	return views.MeURL
}
