package models

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Counts are the numbers of accounts in each state, of passwords in spans and of failed mails, exact at one moment.
type Counts struct {
	states        map[accountGroup]map[State]int
	withoutFactor map[Kind]int
	spans         []int

	FailedMails int64 // 0 if the query does not ask for them
}

// accountGroup are accounts of one kind, technical ones or others, whose passwords have the same lifetime.
type accountGroup struct {
	kind      Kind
	technical bool
}

// accountGroups are all groups: only customers can be technical.
var accountGroups = []accountGroup{{Customer, false}, {Customer, true}, {Organization, false}, {SuperAdmin, false}}

// Of returns how many accounts are in a state ("" = any), of a kind ("" = any), or only technical ones.
func (c Counts) Of(state State, kind Kind, technical bool) (n int) {
	for group, states := range c.states {
		if kind != "" && group.kind != kind || technical && !group.technical {
			continue
		}
		if state != "" {
			n += states[state]
			continue
		}
		for _, count := range states {
			n += count
		}
	}
	return n
}

// CountsOf makes counts of accounts of one kind, as samples show them.
func CountsOf(states map[State]int, kind Kind) Counts {
	return Counts{states: map[accountGroup]map[State]int{{kind: kind}: states}}
}

// WithoutFactor returns how many accounts of each kind can sign in and have no second factor that counts.
func (c Counts) WithoutFactor() map[Kind]int { return c.withoutFactor }

// Passwords returns the number of passwords in each span of the query.
func (c Counts) Passwords() []int { return c.spans }

// CountQuery selects what [Tx.Counts] counts.
type CountQuery struct {
	OrganizationID string         // "" = all accounts
	Cutoffs        Cutoffs        // by which states are judged
	Passwords      []PasswordSpan // lasting passwords of open accounts
	FailedMails    bool           // count these too
}

// The classes of open accounts by their password; see the migration that counts.
const (
	oneTimeClass  = "o1"
	lastingClass  = "ot"
	operatorClass = "ok" // an operator knows the password
	// openLasting are open accounts, blocked ones too, with a password that is not one-time.
	openLasting = "om ok ot bm bk bt"
)

// Counts counts accounts and passwords. It reads maintained counters: of classes, which no clock changes, and of passwords by the day and the
// quarter of an hour in which they were set. The rest of the quarter, or of the day in an organization, is a range of an index. What the clock has changed and the sweep not
// yet settled ([Tx.Settle]) is counted row by row. It is one statement, so all numbers are of one moment.
func (tx *Tx) Counts(q CountQuery) (Counts, error) {
	c := counting{tx: tx, query: q, rangeAt: map[Span]int{}, counts: Counts{
		states: map[accountGroup]map[State]int{}, withoutFactor: map[Kind]int{}, spans: make([]int, len(q.Passwords)),
	}}
	for i, span := range q.Passwords {
		c.ask(i, accountGroup{span.Kind, span.Technical}, openLasting, span.Set)
	}
	for i, group := range accountGroups {
		c.ask(c.lapsedPlace(i), group, oneTimeClass, until(q.Cutoffs.OneTime))
		if cutoff := q.Cutoffs.expiry(Account{Kind: group.kind, Technical: group.technical}); !cutoff.IsZero() {
			c.ask(c.expiredPlace(i), group, c.expiringClasses(), until(cutoff))
		}
	}
	return c.run()
}

// until is the span up to a time, which is in it. The tables store microseconds.
func until(at time.Time) Span { return Span{To: at.Add(time.Microsecond)} }

// counting builds and reads the statement of [Tx.Counts].
type counting struct {
	tx     *Tx
	query  CountQuery
	counts Counts

	buckets, rests, ranges, wholes   []string
	bucketArgs, rangeArgs, wholeArgs []any
	rangeAt                          map[Span]int // the place of each range of rows
}

// The places of the spans that states need, after those of the query.
func (c *counting) lapsedPlace(group int) int  { return len(c.query.Passwords) + 2*group }
func (c *counting) expiredPlace(group int) int { return c.lapsedPlace(group) + 1 }

