package accounts_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// candidates are other policies than those of the world, in which accounts' passwords live 64 days, with a reminder 5 days
// before, and technical ones for ever.
func candidates() map[string]func(*password.Policies) {
	account := func(life, reminder int) func(*password.Policies) {
		return func(p *password.Policies) {
			p.Account.PasswordExpirationInDays, p.Account.EmailBeforeExpirationInDays = life, reminder
		}
	}
	return map[string]func(*password.Policies){
		"the same":            func(*password.Policies) {},
		"shorter":             account(30, 7),
		"longer":              account(90, 14),
		"one day":             account(1, 1),
		"for ever":            account(0, 5),
		"longer than anybody": account(2147483647, 5),
		"reminded after all":  account(200_000, 199_000),
		"reminded at once":    account(60, 90),
		"without reminders":   account(64, 0),
		"reminded earlier":    account(64, 21),
		"technical ones end":  func(p *password.Policies) { p.Technical.PasswordExpirationInDays = 45 },
		"SuperAdmins apart":   superAdminsApart,
		"all of it, both sides": func(p *password.Policies) {
			account(100, 40)(p)
			superAdminsApart(p)
			p.Technical.PasswordExpirationInDays = 50
		},
	}
}

func superAdminsApart(p *password.Policies) {
	own := p.Account
	own.Section, own.PasswordExpirationInDays, own.EmailBeforeExpirationInDays = password.SectionSuperAdmin, 20, 3
	p.SuperAdmin = &own
}

// TestPreviewEqualsWhatHappens: for policies of every kind, what a preview says is what is counted when they are in force,
// by the states of accounts, and what the sweep queues until midnight.
func TestPreviewEqualsWhatHappens(t *testing.T) {
	days := map[string]time.Time{
		"an ordinary day": time.Date(2026, time.March, 2, 9, 30, 0, 123000, time.UTC),
		"25 hours long":   time.Date(2026, time.October, 24, 22, 10, 0, 0, time.UTC), // 25 October begins in Berlin
	}
	for day, now := range days {
		for name, change := range candidates() {
			t.Run(day+"/"+name, func(t *testing.T) {
				testdb.Engines(t, func(t *testing.T, db testdb.Database) { newTrial(t, db, now, 500).applied(change) })
			})
		}
	}
}

// Passwords that live longer than a time.Duration get no reminder too early, in the preview and in the sweep.
func TestRemindersOfFarEnds(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		tr := newTrial(t, db, time.Date(2026, time.March, 2, 9, 30, 0, 0, time.UTC), 100) // none is older than 120 days
		for _, c := range []struct {
			reminder int
			some     bool
		}{{199_000, false}, {199_999, true}, {5, false}, {100_000, false}} {
			candidate := policies()
			candidate.Account.PasswordExpirationInDays, candidate.Account.EmailBeforeExpirationInDays = 200_000, c.reminder
			said := must(tr.service.Policies.Preview(t.Context(), core.CommandLine, candidate, tr.zone))(t)
			if (said.Mails.Reminders > 0) != c.some || said.Mails.Expirations > 0 {
				t.Errorf("%d days before: %+v", c.reminder, said.Mails)
			}
		}
	})
}

// TestPreviewOfManyAccounts: the same at the size that the preview is for, or, since so many take their time, a twentieth.
func TestPreviewOfManyAccounts(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		now := time.Date(2026, time.March, 2, 9, 30, 0, 0, time.UTC)
		newTrial(t, db, now, testkit.Times(5_000, 100_000)).applied(candidates()["all of it, both sides"])
	})
}

// trial is a world in which a candidate is previewed, and then put in force.
type trial struct {
	*world
	service *accounts.Service
	zone    *time.Location
	rows    []models.Account
}

func newTrial(t *testing.T, db testdb.Database, now time.Time, count int) *trial {
	t.Helper()
	zone := must(time.LoadLocation("Europe/Berlin"))(t)
	w := newWorld(t, db)
	w.clock.Set(now)
	tr := &trial{world: w, zone: zone, service: w.reloadable()}
	tr.mixture(count)
	tr.bounds()
	if tr.db.Engine() == models.Postgres { // as autovacuum would, which is off on the test's server
		tr.db.Exec(tr, "ANALYZE accounts")
	}
	tr.rows = must(db.Read(t.Context()).ListAccounts(models.AccountFilter{Limit: 10 * count}))(t).Rows
	return tr
}

