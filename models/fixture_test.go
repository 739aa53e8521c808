package models_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// The tests run in a zone other than UTC, so that they detect times that were not read as UTC.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("elsewhere", 5*60*60)
	os.Exit(testkit.Main(m))
}

// base is the current time in the tests.
var base = testkit.Start

// today is the day of base.
const today = "2026-03-02"

// fixture is a database with helpers to fill it.
type fixture struct {
	testing.TB
	testdb.Database
	serial int
}

// each runs a test of the conformance suite: on both engines, which must do the same.
func each(t *testing.T, run func(t *testing.T, f *fixture)) {
	t.Helper()
	testdb.Engines(t, func(t *testing.T, db testdb.Database) { run(t, &fixture{TB: t, Database: db}) })
}

func (f *fixture) id() string {
	f.serial++
	return fmt.Sprintf("00000000-0000-7000-9000-%012d", f.serial)
}

// do runs a transaction that must succeed.
func (f *fixture) do(change func(*models.Tx) error) {
	f.Helper()
	if err := f.Update(f.Context(), change); err != nil {
		f.Fatal(err)
	}
}

// fails runs a transaction that must fail with want.
func (f *fixture) fails(want error, change func(*models.Tx) error) {
	f.Helper()
	if err := f.Update(f.Context(), change); !errors.Is(err, want) {
		f.Errorf("got %v, want %v", err, want)
	}
}

func (f *fixture) read() *models.Tx { return f.Read(f.Context()) }

// account writes an account; what a leaves out is made up.
func (f *fixture) account(a models.Account) models.Account {
	f.Helper()
	f.fill(&a)
	f.do(func(tx *models.Tx) error { return tx.CreateAccount(&a, a.NameKey, a.EmailKey) })
	return a
}

func (f *fixture) fill(a *models.Account) {
	if a.ID == "" {
		a.ID = f.id()
	}
	if a.Kind == "" {
		a.Kind = models.Customer
	}
	if a.Kind == models.Customer && a.OrganizationID == nil {
		a.OrganizationID = ptr(models.DefaultOrganizationID)
	}
	if a.NameKey == "" {
		a.NameKey = fmt.Sprintf("name%04d", f.serial)
	}
	if a.Name == "" {
		a.Name = a.NameKey
	}
	if a.EmailKey == "" {
		a.Email, a.EmailKey = a.ID+"@example.com", a.ID+"@example.com"
	}
	if a.CreatedAt.IsZero() {
		a.CreatedAt = base
	}
}

// again reads an account again.
func (f *fixture) again(id string) models.Account {
	f.Helper()
	return must(f.read().Account(id))(f)
}

func (f *fixture) mail(m models.Mail) models.Mail {
	f.Helper()
	if m.ID == "" {
		m.ID = f.id()
	}
	if m.OnceKey == "" {
		m.OnceKey = m.ID
	}
	if m.State == "" {
		m.State = models.MailWaiting
	}
	if m.CreatedAt.IsZero() {
		m.CreatedAt = base
	}
	if m.NextTryAt.IsZero() {
		m.NextTryAt = base
	}
	f.do(func(tx *models.Tx) error { return tx.QueueMail(&m) })
	return m
}

// must returns the value, or fails the test if there is an error: must(f.read().Account(id))(t).
func must[T any](value T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return value
	}
}

func ptr[T any](value T) *T { return &value }

func idsOf(rows []models.Account) []string {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return ids
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
