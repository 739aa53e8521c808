// Package demo fills an empty database with an invented company and its last hundred days. It runs the use cases and jobs of
// the program under a clock that begins in the past, so that accounts, mails and the audit log are consistent.
package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/credential"
	"latchkey/accounts/notify"
	"latchkey/internal/seal"
	"latchkey/jobs"
	"latchkey/mailer"
	"latchkey/models"
	"latchkey/password"
)

// The settings under which the demo has accounts in every state at the end, besides the built-in password policy.
const (
	OneTimeValid = 7 * 24 * time.Hour
	AttemptsCap  = 100
	Undelete     = 30 * 24 * time.Hour
)

const (
	days          = 102             // of the demo
	seed          = 4200            // makes every demo the same
	minSession    = 5 * time.Minute // people need it to choose a password after signing in
	sweepInterval = 30 * time.Second
	policyAge     = 41 // days since the policy became stricter
)

// Options are required.
type Options struct {
	DB       *models.DB        // migrated, without accounts but Default
	Keys     seal.Source       // of the program that serves the demo
	Settings accounts.Settings // except [OneTimeValid] and [AttemptsCap]
	Mails    mailer.Options    // without the server, since nothing is sent; office hours are those of the zone
	Now      time.Time         // the end of the demo
	Accounts int               // besides those of the story
}