// expiringClasses are the classes whose accounts are active until their password expires.
func (c *counting) expiringClasses() string {
	if c.query.Cutoffs.OwnersOnly {
		return lastingClass
	}
	return lastingClass + " " + operatorClass
}

const (
	daySeconds     = 24 * 60 * 60
	hourSeconds    = 60 * 60
	quarterSeconds = 15 * 60
	endOfTime      = 1 << 40 // a bucket after all others
)

// ask asks for the passwords of a group that were set in a span. Without a beginning, it is all passwords without those that were set later, which are fewer.
func (c *counting) ask(place int, group accountGroup, classes string, set Span) {
	if c.query.OrganizationID != "" && group.kind != Customer || !set.From.Before(set.To) {
		return
	}
	what := fmt.Sprintf("%d, '%s', %t, '%s'", place, group.kind, group.technical, classes)
	at := c.tx.engine.timestamp()
	c.wholes = append(c.wholes, fmt.Sprintf("(%s, %s, %s)", what, at, at))
	since := set.From
	if since.IsZero() {
		since = time.Unix(0, 0).UTC()
	}
	c.wholeArgs = append(c.wholeArgs, since, set.To)
	if set.From.IsZero() {
		c.bucket(what, 1, "all", 0, 1)
		c.cover(what, -1, set.To, time.Time{})
		return
	}
	c.cover(what, 1, set.From, set.To)
}

// cover counts the passwords between two times, zero = without an end, by as few buckets as there are, and the rest by rows.
func (c *counting) cover(what string, sign int, from, to time.Time) {
	fine, level := c.finest()
	first, last := nearest(from, fine), int64(endOfTime)*daySeconds
	c.rest(what, sign, from, time.Unix(first, 0))
	if !to.IsZero() {
		last = nearest(to, fine)
		c.rest(what, sign, time.Unix(last, 0), to)
	}
	firstDay, lastDay := (first+daySeconds-1)/daySeconds, last/daySeconds
	if level == "day" || firstDay > lastDay {
		c.bucket(what, sign, level, first/fine, last/fine)
		return
	}
	c.bucket(what, sign, level, first/fine, firstDay*daySeconds/fine)
	c.bucket(what, sign, "day", firstDay, lastDay)
	c.bucket(what, sign, level, lastDay*daySeconds/fine, last/fine)
}

// finest returns the length and the name of the shortest buckets. An organization has hours on SQLite, and only days on PostgreSQL, whose index
// has all that is counted of the rest: SQLite has to look at each row for its class.
func (c *counting) finest() (seconds int64, level string) {
	switch {
	case c.query.OrganizationID == "":
		return quarterSeconds, "quarter"
	case c.tx.engine == SQLite:
		return hourSeconds, "hour"
	default:
		return daySeconds, "day"
	}
}

// nearest returns the multiple of a number of seconds that is nearest to a time.
func nearest(at time.Time, seconds int64) int64 { return (at.Unix() + seconds/2) / seconds * seconds }

func (c *counting) bucket(what string, sign int, level string, from, to int64) {
	if from >= to {
		return
	}
	c.buckets = append(c.buckets, fmt.Sprintf("(%s, %d, '%s', CAST(? AS BIGINT), CAST(? AS BIGINT))", what, sign, level))
	c.bucketArgs = append(c.bucketArgs, from, to)
}

// rest counts the rows from one time to another, or takes them away if it is the earlier one. Each range is read once.
func (c *counting) rest(what string, sign int, from, to time.Time) {
	if to.Before(from) {
		sign, from, to = -sign, to, from
	}
	if from.Equal(to) {
		return
	}
	span := Span{From: from.UTC(), To: to.UTC()}
	place, known := c.rangeAt[span]
	if !known {
		place, c.rangeAt[span] = len(c.ranges), len(c.ranges)
		at := c.tx.engine.timestamp()
		c.ranges = append(c.ranges, fmt.Sprintf("(%d, %s, %s)", place, at, at))
		c.rangeArgs = append(c.rangeArgs, span.From, span.To)
	}
	c.rests = append(c.rests, fmt.Sprintf("(%s, %d, %d)", what, sign, place))
}

// accountRange is a condition, and the index that has it as a range.
type accountRange struct{ index, where string }