// mixture inserts accounts of every kind and age, in every state. Some owners have been notified.
func (tr *trial) mixture(count int) {
	tr.Helper()
	const most = 120 * 24 * 60 * 60 // seconds
	text := tr.clock.Now().Format("2006-01-02 15:04:05+00:00")
	set := fmt.Sprintf("strftime('%%Y-%%m-%%d %%H:%%M:%%S+00:00', '%s', '-' || (n * 7919 %% %d) || ' seconds')", text, most)
	if tr.db.Engine() == models.Postgres {
		set = fmt.Sprintf("timestamptz '%s' - (n * 7919 %% %d) * interval '1 second'", text, most)
	}
	tr.db.Exec(tr, fmt.Sprintf(`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d)
		INSERT INTO accounts (id, kind, name, name_key, email, email_key, organization_id, technical, created_at, disabled_at, password_id,
			password_hash, password_set_at, one_time, must_change, expiry_notice, blocked_at)
		SELECT 'a' || n, CASE WHEN n %% 50 = 0 THEN 'organization' WHEN n %% 50 = 1 THEN 'superadmin' ELSE 'customer' END, 'n' || n, 'n' || n,
			'n' || n || '@example.com', 'n' || n || '@example.com', CASE WHEN n %% 50 > 1 THEN '%s' END, n %% 50 > 1 AND n %% 7 = 3,
			'%s', CASE WHEN n %% 17 = 0 THEN %s END, 'p' || n, CASE WHEN n %% 19 = 0 THEN '' ELSE 'h' END, CASE WHEN n %% 19 > 0 THEN %s END,
			n %% 13 = 0 AND n %% 7 <> 3, n %% 23 = 0, n %% 11 %% 3, CASE WHEN n %% 29 = 0 THEN %s END FROM numbers`,
		count, models.DefaultOrganizationID, text, set, set, set))
}

