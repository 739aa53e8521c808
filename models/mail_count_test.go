package models_test

import (
	"testing"
	"time"

	"latchkey/models"
)

// TestFailedMailsAreCounted, whatever makes them fail, wait again or go.
func TestFailedMailsAreCounted(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		count := func(doing string, want int64) {
			t.Helper()
			for _, round := range []string{"before", "after"} {
				got := must(f.read().Counts(models.CountQuery{Cutoffs: models.Cutoffs{Now: base, Today: "2026-01-01"}, FailedMails: true}))(t).FailedMails
				if got != want {
					t.Errorf("%s: %d mails have failed, want %d (%s they are added up)", doing, got, want, round)
				}
				f.do((*models.Tx).AddUpCounts)
			}
		}
		count("without mails", 0)
		done := base
		var failed []models.Mail
		for range 5 {
			failed = append(failed, f.mail(models.Mail{State: models.MailFailed, DoneAt: &done}))
		}
		f.mail(models.Mail{State: models.MailSent, DoneAt: &done})
		f.mail(models.Mail{})
		count("new ones", 5)

		f.do(func(tx *models.Tx) error { return tx.RetryMail(failed[0].ID, base) })
		count("one is sent again", 4)
		f.do(func(tx *models.Tx) error {
			claimed, err := tx.ClaimMails("worker", base.Add(time.Hour), base.Add(2*time.Hour), 9, 0)
			for i := range claimed {
				claimed[i].State, claimed[i].DoneAt = models.MailFailed, &done
			}
			if len(claimed) != 2 {
				t.Errorf("%d mails were claimed: %v", len(claimed), err)
			}
			_, err = tx.SettleMails(claimed)
			return err
		})
		count("two fail", 6)
		f.do(func(tx *models.Tx) error { _, err := tx.RetryFailedMails(base, base, 2); return err })
		count("two are sent again", 4)
		f.do(func(tx *models.Tx) error { _, err := tx.DeleteMails(base.Add(100*24*time.Hour), 100); return err })
		count("all that were done are deleted", 0)
		if got := must(f.read().Counts(models.CountQuery{Cutoffs: models.Cutoffs{Now: base}}))(t).FailedMails; got != 0 {
			t.Errorf("%d, not asked for", got)
		}
	})
}
