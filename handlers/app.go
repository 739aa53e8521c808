package handlers

import (
	"cmp"
	"context"
	"time"

	"latchkey/handlers/page"
	"latchkey/views/samples"
)

// Options configure the pages. Page, Ready and Mails must be given.
type Options struct {
	Page page.Options
	// SecurityContact is a URI for reports of vulnerabilities; "" = there is no security.txt.
	SecurityContact string
	Ready           func(context.Context) error // database reachable and migrated
	ReadyTimeout    time.Duration               // how long a database may take to show that it is there; 0: 3 s
	Mails           Mails
	Dev             bool   // there are development pages
	DevDir          string // for the databases of the development pages
}

// App answers requests.
type App struct {
	*page.Kit
	Options
	samples *samplePages
}

// New builds the App.
func New(o Options) *App {
	o.ReadyTimeout = cmp.Or(o.ReadyTimeout, readyTimeout)
	s := &App{
		Kit: page.New(o.Page, sections), Options: o,
		samples: &samplePages{dir: o.DevDir, now: o.Page.Now, seeds: map[samples.Data]string{}, worlds: map[samples.World]*sampleWorld{}},
	}
	s.AddGates(gatePages)
	s.Add(s.routes()...)
	if o.Dev {
		s.Add(s.devRoutes()...)
	}
	return s
}
