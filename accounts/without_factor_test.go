package accounts_test

import (
	"testing"

	"latchkey/accounts"
	"latchkey/models"
)

// TestOverviewCountsAccountsWithoutFactor as the list finds them.
func TestOverviewCountsAccountsWithoutFactor(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme := w.organization("acme")
		for _, name := range []string{"ada", "eve", "joe"} {
			w.customer(name)
		}
		w.create(accounts.NewAccount{Name: "robot", Technical: true})
		w.withApp("joe")
		counted := must(w.Dashboard.Counts(t.Context(), w.root))(t).WithoutFactor()
		want := map[models.Kind]int{models.SuperAdmin: 1, models.Organization: 1, models.Customer: 2}
		if !equal(counted, want) {
			t.Errorf("counted %v, want %v", counted, want)
		}
		for kind, n := range want {
			listed := must(w.List(t.Context(), w.root, models.AccountFilter{Kind: kind, Factor: models.NoFactor, Limit: 50}))(t)
			if len(listed.Rows) != n {
				t.Errorf("the list has %d accounts of kind %s, want %d", len(listed.Rows), kind, n)
			}
		}
		if seen := must(w.Dashboard.Counts(t.Context(), as(acme)))(t).WithoutFactor(); len(seen) > 0 {
			t.Errorf("an organization without customers sees %v", seen)
		}
	})
}
