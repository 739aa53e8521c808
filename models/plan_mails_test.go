package models_test

import (
	"strings"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/models"
)

// mailUses are what pages, sweeps and workers ask of the mails, with the index that each needs on SQLite.
var mailUses = map[string]struct {
	use   func(*models.Tx) error
	index string
	sorts bool // a few rows that an index found may be sorted
}{
	"counted":           {func(tx *models.Tx) error { _, err := tx.CountMails("a", "t", base); return err }, "mails_by_account", false},
	"notices":           {func(tx *models.Tx) error { _, err := tx.CountNotices("a", models.NewBrowser, base); return err }, "mails_by_account", false},
	"failed":            {func(tx *models.Tx) error { _, err := tx.CountMailsIn(models.MailFailed, 9); return err }, "mails_by_state", false},
	"that wait":         {func(tx *models.Tx) error { _, _, err := tx.CountWaitingMails(base, 9); return err }, "COVERING INDEX mails_due", false},
	"oldest":            {func(tx *models.Tx) error { _, err := tx.OldestWaitingMail(base); return err }, "mails_by_state", false},
	"lapsed leases":     {func(tx *models.Tx) error { _, err := tx.ClaimMails("l", base, base, 9, 1); return err }, "mails_leased", false},
	"claimed":           {func(tx *models.Tx) error { _, err := tx.ClaimMails("l", base, base, 9, 1); return err }, "mails_due (urgent=? AND next_try_at<?)", false},
	"urgent ones":       {func(tx *models.Tx) error { _, err := tx.UrgentMailDue(base); return err }, "COVERING INDEX mails_due (urgent=? AND next_try_at<?)", false},
	"settled":           {func(tx *models.Tx) error { return settle(tx, models.Mail{ID: "a", NextTryAt: base}) }, "(state=? AND id=?)", false},
	"put back":          {func(tx *models.Tx) error { return tx.ReleaseMails("l", []string{"a"}) }, " id=?)", false},
	"sent again":        {func(tx *models.Tx) error { _, err := tx.RetryFailedMails(base, base, 9); return err }, "mails_by_state (state=?)", false},
	"hastened":          {func(tx *models.Tx) error { _, err := tx.RescheduleMails(base, base, 9); return err }, "mails_due (urgent=? AND next_try_at>?)", false},
	"forgotten":         {func(tx *models.Tx) error { _, err := tx.DeleteMails(base, 9); return err }, "sqlite_autoindex_mails_1 (id<?)", false},
	"tries":             {func(tx *models.Tx) error { _, err := tx.MailTries("m"); return err }, "sqlite_autoindex_mail_tries_1 (mail_id=?)", true},
	"events forgotten":  {func(tx *models.Tx) error { _, err := tx.DeleteAudit(base, 9); return err }, "sqlite_autoindex_audit_events_1 (id<?)", false},
	"list":              {mailsOf(models.MailFilter{}), "sqlite_autoindex_mails_1", false},
	"list of a state":   {mailsOf(models.MailFilter{State: models.MailFailed}), "mails_by_state (state=?)", false},
	"list of a kind":    {mailsOf(models.MailFilter{Template: models.MailReminder}), "mails_by_template (template=?)", false},
	"list to an owner":  {mailsOf(models.MailFilter{Recipient: "r"}), "mails_by_recipient", false},
	"list by all three": {mailsOf(models.MailFilter{Recipient: "r", State: models.MailSent, Template: models.MailReminder}), "mails_by_recipient", false},
	"list of both":      {mailsOf(models.MailFilter{State: models.MailSent, Template: models.MailReminder}), "mails_by_state_template (state=? AND template=?)", false},
}

func settle(tx *models.Tx, mails ...models.Mail) error {
	_, err := tx.SettleMails(mails)
	return err
}

func mailsOf(filter models.MailFilter) func(*models.Tx) error {
	filter.Limit = 50
	return func(tx *models.Tx) error { _, err := tx.ListMails(filter); return err }
}

