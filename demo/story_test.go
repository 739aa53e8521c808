package demo_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/demo"
	"latchkey/internal/seal"
	"latchkey/internal/testkit"
	"latchkey/jobs"
	"latchkey/mailer"
	"latchkey/models"
	"latchkey/password"
)

// ends are times at which a demo may be started: office hours, a Sunday night, the first minute of a day, after a change of
// the clocks, the first day of a year.
var ends = []time.Time{
	time.Date(2026, time.March, 18, 10, 20, 30, 123456789, time.UTC),
	time.Date(2026, time.January, 4, 3, 3, 0, 0, time.UTC),
	time.Date(2026, time.April, 1, 0, 0, 20, 0, in("Europe/Berlin")),
	time.Date(2027, time.January, 1, 23, 59, 0, 0, in("Pacific/Auckland")),
}

func in(zone string) *time.Location {
	location, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	return location
}

// empty returns a database without accounts but Default.
func empty(t *testing.T) *models.DB {
	t.Helper()
	db, err := models.OpenSQLite(filepath.Join(t.TempDir(), "demo.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

var key = func() *seal.Key {
	key, err := seal.NewKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}()

func options(db *models.DB, end time.Time) demo.Options {
	return demo.Options{
		DB: db, Keys: seal.Fixed(key), Now: end, Settings: accounts.Settings{SessionMax: 24 * time.Hour, SessionIdle: time.Hour, MailHost: "latchkey.test", Capturing: true},
		Mails: mailer.Options{
			From: &mail.Address{Address: "latchkey@localhost"}, BaseURL: "http://localhost:8080", Zone: end.Location(),
		},
	}
}

// company is the database of a demo.
type company struct {
	*testing.T
	end      time.Time
	accounts []models.Account
	mails    []models.Mail
	events   []models.AuditEvent
	db       *models.DB
}

func play(t *testing.T, end time.Time) company {
	t.Helper()
	return playWith(t, end, 0)
}

// playWith creates a demo with further accounts.
func playWith(t *testing.T, end time.Time, further int) company {
	t.Helper()
	o := options(empty(t), end)
	o.Accounts = further
	if err := demo.Play(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	c := company{T: t, end: end, db: o.DB}
	const all = 100_000
	read := c.db.Read(t.Context())
	list, err := read.ListAccounts(models.AccountFilter{Limit: all})
	mails, errMails := read.ListMails(models.MailFilter{Limit: all})
	events, errEvents := read.ListAudit(models.AuditFilter{Limit: all})
	if err := errors.Join(err, errMails, errEvents); err != nil {
		t.Fatal(err)
	}
	c.accounts, c.mails, c.events = list.Rows, mails.Rows, events.Rows
	return c
}

var (
	first     company
	playFirst sync.Once
)

// played returns the demo with the first of the ends, which is created once for all tests that only read it.
func played(t *testing.T) company {
	t.Helper()
	playFirst.Do(func() { first = play(t, ends[0]) })
	c := first
	if c.T = t; len(c.accounts) == 0 {
		t.Fatal("the demo could not be created")
	}
	return c
}

func (c company) state(a models.Account) models.State {
	expiry := c.end.Add(-password.Default().Account.Expiry())
	return models.Cutoffs{
		Now: c.end, Today: c.end.Format(time.DateOnly), OneTime: c.end.Add(-demo.OneTimeValid), OneTimeDay: c.end.Add(-demo.OneTimeValid).Format(time.DateOnly), Account: expiry, SuperAdmin: expiry,
	}.State(a)
}

// TestDemoIsRich: whenever a demo is started, it has an account in every state, mails in every lasting state, and events on each
// of its last days.
func TestDemoIsRich(t *testing.T) {
	testkit.Parallel(t)
	for i, end := range ends {
		t.Run(end.Format(time.RFC3339), func(t *testing.T) {
			testkit.Parallel(t)
			var c company
			if i == 0 {
				c = played(t)
			} else {
				c = play(t, end)
			}
			c.hasAccounts()
			c.hasMails()
			c.hasEvents()
			c.isOfThePast()
		})
	}
}

func (c company) hasAccounts() {
	c.Helper()
	states, locales := map[models.State]int{}, map[string]int{}
	forGood := 0
	for _, a := range c.accounts {
		states[c.state(a)]++
		locales[a.Locale]++
		if c.state(a) == models.Blacklisted && a.BlockedUntil == nil {
			forGood++
		}
	}
	if n := len(c.accounts); n < 55 || n > 70 {
		c.Errorf("%d accounts", n)
	}
	for _, state := range models.States() {
		if states[state] == 0 {
			c.Errorf("no account is %s", state)
		}
	}
	if forGood == 0 || forGood == states[models.Blacklisted] {
		c.Errorf("%d of %d blocks have no end; want one of each", forGood, states[models.Blacklisted])
	}
	if locales["de"] < 5 || locales["en"] < 5 || locales[""] < 5 {
		c.Errorf("languages: %v", locales)
	}
	c.Logf("%d accounts %v, %d mails, %d events", len(c.accounts), states, len(c.mails), len(c.events))
}

func (c company) hasMails() {
	c.Helper()
	kinds := map[string]int{}
	for _, m := range c.mails {
		kinds[m.Template]++
		kinds[string(m.State)]++
		if m.Data.Test {
			kinds["test "+string(m.State)]++
		}
	}
	for _, state := range []models.MailState{
		models.MailCaptured, models.MailSent, models.MailFailed, models.MailDropped, models.MailHeldBack,
	} {
		if kinds[string(state)] == 0 {
			c.Errorf("no mail is %s", state)
		}
	}
	if kinds["test sent"] == 0 {
		c.Error("no test mail was sent")
	}
	for _, template := range models.MailTemplates() {
		if kinds[template] == 0 {
			c.Errorf("there is no %s", template)
		}
	}
	if waiting := kinds[string(models.MailWaiting)] + kinds[string(models.MailSending)]; waiting > 1 {
		c.Errorf("%d mails wait", waiting)
	}
}

// hasEvents wants every action that an operator may look for.
func (c company) hasEvents() {
	c.Helper()
	days, actions := map[int]int{}, map[string]int{}
	for _, e := range c.events {
		days[int(c.end.Sub(e.At)/(24*time.Hour))]++
		actions[e.Action]++
	}
	for day := range 14 {
		if days[day] < 4 {
			c.Errorf("%d events %d days ago", days[day], day)
		}
	}
	for _, action := range core.Actions() {
		if onTheMachine := action == core.ActionKeyRotated || action == core.ActionSealedDiscarded || action == core.ActionLinksEnded; actions[action] == 0 && !onTheMachine {
			c.Errorf("nothing in the log is %s", action)
		}
	}
	c.Logf("%v", actions)
}

// isOfThePast wants ids and times of the running program to come after those of the demo.
func (c company) isOfThePast() {
	c.Helper()
	now := models.NewIDs(func() time.Time { return c.end.Add(time.Millisecond) }, nil).New()
	for _, e := range c.events {
		if e.At.After(c.end) || e.ID > now {
			c.Errorf("%s of %s was at %s, with the id %s", e.Action, e.SubjectName, e.At, e.ID)
		}
	}
	if !slices.IsSortedFunc(c.events, func(a, b models.AuditEvent) int { return b.At.Compare(a.At) }) {
		c.Error("ids and times of the log are not in one order")
	}
}

// TestEveryDemoIsTheSame: and the jobs find nothing in it for months that they cannot handle.
func TestEveryDemoIsTheSame(t *testing.T) {
	testkit.Parallel(t)
	if testing.Short() {
		t.Skip("it needs nothing that a bare machine lacks, and takes long")
	}
	c := play(t, ends[0])
	one, other := played(t).facts(), c.facts()
	for i := range max(len(one), len(other)) {
		if i >= len(one) || i >= len(other) || one[i] != other[i] {
			t.Fatalf("the demos differ in line %d of %d and %d:\n%v\n%v", i, len(one), len(other), at(one, i), at(other, i))
		}
	}
	c.lastsForMonths()
}

func at(lines []string, i int) string { return append(lines[min(i, len(lines)):], "")[0] }

// facts returns everything that is not random.
func (c company) facts() (lines []string) {
	for _, a := range c.accounts {
		lines = append(lines, fmt.Sprint(a.Name, a.Email, a.Kind, a.Technical, a.Locale, a.CreatedAt, c.state(a), a.FailedInRow))
	}
	for _, m := range c.mails {
		lines = append(lines, fmt.Sprint(m.Template, m.AccountName, m.Recipient, m.CreatedAt, m.State, m.LastAnswer))
	}
	for _, e := range c.events {
		detail := slices.Sorted(maps.Keys(e.Detail))
		lines = append(lines, fmt.Sprint(e.At, e.Action, e.ActorName, e.SubjectName, e.Address, detail))
	}
	return lines
}

// service returns the program that serves the demo.
func (c company) service(clock func() time.Time) *accounts.Service {
	c.Helper()
	hashes, err := credential.NewPool(password.Params{Memory: 8, Time: 1, Threads: 1}, nil)
	if err != nil {
		c.Fatal(err)
	}
	settings := options(c.db, c.end).Settings
	settings.OneTimeValid, settings.AttemptsCap, settings.Undelete = demo.OneTimeValid, demo.AttemptsCap, demo.Undelete
	return accounts.New(accounts.Options{DB: c.db, Policies: password.Default(), Hashes: hashes, Settings: settings, Now: clock})
}

// lastsForMonths runs the jobs for a hundred days.
func (c company) lastsForMonths() {
	now := c.end
	clock := func() time.Time { return now }
	service := c.service(clock)
	o := options(c.db, c.end)
	o.Mails.Now = clock
	mails, err := mailer.New(o.Mails)
	if err != nil {
		c.Fatal(err)
	}
	runner := jobs.New(jobs.Options{DB: c.db, Accounts: service, Mailer: mails, Now: clock})
	delivered := 0
	for range 100 {
		now = now.Add(24 * time.Hour)
		_, errSweep := service.Sweep(c.Context())
		n, errDeliver := runner.DeliverDue(c.Context())
		if err := errors.Join(errSweep, errDeliver, service.PurgeExpired(c.Context())); err != nil {
			c.Fatal(err)
		}
		delivered += n
	}
	if least := len(c.accounts); delivered < least {
		c.Errorf("%d mails in a hundred days, want %d at least", delivered, least)
	}
}

func TestCancelEndsTheDemo(t *testing.T) {
	testkit.Parallel(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := demo.Play(ctx, options(empty(t), ends[0])); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}
