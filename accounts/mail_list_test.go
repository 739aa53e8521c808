package accounts_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
)

// failed queues mails that have failed by now.
func (w *world) failed(n int) {
	w.Helper()
	now := w.clock.Now()
	w.do(func(tx *models.Tx) error {
		for range n {
			id := w.NewID()
			mail := models.Mail{ID: id, Template: models.MailReminder, OnceKey: id, State: models.MailFailed, CreatedAt: now, NextTryAt: now, DoneAt: &now}
			if err := tx.QueueMail(&mail); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestRetryFailedMails: all of them, in more than one transaction, and only by a SuperAdmin.
func TestRetryFailedMails(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		const many = 1003
		w.failed(many)
		ada := w.customer("ada")
		for _, by := range []core.Actor{as(ada), {}} {
			if n, err := w.Mail.RetryFailed(t.Context(), by); n != 0 || !errors.Is(err, core.ErrForbidden) {
				t.Errorf("by %q: %d, %v", by.Name, n, err)
			}
		}
		for _, want := range []int{many, 0} {
			if n, err := w.Mail.RetryFailed(t.Context(), w.root); n != want || err != nil {
				t.Errorf("%d, %v; want %d", n, err, want)
			}
		}
		if n := w.count("SELECT count(*) FROM mails WHERE state = 'waiting'"); n != many || w.wakes.Load() != 2 {
			t.Errorf("%d mails wait, %d wakes", n, w.wakes.Load())
		}
		said := ""
		for _, event := range w.events(models.AuditFilter{Action: core.ActionMailRetried}) {
			said += fmt.Sprint(event.ActorName, event.Detail)
		}
		if said != "rootmap[mails:3]rootmap[mails:1000]" {
			t.Errorf("the log says %s", said)
		}
	})
}

func TestTriesAreTheSuperAdminsToSee(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.do(func(tx *models.Tx) error { return tx.RecordMailOutage(w.clock.Now(), w.clock.Now(), "refused") })
		if _, err := w.Mail.Tries(t.Context(), as(ada), w.NewID()); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("tries: %v", err)
		}
		for _, who := range []core.Actor{as(ada), w.root} {
			got, err := w.Mail.Trouble(t.Context(), who)
			if told := !got.Since.IsZero(); err != nil || told != (who.ID == w.root.ID) {
				t.Errorf("%s is told of trouble: %t, %v", who.Name, told, err)
			}
		}
	})
}

// TestWhatIsKept: old mails and events go where the settings say so, in more than one transaction, and stay otherwise.
func TestWhatIsKept(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.failed(503)
		rows := func() (mails, events int) {
			return w.count("SELECT count(*) FROM mails"), w.count("SELECT count(*) FROM audit_events")
		}
		_, before := rows()
		w.clock.Advance(20*24*time.Hour + time.Millisecond)
		w.failed(1)
		if err := w.PurgeExpired(t.Context()); err != nil {
			t.Fatal(err)
		}
		if mails, events := rows(); mails != 504 || events != before || before == 0 {
			t.Errorf("%d mails and %d of %d events are left where all are kept", mails, events, before)
		}
		short := w.another(func(o *accounts.Options) {
			o.Settings.MailKeep, o.Settings.AuditKeep = 20*24*time.Hour, 20*24*time.Hour
		})
		for range 2 { // the second time on one day adds no second task
			if err := short.PurgeExpired(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if ran, err := short.Tasks.RunNext(t.Context()); !ran || err != nil {
			t.Fatalf("the task ran: %t, %v", ran, err)
		}
		tasks := must(short.Tasks.List(t.Context(), w.root))(t)
		wantReport := fmt.Sprintf(`{"mails":503,"audit_events":%d}`, before)
		if len(tasks) != 1 || tasks[0].State != models.TaskDone || tasks[0].Report != wantReport || tasks[0].Done != 503+before {
			t.Errorf("the tasks are %+v, want one with the report %s", tasks, wantReport)
		}
		if mails, events := rows(); mails != 1 || events != 0 {
			t.Errorf("%d mails and %d events are left of what is kept for 20 days", mails, events)
		}
	})
}
