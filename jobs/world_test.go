package jobs

import (
	"io"
	"net"
	"net/mail"
	"os"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/mailer"
	"latchkey/models"
)

func TestMain(m *testing.M) {
	code := testkit.Main(m)
	if err := goleak.Find(); code == 0 && err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		code = 1
	}
	os.Exit(code)
}

const day = 24 * time.Hour

// world is a runner with its database, clock and mail server.
type world struct {
	t       *testing.T
	db      *models.DB
	clock   *testkit.Clock
	sink    *testsmtp.Sink // nil: mails are captured
	service *accounts.Service
	ids     *models.IDs
	options Options

	settings accounts.Options
	*Runner
}

// useAccounts makes the service anew, with other options.
func (w *world) useAccounts(change func(*accounts.Options)) {
	change(&w.settings)
	w.service = accounts.New(w.settings)
	w.options.Accounts = w.service
	w.Runner = New(w.options)
}

// newWorld uses this policy: passwords expire after 64 days, with a reminder 5 days before; the third failure blocks for 20 minutes.
func newWorld(t *testing.T, db *models.DB, sink *testsmtp.Sink, change ...func(*Options)) *world {
	t.Helper()
	w := &world{t: t, db: db, clock: testkit.NewClock(), sink: sink}
	w.ids = models.NewIDs(w.clock.Now, nil)
	settings := accounts.Options{
		DB: db, Now: w.clock.Now, Hashes: w.hashes(), Wake: func() { w.Wake() },
		Settings: accounts.Settings{Secrets: core.SecretsAll, OneTimeValid: 7 * day, SessionMax: day, SessionIdle: time.Hour, MailHost: "latchkey.example.com"},
	}
	rules := &settings.Policies.Account
	rules.PasswordExpirationInDays, rules.EmailBeforeExpirationInDays = 64, 5
	rules.MaxLoginAttempts, rules.BlockingTimeInMin = 3, 20
	w.settings = settings
	w.service = accounts.New(settings)
	w.options = Options{DB: db, Accounts: w.service, Mailer: w.mailer(), Now: w.clock.Now, Grace: 50 * time.Millisecond}
	for _, change := range change {
		change(&w.options)
	}
	w.Runner = New(w.options)
	return w
}

func (w *world) hashes() *credential.Pool {
	hashes, err := cheapest(credential.NewPool)
	w.must(err)
	return hashes
}

// cheapest returns hashes at the lowest cost. Its type parameter is password.Params, which this package may not import.
func cheapest[P ~struct {
	Memory, Time uint32
	Threads      uint8
}](newHashes func(P, io.Reader) (*credential.Pool, error)) (*credential.Pool, error) {
	return newHashes(P{8, 1, 1}, nil)
}

func (w *world) mailer() *mailer.Mailer {
	o := mailer.Options{
		From: &mail.Address{Name: "Latchkey", Address: "latchkey@example.com"}, BaseURL: "https://latchkey.example.com",
		Zone: time.UTC, Now: w.clock.Now,
	}
	if w.sink != nil {
		o.Server = serverAt(w.t, w.sink.Addr)
	}
	m, err := mailer.New(o)
	w.must(err)
	return m
}

func serverAt(t *testing.T, address string) *mailer.Server {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return &mailer.Server{Host: host, Port: number, TLS: mailer.Never}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) update(change func(*models.Tx) error) {
	w.t.Helper()
	w.must(w.db.Update(w.t.Context(), change))
}

// another returns the runner of a second process on the same database and clock.
func (w *world) another(db *models.DB) *Runner {
	o := w.options
	o.DB = db
	return New(o)
}

// account creates an account whose password has an age.
func (w *world) account(name string, age time.Duration) models.Account {
	w.t.Helper()
	at, organization := w.clock.Now().Add(-age), models.DefaultOrganizationID
	a := models.Account{
		ID: w.ids.New(), Kind: models.Customer, Name: name, NameKey: name, Email: name + "@example.com",
		EmailKey: name + "@example.com", OrganizationID: &organization, CreatedAt: at, PasswordID: w.ids.New(),
		PasswordHash: "none", PasswordSetAt: &at,
	}
	w.update(func(tx *models.Tx) error { return tx.CreateAccount(&a, name, a.EmailKey) })
	return a
}

// superAdmin makes an account into one.
func (w *world) superAdmin(a models.Account) core.Actor {
	w.t.Helper()
	a.Kind, a.OrganizationID = models.SuperAdmin, nil
	w.update(func(tx *models.Tx) error { return tx.SaveAccount(&a) })
	return core.Actor{ID: a.ID, Name: a.Name, Kind: a.Kind}
}

// queue queues n mails to an account that are due now.
func (w *world) queue(to models.Account, n int) (ids []string) {
	w.t.Helper()
	w.update(func(tx *models.Tx) error {
		for range n {
			m := w.notice(to)
			ids = append(ids, m.ID)
			if err := tx.QueueMail(&m); err != nil {
				return err
			}
		}
		return nil
	})
	return ids
}

func (w *world) notice(to models.Account) models.Mail {
	now, id := w.clock.Now(), w.ids.New()
	return models.Mail{
		ID: id, Template: models.MailBlacklisted, OnceKey: id, AccountID: &to.ID, AccountName: to.Name, Recipient: to.Email,
		State: models.MailWaiting, CreatedAt: now, NextTryAt: now, MessageID: "<" + id + "@latchkey.example.com>",
		Data: models.MailData{BlockedAt: now, Attempts: 3},
	}
}

func (w *world) mail(id string) models.Mail {
	w.t.Helper()
	m, err := w.db.Read(w.t.Context()).Mail(id)
	w.must(err)
	return m
}

// deliver runs one round that must succeed.
func (w *world) deliver(claims int) {
	w.t.Helper()
	n, err := w.DeliverDue(w.t.Context())
	if err != nil || n != claims {
		w.t.Fatalf("%d mails claimed, want %d; %v", n, claims, err)
	}
}

// is checks the state of a mail.
func (w *world) is(id string, state models.MailState, tries int) models.Mail {
	w.t.Helper()
	m := w.mail(id)
	if m.State != state || m.Tries != tries || m.LeaseID != "" && state != models.MailSending {
		w.t.Errorf("a mail is %s after %d tries (lease %q, %q), want %s after %d", m.State, m.Tries, m.LeaseID, m.LastAnswer, state, tries)
	}
	if last := state != models.MailWaiting && state != models.MailSending; last != (m.DoneAt != nil) {
		w.t.Errorf("a mail that is %s was done at %v", m.State, m.DoneAt)
	}
	return m
}

// running starts the runner. The returned function stops it and waits.
func (w *world) running() (stop func()) {
	w.t.Helper()
	return run(w.t, w.Runner)
}
