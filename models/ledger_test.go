package models_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/models"
)

func TestPasswordHistory(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a, other := f.account(models.Account{}), f.account(models.Account{})
		add := func(owner, hash string, after time.Duration, keep int) {
			row := models.FormerPassword{ID: f.id(), AccountID: owner, Hash: hash, SetAt: base, ReplacedAt: base.Add(after)}
			f.do(func(tx *models.Tx) error { return tx.AddFormerPassword(row, keep) })
		}
		history := func(limit int) (hashes []string) {
			for _, row := range must(f.read().FormerPasswords(a.ID, limit))(t) {
				hashes = append(hashes, row.Hash)
			}
			return hashes
		}
		add(other.ID, "theirs", 0, 9)
		for i := range 5 { // at one time, and then a fraction of a second later
			add(a.ID, fmt.Sprint(i), time.Duration(i/3)*time.Millisecond, 4)
		}
		if got, want := history(9), []string{"4", "3", "2", "1"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got := history(2); !slices.Equal(got, []string{"4", "3"}) {
			t.Errorf("the newest two are %v", got)
		}
		add(a.ID, "never", time.Second, 0)
		if got := history(9); len(got) != 0 {
			t.Errorf("a history that is off keeps %v", got)
		}
		add(a.ID, "never", time.Second, -1)
		if rows := must(f.read().FormerPasswords(other.ID, 9))(t); len(rows) != 1 || len(history(9)) != 0 {
			t.Errorf("another's history is %v", rows)
		}
	})
}

// reserve records an attempt, which must get a place.
func (f *fixture) reserve(row models.Reservation) {
	f.Helper()
	if !f.reserved(row, 99, base) {
		f.Fatal("there was no place")
	}
}

func (f *fixture) reserved(row models.Reservation, places int, now time.Time) (reserved bool) {
	f.Helper()
	f.do(func(tx *models.Tx) (err error) { reserved, err = tx.Reserve(row, places, now); return err })
	return reserved
}

// TestReservationsAreLimited: each account and device has a limit. Attempts without an account have none.
func TestReservationsAreLimited(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a, b := f.account(models.Account{}), f.account(models.Account{})
		for _, try := range []struct {
			account  *string
			device   string
			places   int
			after    time.Duration
			reserved bool
		}{
			{&a.ID, "", 2, 0, true}, {&a.ID, "", 2, 0, true}, {&a.ID, "", 2, 0, false}, {&a.ID, "", 3, 0, true},
			{&a.ID, "d", 1, 0, true}, {&a.ID, "d", 1, 0, false}, {&a.ID, "e", 1, 0, true}, {&b.ID, "", 1, 0, true},
			{nil, "", 1, 0, true}, {nil, "", 1, 0, true},
			{&a.ID, "", 1, time.Second - time.Microsecond, false}, {&a.ID, "", 1, time.Second, true},
		} {
			now := base.Add(try.after)
			row := models.Reservation{ID: f.id(), AccountID: try.account, DeviceID: try.device, LapsesAt: now.Add(time.Second)}
			if try.after == 0 {
				row.LapsesAt = base.Add(time.Second)
			}
			if got := f.reserved(row, try.places, now); got != try.reserved {
				t.Errorf("%+v: reserved %t", try, got)
			}
		}
	})
}

func TestReservations(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a := f.account(models.Account{})
		end := base.Add(500 * time.Millisecond)
		reserve := func(account *string) string {
			row := models.Reservation{ID: f.id(), AccountID: account, LapsesAt: end}
			f.reserve(row)
			return row.ID
		}
		one, two := reserve(&a.ID), reserve(&a.ID)
		reserve(nil)
		release := func(id string, now time.Time) (held bool) {
			f.do(func(tx *models.Tx) (err error) { held, err = tx.Release(id, now); return err })
			return held
		}
		if got := must(f.read().Reserved(a.ID, "", end.Add(-time.Microsecond)))(t); got != 2 {
			t.Errorf("%d are reserved, want 2", got)
		}
		if got := must(f.read().Reserved(a.ID, "", end))(t); got != 0 {
			t.Errorf("%d are reserved after they lapsed", got)
		}
		if !release(one, base) || release(one, base) {
			t.Error("a reservation is released once")
		}
		if release(two, end) {
			t.Error("a reservation that lapsed was held")
		}
		f.do(func(tx *models.Tx) error { return tx.DeleteLapsedReservations(end) })
		if release(two, base) {
			t.Error("a reservation that lapsed was kept")
		}
	})
}

