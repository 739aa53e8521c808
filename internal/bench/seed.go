package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"latchkey/models"
)

// exec runs statements on the tables, since the program's own queries would take minutes to make so many rows. Then it does what
// would happen in the background, so that it is not measured: autovacuum, and SQLite's checkpoint.
func (s *site) exec(statements ...string) {
	settle := "PRAGMA wal_checkpoint(TRUNCATE)"
	if s.engine == models.Postgres {
		settle = "VACUUM ANALYZE"
	}
	pool := s.db.Raw(s)
	defer pool.Close()
	for _, statement := range append(statements, settle) {
		if _, err := pool.ExecContext(s.ctx, s.times(statement)); err != nil {
			s.Fatalf("%.100s: %w", statement, err)
		}
	}
}

const deleteMails = "DELETE FROM mails"

// mix is how many of a hundred accounts are in each state, and how they get into it. @n is the time n days ago. The rest is
// active.
var mix = []struct {
	state models.State
	share int
	set   string
}{
	{models.Disabled, 4, "disabled_at = @1"},
	{models.NotYetValid, 1, "valid_from = '2999-01-01'"},
	{models.Ended, 2, "valid_until = '2020-01-01'"},
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
func (s *site) times(statement string) string {
	ago := "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now', (-($1)) || ' days')"
	if s.engine == models.Postgres {
		ago = "now() - make_interval(days => ($1)::int)"
	}
	return regexp.MustCompile(`@(-?\d+|\([^()]*\))`).ReplaceAllStringFunc(statement, func(days string) string {
		return strings.Replace(ago, "$1", days[1:], 1)
	})
}

// texts is a statement that writes what searches of SuperAdmins find the accounts by.
func (s *site) texts() string {
	const search = "'  ' || name || '  ' || email"
	if s.engine == models.Postgres {
		return "INSERT INTO account_texts (id, search) SELECT id, " + search + " FROM accounts WHERE id LIKE '01900000-%'"
	}
	return "INSERT INTO account_texts (seq, id, search) SELECT seq, id, " + search + " FROM accounts WHERE id LIKE '01900000-%'"
}

// seed creates customers with unknown passwords. A tenth are technical accounts, whose passwords are older and do not expire.
// Nothing is due: reminders are sent after 59 days. If mixed, there are also organizations, and accounts in all states.
func (s *site) seed(count int, mixed bool) {
	name := "(" + oneOf("n % 10", "anna bruno chen dilara emil fatou greta hugo ines jonas") + " || '.' || " +
		oneOf("n / 10 % 10", "adler berg costa diallo evans fischer garcia haas ivanov jansen") + " || n)"
	statements := []string{
		fmt.Sprintf(`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d),
			people AS (SELECT n, %s AS name, n > 100 AND n %% 10 = 0 AS technical FROM numbers)
			INSERT INTO accounts (id, kind, name, name_key, email, email_key, organization_id, created_at, technical,
				password_id, password_hash, one_time, must_change, expiry_notice, failed_attempts, failed_in_row, password_set_at)
			SELECT '01900000-0000-7000-8000-' || (100000000000 + n), 'customer', name, name, name || '@example.org', name || '@example.org', '%s', @400, technical, 'p' || n, 'none', FALSE, FALSE, 0, 0, 0,
				CASE WHEN technical THEN @300 ELSE @(n %% 58) END
			FROM people ORDER BY n`, count, name, models.DefaultOrganizationID),
		s.texts(),
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
	s.exec(statements...)
}

// oneOf returns the SQL of a word chosen by the number from 0.
func oneOf(number, words string) string {
	text := "CASE " + number
	for i, word := range strings.Fields(words) {
		text += fmt.Sprintf(" WHEN %d THEN '%s'", i, word)
	}
	return text + " END"
}

// expire makes a number of passwords expire without a notice, spread over all customers; others in each round.
func (s *site) expire(accounts, due, round int) {
	s.exec(fmt.Sprintf(`UPDATE accounts SET expiry_notice = 0, password_set_at = @70
		WHERE kind = 'customer' AND NOT technical AND %s %% %d = %d`, rowNumber, accounts/due, 1+round%9) + seeded)
}
