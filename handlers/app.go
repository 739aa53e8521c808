package handlers

import (
	"cmp"
	"context"
	"crypto/rand"
	"sync"
	"time"

	"latchkey/handlers/api"
	"latchkey/handlers/page"
	"latchkey/internal/seal"
	"latchkey/static"
	"latchkey/views"
	"latchkey/views/samples"
)

// Options configure the pages. Page, Ready and Mails are required.
type Options struct {
	Page page.Options
	// SecurityContact is a URI for reports of vulnerabilities; "" = no security.txt.
	SecurityContact string
	Ready           func(context.Context) error // database reachable and migrated
	ReadyTimeout    time.Duration               // time limit of Ready; 0: 3 s
	Mails           Mails
	APIRate         int    // requests of the API a minute and account; 0 = no limit
	Dev             bool   // serve the development pages
	DevDir          string // for the databases of the development pages
}

// Stop ends requests that wait for something, since the program stops.
func (s *App) Stop() { s.API.Stop() }

// App serves all requests.
type App struct {
	*page.Kit
	Options
	API     *api.API
	samples *samplePages
	mails   func() ([]SampleMail, error) // [App.allMailSamples], rendered once
}

// New creates the App.
func New(o Options) *App {
	o.ReadyTimeout = cmp.Or(o.ReadyTimeout, readyTimeout)
	s := &App{
		Kit: page.New(o.Page, sections), Options: o,
		samples: &samplePages{
			now: o.Page.Now(), branded: sync.OnceValues(func() (*static.Assets, error) { return static.Load(samples.Brand) }),
			key: sync.OnceValues(func() (*seal.Key, error) { return seal.NewKey(rand.Reader) }),
		},
	}
	s.mails = sync.OnceValues(s.allMailSamples)
	s.AddGates(gatePages)
	s.Add(s.routes()...)
	s.API = api.New(api.Options{
		Kit: s.Kit, Accounts: o.Page.Accounts, Words: o.Page.Words, Zone: o.Page.Zone, Now: o.Page.Now,
		Ready: o.Ready, Rate: o.APIRate,
		SecretLink: func(token string) string { return s.BaseURL.JoinPath(views.SecretURL(token)).String() },
	})
	s.Add(s.API.Routes()...)
	if o.Dev {
		s.Add(s.devRoutes()...)
	}
	return s
}
