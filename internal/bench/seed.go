package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
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

// mix is how many of a hundred accounts are in each state, and how they get into it. @n is the time n days ago. The rest is
// active.
var mix = []struct {
	state models.State
	share int
	set   string
}{
	{models.Disabled, 4, "disabled_at = @1"},
	{models.Blacklisted, 1, "failed_attempts = 10, failed_in_row = 10, blocked_at = @0, blocked_until = @-1"},
	{models.NoPassword, 1, "password_hash = '', password_set_at = NULL"},
	{models.OneTimeLapsed, 2, "one_time = TRUE, password_set_at = @30, expiry_notice = " + notified},
	{models.OneTimeWaiting, 3, "one_time = TRUE, password_set_at = @1"},
	{models.MustChange, 2, "must_change = TRUE"},
	{models.Expired, 7, "password_set_at = @100, expiry_notice = " + notified},
}

const (
	organizations  = 100
	frequentSearch = "fisc"                                            // part of one name in ten
	rowNumber      = "(CAST(substr(id, 25) AS BIGINT) % 100000000000)" // of a seeded account
	seeded         = " AND id LIKE '01900000-%'"
)

var notified = strconv.Itoa(int(models.ExpiryNotified))

// times replaces @n by the SQL of the time n days ago.
func (d database) times(statement string) string {
	ago := "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now', '-' || ($1) || ' days')"
	if d.engine == models.Postgres {
		ago = "now() - make_interval(days => ($1)::int)"
	}
	return regexp.MustCompile(`@(-?\d+|\([^()]*\))`).ReplaceAllStringFunc(statement, func(days string) string {
		return strings.Replace(ago, "$1", days[1:], 1)
	})
}

// seed creates customers with unknown passwords. A tenth are technical accounts, whose passwords are older and do not expire.
// Nothing is due: reminders are sent after 59 days. If mixed, there are also organizations, and accounts in all states.
func (d database) seed(ctx context.Context, count int, mixed bool) error {
	name := "(" + oneOf("n % 10", "anna bruno chen dilara emil fatou greta hugo ines jonas") + " || '.' || " +
		oneOf("n / 10 % 10", "adler berg costa diallo evans fischer garcia haas ivanov jansen") + " || n)"
	statements := []string{
		fmt.Sprintf(`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d),
			people AS (SELECT n, %s AS name, n > 100 AND n %% 10 = 0 AS technical FROM numbers)
			INSERT INTO accounts (id, kind, name, name_key, email, email_key, search, organization_id, created_at, technical,
				password_id, password_hash, one_time, must_change, expiry_notice, failed_attempts, failed_in_row, password_set_at)
			SELECT '01900000-0000-7000-8000-' || (100000000000 + n), 'customer', name, name, name || '@example.org', name || '@example.org',
				name || ' ' || name || '@example.org', '%s', @400, technical, 'p' || n, 'none', FALSE, FALSE, 0, 0, 0,
				CASE WHEN technical THEN @300 ELSE @(n %% 58) END
			FROM people ORDER BY n`, count, name, models.DefaultOrganizationID),
	}
	if mixed {
		statements = append(statements,
			fmt.Sprintf("UPDATE accounts SET kind = 'organization', organization_id = NULL WHERE %s <= %d", rowNumber, organizations),
			fmt.Sprintf("UPDATE accounts SET organization_id = '01900000-0000-7000-8000-' || (100000000001 + %s / 100 %% %d) WHERE %[1]s > %[2]d",
				rowNumber, organizations))
		from := 0
		for _, m := range mix {
			statements = append(statements, fmt.Sprintf("UPDATE accounts SET %s WHERE %s / 7 %% 100 BETWEEN %d AND %d", m.set, rowNumber, from, from+m.share-1))
			from += m.share
		}
	}
	for i := range statements[1:] {
		statements[i+1] += seeded
	}
	statements = append(statements, `INSERT INTO identifiers (key, account_id) SELECT name_key, id FROM accounts WHERE TRUE`+seeded+`
		UNION ALL SELECT email_key, id FROM accounts WHERE TRUE`+seeded)
	for _, statement := range statements {
		if _, err := d.ExecContext(ctx, d.times(statement)); err != nil {
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

// expire makes a number of passwords expire without a notice, spread over all customers; others in each round.
func (d database) expire(ctx context.Context, accounts, due, round int) error {
	_, err := d.ExecContext(ctx, d.times(fmt.Sprintf(`UPDATE accounts SET expiry_notice = 0, password_set_at = @70
		WHERE kind = 'customer' AND NOT technical AND %s %% %d = %d`, rowNumber, accounts/due, 1+round%9)+seeded))
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
