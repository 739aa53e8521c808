package accounts_test

import (
	"slices"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/mfa"
	"latchkey/models"
)

// notices returns the changes that an account was notified of, the oldest first.
func (w *world) notices(id string) (mails []models.Mail, changes []models.SecurityChange) {
	w.Helper()
	mails = w.mails(models.MailFilter{AccountID: id, Template: models.MailSecurity})
	slices.Reverse(mails)
	for _, mail := range mails {
		changes = append(changes, mail.Data.Change)
	}
	return mails, changes
}

func (w *world) wantNotices(id string, want ...models.SecurityChange) []models.Mail {
	w.Helper()
	mails, got := w.notices(id)
	if !slices.Equal(got, want) {
		w.Errorf("the owner is notified of %v, want %v", got, want)
	}
	return mails
}

func TestOwnerIsNotifiedOfPasswordsAndAddresses(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.wantNotices(ada.ID) // of the creation
		who, actor := w.visitor("ada", secret)
		must(w.Sessions.ChangePassword(t.Context(), who, actor, change(secret, "Another horse 2")))(t)
		must(w.ResetPassword(t.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: "Reset horse 9"}, ""))(t)
		if err := w.Edit(t.Context(), w.root, ada.ID, accounts.Edit{Email: "new@example.com", Locale: "de"}); err != nil {
			t.Fatal(err)
		}
		if err := w.Edit(t.Context(), w.root, ada.ID, accounts.Edit{Email: "new@example.com", Locale: "en"}); err != nil {
			t.Fatal(err) // the address stays
		}
		mails := w.wantNotices(ada.ID, models.PasswordChanged, models.PasswordReset, models.EmailChanged)
		for i, want := range []struct {
			to         string
			byOperator bool
		}{{ada.Email, false}, {ada.Email, true}, {ada.Email, true}} {
			if mail := mails[i]; mail.Recipient != want.to || mail.Data.ByOperator != want.byOperator || mail.Data.Address != visit.Address ||
				!mail.Data.ChangedAt.Equal(w.clock.Now()) || mail.State != models.MailWaiting {
				t.Errorf("%s: %+v", mail.Data.Change, mail)
			}
		}
	})
}

// TestOwnerIsNotifiedOfNewBrowsers: not of the first, of one that is known, or of a wrong password.
func TestOwnerIsNotifiedOfNewBrowsers(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		first := w.device("ada")
		must(w.Sessions.SignIn(t.Context(), "ada", secret, with(first)))(t)
		w.refused(1, "ada", "wrong guess 1")
		w.wantNotices(ada.ID)
		second := w.device("ada")
		must(w.Sessions.SignIn(t.Context(), "ada", secret, with(second)))(t)
		w.wantNotices(ada.ID, models.NewBrowser)
		if events := w.events(models.AuditFilter{SubjectID: ada.ID, Action: core.ActionSignedIn}); events[1].Detail["browser"] != "new" || events[0].Detail["browser"] != "" {
			t.Errorf("the audit log shows %v and %v", events[1].Detail, events[0].Detail)
		}
	})
}

func TestOwnerIsNotifiedOfFactors(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		_, recovery := w.withApp("ada")
		must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Recovery: recovery[0]}))(t)
		if err := w.Factors.Reset(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		w.wantNotices(ada.ID, models.FactorAdded, models.RecoveryCodesReplaced, models.RecoveryCodeUsed, models.NewBrowser, models.FactorsReset)

		bob := w.customer("bob")
		phone, _ := w.withApp("bob")
		_, actor := w.resolve(must(w.Factors.SignIn(t.Context(), w.half("bob", visit), visit, mfa.Code{Code: phone.code()}))(t))
		if err := w.Factors.Remove(t.Context(), actor, w.factors(bob.ID)[0].ID); err != nil {
			t.Fatal(err)
		}
		w.wantNotices(bob.ID, models.FactorAdded, models.RecoveryCodesReplaced, models.NewBrowser, models.FactorRemoved)
	})
}

// TestNoticesCanBeSwitchedOff: also those of one kind; what is switched off is not sent later.
func TestNoticesCanBeSwitchedOff(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.device("ada")
		w.device("ada")
		must(w.ResetPassword(t.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: "Reset horse 9"}, ""))(t)
		w.wantNotices(ada.ID, models.PasswordReset)
	}, func(o *accounts.Options) { o.Settings.NoticesOff = []models.SecurityChange{models.NewBrowser} })
}

// TestNoticeIsQueuedWithItsCause: a change that fails notifies of nothing.
func TestNoticeIsQueuedWithItsCause(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		who, actor := w.visitor("ada", secret)
		if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, change("Wrong horse 1", "Another horse 2")); err == nil {
			t.Error("the wrong current password changes it")
		}
		w.exec("DELETE FROM sessions")
		if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, change(secret, "Another horse 2")); err == nil {
			t.Error("an ended session changes the password")
		}
		w.wantNotices(ada.ID)
	})
}

// TestNewBrowsersDoNotFloodTheOwner: a script that keeps no cookies is one at each sign-in.
func TestNewBrowsersDoNotFloodTheOwner(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		for range 7 {
			w.device("ada")
		}
		w.wantNotices(ada.ID, models.NewBrowser, models.NewBrowser, models.NewBrowser)
		if n := w.count("SELECT count(*) FROM audit_events WHERE action = 'signed-in' AND detail LIKE '%new%'"); n != 6 {
			t.Errorf("the audit log shows %d", n)
		}
		w.clock.Advance(24 * time.Hour)
		w.device("ada")
		w.wantNotices(ada.ID, models.NewBrowser, models.NewBrowser, models.NewBrowser, models.NewBrowser)
	})
}