// unsettled are the accounts whose class the clock has changed and that the sweep has not settled. Each condition is a range of an index that has all
// columns they are counted by. An account can meet several.
var unsettled = []accountRange{
	{"accounts_unsettled_from", "valid_from <> '' AND settled <> 'f' || valid_from AND valid_from > @today"},
	{"accounts_unsettled_until", "valid_until <> '' AND settled <> 'e' || valid_until AND valid_until < @today AND valid_from <= @today"},
	{"accounts_settled", "settled <> '' AND settled >= 'f' AND settled <= @ahead"},
	{"accounts_settled", "settled <> '' AND settled >= @over AND settled < 'f'"},
}

// frontSQL is the first letter of an account's class now.
const frontSQL = `CASE
	WHEN substr(class, 1, 1) = 'd' THEN 'd'
	WHEN valid_from > @today THEN 'f'
	WHEN valid_until <> '' AND valid_until < @today THEN 'e'
	WHEN blocked_at IS NOT NULL AND (blocked_until IS NULL OR blocked_until > @now) THEN 'b'
	ELSE 'o' END`

// readUnsettled selects what unsettled accounts are counted by, each once, and those whose block the sweep has not ended yet.
func (c *counting) readUnsettled() string {
	// The last condition can be NULL, as would be its negation.
	ranges := append(slices.Clone(unsettled), accountRange{"accounts_blocked", "blocked_at IS NOT NULL AND blocked_until <= @now"})
	parts, before := make([]string, len(ranges)), ""
	for i, one := range ranges {
		parts[i] = "SELECT organization_id, kind, technical, class, valid_from, valid_until, blocked_at, blocked_until, password_set_at FROM " +
			c.tx.engine.by("accounts", one.index) + " WHERE " + one.where + before
		before += " AND NOT (" + one.where + ")"
	}
	return "SELECT kind, technical, class, " + frontSQL + " || substr(class, 2) AS class_now, password_set_at FROM (" + strings.Join(parts, " UNION ALL ") +
		") AS ranges WHERE @organization = '' OR organization_id = @organization"
}

