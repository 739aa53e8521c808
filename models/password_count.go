package models

import (
	"strconv"
	"strings"
)

// PasswordSpan selects the passwords of a group that were set in a span: those of enabled accounts, without one-time passwords.
type PasswordSpan struct {
	Kind      Kind
	Technical bool
	Set       Span // a zero From does not limit their age
}

// CountPasswords counts the passwords of each span. It reads only a range of an index for each.
func (tx *Tx) CountPasswords(spans []PasswordSpan) ([]int, error) {
	counts, err := tx.countPasswords(spans, condition{})
	return counts, wrap("counting passwords", err)
}

// CountNotified counts the passwords of each span whose owners were last sent this notice.
func (tx *Tx) CountNotified(notified ExpiryNotice, spans []PasswordSpan) ([]int, error) {
	counts, err := tx.countPasswords(spans, condition{" AND expiry_notice = ?", []any{notified}})
	return counts, wrap("counting notified owners", err)
}

// countPasswords counts each distinct span once.
func (tx *Tx) countPasswords(spans []PasswordSpan, also condition) ([]int, error) {
	places := map[PasswordSpan]int{}
	var distinct []PasswordSpan
	for _, span := range spans {
		if _, known := places[span]; !known {
			places[span], distinct = len(distinct), append(distinct, span)
		}
	}
	found, err := tx.countDistinct(distinct, also)
	if err != nil {
		return nil, err
	}
	counts := make([]int, len(spans))
	for i, span := range spans {
		counts[i] = found[places[span]]
	}
	return counts, nil
}

// countDistinct counts all spans in one statement, which is planned quickly whatever their number.
func (tx *Tx) countDistinct(spans []PasswordSpan, also condition) ([]int, error) {
	counts := make([]int, len(spans))
	if len(spans) == 0 {
		return counts, nil
	}
	asked := tx.askedSpans(spans)
	sql := "WITH asked (place, asked_kind, asked_technical, since, before) AS (VALUES " + asked.sql + `)
		SELECT place, (SELECT count(*) FROM accounts WHERE disabled_at IS NULL AND NOT one_time AND password_hash <> ''
			AND technical = asked_technical AND kind = asked_kind AND password_set_at >= since AND password_set_at < before` +
		also.sql + ") AS n FROM asked"
	var rows []struct{ Place, N int }
	if err := tx.g.Raw(sql, append(asked.args, also.args...)...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	for _, row := range rows {
		counts[row.Place] = row.N
	}
	return counts, nil
}

// askedSpans are the rows of VALUES to count for. The first one determines the types for PostgreSQL.
func (tx *Tx) askedSpans(spans []PasswordSpan) (rows condition) {
	at := tx.engine.timestamp()
	list := make([]string, len(spans))
	for i, span := range spans {
		list[i] = "(" + strconv.Itoa(i) + ", CAST(? AS TEXT), " + strconv.FormatBool(span.Technical) + ", " + at + ", " + at + ")"
		rows.args = append(rows.args, span.Kind, span.Set.From, span.Set.To)
	}
	rows.sql = strings.Join(list, ", ")
	return rows
}
