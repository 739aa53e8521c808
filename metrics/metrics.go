package metrics

import (
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"latchkey/models"
)

// Options are what [Metrics] are made of. All must be given but MailServer and Log.
type Options struct {
	DB          *models.DB
	Now         func() time.Time
	Hashes      func() (computing, waiting int)    // how password hashes stand right now
	MailServer  bool                               // there is one, which may be out of reach
	Policy      func() (version int, refused bool) // which is in force, and whether a newer one was refused
	Log         *slog.Logger                       // nil: nothing is logged
	ReadTimeout time.Duration                      // of a scrape's questions to the database in all; 0: 3 s

	// What labels may say. Each value is there from the start, so that the first event of a kind is an increase.
	SignIns  []string // how an attempt to sign in may end
	Refusals []string // why a password hash may be refused
	Jobs     []string // the jobs' names

	ConnectionRefusals []string // why a connection may be refused
}

// Metrics are all figures of one process. They are safe for concurrent use.
type Metrics struct {
	signIns
	hashes
	jobs
	mails
	requests
	connections
	registry *prometheus.Registry
	log      *slog.Logger
}

// New makes figures that begin at 0.
func New(o Options) *Metrics {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector(), newDatabase(o),
	)
	factory := promauto.With(registry)
	tellPolicy(factory, o.Policy)
	return &Metrics{
		signIns: newSignIns(factory, o.SignIns), hashes: newHashes(factory, o.Hashes, o.Refusals), jobs: newJobs(factory, o.Jobs),
		mails: newMails(factory), requests: newRequests(factory), connections: newConnections(factory, o.ConnectionRefusals),
		registry: registry, log: o.Log,
	}
}
