package page

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/brand"
	"latchkey/i18n"
	"latchkey/static"
)

// Options configure the kit. All are required, except Brand, ListenPort, TrustedProxies, Help, Log, Metrics and RequestTimeout.
type Options struct {
	Accounts       *accounts.Service
	Words          *i18n.Catalogue
	Assets         *static.Assets
	Brand          brand.Brand
	BaseURL        *url.URL
	ListenPort     string // also allowed in Host over http; "" = only the port of the base URL
	TrustedProxies []netip.Prefix
	Zone           *time.Location
	Help           string
	Capturing      bool // there is no SMTP server
	Now            func() time.Time
	Log            *slog.Logger
	Metrics        Metrics       // nil: nothing is counted
	RequestTimeout time.Duration // of a whole request; 0: 20 s
}

// Kit serves routes. It is safe for concurrent use once all routes are added.
type Kit struct {
	Options
	sections      []Section
	sessions      *sessionStore
	hosts         allowedHosts
	proxies       *untrustedProxies
	busy          *busyLog
	memoryAnswers *memoryAnswers
	abandoned     *abandonedClaims
	crossOrigin   *http.CrossOriginProtection
	echo          *echo.Echo

	routes        map[routeKey]Route
	gatePages     map[string]string
	patterns      map[string]bool                                   // of all routes
	tokenPaths    map[string]bool                                   // the patterns of routes with [WithToken]
	writeAPIError func(c echo.Context, status int, err error) error // nil: there is no API

	restorable []string // fields of forms that survive the end of a session
}

// New creates a kit without routes. The sections are its navigation.
func New(o Options, sections []Section) *Kit {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.RequestTimeout = cmp.Or(o.RequestTimeout, requestTimeout)
	s := &Kit{
		Options: o, sections: sections, echo: echo.New(), routes: map[routeKey]Route{}, gatePages: map[string]string{}, patterns: map[string]bool{}, tokenPaths: map[string]bool{},
		hosts: newAllowedHosts(o.BaseURL, o.ListenPort), proxies: &untrustedProxies{trusted: o.TrustedProxies, now: o.Now, log: o.Log},
		busy: &busyLog{now: o.Now, log: o.Log}, memoryAnswers: newMemoryAnswers(o.Now),
		abandoned: &abandonedClaims{holders: map[string]time.Time{}}, crossOrigin: http.NewCrossOriginProtection(),
	}
	_ = s.crossOrigin.AddTrustedOrigin(o.BaseURL.Scheme + "://" + o.BaseURL.Host) // cannot fail: the base URL is parsed and has an origin
	s.echo.HTTPErrorHandler = s.answerError
	s.echo.IPExtractor = clientAddress(o.TrustedProxies)
	s.sessions = newSessionStore(o.Accounts, o.BaseURL.Scheme == "https", s.echo.IPExtractor)
	s.echo.Use(s.middleware()...)
	return s
}

func (s *Kit) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// UntrustedProxy returns the address of a proxy that forwards requests but is not trusted; "" = none.
func (s *Kit) UntrustedProxy() string { return s.proxies.shown() }
