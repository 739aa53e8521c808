package accounts_test

import (
	"errors"
	"testing"

	"latchkey/accounts/core"
	"latchkey/models"
)

// wantProblem fails the test unless err is about that field.
func (w *world) wantProblem(err error, field string) {
	w.Helper()
	var invalid *core.ValidationError
	if !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0].Field != field {
		w.Errorf("%v, want a problem of the field %s", err, field)
	}
}

// TestStolenSessionSetsNoPassword: a session that was open when a new password was demanded has to give the current one; one
// that was opened by a later sign-in need not.
func TestStolenSessionSetsNoPassword(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		stolen := w.signIn("ada", secret)
		if err := w.RequireChange(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		thief := must(w.Sessions.Resolve(t.Context(), stolen.Token, visit.Address))(t)
		by := as(thief.Account)
		by.SessionID = thief.Session.ID
		if thief.Pending != models.MustChange || !thief.NeedsCurrent() {
			t.Fatalf("the open session: pending %q, needs the current password: %v", thief.Pending, thief.NeedsCurrent())
		}
		_, err := w.Sessions.ChangePassword(t.Context(), thief, by, change("", "Another horse 2"))
		w.wantProblem(err, "current")
		_, err = w.Sessions.ChangePassword(t.Context(), thief, by, change("wrong", "Another horse 2"))
		w.wantProblem(err, "current")
		if got := w.account(ada.ID); got.FailedAttempts != 1 || !got.MustChange {
			t.Errorf("a wrong current password: %d failed attempts, must change %v", got.FailedAttempts, got.MustChange)
		}
		owner, by := w.visitor("ada", secret)
		if owner.NeedsCurrent() {
			t.Error("a session that was opened after the demand needs the current password")
		}
		if _, err := w.Sessions.ChangePassword(t.Context(), owner, by, change("", "Another horse 2")); err != nil {
			t.Fatal(err)
		}
		if w.holds(stolen.Token) {
			t.Error("the stolen session still holds")
		}
		if got := w.account(ada.ID); got.MustChange {
			t.Errorf("after the change: %+v", got)
		}
	})
}

// TestSessionPendingForAnotherReason: a session that was pending because the password had expired was open before the demand
// as well.
func TestSessionPendingForAnotherReason(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.clock.Advance(65 * day)
		stolen := w.signIn("ada", secret)
		if err := w.RequireChange(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		thief := must(w.Sessions.Resolve(t.Context(), stolen.Token, visit.Address))(t)
		by := as(thief.Account)
		by.SessionID = thief.Session.ID
		_, err := w.Sessions.ChangePassword(t.Context(), thief, by, change("", "Another horse 2"))
		w.wantProblem(err, "current")
		if _, err := w.Sessions.ChangePassword(t.Context(), thief, by, change(secret, "Another horse 2")); err != nil {
			t.Errorf("with the current password: %v", err)
		}
	})
}

// TestTrustedBrowsersEnd: a demanded change and one's own change leave no trusted browser but the current one.
func TestTrustedBrowsersEnd(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		stolen := w.signIn("ada", secret).Device
		present := w.signIn("ada", secret)
		who := must(w.Sessions.Resolve(t.Context(), present.Token, visit.Address))(t)
		by := as(who.Account)
		by.SessionID, by.Devices = who.Session.ID, []string{present.Device}
		if _, err := w.Sessions.ChangePassword(t.Context(), who, by, change(secret, "Another horse 2")); err != nil {
			t.Fatal(err)
		}
		if known := w.known(ada.ID); len(known) != 1 {
			t.Errorf("after one's own change %d browsers are trusted, want the present one", len(known))
		}
		w.fails(1, "ada", with(stolen))
		if got := w.account(ada.ID).FailedAttempts; got != 1 {
			t.Errorf("the other browser's failures count elsewhere: %d", got)
		}
		if err := w.RequireChange(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		if known := w.known(ada.ID); len(known) != 0 {
			t.Errorf("after the demand %d browsers are trusted", len(known))
		}
	})
}

// TestSecondDemandInFlight: a session that was opened between two demands does not set the password without the current one
// after the second, even if its request began before.
func TestSecondDemandInFlight(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		demand := func() {
			if err := w.RequireChange(t.Context(), w.root, ada.ID); err != nil {
				t.Fatal(err)
			}
		}
		demand()
		thief, by := w.visitor("ada", secret)
		demand()
		if _, err := w.Sessions.ChangePassword(t.Context(), thief, by, change("", "Another horse 2")); !errors.Is(err, core.ErrChangeDemanded) {
			t.Errorf("a request that began before the second demand: %v", err)
		}
		again := must(w.Sessions.Resolve(t.Context(), w.signIn("ada", secret).Token, visit.Address))(t)
		if again.NeedsCurrent() {
			t.Error("a session of after the second demand needs the current password")
		}
	})
}

// TestCopiedDeviceCookie: an own change gives the present browser a new token, so that a copy of the old one is worth nothing.
func TestCopiedDeviceCookie(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		present := w.signIn("ada", secret)
		who := must(w.Sessions.Resolve(t.Context(), present.Token, visit.Address))(t)
		by := as(who.Account)
		by.SessionID, by.Devices = who.Session.ID, []string{present.Device}
		in := must(w.Sessions.ChangePassword(t.Context(), who, by, change(secret, "Another horse 2")))(t)
		if in.Device == "" || in.Device == present.Device {
			t.Fatalf("the browser holds %q, before %q", in.Device, present.Device)
		}
		w.fails(1, "ada", with(present.Device))
		w.fails(2, "ada", with(in.Device))
		w.wantCounts("a copy of the old token and the new one", ada.ID, 1, 2)
	})
}
