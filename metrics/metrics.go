package metrics

import (
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"latchkey/models"
)

// Options configure [Metrics]. All but MailServer, Log and ReadTimeout are required.
type Options struct {
	DB          *models.DB
	Now         func() time.Time
	Hashes      func() (computing, waiting int)    // password hashes at this moment
	MailServer  bool                               // whether there is one
	Policy      func() (version int, refused bool) // the active version, and whether a newer one was refused
	Log         *slog.Logger                       // nil: nothing is logged
	ReadTimeout time.Duration                      // for all database queries of a scrape; 0: 3 s

	// Label values. Each series starts at 0, so that the first event of a kind is an increase.
	SignIns  []string // outcomes of sign-in attempts
	Refusals []string // reasons to refuse a password hash
	Jobs     []string // names of the jobs

	ConnectionRefusals []string // reasons to refuse a connection
}

// Metrics are all metrics of a process. It is safe for concurrent use.
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

// New creates metrics that start at 0.
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
	registerPolicy(factory, o.Policy)
	return &Metrics{
		signIns: newSignIns(factory, o.SignIns), hashes: newHashes(factory, o.Hashes, o.Refusals), jobs: newJobs(factory, o.Jobs),
		mails: newMails(factory), requests: newRequests(factory), connections: newConnections(factory, o.ConnectionRefusals),
		registry: registry, log: o.Log,
	}
}

// registerPolicy adds the version of the active policy.
func registerPolicy(factory promauto.Factory, now func() (version int, refused bool)) {
	factory.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "latchkey_policy_version", Help: "Version of the password policy that is active in this process.",
	}, func() float64 { version, _ := now(); return float64(version) })
	factory.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "latchkey_policy_refused", Help: "1: a newer password policy was refused, and the previous one is active.",
	}, func() float64 {
		if _, refused := now(); refused {
			return 1
		}
		return 0
	})
}
