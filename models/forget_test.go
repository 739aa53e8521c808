package models_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/models"
)

// made makes ids of a time, as they are in a running program.
func made(at time.Time) *models.IDs { return models.NewIDs(func() time.Time { return at }, nil) }

// TestDeleteOldMails: mails that are still to be sent, or not old enough, are kept. Tries are deleted with their mail.
func TestDeleteOldMails(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		long, lately := base.Add(-time.Microsecond), base
		var kept []string
		for _, state := range models.MailStates() {
			mail := models.Mail{State: state, CreatedAt: base.Add(-time.Hour)}
			if state == models.MailWaiting || state == models.MailSending {
				mail = f.mail(mail)
				kept = append(kept, mail.ID)
			} else { // it was due at the same time, but came to an end before or after
				mail.DoneAt = &lately
				kept = append(kept, f.mail(mail).ID)
				mail.DoneAt = &long
				mail = f.mail(mail)
			}
			f.do(func(tx *models.Tx) error {
				return tx.RecordMailTry(models.MailTry{MailID: mail.ID, Number: 1, At: base})
			})
		}
		for i, want := range []int{4, 1, 0} {
			f.do(func(tx *models.Tx) error {
				count, err := tx.DeleteMails(base, 4)
				if count != want {
					t.Errorf("round %d forgot %d mails, want %d", i, count, want)
				}
				return err
			})
		}
		var left []string
		for _, mail := range must(f.read().ListMails(models.MailFilter{Limit: 99}))(t).Rows {
			left = append(left, mail.ID)
		}
		slices.Sort(kept)
		slices.Sort(left)
		if !slices.Equal(left, kept) {
			t.Errorf("left are %v, want %v", left, kept)
		}
		if n := f.Count(t, "SELECT count(*) FROM mail_tries"); n != 2 {
			t.Errorf("%d tries are left, want those of the two that are still to be sent", n)
		}
	})
}

func TestDeleteOldAuditEvents(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		old, young := made(base.Add(-time.Millisecond)), made(base)
		for _, id := range []string{old.New(), old.New(), old.New(), young.New()} {
			f.do(func(tx *models.Tx) error { return tx.Audit(models.AuditEvent{ID: id, At: base, Action: "edited"}) })
		}
		for i, want := range []int{2, 1, 0} {
			f.do(func(tx *models.Tx) error {
				count, err := tx.DeleteAudit(base, 2)
				if count != want {
					t.Errorf("round %d forgot %d events, want %d", i, count, want)
				}
				return err
			})
		}
		if n := f.Count(t, "SELECT count(*) FROM audit_events"); n != 1 {
			t.Errorf("%d events are left", n)
		}
	})
}

// TestDeleteMailsDuringRetry: a mail that is retried while it would be deleted is kept.
func TestDeleteMailsDuringRetry(t *testing.T) {
	f := &fixture{TB: t, Database: testdb.PostgresDB(t)}
	done := base.Add(-time.Hour)
	mail := f.mail(models.Mail{State: models.MailFailed, DoneAt: &done})
	forgotten := make(chan int)
	f.do(func(tx *models.Tx) error {
		if err := tx.RetryMail(mail.ID, base); err != nil {
			return err
		}
		go func() { // which has to wait for the retry
			count := 0
			_ = f.Update(context.Background(), func(tx *models.Tx) (err error) { count, err = tx.DeleteMails(base, 9); return err })
			forgotten <- count
		}()
		for f.Count(t, "SELECT count(*) FROM pg_locks WHERE NOT granted") == 0 {
			time.Sleep(time.Millisecond)
		}
		return nil
	})
	if n := <-forgotten; n != 0 {
		t.Errorf("%d mails were forgotten", n)
	}
	if m := must(f.read().Mail(mail.ID))(t); m.State != models.MailWaiting {
		t.Errorf("the mail is %s", m.State)
	}
}