// run runs the statement. Its rows are of four parts: 0 counts classes, 1 passwords, 2 one-time passwords of a group that have not lapsed, since
// the account is open for less time than they last, and 3 failed mails.
func (c *counting) run() (Counts, error) {
	cutoffs, organization := c.query.Cutoffs, c.query.OrganizationID
	ofOrganization := ""
	if organization != "" {
		ofOrganization = "AND organization_id = @organization"
	}
	has := func(class string) string { return "instr(asked.classes, " + class + ") > 0" }
	if c.tx.engine == Postgres {
		has = func(class string) string { return "strpos(asked.classes, " + class + ") > 0" }
	}
	const spansPart = " UNION ALL SELECT 1, place, '', FALSE, '', FALSE, CAST("
	sql := "WITH unsettled AS MATERIALIZED (" + c.readUnsettled() + `),
		wholes (place, kind, technical, classes, since, before) AS (VALUES ` + strings.Join(c.wholes, ", ") + `),
		buckets (place, kind, technical, classes, sign, level, first, last) AS (VALUES ` + strings.Join(c.buckets, ", ") + `)`
	args := slices.Concat(c.wholeArgs, c.bucketArgs)
	if len(c.rests) > 0 {
		sql += ", rests (place, kind, technical, classes, sign, range) AS (VALUES " + strings.Join(c.rests, ", ") + `),
			ranges (range, since, before) AS (VALUES ` + strings.Join(c.ranges, ", ") + `),
			ranged AS MATERIALIZED (` + c.readRanges(ofOrganization) + ")"
		args = append(args, c.rangeArgs...)
	}
	sql += `
		SELECT 0 AS part, 0 AS place, kind, technical, class, without_factor, CAST(sum(n) AS BIGINT) AS n FROM (
			SELECT kind, technical, class, without_factor, n FROM account_counts WHERE organization_id = @organization
			UNION ALL SELECT kind, technical, class, FALSE, -1 FROM unsettled
			UNION ALL SELECT kind, technical, class_now, FALSE, 1 FROM unsettled
		) AS counted GROUP BY kind, technical, class, without_factor` +
		spansPart + `sum(CASE WHEN ` + has("class_now") + ` THEN 1 ELSE 0 END - CASE WHEN ` + has("class") + ` THEN 1 ELSE 0 END) AS BIGINT)
			FROM unsettled CROSS JOIN wholes AS asked WHERE unsettled.technical = asked.technical AND unsettled.kind = asked.kind
			AND password_set_at >= since AND password_set_at < before GROUP BY place` +
		spansPart + `sign * (SELECT coalesce(sum(n), 0) FROM password_counts WHERE organization_id = @organization AND level = asked.level
			AND kind = asked.kind AND technical = asked.technical AND bucket >= first AND bucket < last
			AND ` + has("class") + `) AS BIGINT) FROM buckets AS asked`
	if len(c.rests) > 0 {
		sql += spansPart + `sign * (SELECT coalesce(sum(n), 0) FROM ranged WHERE range = asked.range AND kind = asked.kind AND technical = asked.technical
			AND ` + has("class") + `) AS BIGINT) FROM rests AS asked`
	}
	sql += ` UNION ALL SELECT 2, 0, kind, technical, '', FALSE, count(*) FROM ` + c.tx.engine.by("accounts", "accounts_one_time_from") + ` WHERE one_time AND valid_from <> '' AND valid_from > @day
		AND password_set_at <= @lapsed AND password_hash <> '' AND ` + frontSQL + " = 'o' AND (@organization = '' OR organization_id = @organization) GROUP BY kind, technical"

	if c.query.FailedMails {
		sql += " UNION ALL SELECT 3, 0, '', FALSE, '', FALSE, CAST(coalesce(sum(n), 0) AS BIGINT) FROM mail_counts WHERE state = 'failed'"
	}

	args = append(args, map[string]any{
		"organization": organization, "today": cutoffs.Today, "ahead": "f" + cutoffs.Today, "over": "e" + cutoffs.Today,
		"now": cutoffs.Now, "lapsed": cutoffs.OneTime, "day": cutoffs.OneTimeDay,
	})
	rows, err := planOnce[countRow](c.tx, sql, args)
	if err != nil {
		return Counts{}, wrap("counting accounts", err)
	}
	c.read(rows)
	return c.counts, nil
}

// readRanges selects the numbers of accounts in each range of rows. PostgreSQL is made to look at one range after another: with all at once it
// would read all accounts. An organization's accounts are customers, and its index has the other columns.
func (c *counting) readRanges(ofOrganization string) string {
	columns, rows := "kind, technical, class", "accounts WHERE password_set_at >= since AND password_set_at < before "+ofOrganization
	if ofOrganization != "" {
		columns = "'customer' AS kind, technical, class"
	}
	if c.tx.engine == Postgres {
		return "SELECT range, found.* FROM ranges CROSS JOIN LATERAL (SELECT " + columns + ", count(*) AS n FROM " + rows + " GROUP BY 1, 2, 3 OFFSET 0) AS found"
	}
	return "SELECT range, " + columns + ", count(*) AS n FROM ranges CROSS JOIN " + rows + " GROUP BY 1, 2, 3, 4"
}

// countRow is a row of the statement, with its columns in their order.
type countRow struct {
	Part, Place   int
	Kind          Kind
	Technical     bool
	Class         string
	WithoutFactor bool
	N             int
}

// read turns classes into states. Spans move accounts from one state to another.
func (c *counting) read(rows []countRow) {
	spans := make([]int, c.lapsedPlace(len(accountGroups)))
	for _, group := range accountGroups {
		c.counts.states[group] = map[State]int{}
	}
	for _, row := range rows {
		states := c.counts.states[accountGroup{row.Kind, row.Technical}]
		switch row.Part {
		case 0:
			states[c.stateOf(row.Class)] += row.N
			if row.WithoutFactor {
				c.counts.withoutFactor[row.Kind] += row.N
			}
		case 1:
			spans[row.Place] += row.N
		case 2:
			states[OneTimeLapsed] -= row.N
			states[OneTimeWaiting] += row.N
		case 3:
			c.counts.FailedMails = int64(row.N)
		}
	}
	for i, group := range accountGroups {
		states := c.counts.states[group]
		lapsed, expired := spans[c.lapsedPlace(i)], spans[c.expiredPlace(i)]
		states[OneTimeLapsed] += lapsed
		states[OneTimeWaiting] -= lapsed
		states[Expired] += expired
		states[Active] -= expired
	}
	copy(c.counts.spans, spans)
}