// Play fills the database in about a second, and with 40,000 more accounts in less than a minute. The same Now gives the same accounts and events, with other secrets and ids.
func Play(ctx context.Context, o Options) error {
	w, err := newWorld(o)
	if err != nil {
		return err
	}
	if err := w.accounts.Policies.Activate(ctx, earlierPolicies()); err != nil {
		return err
	}
	w.createPeople()
	w.createAccounts()
	w.importAccounts()
	w.on(policyAge, 12, 0, w.changePolicy)
	w.at(w.outageEnd(), w.deliver)
	w.operators()
	w.failures()
	w.everyday()
	w.lastHour()
	w.factors()
	w.emergencies()
	w.programs()
	w.links()
	w.secretLinks()
	w.deletions()
	w.emails()
	for len(w.steps) > 0 && ctx.Err() == nil {
		next := w.steps[0]
		w.steps = w.steps[1:]
		w.now = next.at
		if err := next.do(ctx); err != nil {
			return fmt.Errorf("filling the demo: %s: %w", next.at.Format(time.DateTime), err)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if o.Accounts > 0 {
		err = w.fillCrowd(ctx, o.Accounts)
	}
	if err != nil {
		return err
	}
	return w.accounts.PurgeExpired(ctx)
}

// world is the program under the demo's clock, and the steps still to come. It never goes beyond the end, so that ids and
// events of the running program come later.
type world struct {
	db       *models.DB
	now, end time.Time
	zone     *time.Location
	accounts *accounts.Service
	jobs     *jobs.Runner
	mailer   *mailer.Mailer
	rand     *rand.Rand // decides what people do, not secrets
	people   map[string]*person
	names    []string // of the people, in the order of the lists
	steps    []step   // the next first
	sweeps   map[time.Time]bool
}

type action = func(context.Context) error

// step is an action at a time.
type step struct {
	at time.Time
	do action
}

func newWorld(o Options) (*world, error) {
	w := &world{
		db: o.DB, now: o.Now.AddDate(0, 0, -days), end: o.Now, zone: o.Mails.Zone,
		rand: rand.New(rand.NewPCG(seed, seed)), people: map[string]*person{}, sweeps: map[time.Time]bool{}, //nolint:gosec // not for secrets
	}
	clock := func() time.Time { return w.now }
	hashes, err := credential.NewPool(password.Params{Memory: 8, Time: 1, Threads: 1}, nil) // cheap; replaced at the next sign-in
	if err != nil {
		return nil, err
	}
	settings := o.Settings
	settings.Zone = o.Mails.Zone
	settings.OneTimeValid, settings.AttemptsCap, settings.Undelete = OneTimeValid, AttemptsCap, Undelete
	settings.SignInRate, settings.OneSession, settings.DeviceCookies, settings.Capturing = 0, false, true, false
	settings.SuperAdmins, settings.Dashboard = nil, nil // people may be anywhere
	settings.FactorsFor, settings.NoApps, settings.NoEmergency, settings.NoSecretLinks, settings.NoAPIKeys = nil, false, false, false, false
	settings.NoDeleteOwn = false
	settings.SessionMax, settings.SessionIdle = max(settings.SessionMax, minSession), max(settings.SessionIdle, minSession)
	w.accounts = accounts.New(accounts.Options{
		DB: w.db, Keys: o.Keys, Policies: earlierPolicies(), Hashes: hashes, Settings: settings, Now: clock,
		Wake: func() { w.in(2*time.Second, w.deliver) },
	})
	o.Mails.Server, o.Mails.Now = nil, clock
	if w.mailer, err = mailer.New(o.Mails); err != nil {
		return nil, err
	}
	w.jobs = jobs.New(jobs.Options{DB: o.DB, Accounts: w.accounts, Mailer: w.mailer, Now: clock})
	return w, nil
}

// at plans a step after all others of the same time, unless it would be after the end.
func (w *world) at(at time.Time, do action) {
	if at.After(w.end) {
		return
	}
	place, _ := slices.BinarySearchFunc(w.steps, at, func(s step, at time.Time) int {
		if s.at.After(at) {
			return 1
		}
		return -1
	})
	w.steps = slices.Insert(w.steps, place, step{at, do})
}

// in plans a step some time after the current one.
func (w *world) in(d time.Duration, do action) { w.at(w.now.Add(d), do) }

// on plans a step at a time of day, days before the end.
func (w *world) on(days, hour, minute int, do action) { w.at(w.ago(days, hour, minute), do) }

// ago returns a time of day, days before the end, with random seconds.
func (w *world) ago(days, hour, minute int) time.Time {
	return w.day(days, hour).Add(time.Duration(minute)*time.Minute + time.Duration(w.rand.Int64N(int64(time.Minute))))
}

// day returns the given hour of the day that is so many days before the end.
func (w *world) day(days, hour int) time.Time {
	end := w.end.In(w.zone)
	return time.Date(end.Year(), end.Month(), end.Day()-days, hour, 0, 0, 0, w.zone)
}

// planSweeps plans the sweeps that will find something for an account: all those of a hundred days would take too long.
func (w *world) planSweeps(ctx context.Context, p *person) error {
	account, err := w.db.Read(ctx).Account(p.id)
	if err != nil {
		return ignore(err, models.ErrNotFound)
	}
	if account.BlockedUntil != nil {
		w.sweepAt(*account.BlockedUntil)
	}
	if day, err := time.ParseInLocation(time.DateOnly, account.ValidUntil, w.zone); err == nil {
		w.sweepAt(day.AddDate(0, 0, -notify.DeadlineNotice))
	}
	rules := w.accounts.Policies.Current()
	for _, due := range []func(models.Account) (time.Time, bool){rules.RemindsAt, rules.ExpiresAt, rules.LapsesAt} {
		if at, ok := due(account); ok {
			w.sweepAt(at)
		}
	}
	return nil
}

// sweepAt plans the first sweep after a time.
func (w *world) sweepAt(due time.Time) {
	at := due.Truncate(sweepInterval).Add(sweepInterval)
	if w.sweeps[at] || at.Before(w.now) {
		return
	}
	w.sweeps[at] = true
	w.at(at, func(ctx context.Context) error {
		queued, err := w.accounts.Sweep(ctx)
		if queued > 0 {
			w.in(time.Second, w.deliver)
		}
		return err
	})
}

// earlierPolicies differ only in what they require of new passwords.
func earlierPolicies() password.Policies {
	policies := password.Default()
	policies.Account.MinimumSpecialSymbols, policies.Account.ForbiddenLastPasswords = 0, 1
	policies.Technical.MinimumSpecialSymbols = 0
	policies.Source = "passwordpolicy.json"
	return policies
}

func (w *world) changePolicy(ctx context.Context) error {
	return w.accounts.Policies.Reload(ctx, func() (password.Policies, error) { return password.Default(), nil })
}

func ignore(err, ignored error) error {
	if errors.Is(err, ignored) {
		return nil
	}
	return err
}
