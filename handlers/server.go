package handlers

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/i18n"
	"latchkey/static"
	"latchkey/views/samples"
)

// Options configure the pages. All must be given but ListenPort, Log, Meter, TrustedProxies, Help,
// Dev and the timeouts.
type Options struct {
	InForce        *accounts.InForce
	Words          *i18n.Catalogue
	Assets         *static.Assets
	BaseURL        *url.URL
	ListenPort     string // known with the base URL's host over http; "" = only the base URL's port is
	TrustedProxies []netip.Prefix
	Zone           *time.Location
	Help           string
	// SecurityContact is a URI for reports of vulnerabilities; "" = there is no security.txt.
	SecurityContact string
	Capturing       bool // there is no SMTP server
	Now             func() time.Time
	Ready           func(context.Context) error // database reachable and migrated
	Log             *slog.Logger
	Meter           Meter // nil: nothing is counted
	Mails           Mails
	Dev             bool          // there are development pages
	DevDir          string        // for the databases of the development pages
	RequestTimeout  time.Duration // how long a request may take in all; 0: 20 s
	ReadyTimeout    time.Duration // how long a database may take to show that it is there; 0: 3 s
}

// App answers each request under the policies that are active when it arrives.
type App struct {
	Options
	proxies       *untrustedProxies
	busy          *busyLog
	memoryAnswers *memoryAnswers
	abandoned     *abandonedClaims
	samples       *samplePages
	current       atomic.Pointer[Server]
}

// New builds the App.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.RequestTimeout = cmp.Or(o.RequestTimeout, requestTimeout)
	o.ReadyTimeout = cmp.Or(o.ReadyTimeout, readyTimeout)
	return &App{
		Options: o, proxies: &untrustedProxies{trusted: o.TrustedProxies, now: o.Now, log: o.Log}, busy: &busyLog{now: o.Now, log: o.Log},
		memoryAnswers: &memoryAnswers{now: o.Now, byID: map[string]memoryAnswer{}}, abandoned: &abandonedClaims{holders: map[string]time.Time{}},
		samples: &samplePages{dir: o.DevDir, now: o.Now, seeds: map[samples.Data]string{}, worlds: map[samples.World]*sampleWorld{}},
	}
}

func (s *App) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.server().echo.ServeHTTP(w, r) }

// Routes are all routes, for tests.
func (s *App) Routes() []*echo.Route { return s.server().echo.Routes() }

// server is built once per set of policies; concurrent first requests after a change may build two.
func (s *App) server() *Server {
	current, service := s.current.Load(), s.InForce.Service()
	if current == nil || current.Accounts != service {
		current = build(s, service)
		s.current.Store(current)
	}
	return current
}

// Server answers requests under one set of policies.
type Server struct {
	Options
	Accounts      *accounts.Service
	sessions      *sessionStore
	hosts         allowedHosts
	proxies       *untrustedProxies
	busy          *busyLog
	memoryAnswers *memoryAnswers
	abandoned     *abandonedClaims
	samples       *samplePages
	patterns      map[string]bool   // of all routes
	pages         map[string]access // of all routes by GET, by pattern
	echo          *echo.Echo
}

func build(app *App, service *accounts.Service) *Server {
	s := &Server{
		Options: app.Options, Accounts: service, proxies: app.proxies, busy: app.busy, memoryAnswers: app.memoryAnswers, abandoned: app.abandoned, samples: app.samples,
		patterns: map[string]bool{}, pages: map[string]access{}, echo: echo.New(),
	}
	s.echo.HTTPErrorHandler = s.answerError
	s.echo.IPExtractor = clientAddress(s.TrustedProxies)
	s.hosts = newAllowedHosts(s.BaseURL, s.ListenPort)
	s.sessions = newSessionStore(service, s.BaseURL.Scheme == "https", s.echo.IPExtractor)
	s.echo.Use(s.middleware()...)
	for _, route := range s.routes() {
		s.patterns[route.path] = true
		if route.method == get {
			s.pages[route.path] = route.who
		}
		s.echo.Add(route.method, route.path, s.guard(route))
	}
	return s
}
