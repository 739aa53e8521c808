package models_test

import (
	"testing"
	"time"

	"latchkey/models"
)

func TestOnlyTheLast100MailTriesAreListed(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		mail, other := f.mail(models.Mail{}), f.mail(models.Mail{})
		f.do(func(tx *models.Tx) error {
			for number := 1; number <= 103; number++ {
				at := base.Add(time.Duration(number) * time.Minute)
				if err := tx.RecordMailTry(models.MailTry{MailID: mail.ID, Number: number, At: at, Answer: "451 later"}); err != nil {
					return err
				}
			}
			return nil
		})
		got := must(f.read().MailTries(mail.ID))(t)
		if len(got) != 100 || got[0].Number != 4 || got[99].Number != 103 || !got[99].At.Equal(base.Add(103*time.Minute)) || got[99].Answer != "451 later" {
			t.Errorf("%d tries, from %+v to %+v", len(got), got[0], got[len(got)-1])
		}
		if got := must(f.read().MailTries(other.ID))(t); len(got) != 0 {
			t.Errorf("another mail has %+v", got)
		}
	})
}

// TestMailServerOutage: the start of an outage is kept, and the last answer is replaced.
func TestMailServerOutage(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		wants := func(want models.MailOutage) {
			t.Helper()
			got := must(f.read().MailOutage())(t)
			if !got.Since.Equal(want.Since) || !got.LastAt.Equal(want.LastAt) || got.Answer != want.Answer {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
		wants(models.MailOutage{})
		f.do(func(tx *models.Tx) error { return tx.RecordMailOutage(base, base, "refused") })
		f.do(func(tx *models.Tx) error {
			return tx.RecordMailOutage(base.Add(time.Hour), base.Add(time.Hour), "no route")
		})
		wants(models.MailOutage{Since: base, LastAt: base.Add(time.Hour), Answer: "no route"})
		for range 2 {
			f.do(func(tx *models.Tx) error { return tx.EndMailOutage(base.Add(2 * time.Hour)) })
		}
		wants(models.MailOutage{})
		reached := base.Add(2 * time.Hour)
		f.do(func(tx *models.Tx) error {
			return tx.RecordMailOutage(reached.Add(-time.Second), reached.Add(time.Minute), "slow")
		})
		wants(models.MailOutage{}) // another worker got through while this one waited
		f.do(func(tx *models.Tx) error { return tx.RecordMailOutage(reached, reached.Add(time.Minute), "refused") })
		wants(models.MailOutage{Since: reached.Add(time.Minute), LastAt: reached.Add(time.Minute), Answer: "refused"})
		f.do(func(tx *models.Tx) error { return tx.EndMailOutage(reached.AddDate(0, 0, 1)) }) // by a clock that was wrong
		f.do(func(tx *models.Tx) error { return tx.RecordMailOutage(reached, reached, "refused") })
		wants(models.MailOutage{Since: reached, LastAt: reached, Answer: "refused"})
	})
}

func TestRetryFailedMails(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		var old []string
		for range 3 {
			old = append(old, f.mail(models.Mail{State: models.MailFailed, DoneAt: &base, Tries: 4}).ID)
		}
		later := base.Add(time.Microsecond)
		fresh := f.mail(models.Mail{State: models.MailFailed, DoneAt: &later})
		sent := f.mail(models.Mail{State: models.MailSent, DoneAt: &base})
		for i, want := range []int{2, 1, 0} {
			f.do(func(tx *models.Tx) error {
				count, err := tx.RetryFailedMails(base.Add(time.Hour), base, 2)
				if count != want {
					t.Errorf("round %d made %d due, want %d", i, count, want)
				}
				return err
			})
		}
		for _, id := range old {
			if m := must(f.read().Mail(id))(t); m.State != models.MailWaiting || !m.NextTryAt.Equal(base.Add(time.Hour)) || m.DoneAt != nil || m.Tries != 4 {
				t.Errorf("one that had failed is %+v", m)
			}
		}
		for id, want := range map[string]models.MailState{fresh.ID: models.MailFailed, sent.ID: models.MailSent} {
			if m := must(f.read().Mail(id))(t); m.State != want {
				t.Errorf("a mail that was %s is %s", want, m.State)
			}
		}
	})
}
