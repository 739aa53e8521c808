package jobs

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"latchkey/accounts"
	"latchkey/mailer"
	"latchkey/models"
)

// Options configure a [Runner]. DB, Accounts, Mailer and Now are required; zero values of the others mean the defaults.
type Options struct {
	DB       *models.DB
	Accounts *accounts.Service
	Mailer   *mailer.Mailer
	Now      func() time.Time
	Log      *slog.Logger // nil: nothing is logged
	Metrics  Metrics      // nil: nothing is counted

	SweepEvery time.Duration // 30 s
	PollEvery  time.Duration // between queries for mails that another process queued; 5 s
	PurgeEvery time.Duration // 10 min
	ProbeEvery time.Duration // between attempts to reach a mail server after an outage; 1 min
	LeaseFor   time.Duration // the lease of a batch; 2 min
	Grace      time.Duration // for the current mail when the program stops; 5 s
	BatchSize  int           // mails per claim and connection; 250

	Connections int // simultaneous connections to the mail server; 1
	Rate        int // mails per minute at most; 0: no limit
}

// Runner runs the jobs. It is safe for concurrent use.
type Runner struct {
	Options
	ids       *models.IDs
	asked     chan struct{} // ends the pause of the job that answers requests
	wake      chan struct{} // ends the pause of each connection's loop
	back      chan struct{} // likewise, once the mail server can be reached again
	connSlots chan struct{} // semaphore of open connections
	limiter   *rate.Limiter
	claims    atomic.Int64 // see nextPhase

	settleBackoff, longestSettleBackoff time.Duration
	render                              func(mail models.Mail, token string) (mailer.Rendered, error) // a field for tests
}

// New creates a runner; [Runner.Run] starts it.
func New(o Options) *Runner {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = noMetrics{}
	}
	o.SweepEvery = cmp.Or(o.SweepEvery, 30*time.Second)
	o.PollEvery = cmp.Or(o.PollEvery, 5*time.Second)
	o.PurgeEvery = cmp.Or(o.PurgeEvery, 10*time.Minute)
	o.ProbeEvery = cmp.Or(o.ProbeEvery, time.Minute)
	o.LeaseFor = cmp.Or(o.LeaseFor, 2*time.Minute)
	o.Grace = cmp.Or(o.Grace, 5*time.Second)
	o.BatchSize = cmp.Or(o.BatchSize, 250)
	o.Connections = max(o.Connections, 1)
	if o.Rate > 0 {
		o.Connections = min(o.Connections, o.Rate) // more would only wait
	}
	return &Runner{
		Options: o, ids: models.NewIDs(o.Now, nil), asked: make(chan struct{}, 1), wake: make(chan struct{}, o.Connections),
		back: make(chan struct{}, o.Connections), connSlots: make(chan struct{}, o.Connections), limiter: newRateLimiter(o.Rate),
		settleBackoff: firstSettleBackoff, longestSettleBackoff: longestSettleBackoff, render: o.Mailer.Render,
	}
}

// Run runs all jobs until ctx ends. It then finishes the current mail, releases the others, and returns nil. A round that fails
// is logged and tried again later.
func (r *Runner) Run(ctx context.Context) error {
	all := []job{
		{name: jobSweep, every: r.SweepEvery, round: r.sweep},
		{name: jobPurge, every: r.PurgeEvery, round: func(ctx context.Context) (bool, error) { return false, r.Accounts.PurgeExpired(ctx) }},
		{name: jobTasks, every: r.PollEvery, round: r.Accounts.Tasks.RunNext},
		{name: jobAnswer, every: r.PollEvery, round: r.Accounts.Links.AnswerForgotten, wake: r.asked},
		{name: jobProbe, every: r.ProbeEvery / 4, round: r.probe},
	}
	for range r.Connections { // each delivers its own batches
		all = append(all, job{name: jobDeliver, every: r.PollEvery, round: r.deliver, wake: r.wake, back: r.back})
	}
	var running sync.WaitGroup
	for _, job := range all {
		running.Go(func() { r.loop(ctx, job) })
	}
	running.Wait()
	return nil
}

// Wake answers requests, and starts delivery at once on all connections. It never blocks.
func (r *Runner) Wake() {
	fill(r.asked)
	fill(r.wake)
}

func (r *Runner) sweep(ctx context.Context) (again bool, err error) {
	queued, err := r.Accounts.Sweep(ctx)
	r.Metrics.MailsSwept(queued)
	if queued > 0 {
		r.Wake()
	}
	return false, err
}

func (r *Runner) deliver(ctx context.Context) (again bool, err error) {
	claimed, err := r.DeliverDue(ctx)
	return claimed == r.batchSize(), err
}

// now returns the time as the tables store it: UTC, in microseconds.
func (r *Runner) now() time.Time { return r.Now().UTC().Truncate(time.Microsecond) }

// Metrics records the work of a [Runner]. Its methods are called concurrently and must return at once.
type Metrics interface {
	// RoundEnded is called when a round of one of the [Names] ended.
	RoundEnded(job string, at time.Time, took time.Duration, err error)
	// MailsSwept is called with the number of mails that a sweep queued.
	MailsSwept(count int)
	// MailSettled is called with the final state of a mail, or [models.MailWaiting] if it will be tried again.
	MailSettled(template string, state models.MailState)
}

type noMetrics struct{}

func (noMetrics) RoundEnded(string, time.Time, time.Duration, error) {}
func (noMetrics) MailsSwept(int)                                     {}
func (noMetrics) MailSettled(string, models.MailState)               {}

// The names of the jobs in logs and metrics, where they are part of the contract.
const (
	jobSweep   = "sweep"
	jobPurge   = "tidy"
	jobTasks   = "run tasks"
	jobDeliver = "deliver mails"
	jobAnswer  = "answer requests"
	jobProbe   = "look for the mail server"
)

// Names returns the names of all jobs.
func Names() []string { return []string{jobSweep, jobPurge, jobTasks, jobDeliver, jobAnswer, jobProbe} }
