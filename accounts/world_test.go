package accounts_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/dashboard"
	"latchkey/accounts/session"
	"latchkey/internal/seal"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

func TestMain(m *testing.M) {
	time.Local = time.FixedZone("elsewhere", 5*60*60)
	os.Exit(testkit.Main(m))
}

// secret is everybody's first password.
const secret = "Correct horse 1"

// cheap is the cost of a hash where only counting matters.
var cheap = password.Params{Memory: 8, Time: 1, Threads: 1}

// patient returns a pool with that cost, in which requests may wait long.
func patient(t testing.TB, cost password.Params) *credential.Pool {
	t.Helper()
	hashes := must(credential.NewPool(cost, nil))(t)
	hashes.LongestWait = 10 * time.Minute // of a busy machine
	return hashes
}

// How many requests run at most, and how many run and wait.
var (
	running = credential.RunningPerProcessor * runtime.GOMAXPROCS(0)
	places  = credential.MaxWaiting + running
)

// occupy takes all processors, so that no hash is computed until free is called.
func occupy(t testing.TB, hashes *credential.Pool) (free func()) {
	t.Helper()
	var releases []func()
	for range runtime.GOMAXPROCS(0) {
		releases = append(releases, must(hashes.Acquire(t.Context()))(t))
	}
	return func() {
		for _, release := range releases {
			release()
		}
	}
}

// fillQueue takes all places, each for an account of its own, until leave is called.
func fillQueue(t testing.TB, hashes *credential.Pool) (leave func()) {
	t.Helper()
	done := make(chan struct{})
	var all sync.WaitGroup
	for i := range places {
		all.Go(func() {
			_ = hashes.Do(t.Context(), []string{fmt.Sprint("other", i)}, func(context.Context) error { <-done; return nil })
		})
	}
	for _, waiting := hashes.Load(); waiting < credential.MaxWaiting; _, waiting = hashes.Load() {
		runtime.Gosched()
	}
	return func() { close(done); all.Wait() }
}

func isWaiting(hashes *credential.Pool) bool { _, waiting := hashes.Load(); return waiting > 0 }

var visit = core.ClientInfo{Address: "192.0.2.7", UserAgent: "browser", RequestID: "request"}

// world is one process with its database, its clock and a SuperAdmin.
type world struct {
	testing.TB
	*accounts.Service
	db      testdb.Database
	clock   *testkit.Clock
	hashes  *credential.Pool
	options accounts.Options
	root    core.Actor
	wakes   *atomic.Int64
}

// scenario plays on both engines, in a world whose options may be adjusted.
func scenario(t *testing.T, run func(t *testing.T, w *world), adjust ...func(*accounts.Options)) {
	t.Helper()
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db, adjust...)
		admin := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "root"})
		w.root = as(admin)
		run(t, w)
	})
}

func newWorld(t testing.TB, db testdb.Database, adjust ...func(*accounts.Options)) *world {
	t.Helper()
	clock := testkit.NewClock()
	w := &world{TB: t, db: db, clock: clock, root: core.CommandLine, wakes: new(atomic.Int64)}
	w.hashes = patient(t, cheap)
	w.options = accounts.Options{
		DB: db.DB, Policies: policies(), Hashes: w.hashes, Now: clock.Now,
		Settings: accounts.Settings{
			Secrets: core.SecretsAll, OneTimeValid: 168 * time.Hour, SessionMax: 24 * time.Hour, SessionIdle: time.Hour, AttemptsCap: 100,
			DeviceCookies: true, MailHost: "host.test",
		},
		Wake: func() { w.wakes.Add(1) },
		Keys: seal.Fixed(must(seal.NewKey(rand.Reader))(t)),
	}
	for _, change := range adjust {
		change(&w.options)
	}
	w.Service = accounts.New(w.options)
	return w
}

func policies() password.Policies {
	return password.Policies{
		Account: password.Policy{
			Section: password.SectionAccount, MinimumSymbols: 8, UserNameForbidden: true, ForbiddenLastPasswords: 3,
			PasswordExpirationInDays: 64, EmailBeforeExpirationInDays: 5, MaxLoginAttempts: 10, BlockingTimeInMin: 20,
		},
		Technical: password.Policy{
			Section: password.SectionTechnical, MinimumSymbols: 8, ForbiddenLastPasswords: 5, MaxLoginAttempts: 5, BlockingTimeInMin: 20,
		},
	}
}