func TestAuditLog(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		want := models.AuditEvent{
			ID: f.id(), At: base.Add(time.Microsecond), Action: "a", ActorID: "x", ActorName: "X", SubjectID: "y", SubjectName: "Y",
			OrganizationID: "o", Detail: map[string]string{"k": `"quoted" ü`}, Address: "::1", RequestID: "r",
		}
		all := []models.AuditEvent{want}
		for i := range 6 {
			action := []string{"a0", models.ActionSignInFailed}[i%2]
			all = append(all, models.AuditEvent{ID: f.id(), At: base, Action: action, SubjectID: "y"})
		}
		for _, event := range all {
			f.do(func(tx *models.Tx) error { return tx.Audit(event) })
		}
		got := must(f.read().ListAudit(models.AuditFilter{Action: "a", Limit: 9}))(t)
		if len(got.Rows) != 1 || !reflect.DeepEqual(got.Rows[0].Detail, want.Detail) || !got.Rows[0].At.Equal(want.At) || got.Rows[0].ActorName != "X" {
			t.Errorf("got %+v", got)
		}
		for name, test := range map[string]struct {
			filter models.AuditFilter
			want   int
		}{
			"organization": {models.AuditFilter{OrganizationID: "o"}, 1}, "subject": {models.AuditFilter{SubjectID: "y"}, 7},
			"no failures": {models.AuditFilter{WithoutRefusals: true}, 4}, "nothing": {models.AuditFilter{SubjectID: "z"}, 0},
		} {
			test.filter.Limit = 9
			if got := must(f.read().ListAudit(test.filter))(t); len(got.Rows) != test.want {
				t.Errorf("%s: got %d events, want %d", name, len(got.Rows), test.want)
			}
		}
		page := must(f.read().ListAudit(models.AuditFilter{After: all[5].ID, Limit: 2}))(t)
		if len(page.Rows) != 2 || page.Rows[0].ID != all[4].ID || !page.More {
			t.Errorf("after the sixth: %+v", page)
		}
		page = must(f.read().ListAudit(models.AuditFilter{Before: all[4].ID, Limit: 2}))(t)
		if len(page.Rows) != 2 || page.Rows[1].ID != all[5].ID || page.More {
			t.Errorf("before the fifth: %+v", page)
		}
	})
}

// One request at a time holds a form's answer, until the claim expires in case the request died.
func TestAnswers(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		id := f.id()
		claim := func(at time.Time) (claimed bool) {
			f.do(func(tx *models.Tx) (err error) {
				claimed, err = tx.ClaimAnswer(models.Answer{ID: id, EndsAt: at.Add(time.Minute)}, at)
				return err
			})
			return claimed
		}
		find := func(at time.Time) string {
			row, err := f.read().Answer(id, at)
			if errors.Is(err, models.ErrNotFound) {
				return "none"
			}
			return string(must(row, err)(t).Sealed)
		}
		checks := func(what string, got, want any) {
			if got != want {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
		checks("first", claim(base), true)
		checks("second", claim(base.Add(time.Minute-1000)), false)
		checks("answer while it is made", find(base), "")
		checks("after the first died", claim(base.Add(time.Minute)), true)
		f.do(func(tx *models.Tx) error {
			return tx.KeepAnswer(models.Answer{ID: id, Sealed: []byte("page"), EndsAt: base.Add(2 * time.Minute)}, 1)
		})
		checks("kept", find(base.Add(2*time.Minute-1000)), "page")
		checks("ended", find(base.Add(2*time.Minute)), "none")
		checks("claimed again", claim(base.Add(2*time.Minute)), true)
		checks("its answer", find(base.Add(2*time.Minute)), "")
		f.do(func(tx *models.Tx) error { return tx.DropAnswer(id, "other") })
		checks("dropped by another", claim(base.Add(2*time.Minute)), false)
		f.do(func(tx *models.Tx) error { return tx.DropAnswer(id, "") })
		checks("dropped", find(base.Add(2*time.Minute)), "none")
		claim(base)
		f.do(func(tx *models.Tx) error { return tx.DeleteAnswers(base.Add(time.Minute)) })
		checks("forgotten", find(base), "none")
	})
}

// For each sender the newest answers are kept, and those of forms that are being carried out.
func TestAnswersPerSenderAreLimited(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		for i, sender := range []string{"a", "b", "a", "a", "a"} {
			row := models.Answer{ID: fmt.Sprint(sender, i), Sender: sender, EndsAt: base.Add(time.Duration(i) * time.Second)}
			f.do(func(tx *models.Tx) error { return second(tx.ClaimAnswer(row, base.Add(-time.Hour))) })
			if i == 0 {
				continue // is carried out all the while
			}
			row.Sealed = []byte("page")
			f.do(func(tx *models.Tx) error { return tx.KeepAnswer(row, 2) })
		}
		var kept []string
		for _, id := range []string{"a0", "b1", "a2", "a3", "a4"} {
			if _, err := f.read().Answer(id, base.Add(-time.Hour)); err == nil {
				kept = append(kept, id)
			}
		}
		if got := strings.Join(kept, " "); got != "a0 b1 a3 a4" {
			t.Errorf("kept %s", got)
		}
	})
}

