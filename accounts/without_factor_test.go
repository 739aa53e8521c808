package accounts_test

import (
	"testing"

	"latchkey/accounts"
	"latchkey/models"
)

// TestOverviewCountsAccountsWithoutFactor as the list finds them, for SuperAdmins only.
func TestOverviewCountsAccountsWithoutFactor(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme := w.organization("acme")
		for _, name := range []string{"ada", "eve", "joe"} {
			w.customer(name)
		}
		w.create(accounts.NewAccount{Name: "robot", Technical: true})
		w.withApp("joe")
		counted := must(w.Dashboard.Overview(t.Context(), w.root, w.clock.Now().Location()))(t).WithoutFactor
		want := map[models.Kind]int64{models.SuperAdmin: 1, models.Organization: 1, models.Customer: 2}
		if !equal(counted, want) {
			t.Errorf("counted %v, want %v", counted, want)
		}
		for kind, n := range want {
			listed := must(w.List(t.Context(), w.root, models.AccountFilter{Kind: kind, Factor: models.NoFactor, Limit: 50}))(t)
			if len(listed.Rows) != int(n) {
				t.Errorf("the list has %d accounts of kind %s, want %d", len(listed.Rows), kind, n)
			}
		}
		if seen := must(w.Dashboard.Overview(t.Context(), as(acme), w.clock.Now().Location()))(t).WithoutFactor; seen != nil {
			t.Errorf("an organization sees %v", seen)
		}
	})
}
