package models_test

import (
	"testing"

	"latchkey/models"
)

// TestFormerRecoveryCodesAreGone: those with the hash that was never released.
func TestFormerRecoveryCodesAreGone(t *testing.T) {
	older(t, func(t *testing.T, f *fixture) {
		id := f.old("ada", "ada", "ada@example.com", "ada@example.com")
		if err := f.MigrateTo(t.Context(), 19); err != nil {
			t.Fatal(err)
		}
		f.exec("INSERT INTO recovery_codes (hash, account_id) VALUES ('9f86d081884c7d65', '" + id + "')")
		must(f.Migrate(t.Context()))(t)
		if left := must(f.read().CountRecoveryCodes(id))(t); left != 0 {
			t.Errorf("%d codes are left", left)
		}
	})
}

func TestRecoveryCodesOfAnAccount(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ada, bob := f.account(models.Account{}), f.account(models.Account{})
		f.do(func(tx *models.Tx) error { return tx.ReplaceRecoveryCodes(ada.ID, []string{"one", "two"}) })
		f.do(func(tx *models.Tx) error { return tx.ReplaceRecoveryCodes(bob.ID, []string{"three"}) })
		f.do(func(tx *models.Tx) error { return tx.ReplaceRecoveryCodes(ada.ID, []string{"four"}) })
		for owner, want := range map[string]string{ada.ID: "four", bob.ID: "three", f.id(): "", "": ""} {
			if got := must(f.read().AnyRecoveryCode(owner))(t); got != want {
				t.Errorf("%q has the code %q, want %q", owner, got, want)
			}
		}
		for _, c := range []struct {
			owner, hash string
			want        bool
		}{{ada.ID, "four", true}, {ada.ID, "one", false}, {ada.ID, "three", false}, {bob.ID, "four", false}} {
			if got := must(f.read().HasRecoveryCode(c.owner, c.hash))(t); got != c.want {
				t.Errorf("%s of %s: %t", c.hash, c.owner, got)
			}
		}
		for _, want := range []bool{true, false} {
			f.do(func(tx *models.Tx) error {
				if spent := must(tx.SpendRecoveryCode(ada.ID, "four"))(t); spent != want {
					t.Errorf("spent: %t, want %t", spent, want)
				}
				return nil
			})
		}
	})
}
