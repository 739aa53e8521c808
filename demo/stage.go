package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/credential"
	"latchkey/jobs"
	"latchkey/mailer"
	"latchkey/models"
	"latchkey/password"
)

// The rules that the story relies on to end with an account in every state, beside the built-in password policy. Who
// serves its database has to hold them too.
const (
	OneTimeValid = 7 * 24 * time.Hour
	AttemptsCap  = 100
)

// longestVisit is what people need to choose a password after signing in, however short sessions will be later.
const longestVisit = 5 * time.Minute

// Options are what the story needs from outside. All must be given.
type Options struct {
	DB       *models.DB        // migrated, and without accounts but Default
	Settings accounts.Settings // but for [OneTimeValid] and [AttemptsCap], which hold in any case
	Mails    mailer.Options    // the server is left out: nothing is ever sent; office hours are those of the zone
	Now      time.Time         // when the story ends
}

// Play fills the database. It takes about a second. The same Now gives the same accounts and events; only secrets and ids
// differ.
func Play(ctx context.Context, o Options) error {
	s, err := newStage(o)
	if err != nil {
		return err
	}
	if err := s.beginUnder(ctx); err != nil {
		return err
	}
	s.write()
	if err := s.play(ctx); err != nil {
		return fmt.Errorf("filling the demo: %w", err)
	}
	return s.accounts.Tidy(ctx)
}

// stage is where the story is played: the program under the story's clock, and what is still to happen.
type stage struct {
	db       *models.DB
	clock    *clock
	zone     *time.Location
	inForce  *accounts.InForce
	accounts *accounts.Service // under the policies in force
	jobs     *jobs.Runner
	mailer   *mailer.Mailer
	dice     *rand.Rand // decides what people do, never what is secret
	cast     map[string]*member
	names    []string // of the cast, in the order of the lists
	scenes   []scene  // what is to come, the next first
	written  int
	rounds   map[time.Time]bool // when the jobs look
}

// scene is something that happens.
type scene struct {
	at     time.Time
	number int // of two at the same time the one that was written first goes first
	play   func(context.Context) error
}

// seed makes every demo the same story.
const seed = 4200

func newStage(o Options) (*stage, error) {
	s := &stage{
		db: o.DB, clock: &clock{o.Now.AddDate(0, 0, -102), o.Now}, zone: o.Mails.Zone,
		dice: rand.New(rand.NewPCG(seed, seed)), cast: map[string]*member{}, rounds: map[time.Time]bool{}, //nolint:gosec // the same story each time; passwords and tokens are not drawn from it
	}
	var err error
	if s.inForce, err = s.useCases(o.Settings); err != nil {
		return nil, err
	}
	o.Mails.Server, o.Mails.Now = nil, s.clock.Now
	if s.mailer, err = mailer.New(o.Mails); err != nil {
		return nil, err
	}
	s.jobs = jobs.New(jobs.Options{DB: o.DB, InForce: s.inForce, Mailer: s.mailer, Now: s.clock.Now})
	return s, nil
}

// useCases are those of the program, but for the hashes: in earnest their computing would take minutes. The program makes
// such ones at each account's next sign-in.
func (s *stage) useCases(settings accounts.Settings) (*accounts.InForce, error) {
	hashes, err := credential.NewPool(password.Params{Memory: 8, Time: 1, Threads: 1}, nil)
	if err != nil {
		return nil, err
	}
	settings.OneTimeValid, settings.AttemptsCap = OneTimeValid, AttemptsCap
	settings.SignInRate, settings.OneSession, settings.DeviceCookies = 0, false, true
	settings.Capturing = false                          // in the story there is a mail server when somebody sends again
	settings.SuperAdmins, settings.Dashboard = nil, nil // its people sit wherever the story wants
	settings.SessionMax, settings.SessionIdle = max(settings.SessionMax, longestVisit), max(settings.SessionIdle, longestVisit)
	return accounts.NewInForce(accounts.Options{
		DB: s.db, Policies: earlierPolicies(), Hashes: hashes, Settings: settings, Now: s.clock.Now,
		Wake: func() { s.in(2*time.Second, s.deliver) },
	}), nil
}

// at puts a scene where it belongs, which is never before the one that is played. What would come after the end of the
// story is left out.
func (s *stage) at(at time.Time, play func(context.Context) error) {
	if at.After(s.clock.end) {
		return
	}
	s.written++
	next := scene{at, s.written, play}
	place, _ := slices.BinarySearchFunc(s.scenes, next, func(a, b scene) int {
		if order := a.at.Compare(b.at); order != 0 {
			return order
		}
		return a.number - b.number
	})
	s.scenes = slices.Insert(s.scenes, place, next)
}

// in puts a scene some time after the one that is played.
func (s *stage) in(d time.Duration, play func(context.Context) error) {
	s.at(s.clock.Now().Add(d), play)
}

// ago is a time of a day so many days before the end of the story.
func (s *stage) ago(days, hour, minute int) time.Time {
	end := s.clock.end.In(s.zone)
	return time.Date(end.Year(), end.Month(), end.Day()-days, hour, minute, s.dice.IntN(60), s.dice.IntN(1e9), s.zone)
}

func (s *stage) play(ctx context.Context) error {
	for len(s.scenes) > 0 && ctx.Err() == nil {
		next := s.scenes[0]
		s.scenes = s.scenes[1:]
		s.clock.at = next.at
		if err := next.play(ctx); err != nil {
			return fmt.Errorf("%s: %w", next.at.Format(time.DateTime), err)
		}
	}
	return ctx.Err()
}
