package models_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"latchkey/models"
)

// TestInactivityAgreesWithItsQueries: the queries find exactly the accounts that are due, but no SuperAdmins.
func TestInactivityAgreesWithItsQueries(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		r := rand.New(rand.NewPCG(5, 6))
		all := []models.Account{f.again(models.DefaultOrganizationID)}
		f.do(func(tx *models.Tx) error {
			for range 600 {
				a := drawAccount(r)
				a.ActiveAt, a.InactiveNoticeAt = moment(r), maybe(r)
				f.fill(&a)
				if err := tx.CreateAccount(&a, a.NameKey); err != nil {
					return err
				}
				all = append(all, a)
			}
			return nil
		})
		for _, due := range []models.Inactivity{
			{Today: today, Notify: base, Disable: base.Add(-time.Second), Notified: base.Add(time.Second)},
			{Today: "2026-03-01", Notify: base.Add(time.Hour), Disable: base, Notified: base},
		} {
			var notices, disables []string
			for _, a := range all {
				if due.NoticeDue(a) && a.Kind != models.SuperAdmin {
					notices = append(notices, a.ID)
				}
				if due.DisableDue(a) && a.Kind != models.SuperAdmin {
					disables = append(disables, a.ID)
				}
			}
			f.do(func(tx *models.Tx) error {
				if got := idsOf(must(tx.InactiveNoticesDue(due, 1000))(t)); !sameSet(got, notices) || len(got) < 10 {
					t.Errorf("%d are to be notified, want %d", len(got), len(notices))
				}
				if got := idsOf(must(tx.InactiveDue(due, 1000))(t)); !sameSet(got, disables) || len(got) < 10 {
					t.Errorf("%d are to be disabled, want %d", len(got), len(disables))
				}
				return nil
			})
		}
	})
}
