package models_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"latchkey/models"
)

// TestFailedMailsAreCounted: the counter follows inserts, retries, failures and deletions.
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

// TestFailedMailsOfOlderVersionsAreCounted: the migration counts those that there are.
func TestFailedMailsOfOlderVersionsAreCounted(t *testing.T) {
	older(t, func(t *testing.T, f *fixture) {
		if err := f.MigrateTo(t.Context(), 38); err != nil {
			t.Fatal(err)
		}
		for i, state := range []models.MailState{models.MailFailed, models.MailSent, models.MailFailed, models.MailWaiting} {
			f.exec(fmt.Sprintf(`INSERT INTO mails (id, template, once_key, account_name, recipient, locale, data, message_id, state, created_at, next_try_at)
				VALUES ('%d', 't', '%d', '', '', '', '{}', '', '%s', '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00')`, i, i, state))
		}
		must(f.Migrate(t.Context()))(t)
		query := models.CountQuery{Cutoffs: models.Cutoffs{Now: base}, FailedMails: true}
		if got := must(f.read().Counts(query))(t).FailedMails; got != 2 {
			t.Errorf("%d mails have failed", got)
		}
		f.exec("DELETE FROM mails WHERE id = '0'")
		if got := must(f.read().Counts(query))(t).FailedMails; got != 1 {
			t.Errorf("%d mails have failed after one is gone", got)
		}
	})
}

// TestCountingLeavesTheConnectionAsItWas: the next statement is planned as ever, also after counting failed.
func TestCountingLeavesTheConnectionAsItWas(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		if f.Engine() != models.Postgres {
			t.Skip("SQLite has no such setting")
		}
		f.SQL().SetMaxOpenConns(1)
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		for _, ctx := range []context.Context{t.Context(), cancelled} {
			_, err := f.Read(ctx).Counts(models.CountQuery{Cutoffs: models.Cutoffs{Now: base}})
			if (err != nil) != (ctx.Err() != nil) || err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("counting: %v", err)
			}
			var mode string
			if err := f.SQL().QueryRowContext(t.Context(), "SHOW plan_cache_mode").Scan(&mode); err != nil || mode != "auto" {
				t.Errorf("the setting is %q: %v", mode, err)
			}
		}
	})
}