func second(_ bool, err error) error { return err }

func TestSubmissionsAndSetupToken(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		form := models.Submission{ID: f.id(), AccountID: "a", CreatedAt: base}
		f.do(func(tx *models.Tx) error { return tx.Submit(form) })
		f.fails(models.ErrTaken, func(tx *models.Tx) error { return tx.Submit(form) })
		if got := must(f.read().Submission(form.ID))(t); got.AccountID != "a" {
			t.Errorf("got %+v", got)
		}
		f.do(func(tx *models.Tx) error { return tx.DeleteSubmissions(base) })
		must(f.read().Submission(form.ID))(t)
		f.do(func(tx *models.Tx) error { return tx.DeleteSubmissions(base.Add(time.Microsecond)) })
		if _, err := f.read().Submission(form.ID); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("got %v", err)
		}

		if _, err := f.read().SetupTokenHash(); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		for _, hash := range []string{"first", "second"} {
			f.do(func(tx *models.Tx) error { return tx.ReplaceSetupToken(hash) })
		}
		f.fails(models.ErrNotFound, func(tx *models.Tx) error { return tx.UseSetupToken("first") })
		f.do(func(tx *models.Tx) error { return tx.UseSetupToken("second") })
		f.fails(models.ErrNotFound, func(tx *models.Tx) error { return tx.UseSetupToken("second") })
	})
}

func TestDueNotices(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		set := func(a models.Account, ago time.Duration) string {
			a.PasswordHash, a.PasswordSetAt = "h", ptr(base.Add(-ago))
			return f.account(a).ID
		}
		cutoffs := models.Cutoffs{Now: base, OneTime: base.Add(-time.Minute)}
		due := func(kind models.Kind, technical bool, notified models.ExpiryNotice) models.DueNotice {
			return models.DueNotice{Group: models.PasswordGroup{Kind: kind, Technical: technical}, Notified: notified, UpTo: base.Add(-time.Hour)}
		}
		oldest, older, exact := set(models.Account{}, 2*time.Hour), set(models.Account{}, 90*time.Minute), set(models.Account{ExpiryNotice: models.Reminded}, time.Hour)
		root := set(models.Account{Kind: models.SuperAdmin}, 2*time.Hour)
		set(models.Account{}, time.Hour-time.Microsecond)
		set(models.Account{ExpiryNotice: models.ExpiryNotified}, 2*time.Hour)
		technical := set(models.Account{Technical: true}, 2*time.Hour)
		set(models.Account{DisabledAt: &base}, 2*time.Hour)
		f.account(models.Account{})
		lapsed := set(models.Account{OneTime: true}, time.Minute)
		set(models.Account{OneTime: true}, time.Minute-time.Microsecond)
		set(models.Account{OneTime: true, ExpiryNotice: models.ExpiryNotified}, time.Hour)
		ended := f.account(models.Account{BlockedAt: &base, BlockedUntil: &base}).ID
		f.account(models.Account{BlockedAt: &base, BlockedUntil: ptr(base.Add(time.Microsecond))})
		f.account(models.Account{BlockedAt: &base})
		f.do(func(tx *models.Tx) error {
			check := func(name string, rows []models.Account, err error, want ...string) {
				if got := idsOf(rows); err != nil || !slices.Equal(got, want) {
					t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
				}
			}
			for name, tc := range map[string]struct {
				due  models.DueNotice
				most int
				want []string
			}{
				"not notified yet": {due(models.Customer, false, models.NotNotified), 9, []string{oldest, older}},
				"the longest":      {due(models.Customer, false, models.NotNotified), 1, []string{oldest}},
				"reminded":         {due(models.Customer, false, models.Reminded), 9, []string{exact}},
				"SuperAdmins":      {due(models.SuperAdmin, false, models.NotNotified), 9, []string{root}},
				"technical":        {due(models.Customer, true, models.NotNotified), 9, []string{technical}},
				"organizations":    {due(models.Organization, false, models.NotNotified), 9, nil},
				"after a time": {models.DueNotice{Group: models.PasswordGroup{Kind: models.Customer}, After: base.Add(-2 * time.Hour), UpTo: base.Add(-time.Hour)},
					9, []string{older}},
			} {
				rows, err := tx.DueNotices(tc.due, tc.most)
				check(name, rows, err, tc.want...)
			}
			if err := tx.RecordNotices([]string{oldest, exact}, models.ExpiryNotified); err != nil {
				t.Error(err)
			}
			rows, err := tx.DueNotices(due(models.Customer, false, models.NotNotified), 9)
			check("notified meanwhile", rows, err, older)
			rows, err = tx.EndedBlocks(cutoffs, 9)
			check("ended blocks", rows, err, ended)
			rows, err = tx.LapsedOneTime(cutoffs, 9)
			check("lapsed", rows, err, lapsed)
			return nil
		})
	})
}
