package accounts_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"latchkey/accounts/core"
	"latchkey/models"
)

// exec and count go behind the back of the use cases.
func (w *world) exec(statement string) { w.Helper(); w.db.Exec(w, statement) }

func (w *world) count(query string) int { w.Helper(); return w.db.Count(w, query) }

// must gives a value that was to be had without an error: must(sql.Open(…))(t).
func must[T any](value T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return value
	}
}

// wrongFields returns the fields that a ValidationError speaks of, with spaces between them.
func wrongFields(err error) string {
	var invalid *core.ValidationError
	if !errors.As(err, &invalid) {
		return ""
	}
	names := make([]string, len(invalid.Fields))
	for i, field := range invalid.Fields {
		names[i] = field.Field
	}
	return strings.Join(names, " ")
}

func equal(a, b any) bool { return reflect.DeepEqual(a, b) }

// failedMail returns a reminder to the account that could not be delivered.
func (w *world) failedMail(to models.Account) models.Mail {
	w.Helper()
	mail := models.Mail{ID: w.NewID(), Template: models.MailReminder, OnceKey: "k", AccountID: &to.ID, AccountName: to.Name,
		State: models.MailFailed, CreatedAt: w.clock.Now(), NextTryAt: w.clock.Now()}
	w.do(func(tx *models.Tx) error { return tx.QueueMail(&mail) })
	return mail
}
