package models_test

import (
	"errors"
	"testing"
	"time"

	"latchkey/models"
)

// session writes a session of the account that ends after an hour, or after rest without use.
func (f *fixture) session(a models.Account, token string, rest time.Duration) models.Session {
	f.Helper()
	s := models.Session{
		ID: f.id(), TokenHash: token, AccountID: a.ID, PasswordID: a.PasswordID, Kind: models.FullSession, CreatedAt: base,
		LastUsedAt: base, AbsoluteEnd: base.Add(time.Hour), IdleEnd: base.Add(rest), Address: "::1", UserAgent: "browser",
	}
	f.do(func(tx *models.Tx) error { return tx.CreateSession(s) })
	return s
}

func TestSessionValidity(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a := f.account(models.Account{PasswordID: "p1"})
		f.session(a, "rests", 500*time.Millisecond)
		f.session(a, "busy", 2*time.Hour)
		f.session(models.Account{ID: a.ID, PasswordID: "p0"}, "former", time.Hour)
		for _, test := range []struct {
			token string
			after time.Duration
			holds bool
		}{
			{"rests", 0, true}, {"rests", 499999 * time.Microsecond, true}, {"rests", 500 * time.Millisecond, false},
			{"busy", time.Hour - time.Microsecond, true}, {"busy", time.Hour, false},
			{"former", 0, false}, {"", 0, false}, {"unknown", 0, false},
		} {
			s, owner, err := f.read().SessionByToken(test.token, base.Add(test.after), today)
			switch {
			case test.holds && (err != nil || s.TokenHash != test.token || owner.ID != a.ID):
				t.Errorf("%s after %s: %+v, %v", test.token, test.after, s, err)
			case !test.holds && !errors.Is(err, models.ErrNotFound):
				t.Errorf("%s after %s: got %v, want not found", test.token, test.after, err)
			}
		}
		a.DisabledAt = &base
		f.do(func(tx *models.Tx) error { return tx.SaveAccount(&a) })
		if _, _, err := f.read().SessionByToken("busy", base, today); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("a session of a disabled account: %v", err)
		}
	})
}

func TestSessionChanges(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a := f.account(models.Account{PasswordID: "p1"})
		other := f.account(models.Account{})
		one, two := f.session(a, "one", time.Hour), f.session(a, "two", time.Hour)
		theirs := f.session(other, "theirs", time.Hour)
		f.fails(models.ErrTaken, func(tx *models.Tx) error {
			return tx.CreateSession(models.Session{ID: f.id(), TokenHash: "one", AccountID: a.ID, Kind: models.FullSession})
		})
		f.do(func(tx *models.Tx) error {
			return errors.Join(tx.TouchSession(one.ID, base.Add(time.Minute), base.Add(time.Minute)),
				tx.SaveSessionData("one", "kept"), tx.RenewSession(one.ID, "renewed", "p1", models.PendingSession, base))
		})
		got, _, err := f.read().SessionByToken("renewed", base, today)
		if err != nil || got.Data != "kept" || got.Kind != models.PendingSession || !got.IdleEnd.Equal(base.Add(time.Minute)) {
			t.Errorf("got %+v, %v", got, err)
		}
		if rows := must(f.read().Sessions(a.ID, base))(t); len(rows) != 2 || rows[0].ID != one.ID {
			t.Errorf("listed %+v, want the last used first", rows)
		}
		f.fails(models.ErrNotFound, func(tx *models.Tx) error { _, err := tx.EndSession(a.ID, theirs.ID); return err })
		f.fails(models.ErrNotFound, func(tx *models.Tx) error { return tx.RenewSession("gone", "x", "p1", models.FullSession, base) })
		var ended int
		f.do(func(tx *models.Tx) (err error) { ended, err = tx.EndSessions(a.ID, two.ID); return err })
		if rows := must(f.read().Sessions(a.ID, base))(t); ended != 1 || len(rows) != 1 || rows[0].ID != two.ID {
			t.Errorf("ended %d, left %+v", ended, rows)
		}
		f.do(func(tx *models.Tx) error { return tx.DropSession("two") })
		f.do(func(tx *models.Tx) error { return tx.DropSession("gone") })
		f.do(func(tx *models.Tx) error { return tx.DeleteEndedSessions(base.Add(time.Hour)) })
		if rows := must(f.read().Sessions(other.ID, base))(t); len(rows) != 0 {
			t.Errorf("an ended session was kept: %+v", rows)
		}
	})
}

// TestDeviceByToken: if several devices match the tokens, it finds one of the account's that has not expired.
func TestDeviceByToken(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a, b := f.account(models.Account{}), f.account(models.Account{})
		for token, d := range map[string]models.Device{
			"known": {AccountID: a.ID}, "ended": {AccountID: a.ID, EndsAt: base}, "others": {AccountID: b.ID},
		} {
			d.ID, d.TokenHash, d.CreatedAt, d.LastUsedAt = f.id(), token, base, base
			if d.EndsAt.IsZero() {
				d.EndsAt = base.Add(time.Microsecond)
			}
			f.do(func(tx *models.Tx) error { return tx.CreateDevice(d) })
		}
		for _, test := range []struct {
			tokens []string
			found  string
		}{
			{[]string{"known", "ended", "others"}, "known"}, {[]string{"known"}, "known"}, {[]string{"ended"}, ""}, {[]string{"others"}, ""}, {[]string{"x"}, ""},
		} {
			got, err := f.read().DeviceByToken(a.ID, test.tokens, models.Trusted{Now: base})
			if got.TokenHash != test.found || errors.Is(err, models.ErrNotFound) != (test.found == "") {
				t.Errorf("%v: found %q, %v", test.tokens, got.TokenHash, err)
			}
		}
	})
}
