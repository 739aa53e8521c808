package models_test

import (
	"testing"
	"time"

	"latchkey/models"
)

// TestMailFigures: a mail is due from its exact time on, counting stops at the limit, and the oldest mail is the one that was
// queued first, whenever its next try is.
func TestMailFigures(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		wants := func(most int, due, later int64, oldest time.Time) {
			t.Helper()
			gotDue, gotLater, err := f.read().CountWaitingMails(base, most)
			if err != nil || gotDue != due || gotLater != later {
				t.Errorf("%d are due and %d later (%v), want %d and %d", gotDue, gotLater, err, due, later)
			}
			if got := must(f.read().OldestWaitingMail(base))(t); !got.Equal(oldest) {
				t.Errorf("the oldest is of %v, want %v", got, oldest)
			}
		}
		wants(9, 0, 0, time.Time{})
		for _, state := range []models.MailState{models.MailSending, models.MailFailed, models.MailSent} {
			f.mail(models.Mail{State: state, CreatedAt: base.Add(-time.Hour)})
		}
		wants(9, 0, 0, time.Time{})
		first := base.Add(time.Minute)
		f.mail(models.Mail{CreatedAt: base.Add(-time.Hour), NextTryAt: first, RetriedAt: &first}) // an invitation that waits for its day
		wants(9, 0, 1, time.Time{})
		old := base.Add(-time.Minute)
		f.mail(models.Mail{CreatedAt: old, NextTryAt: base.Add(time.Microsecond)})
		f.mail(models.Mail{NextTryAt: base})
		f.mail(models.Mail{NextTryAt: base.Add(-time.Hour)})
		wants(9, 2, 2, old)
		wants(1, 1, 1, old)
	})
}
