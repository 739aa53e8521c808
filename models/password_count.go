package models

import (
	"fmt"
	"strings"
)

// PasswordSpan selects the passwords of a group that were set in a span: those of open accounts, without one-time passwords.
type PasswordSpan struct {
	Kind      Kind
	Technical bool
	Set       Span // a zero From does not limit their age
}

// CountNotified counts the passwords of each span whose owners were last sent this notice. It reads a range of an index for each distinct span,
// all in one statement, which is planned quickly whatever their number.
func (tx *Tx) CountNotified(today string, notified ExpiryNotice, spans []PasswordSpan) ([]int, error) {
	counts := make([]int, len(spans))
	if len(spans) == 0 {
		return counts, nil
	}
	// The first row of VALUES determines the types for PostgreSQL.
	at := tx.engine.timestamp()
	var asked []string
	var args []any
	places := map[PasswordSpan]int{}
	for _, span := range spans {
		if _, known := places[span]; !known {
			places[span] = len(asked)
			asked = append(asked, fmt.Sprintf("(%d, CAST(? AS TEXT), %t, %s, %s)", len(asked), span.Technical, at, at))
			args = append(args, span.Kind, span.Set.From, span.Set.To)
		}
	}
	sql := "WITH asked (place, asked_kind, asked_technical, since, before) AS (VALUES " + strings.Join(asked, ", ") + `)
		SELECT place, (SELECT count(*) FROM accounts WHERE ` + openSQL + ` AND NOT one_time AND password_hash <> ''
			AND technical = asked_technical AND kind = asked_kind AND password_set_at >= since AND password_set_at < before
			AND expiry_notice = ?) AS n FROM asked`
	var rows []struct{ Place, N int }
	args = append(append(args, openOn(today).args...), notified)
	if err := tx.g.Raw(sql, args...).Find(&rows).Error; err != nil {
		return nil, wrap("counting notified owners", err)
	}
	found := make([]int, len(asked))
	for _, row := range rows {
		found[row.Place] = row.N
	}
	for i, span := range spans {
		counts[i] = found[places[span]]
	}
	return counts, nil
}
