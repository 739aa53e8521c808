package jobs

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/mailer"
	"latchkey/models"
)

// reminders queues n mails about a password that expires soon.
func (w *world) reminders(to models.Account, n int) {
	w.t.Helper()
	mails := make([]models.Mail, n)
	for i := range mails {
		mails[i] = w.notice(to)
		mails[i].Template, mails[i].PasswordID = models.MailReminder, to.PasswordID
		mails[i].Data = models.MailData{ExpiresAt: w.clock.Now().Add(day)}
	}
	w.update(func(tx *models.Tx) error { _, err := tx.QueueNotices(mails); return err })
}

// urgents queues n urgent mails.
func (w *world) urgents(to models.Account, n int) {
	w.t.Helper()
	mails := make([]models.Mail, n)
	for i := range mails {
		mails[i] = w.notice(to)
		mails[i].Urgent = true
	}
	w.update(func(tx *models.Tx) error { _, err := tx.QueueNotices(mails); return err })
}

// sentOf counts the sent mails of a template.
func sentOf(t *testing.T, db testdb.Database, template string) int {
	t.Helper()
	return db.Count(t, "SELECT count(*) FROM mails WHERE state = 'sent' AND template = '"+template+"'")
}

// TestSecurityMailIsSentBeforeQueuedReminders: a mail that a person waits for is the next one, behind a thousand reminders.
func TestSecurityMailIsSentBeforeQueuedReminders(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t), func(o *Options) { o.BatchSize = 1 })
		w.reminders(w.account("ada", 60*day), 1000)
		w.clock.Advance(time.Minute)
		olga := w.account("olga", day)
		boss := w.superAdmin(w.account("boss", day))
		_, err := w.service.ResetPassword(t.Context(), boss, olga.ID, accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}, "")
		w.must(err)
		w.deliver(1)
		if got := w.sink.Wait(1)[0]; !slices.Equal(got.To, []string{olga.Email}) || sentOf(t, db, models.MailSecurity) != 1 {
			t.Errorf("the first mail goes to %v", got.To)
		}
	})
}

// TestRemindersAreSentWhileUrgentMailsKeepComing: however many urgent mails are queued, a tenth of the sent mails are reminders, in
// batches of any size and in two processes.
func TestRemindersAreSentWhileUrgentMailsKeepComing(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		for _, size := range []int{1, 7, 50} {
			w := newWorld(t, db.DB, testsmtp.NewSink(t), func(o *Options) { o.BatchSize = size })
			ada := w.account(fmt.Sprint("ada", size), 60*day)
			const reminders, processes = 4, 2
			w.reminders(ada, reminders)
			rounds := (reminders*oneIn + size - 1) / size
			runners := [processes]*Runner{w.Runner, w.another(db.Again(t))}
			for range rounds {
				w.clock.Advance(time.Second)
				w.urgents(ada, processes*size+1)
				for _, runner := range runners {
					if n, err := runner.DeliverDue(t.Context()); n != size || err != nil {
						t.Fatalf("%d mails, %v", n, err)
					}
				}
			}
			if got := sentOf(t, db, models.MailReminder); got != reminders {
				t.Errorf("batches of %d: after %d rounds %d of %d reminders are sent", size, rounds, got, reminders)
			}
			if got, least := sentOf(t, db, models.MailBlacklisted), rounds*processes*size*8/10; got < least {
				t.Errorf("batches of %d: %d urgent mails are sent, want at least %d", size, got, least)
			}
			db.Exec(t, "DELETE FROM mails")
		}
	})
}

// TestUrgentMailEndsABatchOfReminders: on a slow server an urgent mail waits for no batch.
func TestUrgentMailEndsABatchOfReminders(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		ada := w.account("ada", 60*day)
		w.reminders(ada, 30)
		render, rendered := w.render, 0
		w.render = func(m models.Mail, token string) (mailer.Rendered, error) {
			if rendered++; rendered == 3 {
				w.urgents(ada, 1)
			}
			w.clock.Advance(400 * time.Millisecond)
			return render(m, token)
		}
		w.deliver(30)
		// After 0.8 s the mail is queued; the batch looks after 1.2 s.
		if sent, waiting := sentOf(t, db, models.MailReminder), db.Count(t, "SELECT count(*) FROM mails WHERE state = 'waiting' AND tries = 0"); sent != 3 || waiting != 28 {
			t.Errorf("%d reminders are sent and %d mails wait, want 3 and 28", sent, waiting)
		}
		select {
		case <-w.wake:
		default:
			t.Error("the next claim waits for the poll")
		}
		w.deliver(28)
		if got := sentOf(t, db, models.MailBlacklisted); got != 1 {
			t.Error("the urgent mail was not sent")
		}
		if n := db.Count(t, "SELECT count(*) FROM mails WHERE state <> 'sent' OR tries <> 1"); n != 0 {
			t.Errorf("%d mails are not sent, or not with one try", n)
		}
	})
}

func TestInterleave(t *testing.T) {
	testkit.Parallel(t)
	for _, c := range []struct {
		urgent, others, phase int
		want                  string
	}{
		{0, 3, 0, "ooo"},
		{3, 0, 9, "uuu"},
		{12, 3, 0, "uuuuuuuuuouuuoo"},
		{12, 3, 9, "ouuuuuuuuuouuuo"},
		{1, 2, 8, "uoo"},
		{2, 1, 8, "uou"},
		{30, 2, 5, "uuuuouuuuuuuuuouuuuuuuuuuuuuuuuu"},
	} {
		var mails []models.Mail
		for i := range c.urgent + c.others {
			mails = append(mails, models.Mail{ID: string(rune('z' - i)), Urgent: i < c.urgent})
		}
		var got strings.Builder
		ordered := interleave(mails, c.phase)
		for _, m := range ordered {
			got.WriteByte(map[bool]byte{true: 'u', false: 'o'}[m.Urgent])
		}
		byID := func(a, b models.Mail) int { return strings.Compare(a.ID, b.ID) }
		if urgent := slices.DeleteFunc(slices.Clone(ordered), func(m models.Mail) bool { return !m.Urgent }); !slices.IsSortedFunc(urgent, byID) {
			t.Errorf("urgent mails are not sent in their order: %v", ordered)
		}
		if got.String() != c.want {
			t.Errorf("%d urgent, %d others, phase %d: %s, want %s", c.urgent, c.others, c.phase, got.String(), c.want)
		}
	}
}
