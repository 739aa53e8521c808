package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/i18n"
	"latchkey/static"
)

// Options are what the pages are made of. All must be given but Log, Meter, TrustedProxies, Help and Dev.
type Options struct {
	Accounts       *accounts.Service
	Words          *i18n.Catalogue
	Assets         *static.Assets
	BaseURL        *url.URL
	TrustedProxies []netip.Prefix
	Zone           *time.Location
	Help           string
	Capturing      bool // there is no SMTP server
	Now            func() time.Time
	Ready          func(context.Context) error // database reachable and migrated
	Log            *slog.Logger
	Meter          Meter // nil: nothing is counted
	Mails          Mails
	Dev            bool // there are development pages
}

// Server answers requests.
type Server struct {
	Options
	sessions *sessionStore
	proxies  *untrustedProxies
	patterns map[string]bool // of all routes
	echo     *echo.Echo
}

// New builds the site.
func New(o Options) http.Handler { return build(o).echo }

func build(o Options) *Server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{Options: o, patterns: map[string]bool{}, echo: echo.New()}
	s.echo.HTTPErrorHandler = s.answerError
	s.echo.IPExtractor = clientAddress(o.TrustedProxies)
	s.sessions = newSessionStore(o.Accounts, o.BaseURL.Scheme == "https", s.echo.IPExtractor)
	s.proxies = &untrustedProxies{trusted: o.TrustedProxies, now: o.Now, log: o.Log}
	s.echo.Use(s.middleware()...)
	for _, route := range s.routes() {
		s.patterns[route.path] = true
		s.echo.Add(route.method, route.path, s.guard(route))
	}
	return s
}
