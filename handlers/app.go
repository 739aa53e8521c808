package handlers

import (
	"cmp"
	"context"
	"crypto/rand"
	"sync"
	"time"

	"latchkey/handlers/page"
	"latchkey/internal/seal"
	"latchkey/static"
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
	Dev             bool   // serve the development pages
	DevDir          string // for the databases of the development pages
}

// App serves all requests.
type App struct {
	*page.Kit
	Options
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
	if o.Dev {
		s.Add(s.devRoutes()...)
	}
	return s
}
