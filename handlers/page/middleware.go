package page

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"latchkey/accounts"
	"latchkey/accounts/policy"
)

// The limits of a request.
const (
	maxFields = 200
	maxForm   = 8 << 10 // bytes of a form, see [Route.Limit]
	maxQuery  = 8 << 10 // bytes of the query
)

// stackSize is how many bytes of a panic's stack are logged, about forty calls.
const stackSize = 8 << 10

// csp allows a page its own style, script and mail frame, and nothing else. Its script may not turn text into markup.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"

// middleware lists the middleware of every request, the outermost first.
func (s *Kit) middleware() []echo.MiddlewareFunc {
	return []echo.MiddlewareFunc{
		s.recordMetrics,
		before(s.assignRequestID),
		compress(), // also the pages that logRequests has written for errors
		s.logRequests,
		middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: s.logPanic, DisableStackAll: true, StackSize: stackSize}),
		before(s.setHeaders),
		before(s.refuseOtherHosts),
		before(s.proxies.watch),
		before(s.keepRules),
		s.timeout,
		before(s.limitSize),
		before(s.refuseForged),
		before(s.parseForm),
	}
}

// before is middleware that does a step before the handler, or refuses the request.
func before(step func(echo.Context) error) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := step(c); err != nil {
				return err
			}
			return next(c)
		}
	}
}

// requestTimeout limits the time of a request, so that there is an answer even if the database hangs. It is longer than a sign-in
// may wait, and shorter than the server's write timeout.
const requestTimeout = 20 * time.Second

func (s *Kit) timeout(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		request, limit := c.Request(), s.RequestTimeout
		if within := s.route(c).within; within > 0 {
			limit = within
			_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Time{}) // the server's is shorter; some writers have none
		}
		ctx, cancel := context.WithTimeout(request.Context(), limit)
		defer cancel()
		c.SetRequest(request.WithContext(ctx))
		defer func() { // so that the error page can still be rendered, with what was sent
			request.PostForm = c.Request().PostForm
			c.SetRequest(request)
		}()
		return next(c)
	}
}

// keepRules makes a request apply one version of the policies, also if they are reloaded meanwhile.
func (s *Kit) keepRules(c echo.Context) error {
	c.SetRequest(c.Request().WithContext(s.Accounts.Policies.Keep(c.Request().Context())))
	return nil
}

// Rules returns the policies that the request applies.
func (s *Kit) Rules(c echo.Context) *policy.Rules {
	return s.Accounts.Policies.For(c.Request().Context())
}

// limitSize refuses large requests before anything reads them. Upload routes have a limit of their own.
func (s *Kit) limitSize(c echo.Context) error {
	r := c.Request()
	if len(r.URL.RawQuery) > maxQuery {
		return echo.NewHTTPError(http.StatusRequestURITooLong)
	}
	if s.IsUpload(c) {
		return nil
	}
	most := cmp.Or(s.route(c).limit, maxForm)
	if r.ContentLength > most {
		return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, most)
	return nil
}

// assignRequestID sets a new request id, since clients could send anything as theirs.
func (s *Kit) assignRequestID(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderXRequestID, s.Accounts.NewID())
	return nil
}

func (s *Kit) setHeaders(c echo.Context) error {
	header := c.Response().Header()
	header.Set("Content-Security-Policy", csp)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	// Not no-referrer: a browser would send its forms with the origin "null", which is refused.
	header.Set("Referrer-Policy", "same-origin")
	if s.hidesPath(c) {
		header.Set("Referrer-Policy", "strict-origin") // without the path, also to style sheets
		header.Set("X-Robots-Tag", "noindex")
	}
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	header.Set("Cache-Control", "no-store")
	if s.sessions.secure {
		header.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return nil
}

// parseForm parses the form once, accepts no other content except files on upload routes, and refuses NUL and invalid UTF-8, which
// no database accepts. The API has queries, but no forms.
func (s *Kit) parseForm(c echo.Context) error {
	r, upload := c.Request(), s.IsUpload(c)
	if isAPI(r) {
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return BadForm(err)
		}
		return checkValues(r.URL.Path, query)
	}
	form := (upload || mediaType(r) == echo.MIMEApplicationForm) && r.Header.Get(echo.HeaderContentEncoding) == ""
	if r.Method == http.MethodPost && !form && r.ContentLength != 0 {
		return echo.NewHTTPError(http.StatusUnsupportedMediaType)
	}
	if upload {
		return nil
	}
	if err := r.ParseForm(); err != nil {
		return BadForm(err)
	}
	return checkValues(r.URL.Path, r.Form)
}

// checkValues refuses too many fields, and what no database accepts.
func checkValues(path string, form url.Values) error {
	fields, readable := 0, Readable(path)
	for name, values := range form {
		fields += len(values)
		readable = readable && Readable(name) && Readable(strings.Join(values, ""))
	}
	if fields > maxFields || !readable {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	return nil
}

// BadForm returns the HTTP error for a form that cannot be read: 413 if it is too large, or else 400.
func BadForm(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return echo.NewHTTPError(http.StatusRequestEntityTooLarge).SetInternal(err)
	}
	return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
}

// Readable reports whether every database can store the text.
func Readable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// logRequests logs each request with its account and the reason of a refusal, but without query, form and Referer, which may hold secrets.
func (s *Kit) logRequests(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := s.Now()
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		level := slog.LevelInfo
		if c.Path() == "/healthz" || c.Path() == "/readyz" || c.Path() == "/static/:name" {
			level = slog.LevelDebug
		}
		if _, command := HostActor(c.Request().Context()); command {
			level = slog.LevelDebug
		}
		facts := []any{
			"method", c.Request().Method, "path", s.loggedPath(c), "status", c.Response().Status, "took", s.Now().Sub(start),
			"address", c.RealIP(), "id", RequestID(c),
		}
		if who := Visitor(c); who != nil {
			facts = append(facts, "account", who.Account.ID)
		}
		if actor, ok := program(c); ok {
			facts = append(facts, "account", actor.ID, "key", actor.Key.Prefix)
		}
		if reason := accounts.RefusalReason(err); reason != "" {
			facts = append(facts, "refused", reason)
		}
		s.Log.Log(c.Request().Context(), level, "request", facts...)
		return nil
	}
}

func (s *Kit) logPanic(c echo.Context, err error, stack []byte) error {
	s.Log.Error("panic", "error", err, "path", s.loggedPath(c), "id", RequestID(c), "stack", string(stack))
	return err
}

// mediaType returns the media type of the body.
func mediaType(r *http.Request) string {
	return strings.ToLower(strings.TrimSpace(strings.Split(r.Header.Get(echo.HeaderContentType), ";")[0]))
}
