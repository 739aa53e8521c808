package accounts_test

import (
	"errors"
	"slices"
	"testing"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/session"
	"latchkey/models"
	"latchkey/password"
)

// isBroken reports whether the error is that a password breaks the rule.
func isBroken(err error, rule password.Rule) bool {
	var invalid *core.ValidationError
	broken := credential.Broken("password", password.Violation{Rule: rule}).Fields[0]
	return errors.As(err, &invalid) && slices.ContainsFunc(invalid.Fields, func(f core.FieldError) bool {
		return f.Field == broken.Field && f.Code == broken.Code
	})
}

// knows returns the password that the stored hash is of.
func knows(tb testing.TB, stored string, passwords ...string) string {
	tb.Helper()
	for _, text := range passwords {
		if match, _, err := cheap.Verify(stored, text); err != nil {
			tb.Fatal(err)
		} else if match {
			return text
		}
	}
	return ""
}

func (w *world) history(id string) []models.FormerPassword {
	w.Helper()
	return must(w.db.Read(w.Context()).FormerPasswords(id, 1000))(w)
}

func TestForcedChangeDiffersWithoutHistory(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		who, actor := w.visitor("ada", secret)
		if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, change(secret, secret)); err != nil {
			t.Errorf("a voluntary change to the same, with the history off: %v", err)
		}
		if len(w.history(ada.ID)) != 0 {
			t.Error("a history that is off is kept")
		}
		if err := w.RequireChange(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		who, actor = w.visitor("ada", secret)
		if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, change("", secret)); !isBroken(err, password.RuleForbiddenLastPasswords) {
			t.Errorf("a forced change to the same: %v", err)
		}
		if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, change("", "Another horse 2")); err != nil {
			t.Error(err)
		}
		if got := w.signIn("ada", "Another horse 2"); got.Gate != "" {
			t.Errorf("still %s", got.Gate)
		}
	}, accountPolicy(func(p *password.Policy) { p.ForbiddenLastPasswords = 0 }))
}

func TestChangeIsChecked(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		who, actor := w.visitor("ada", secret)
		verified := w.hashes.Verified()
		for _, test := range []struct {
			input  session.NewPassword
			fields string
		}{
			{change(secret, "short"), "password"}, {change(secret, "I am ADA here"), "password"}, {change("", "Another horse 2"), "current"},
			{session.NewPassword{Current: secret, Password: "Another horse 2", Confirmation: "Another horse 3"}, "confirmation"},
			{session.NewPassword{Current: secret, Password: "short"}, "password confirmation"},
			{change(secret, "Another\x00horse"), "password"}, {change(secret, "Another\xffhorse"), "password"},
		} {
			if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, test.input); wrongFields(err) != test.fields {
				t.Errorf("%+v: %v", test.input, err)
			}
		}
		if w.hashes.Verified() != verified {
			t.Error("a hash was spent on what could be told without")
		}
	})
}