// TestMailQueriesUseAnIndex: the cost of queries of mails depends on their results, not on the table.
func TestMailQueriesUseAnIndex(t *testing.T) {
	f := &fixture{TB: t, Database: testdb.SQLite(t)}
	for name, test := range mailUses {
		plan := f.plan(test.use)
		if !strings.Contains(plan, test.index) {
			t.Errorf("%s: %s is not used:\n%s", name, test.index, plan)
		}
		if strings.Contains(plan, "SCAN mails\n") || strings.Contains(plan, "SCAN audit_events\n") {
			t.Errorf("%s: the whole table is read:\n%s", name, plan)
		}
		if !test.sorts && strings.Contains(plan, "USE TEMP B-TREE") {
			t.Errorf("%s: all is sorted first:\n%s", name, plan)
		}
	}
}

// manyMails are of all states, most of them sent, as after a year.
const manyMails = `INSERT INTO mails (id, template, once_key, account_name, recipient, locale, data, state, created_at, next_try_at,
	lease_until, done_at, message_id)
	SELECT 'f' || lpad(n::text, 9, '0'), 't' || n % 3, n, 'n' || n, 'r' || n, 'en', '{}',
	CASE WHEN n % 100 = 0 THEN 'waiting' WHEN n % 100 = 1 THEN 'sending' WHEN n % 100 = 2 THEN 'failed' ELSE 'sent' END,
	now(), now(), CASE WHEN n % 100 = 1 THEN now() END, CASE WHEN n % 100 > 1 THEN now() END, 'm' FROM generate_series(1, 20000) n`

// TestPostgresMailQueriesUseAnIndex: the same on PostgreSQL with many rows and up-to-date statistics.
func TestPostgresMailQueriesUseAnIndex(t *testing.T) {
	f := &fixture{TB: t, Database: testdb.PostgresDB(t)}
	f.Exec(t, manyMails)
	f.Exec(t, "ANALYZE")
	for name, test := range mailUses {
		if plan := f.plan(test.use); strings.Contains(plan, "Seq Scan on mails") {
			t.Errorf("%s: the whole table is read:\n%s", name, plan)
		}
	}
}

// TestPostgresClaimsInOrder: even if PostgreSQL expects an empty queue, a claim reads only the claimed rows and sorts nothing.
func TestPostgresClaimsInOrder(t *testing.T) {
	f := &fixture{TB: t, Database: testdb.PostgresDB(t)}
	f.Exec(f, "ANALYZE")
	f.Exec(f, strings.Replace(manyMails, "n % 100 = 0", "true", 1))
	if plan := f.plan(mailUses["claimed"].use); strings.Contains(plan, "Sort") || strings.Contains(plan, "Bitmap") {
		t.Errorf("all that is due is read:\n%s", plan)
	}
}

// manyReminders are 100,000 mails that wait. One in a thousand is urgent.
const manyReminders = `INSERT INTO mails (id, template, once_key, account_name, recipient, locale, data, state, urgent, created_at,
	next_try_at, message_id)
	WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 100000)
	SELECT 'm' || n, 't', 'k' || n, '', '', 'en', '{}', 'waiting', n % 1000 = 0, '2026-03-02 08:00:00+00:00', '2026-03-02 08:00:00+00:00', ''
	FROM s`

// TestClaimsSearchAnIndexAmongManyReminders: the cost of a claim does not depend on how many mails wait, with statistics of an empty
// queue and of a full one.
func TestClaimsSearchAnIndexAmongManyReminders(t *testing.T) {
	search := map[models.Engine][]string{
		models.SQLite:   {"USING COVERING INDEX mails_due (urgent=? AND next_try_at<?)"},
		models.Postgres: {"Index Cond: ((urgent = true) AND (next_try_at <=", "Index Cond: ((urgent = false) AND (next_try_at <="},
	}
	reads := map[models.Engine][]string{models.SQLite: {"SCAN mails", "TEMP B-TREE"}, models.Postgres: {"Seq Scan", "Sort", "Bitmap"}}
	each(t, func(t *testing.T, f *fixture) {
		f.Exec(t, "ANALYZE")
		for _, statement := range []string{manyReminders, "ANALYZE"} {
			f.Exec(t, statement)
			plan := f.plan(func(tx *models.Tx) error {
				_, err := tx.ClaimMails("l", base, base.Add(time.Hour), 250, 25)
				return err
			})
			for _, want := range search[f.Engine()] {
				if !strings.Contains(plan, want) {
					t.Errorf("without %s:\n%s", want, plan)
				}
			}
			for _, none := range reads[f.Engine()] {
				if strings.Contains(plan, none) {
					t.Errorf("all that is due is read:\n%s", plan)
				}
			}
		}
	})
}
