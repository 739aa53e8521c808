package models

import (
	"strconv"
	"strings"
)

// PasswordSpan are the passwords of a group that were set in a span: those of enabled accounts, whose owners have them for
// more than one use.
type PasswordSpan struct {
	Kind      Kind
	Technical bool
	Set       Span // from the zero time on: however old
}

// CountPasswords counts the passwords of each span, all of them. It reads one piece of an index for each and no account.
func (tx *Tx) CountPasswords(spans []PasswordSpan) ([]int, error) {
	counts, err := tx.countPasswords(spans, condition{})
	return counts, wrap("counting passwords", err)
}

// CountNotified counts those whose owners were notified of this and no more.
func (tx *Tx) CountNotified(notified ExpiryNotice, spans []PasswordSpan) ([]int, error) {
	counts, err := tx.countPasswords(spans, condition{" AND expiry_notice = ?", []any{notified}})
	return counts, wrap("counting notified owners", err)
}

// countPasswords counts spans, each once however often it is among them.
func (tx *Tx) countPasswords(spans []PasswordSpan, also condition) ([]int, error) {
	places := map[PasswordSpan]int{}
	var apart []PasswordSpan
	for _, span := range spans {
		if _, known := places[span]; !known {
			places[span], apart = len(apart), append(apart, span)
		}
	}
	found, err := tx.countApart(apart, also)
	if err != nil {
		return nil, err
	}
	counts := make([]int, len(spans))
	for i, span := range spans {
		counts[i] = found[places[span]]
	}
	return counts, nil
}

// countApart counts all spans in one statement, which is short to plan however many they are.
func (tx *Tx) countApart(spans []PasswordSpan, also condition) ([]int, error) {
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

// askedSpans are the rows that the counts are made for, the first of which sets the types for PostgreSQL.
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
