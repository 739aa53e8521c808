package accounts_test

import (
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
)

func TestBlacklistedMails(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.create(accounts.NewAccount{Name: "ada", Locale: "de"})
		block := func() models.MailState {
			w.refused(10, "ada", "wrong guess")
			w.clock.Advance(21 * time.Minute)
			return w.mails(models.MailFilter{AccountID: ada.ID})[0].State
		}
		for i, want := range []models.MailState{
			models.MailWaiting, models.MailWaiting, models.MailWaiting, models.MailHeldBack, models.MailHeldBack,
		} {
			if got := block(); got != want {
				t.Errorf("the mail about block %d is %s, want %s", i+1, got, want)
			}
		}
		w.clock.Advance(24*time.Hour - 5*21*time.Minute) // the first is exactly a day old
		if got := block(); got != models.MailWaiting {
			t.Errorf("a day after the first the mail is %s", got)
		}
		last := w.mails(models.MailFilter{})[0]
		if !last.Urgent || last.Locale != "de" || last.Recipient != "ada@example.com" || last.MessageID == "" ||
			!last.Data.BlockedUntil.Equal(last.Data.BlockedAt.Add(20*time.Minute)) || last.Data.Attempts != 10 {
			t.Errorf("the mail says %+v", last)
		}
	})
}

// TestTheFailureComesBeforeTheBlock in the log, whose order is that of the ids.
func TestTheFailureComesBeforeTheBlock(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.refused(11, "ada", "wrong guess")
		events := w.events(models.AuditFilter{SubjectID: ada.ID})
		got := []string{events[0].Detail["reason"], events[1].Action, events[2].Detail["reason"]}
		if want := []string{"blacklisted", core.ActionBlacklisted, "wrong-password"}; !equal(got, want) {
			t.Errorf("the newest first: %q, want %q", got, want)
		}
		if mail := w.mails(models.MailFilter{AccountID: ada.ID})[0]; mail.ID < events[1].ID {
			t.Error("the mail comes before what it tells of")
		}
	})
}
