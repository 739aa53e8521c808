package models_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/models"
)

// spanOf are customers' passwords of the last hours.
func spanOf(from, to int) models.PasswordSpan {
	hours := func(n int) time.Time { return base.Add(-time.Duration(n) * time.Hour) }
	return models.PasswordSpan{Kind: models.Customer, Set: models.Span{From: hours(from), To: hours(to)}}
}

func TestCountNotified(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		set := func(hours int) *time.Time { return ptr(base.Add(-time.Duration(hours) * time.Hour)) }
		for _, a := range []models.Account{
			{PasswordSetAt: set(1)}, {PasswordSetAt: set(2), ExpiryNotice: models.Reminded}, {PasswordSetAt: set(2), MustChange: true},
			{PasswordSetAt: set(3), ExpiryNotice: models.ExpiryNotified}, {PasswordSetAt: set(2), OneTime: true}, {PasswordSetAt: set(2), DisabledAt: &base},
			{PasswordSetAt: set(2), Technical: true}, {Kind: models.Organization, PasswordSetAt: set(2)}, {PasswordSetAt: set(9999)},
		} {
			a.PasswordHash = "h"
			f.account(a)
		}
		f.account(models.Account{})
		anyAge, technical := spanOf(0, 0), spanOf(3, 1)
		anyAge.Set.From, anyAge.Set.To, technical.Technical = time.Time{}, base, true
		spans := []models.PasswordSpan{spanOf(2, 1), spanOf(3, 1), spanOf(3, 2), anyAge, technical, spanOf(1, 2), spanOf(3, 1)}
		for notified, want := range map[models.ExpiryNotice][]int{
			models.NotNotified: {1, 1, 0, 3, 1, 0, 1}, models.Reminded: {1, 1, 0, 1, 0, 0, 1}, models.ExpiryNotified: {0, 1, 1, 1, 0, 0, 1},
		} {
			if got := must(f.read().CountNotified(today, notified, spans))(t); !slices.Equal(got, want) {
				t.Errorf("notified %d: counted %v, want %v", notified, got, want)
			}
		}
		if got := must(f.read().CountNotified(today, models.NotNotified, nil))(t); len(got) != 0 {
			t.Errorf("of no span %v", got)
		}
	})
}

// TestSnapshotReadsOneMoment: concurrent writes are not seen, and do not have to wait.
func TestSnapshotReadsOneMoment(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.account(models.Account{})
		count := func(tx *models.Tx) int {
			return int(must(tx.CountAccounts(models.AccountFilter{Kind: models.Customer}, 9))(t))
		}
		err := f.Snapshot(t.Context(), func(tx *models.Tx) error {
			before := count(tx)
			f.account(models.Account{})
			if after := count(tx); before != 1 || after != 1 {
				t.Errorf("%d, then %d", before, after)
			}
			return nil
		})
		if err != nil || count(f.read()) != 2 {
			t.Errorf("%v, and then %d", err, count(f.read()))
		}
	})
}

// TestCountingPasswordsReadsAnIndex: one index range for each span, also with many rows.
func TestCountingPasswordsReadsAnIndex(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.crowd(5000)
		spans := []models.PasswordSpan{spanOf(24, 0), spanOf(48, 24), spanOf(99999, 48)}
		const index = "accounts_notice_due"
		// SQLite looks at the rows for what the index itself says already, but at no others than those that count.
		want := "SEARCH accounts USING INDEX " + index + " (technical=? AND kind=? "
		if f.Engine() == models.Postgres {
			want = "Index Only Scan using " + index
		}
		plan := f.plan(func(tx *models.Tx) error { _, err := tx.CountNotified(today, models.Reminded, spans); return err })
		if !strings.Contains(plan, want) || strings.Contains(plan, "Seq Scan on accounts") || strings.Contains(plan, "SCAN accounts") {
			t.Errorf("%s is not how it is counted:\n%s", index, plan)
		}
		for _, bound := range []string{"(password_set_at >=", "(password_set_at <"} {
			if f.Engine() == models.SQLite {
				bound = "password_set_at>? AND password_set_at<?)"
			}
			if !strings.Contains(plan, bound) || strings.Contains(plan, "Filter: (password_set_at") {
				t.Errorf("the whole group is read:\n%s", plan)
			}
		}
	})
}

// crowd writes customers whose passwords were set one hour after the other, and lets the engine look at them.
func (f *fixture) crowd(count int) {
	f.Helper()
	hoursAgo, look := "strftime('%%Y-%%m-%%d %%H:%%M:%%f+00:00', '2026-03-02', '-' || n || ' hours')", "ANALYZE"
	if f.Engine() == models.Postgres {
		hoursAgo, look = "timestamptz '2026-03-02 00:00:00+00' - n * interval '1 hour'", "VACUUM ANALYZE accounts"
	}
	people := fmt.Sprintf(`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d)
		INSERT INTO accounts (id, kind, name, name_key, email, email_key, organization_id, created_at, password_hash, password_set_at, expiry_notice)
		SELECT 'a' || n, 'customer', 'n' || n, 'n' || n, '', '', '%s', '2026-01-01 00:00:00+00:00', 'h', `+hoursAgo+`, n %% 3 FROM numbers`,
		count, models.DefaultOrganizationID)
	for _, statement := range []string{people, look} {
		if _, err := f.SQL().ExecContext(f.Context(), statement); err != nil {
			f.Fatal(err)
		}
	}
}