// accountPolicy adjusts the policy of all but technical accounts.
func accountPolicy(change func(*password.Policy)) func(*accounts.Options) {
	return func(o *accounts.Options) { change(&o.Policies.Account) }
}

// another returns a second process on the same database, with the same clock.
func (w *world) another(adjust ...func(*accounts.Options)) *world {
	w.Helper()
	other := *w
	other.options.DB = w.db.Again(w)
	other.hashes = patient(w, cheap)
	other.options.Hashes = other.hashes
	for _, change := range adjust {
		change(&other.options)
	}
	other.Service = accounts.New(other.options)
	return &other
}

func as(a models.Account) core.Actor {
	return core.Actor{ID: a.ID, Name: a.Name, Kind: a.Kind, Address: visit.Address, RequestID: visit.RequestID}
}

// create makes an account; what input leaves out is made up.
func (w *world) create(input accounts.NewAccount) models.Account {
	w.Helper()
	return must(w.Create(w.Context(), w.root, fill(input)))(w).Account
}

func fill(input accounts.NewAccount) accounts.NewAccount {
	if input.Kind == "" {
		input.Kind = models.Customer
	}
	if input.Email == "" {
		input.Email = input.Name + "@example.com"
	}
	if input.Password == (accounts.PasswordChoice{}) {
		input.Password.Text = secret
	}
	if input.Password.Mode == "" {
		input.Password.Mode = accounts.Typed
	}
	return input
}

func (w *world) customer(name string) models.Account {
	w.Helper()
	return w.create(accounts.NewAccount{Name: name})
}

func (w *world) organization(name string) models.Account {
	w.Helper()
	return w.create(accounts.NewAccount{Kind: models.Organization, Name: name})
}

func (w *world) account(id string) models.Account {
	w.Helper()
	return must(w.db.Read(context.Background()).Account(id))(w)
}

// tamper changes an account behind the back of the use cases.
func (w *world) tamper(id string, change func(*models.Account)) models.Account {
	w.Helper()
	a := w.account(id)
	change(&a)
	w.do(func(tx *models.Tx) error { return tx.SaveAccount(&a) })
	return w.account(id)
}

func (w *world) do(change func(*models.Tx) error) {
	w.Helper()
	if err := w.db.Update(context.Background(), change); err != nil {
		w.Fatal(err)
	}
}

// signIn must succeed.
func (w *world) signIn(name, password string) session.SignedIn {
	w.Helper()
	return must(w.Sessions.SignIn(w.Context(), name, password, visit))(w)
}

// refused signs in and must get the one error of failed sign-ins, n times.
func (w *world) refused(n int, name, password string) {
	w.Helper()
	for range n {
		if _, err := w.Sessions.SignIn(w.Context(), name, password, visit); !errors.Is(err, core.ErrSignIn) {
			w.Fatalf("signing in as %q with %q: %v, want %v", name, password, err, core.ErrSignIn)
		}
	}
}

// visitor signs in, and is known by the session.
func (w *world) visitor(name, password string) (session.Current, core.Actor) {
	w.Helper()
	who := must(w.Sessions.Resolve(w.Context(), w.signIn(name, password).Token, visit.Address))(w)
	actor := as(who.Account)
	actor.SessionID = who.Session.ID
	return who, actor
}

// holds reports whether the session is valid.
func (w *world) holds(token string) bool {
	w.Helper()
	_, err := w.Sessions.Resolve(w.Context(), token, visit.Address)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		w.Fatal(err)
	}
	return err == nil
}

func (w *world) events(f models.AuditFilter) []models.AuditEvent {
	w.Helper()
	f.Limit = 10_000
	return must(w.db.Read(context.Background()).ListAudit(f))(w).Rows
}

// reasons counts the failed sign-ins of an account by why they failed.
func (w *world) reasons(id string) map[string]int {
	w.Helper()
	counts := map[string]int{}
	for _, event := range w.events(models.AuditFilter{SubjectID: id, Action: core.ActionSignInFailed}) {
		counts[event.Detail["reason"]]++
	}
	return counts
}

func (w *world) overview(actor core.Actor, zone *time.Location) dashboard.Overview {
	w.Helper()
	return must(w.Dashboard.Overview(w.Context(), actor, zone))(w)
}

func (w *world) mails(f models.MailFilter) []models.Mail {
	w.Helper()
	f.Limit = 10_000
	return must(w.db.Read(context.Background()).ListMails(f))(w).Rows
}
