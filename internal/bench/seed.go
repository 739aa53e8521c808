package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"latchkey/models"
)

// database writes rows with SQL alone, since the program's own queries would take minutes.
type database struct {
	*sql.DB
	engine models.Engine
}

// openSQL uses the drivers that models has registered.
func (s *site) openSQL() database {
	driver, dsn := "pgx", s.dsn
	if s.engine == models.SQLite {
		driver = "sqlite"
		dsn = "file:" + (&url.URL{Path: s.sqliteFile()}).EscapedPath() + "?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=foreign_keys(1)"
	}
	db, err := sql.Open(driver, dsn)
	s.must(err)
	return database{db, s.engine}
}

func (d database) close() { _ = d.Close() }

// mix is how many of a hundred accounts are in each state; the rest is active.
var mix = []struct {
	state models.State
	share int
}{
	{models.Disabled, 4}, {models.Blacklisted, 1}, {models.NoPassword, 1}, {models.OneTimeLapsed, 2},
	{models.OneTimeWaiting, 3}, {models.MustChange, 2}, {models.Expired, 7},
}

const (
	organizations  = 100
	frequentSearch = "fisc"                           // part of one name in ten
	seededID       = "'01900000-0000-7000-8000-' || " // an SQL expression; twelve digits follow
)

// daysAgo is the SQL of a time that many days ago.
func (d database) daysAgo(days string) string {
	if d.engine == models.Postgres {
		return "now() - make_interval(days => (" + days + ")::int)"
	}
	return "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now', '-' || (" + days + ") || ' days')"
}

// seed creates customers with unknown passwords. A tenth are technical accounts, whose passwords are older and do not expire.
// Nothing is due: reminders are sent after 59 days. If mixed, there are also organizations, and accounts in all states.
func (d database) seed(ctx context.Context, count int, mixed bool) error {
	kind, organization := "'customer'", "'"+models.DefaultOrganizationID+"'"
	in := func(models.State) string { return "FALSE" }
	if mixed {
		kind = fmt.Sprintf("CASE WHEN n <= %d THEN 'organization' ELSE 'customer' END", organizations)
		organization = fmt.Sprintf("CASE WHEN n > %[1]d THEN %[2]s(100000000001 + n / 100 %% %[1]d) END", organizations, seededID)
		in = inState
	}
	name := "(" + oneOf("n % 10", "anna bruno chen dilara emil fatou greta hugo ines jonas") + " || '.' || " +
		oneOf("n / 10 % 10", "adler berg costa diallo evans fischer garcia haas ivanov jansen") + " || n)"
	email := name + " || '@example.org'"
	lapsed, waiting, expired, blocked := in(models.OneTimeLapsed), in(models.OneTimeWaiting), in(models.Expired), in(models.Blacklisted)
	when := func(condition, then, otherwise string) string {
		return "CASE WHEN " + condition + " THEN " + then + " ELSE " + otherwise + " END"
	}
	var columns, values []string
	for _, column := range [][2]string{
		{"id", seededID + "(100000000000 + n)"}, {"kind", kind}, {"name", name}, {"name_key", name}, {"email", email}, {"email_key", email},
		{"search", name + " || ' ' || " + email}, {"organization_id", organization}, {"created_at", d.daysAgo("400")},
		{"technical", "n > 100 AND n % 10 = 0"}, {"disabled_at", when(in(models.Disabled), d.daysAgo("1"), "NULL")}, {"password_id", "'p' || n"},
		{"password_hash", when(in(models.NoPassword), "''", "'none'")},
		{"password_set_at", when(in(models.NoPassword), "NULL", when(lapsed, d.daysAgo("30"), when(waiting, d.daysAgo("1"),
			when("n > 100 AND n % 10 = 0", d.daysAgo("300"), when(expired, d.daysAgo("100"), d.daysAgo("n % 58"))))))},
		{"one_time", lapsed + " OR " + waiting}, {"must_change", in(models.MustChange)},
		{"expiry_notice", when(lapsed+" OR "+expired, fmt.Sprint(int(models.ExpiryNotified)), "0")},
		{"failed_attempts", when(blocked, "10", "0")}, {"failed_in_row", when(blocked, "10", "0")},
		{"blocked_at", when(blocked, d.daysAgo("0"), "NULL")}, {"blocked_until", when(blocked, d.daysAgo("-1"), "NULL")},
	} {
		columns, values = append(columns, column[0]), append(values, column[1])
	}
	for _, statement := range []string{
		fmt.Sprintf(`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d)
			INSERT INTO accounts (%s) SELECT %s FROM numbers ORDER BY n`, count, strings.Join(columns, ", "), strings.Join(values, ", ")),
		`INSERT INTO identifiers (key, account_id) SELECT name_key, id FROM accounts WHERE id LIKE '01900000-%' UNION ALL
			SELECT email_key, id FROM accounts WHERE id LIKE '01900000-%'`,
	} {
		if _, err := d.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("seeding: %w", err)
		}
	}
	return d.settle(ctx)
}

// oneOf is the SQL of a word chosen by the number from 0.
func oneOf(number, words string) string {
	text := "CASE " + number
	for i, word := range strings.Fields(words) {
		text += fmt.Sprintf(" WHEN %d THEN '%s'", i, word)
	}
	return text + " END"
}

// inState is an SQL condition for the accounts in a state.
func inState(state models.State) string {
	from := 0
	for _, m := range mix {
		if m.state == state {
			return fmt.Sprintf("(n / 7 %% 100 >= %d AND n / 7 %% 100 < %d)", from, from+m.share)
		}
		from += m.share
	}
	return "FALSE"
}

// expire makes a number of passwords, which are spread over all customers, expire without a notice; others in each round.
func (d database) expire(ctx context.Context, accounts, due, round int) error {
	_, err := d.ExecContext(ctx, fmt.Sprintf(`UPDATE accounts SET expiry_notice = 0, password_set_at = %s
		WHERE kind = 'customer' AND NOT technical AND id LIKE '01900000-%%' AND CAST(substr(id, 25) AS BIGINT) %% %d = %d`,
		d.daysAgo("70"), accounts/due, 1+round%9))
	return errors.Join(err, d.settle(ctx))
}

func (d database) deleteMails(ctx context.Context) error {
	_, err := d.ExecContext(ctx, "DELETE FROM mails")
	return errors.Join(err, d.settle(ctx))
}

// settle does what would happen in the background, so that it is not measured: autovacuum, and SQLite's checkpoint.
func (d database) settle(ctx context.Context) error {
	statement := "PRAGMA wal_checkpoint(TRUNCATE)"
	if d.engine == models.Postgres {
		statement = "VACUUM ANALYZE"
	}
	_, err := d.ExecContext(ctx, statement)
	return err
}
