package jobs

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"sync"
	"time"

	"latchkey/accounts"
	"latchkey/mailer"
	"latchkey/models"
)

// Options are what a [Runner] is made of. DB, InForce, Mailer and Now must be given; zero values of the others stand
// for the defaults.
type Options struct {
	DB      *models.DB
	InForce *accounts.InForce
	Mailer  *mailer.Mailer
	Now     func() time.Time
	Random  io.Reader    // of lease ids and jitter; nil: crypto/rand
	Log     *slog.Logger // nil: nothing is logged
	Meter   Meter        // nil: nothing is counted

	SweepEvery time.Duration // 30 s
	PollEvery  time.Duration // how often mails are looked for that nobody called Wake for; 5 s
	TidyEvery  time.Duration // 10 min
	ProbeEvery time.Duration // between looks whether a mail server is back that could not be reached; 1 min
	LeaseFor   time.Duration // how long a batch is this worker's alone; 2 min
	Grace      time.Duration // how long the mail in hand may go on after the end was asked for; 5 s
	BatchSize  int           // mails in one claim and on one connection; 250

	Connections int // to the mail server at a time; 1
	Rate        int // most mails a minute; 0 = no limit
}

// Runner runs the jobs. It is safe for concurrent use.
type Runner struct {
	Options
	ids   *models.IDs
	wake  chan struct{} // one for each connection
	back  chan struct{} // the same, when a mail server can be reached again
	lines chan struct{} // one for each connection that may be open, while it is or may be
	pace  pace
	marks *marks
	// render is the mailer's, or what a test puts in its place.
	render func(models.Mail) (mailer.Rendered, error)
}

// New makes a runner. Nothing runs before [Runner.Run].
func New(o Options) *Runner {
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Meter == nil {
		o.Meter = unmeasured{}
	}
	for value, def := range map[*time.Duration]time.Duration{
		&o.SweepEvery: 30 * time.Second, &o.PollEvery: 5 * time.Second, &o.TidyEvery: 10 * time.Minute,
		&o.ProbeEvery: time.Minute,
		&o.LeaseFor:   2 * time.Minute, &o.Grace: 5 * time.Second,
	} {
		if *value <= 0 {
			*value = def
		}
	}
	if o.BatchSize <= 0 {
		o.BatchSize = 250
	}
	o.Connections = max(o.Connections, 1)
	if o.Rate > 0 {
		o.Connections = min(o.Connections, o.Rate) // others would have no turn
	}
	r := &Runner{
		Options: o, ids: models.NewIDs(o.Now, o.Random), wake: make(chan struct{}, o.Connections),
		back: make(chan struct{}, o.Connections), lines: make(chan struct{}, o.Connections), pace: newPace(o.Rate),
		render: o.Mailer.Render,
	}
	r.marks = &marks{Runner: r, full: make(chan struct{}, 1), again: settleAgain, seldom: settleSeldom}
	return r
}

// Run runs all jobs until ctx ends, and returns nil then, when the mail in hand has been dealt with and the others have
// been put back. A round that fails is logged and tried again later.
func (r *Runner) Run(ctx context.Context) error {
	all := []job{
		{name: jobSweep, every: r.SweepEvery, round: r.sweep},
		{name: jobTidy, every: r.TidyEvery, round: r.tidy},
		{name: jobTasks, every: r.PollEvery, round: r.runTask},
		{name: jobProbe, every: r.ProbeEvery / 4, round: r.probe},
	}
	for range r.Connections { // each works through batches of its own
		all = append(all, job{name: jobDeliver, every: r.PollEvery, round: r.deliver, wake: r.wake, back: r.back})
	}
	r.loops(ctx, all)
	return nil
}

func (r *Runner) loops(ctx context.Context, jobs []job) {
	var all sync.WaitGroup
	for _, job := range jobs {
		all.Go(func() { r.loop(ctx, job) })
	}
	all.Wait()
}

// Wake makes the delivery look for mails now, on all connections. It never blocks.
func (r *Runner) Wake() { fill(r.wake) }

func (r *Runner) sweep(ctx context.Context) (again bool, err error) {
	queued, err := r.InForce.Service().Sweep(ctx)
	r.Meter.MailsSwept(queued)
	if queued > 0 {
		r.Wake()
	}
	return false, err
}

func (r *Runner) deliver(ctx context.Context) (again bool, err error) {
	claimed, err := r.DeliverDue(ctx)
	return claimed == r.batchSize(), err
}

func (r *Runner) tidy(ctx context.Context) (again bool, err error) {
	return false, r.InForce.Service().Tidy(ctx)
}

// runTask runs the task that is due first.
func (r *Runner) runTask(ctx context.Context) (again bool, err error) {
	return r.InForce.Service().Tasks().RunNext(ctx)
}

// now is the time as the tables keep it: UTC, in microseconds.
func (r *Runner) now() time.Time { return r.Now().UTC().Truncate(time.Microsecond) }