// bounds writes accounts whose passwords end, or are reminded of, now and at midnight, and a microsecond before and after.
func (tr *trial) bounds() {
	tr.Helper()
	year, month, today := tr.clock.Now().In(tr.zone).Date()
	midnight := time.Date(year, month, today+1, 0, 0, 0, 0, tr.zone).UTC()
	tr.do(func(tx *models.Tx) error {
		for _, at := range []time.Time{tr.clock.Now().UTC(), midnight} {
			for _, days := range []int{0, 1, 7, 14, 17, 20, 21, 23, 30, 40, 43, 45, 50, 59, 60, 64, 76, 90, 100} {
				for step := -1; step <= 1; step++ {
					set, id := at.AddDate(0, 0, -days).Add(time.Duration(step)*time.Microsecond), tr.NewID()
					if set.After(tr.clock.Now()) {
						continue
					}
					a := models.Account{ID: id, Kind: models.Organization, Name: id, NameKey: id, Email: id + "@x.example", CreatedAt: set,
						PasswordID: id, PasswordHash: "h", PasswordSetAt: &set, ExpiryNotice: models.ExpiryNotice(days % 2)}
					if err := tx.CreateAccount(&a, id); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
}

// applied previews the candidate, puts it in force, and compares.
func (tr *trial) applied(change func(*password.Policies)) {
	tr.Helper()
	candidate := policies()
	change(&candidate)
	before := tr.service.Policies.Current()
	begin := time.Now()
	said := must(tr.service.Policies.Preview(tr.Context(), core.CommandLine, candidate, tr.zone))(tr)
	tr.Logf("%d accounts: the preview took %s and says %d, %d, %v, %v", len(tr.rows), time.Since(begin), said.Expire, said.Revive, said.Mails, said.AsIs)
	if tr.db.Count(tr, "SELECT count(*) FROM mails")+len(must(tr.db.Read(tr.Context()).PolicyVersions(9))(tr)) != 1 {
		tr.Error("the preview changed something")
	}
	tr.reload(tr.service, candidate)
	tr.compareStates(said, before.Cutoffs(), tr.service.Policies.Current().Cutoffs())
	tr.compareMails(said)
	tr.compareDays(said, before, tr.service.Policies.Current())
}

// expired counts enabled accounts with an expired password, by their rows.
func (tr *trial) expired(by models.Cutoffs, also func(models.Account) bool) (count int) {
	for _, a := range tr.rows {
		if by.Expired(a) && a.DisabledAt == nil && a.PasswordHash != "" && also(a) {
			count++
		}
	}
	return count
}

// compareStates counts whom the candidate makes expired and whom it does not let be so any longer.
func (tr *trial) compareStates(said policy.Preview, before, after models.Cutoffs) {
	tr.Helper()
	expire := tr.expired(after, func(a models.Account) bool { return !before.Expired(a) })
	revive := tr.expired(before, func(a models.Account) bool { return !after.Expired(a) })
	if said.Expire != expire || said.Revive != revive {
		tr.Errorf("the preview says that %d expire and %d no longer, there are %d and %d", said.Expire, said.Revive, expire, revive)
	}
	// The list of accounts shows the same for accounts in no other state that is shown first.
	shown := func(by models.Cutoffs) int {
		filter := models.AccountFilter{State: models.Expired, Cutoffs: by}
		return int(must(tr.db.Read(tr.Context()).CountAccounts(filter, 1_000_000))(tr))
	}
	bare := func(a models.Account) bool { return !a.MustChange && a.BlockedAt == nil }
	for _, by := range []models.Cutoffs{before, after} {
		if list, rows := shown(by), tr.expired(by, bare); list != rows {
			tr.Errorf("the list shows %d expired accounts, there are %d", list, rows)
		}
	}
}

// compareMails lets the sweep work until midnight.
func (tr *trial) compareMails(said policy.Preview) {
	tr.Helper()
	start := tr.clock.Now()
	year, month, today := start.In(tr.zone).Date()
	midnight := time.Date(year, month, today+1, 0, 0, 0, 0, tr.zone)
	service := tr.service
	for at := start; ; at = at.Add(time.Hour) {
		if !at.Before(midnight) {
			at = midnight.Add(-time.Microsecond)
		}
		tr.clock.Set(at)
		_ = must(service.Sweep(tr.Context()))(tr)
		if at.Equal(midnight.Add(-time.Microsecond)) {
			break
		}
	}
	tr.clock.Set(start)
	queued := func(template string) int {
		return tr.db.Count(tr, "SELECT count(*) FROM mails WHERE template = '"+template+"'")
	}
	got := policy.Notices{Reminders: queued(models.MailReminder), Expirations: queued(models.MailExpiration)}
	if got != said.Mails {
		tr.Errorf("the preview says %+v, the sweep queued %+v", said.Mails, got)
	}
}

// compareDays walks through the days under both policies.
func (tr *trial) compareDays(said policy.Preview, before, after *policy.Rules) {
	tr.Helper()
	if len(said.Days) != policy.PreviewDays {
		tr.Fatalf("%d days", len(said.Days))
	}
	all := func(models.Account) bool { return true }
	then, asIs := tr.expired(after.Cutoffs(), all), tr.expired(before.Cutoffs(), all)
	for i, day := range said.Days {
		if i > 0 && !day.From.Equal(said.Days[i-1].To) || day.To.In(tr.zone).Format("15:04:05.000000") != "00:00:00.000000" {
			tr.Errorf("day %d lasts from %s to %s", i, day.From, day.To)
		}
		tr.clock.Set(day.To.Add(-time.Microsecond))
		thenNow, asIsNow := tr.expired(after.Cutoffs(), all), tr.expired(before.Cutoffs(), all)
		if day.Then != thenNow-then || day.AsIs != asIsNow-asIs {
			tr.Errorf("day %d: the preview says %d, and %d as it is; there are %d and %d", i, day.Then, day.AsIs, thenNow-then, asIsNow-asIs)
		}
		then, asIs = thenNow, asIsNow
	}
}

// TestPreviewOfWhatIs says what the sweep does if nothing is changed.
func TestPreviewOfWhatIs(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		tr := newTrial(t, db, time.Date(2026, time.March, 2, 9, 30, 0, 0, time.UTC), 1200)
		said := must(tr.service.Policies.Preview(t.Context(), core.CommandLine, candidatesLonger(), tr.zone))(t)
		if said.AsIs == said.Mails || len(said.Changes) != 2 || len(said.Changes[1].Changes) != 1 || said.Changes[1].Changes[0].Direction != password.Looser {
			t.Errorf("the preview says %+v", said)
		}
		said.Mails = said.AsIs
		tr.compareMails(said)
	})
}

func candidatesLonger() password.Policies {
	p := policies()
	p.Account.PasswordExpirationInDays = 90
	return p
}

// TestPreviewIsForSuperAdmins alone.
func TestPreviewIsForSuperAdmins(t *testing.T) {
	w := newWorld(t, testdb.SQLite(t))
	for _, kind := range []models.Kind{models.Organization, models.Customer, ""} {
		actor := core.Actor{ID: w.NewID(), Kind: kind}
		_, errPreview := w.Policies.Preview(t.Context(), actor, policies(), time.UTC)
		_, errList := w.Policies.Versions(t.Context(), actor)
		_, errFind := w.Policies.FindVersion(t.Context(), actor, 1)
		for _, err := range []error{errPreview, errList, errFind} {
			if !errors.Is(err, core.ErrForbidden) {
				t.Errorf("%q: %v", kind, err)
			}
		}
	}
}
