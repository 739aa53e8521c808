// Package testapp runs the whole program inside a test and gives it clients.
package testapp

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/brand"
	"latchkey/handlers"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/internal/seal"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
	"latchkey/static"
)

// AppOptions are options of an [App].
type AppOptions struct {
	Policies       password.Policies
	Settings       accounts.Settings
	Gates          []core.Gate         // nil = those of the program
	Extend         func(*handlers.App) // adds routes before the program serves
	Hash           password.Params     // of hashes; cheap by default
	HTTPS          bool                // serve over TLS
	TrustedProxies []netip.Prefix
	Help           string
	Brand          brand.Brand
	// SecurityContact is a URI for reports of vulnerabilities.
	SecurityContact string
	Sending         bool                        // an SMTP server is configured
	Ready           func(context.Context) error // nil = ask the database
	Log             *slog.Logger                // nil = no log
	Metrics         page.Metrics                // nil = no metrics
	Dev             bool                        // with the development pages
	APIRate         int                         // requests of the API a minute and account; 0 = no limit
}

// App is the whole program with its own server, cheap hashes and a clock that tests set. Jobs do not run: a test calls
// [App.Sweep], and [App.Settle] for delivered mails.
type App struct {
	testing.TB
	DB       testdb.Database
	Clock    *testkit.Clock
	Accounts *accounts.Service
	Hashes   *credential.Pool
	Words    *i18n.Catalogue
	Assets   *static.Assets
	BaseURL  *url.URL
	Routes   []Route          // of the pages
	Calls    []Route          // of the API
	Pages    handlers.Options // of the server

	StopWaiting func() // ends requests that wait, as when the program stops

	// Document returns the OpenAPI document of the API.
	Document func() ([]byte, error)

	// AsksToConfirm reports whether a route is marked as one that may ask for the password again.
	AsksToConfirm func(Route) bool

	server *httptest.Server
}

// Route is a method and a path pattern, such as "/accounts/:id".
type Route struct{ Method, Path string }

func (r Route) String() string { return r.Method + " " + r.Path }

// NewApp starts the program on a database, until the end of the test.
func NewApp(tb testing.TB, db testdb.Database, change ...func(*AppOptions)) *App {
	tb.Helper()
	o := AppOptions{
		Policies: password.Default(),
		Hash:     password.Params{Memory: 8, Time: 1, Threads: 1},
		Settings: accounts.Settings{
			Secrets: core.SecretsAll, OneTimeValid: 168 * time.Hour, SessionMax: 24 * time.Hour, SessionIdle: time.Hour, AttemptsCap: 100, Undelete: 30 * 24 * time.Hour,
			DeviceCookies: true, MailHost: "latchkey.test", Issuer: "Latchkey", BaseURL: &url.URL{Scheme: "https", Host: "latchkey.test"},
		},
		Ready: func(ctx context.Context) error { return ready(ctx, db.DB) },
	}
	for _, change := range change {
		change(&o)
	}
	o.Settings.Capturing = !o.Sending
	a := &App{TB: tb, DB: db, Clock: testkit.NewClock()}
	a.build(o)
	a.serve(o)
	return a
}

func ready(ctx context.Context, db *models.DB) error {
	if err := db.Ping(ctx); err != nil {
		return err
	}
	return db.Migrated(ctx)
}

// sealingKey is the same for all apps, as for processes of one installation.
var sealingKey = sync.OnceValues(func() (*seal.Key, error) { return seal.NewKey(rand.Reader) })

// build creates the parts below the pages.
func (a *App) build(o AppOptions) {
	a.Helper()
	var err error
	if a.Hashes, err = credential.NewPool(o.Hash, nil); err != nil {
		a.Fatal(err)
	}
	if a.Words, err = i18n.Load(); err != nil {
		a.Fatal(err)
	}
	a.Words.Missing = func(locale, id string) { a.Errorf("%s.yaml has no words for %q", locale, id) }
	if a.Assets, err = static.Load(o.Brand); err != nil {
		a.Fatal(err)
	}
	key, err := sealingKey()
	if err != nil {
		a.Fatal(err)
	}
	a.Accounts = accounts.New(accounts.Options{
		DB: a.DB.DB, Keys: seal.Fixed(key), Policies: o.Policies, Hashes: a.Hashes, Settings: o.Settings, Gates: o.Gates, Now: a.Clock.Now, Log: o.Log,
	})
}

// serve listens first, since the pages need the address.
func (a *App) serve(o AppOptions) {
	a.Helper()
	a.server = httptest.NewUnstartedServer(nil)
	a.BaseURL = &url.URL{Scheme: "http", Host: a.server.Listener.Addr().String()}
	if o.HTTPS {
		a.BaseURL.Scheme = "https"
	}
	a.Pages = handlers.Options{
		Page: page.Options{
			Accounts: a.Accounts, Words: a.Words, Assets: a.Assets, Brand: o.Brand, BaseURL: a.BaseURL, ListenPort: a.BaseURL.Port(), TrustedProxies: o.TrustedProxies,
			Zone: time.UTC, Help: o.Help, Capturing: !o.Sending, Now: a.Clock.Now, Log: o.Log, Metrics: o.Metrics,
		},
		SecurityContact: o.SecurityContact, Ready: o.Ready,
		Mails: sampleMails(), Dev: o.Dev, APIRate: o.APIRate, DevDir: a.TempDir(),
	}
	pages := handlers.New(a.Pages)
	if o.Extend != nil {
		o.Extend(pages)
	}
	a.AsksToConfirm = func(r Route) bool { return pages.AsksToConfirm(r.Method, r.Path) }
	a.Document, a.StopWaiting = pages.API.Document, pages.Stop
	for _, r := range pages.Routes() {
		list := &a.Routes
		if strings.HasPrefix(r.Path, "/api/v1/") {
			list = &a.Calls
		}
		*list = append(*list, Route{r.Method, r.Path})
	}
	for _, routes := range [][]Route{a.Routes, a.Calls} {
		slices.SortFunc(routes, func(a, b Route) int { return cmp.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method) })
	}
	a.server.Config.Handler = pages
	a.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	if o.HTTPS {
		a.server.StartTLS()
	} else {
		a.server.Start()
	}
	a.Cleanup(a.server.Close)
}

// For returns the same program for a subtest, such as one input of a fuzz target.
func (a *App) For(tb testing.TB) *App {
	other := *a
	other.TB = tb
	return &other
}

// transport returns a transport with its own connections.
func (a *App) transport() *http.Transport {
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 2}
	if a.BaseURL.Scheme == "https" {
		roots := a.server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	a.Cleanup(transport.CloseIdleConnections)
	return transport
}