// stateOf returns the state of accounts in a class, which are neither expired nor lapsed.
func (c *counting) stateOf(class string) State {
	switch front, rest := class[0], class[1]; {
	case front == 'd':
		return Disabled
	case front == 'f':
		return NotYetValid
	case front == 'e':
		return Ended
	case front == 'b':
		return Blacklisted
	case rest == 'n':
		return NoPassword
	case rest == '1':
		return OneTimeWaiting
	case rest == 'm' || rest == 'k' && c.query.Cutoffs.OwnersOnly:
		return MustChange
	default:
		return Active
	}
}

// Unsettled returns up to limit accounts whose first day is ahead or has come, or whose last day has passed, since they were last settled. It reads
// no more than limit of each range, however many there are.
func (tx *Tx) Unsettled(today string, limit int) (rows []Account, err error) {
	some := make([]string, len(unsettled))
	for i, one := range unsettled {
		some[i] = "SELECT id FROM (SELECT id FROM " + tx.engine.by("accounts", one.index) + " WHERE " + one.where + " LIMIT @limit) AS found"
	}
	var ids []string
	err = tx.g.Raw("SELECT DISTINCT id FROM ("+strings.Join(some, " UNION ALL ")+") AS unsettled ORDER BY id LIMIT @limit",
		map[string]any{"today": today, "ahead": "f" + today, "over": "e" + today, "limit": limit}).Find(&ids).Error
	if err != nil || len(ids) == 0 {
		return nil, wrap("finding accounts to settle", err)
	}
	err = tx.forUpdate().Where("id IN ?", ids).Order("id").Find(&rows).Error
	return rows, wrap("finding accounts to settle", err)
}

// Settle records on which side of their first and last day accounts are, so that counts need not look at them.
func (tx *Tx) Settle(ids []string, today string) error {
	return wrap("settling accounts", tx.g.Exec(`UPDATE accounts SET settled = CASE WHEN valid_from > @today THEN 'f' || valid_from
		WHEN valid_until <> '' AND valid_until < @today THEN 'e' || valid_until ELSE '' END WHERE id IN @ids`,
		map[string]any{"today": today, "ids": ids}).Error)
}

// AddUpCounts adds up the changes of counters since it was last called, and removes counters that are zero. Any number of processes may call it.
func (tx *Tx) AddUpCounts() error {
	if tx.engine == SQLite { // its triggers add up at once
		return wrap("removing counters", tx.g.Exec("DELETE FROM password_counts WHERE n = 0").Error)
	}
	if err := tx.g.Exec("SELECT pg_advisory_xact_lock(hashtextextended('counters', 0))").Error; err != nil { // so that two do not wait for each other
		return wrap("adding up counters", err)
	}
	const addUp = `WITH gone AS (
			DELETE FROM %[1]s AS old USING (SELECT DISTINCT %[2]s FROM %[1]s WHERE NOT added) AS changed
			WHERE (old.%[3]s) = (changed.%[4]s) RETURNING old.*
		)
		INSERT INTO %[1]s (%[2]s, n, added) SELECT %[2]s, sum(n), TRUE FROM gone GROUP BY %[2]s HAVING sum(n) <> 0`
	for table, columns := range map[string][]string{
		"account_counts":  {"organization_id", "kind", "technical", "class", "without_factor"},
		"password_counts": {"organization_id", "level", "kind", "technical", "bucket", "class"},
		"failure_counts":  {"organization_id", "quarter"},
		"mail_counts":     {"state"},
	} {
		sql := fmt.Sprintf(addUp, table, strings.Join(columns, ", "), strings.Join(columns, ", old."), strings.Join(columns, ", changed."))
		if err := tx.g.Exec(sql).Error; err != nil {
			return wrap("adding up counters", err)
		}
	}
	return nil
}
