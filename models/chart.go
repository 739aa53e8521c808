package models

import (
	"fmt"
	"strings"
	"time"
)

// Span is a half-open interval [From, To).
type Span struct{ From, To time.Time }

// Earlier returns the span that begins and ends earlier.
func (s Span) Earlier(by time.Duration) Span { return Span{s.From.Add(-by), s.To.Add(-by)} }

// PasswordGroup are accounts whose passwords have the same lifetime.
type PasswordGroup struct {
	Kind      Kind
	Technical bool
	Lifetime  time.Duration
}

// CountFailures counts, for each span, the failed sign-ins in the quarters of an hour that begin in it. organizationID "" means all events.
func (tx *Tx) CountFailures(organizationID string, spans []Span) ([]int, error) {
	counts := make([]int, len(spans))
	if len(spans) == 0 {
		return counts, nil
	}
	var asked []string
	var args []any
	for place, span := range spans {
		asked = append(asked, fmt.Sprintf("(%d, CAST(? AS BIGINT), CAST(? AS BIGINT))", place))
		args = append(args, roundUp(span.From, quarterSeconds)/quarterSeconds, roundUp(span.To, quarterSeconds)/quarterSeconds)
	}
	var rows []struct{ Place, N int }
	err := tx.g.Raw("WITH asked (place, first, last) AS (VALUES "+strings.Join(asked, ", ")+`) SELECT place, CAST((SELECT coalesce(sum(n), 0) FROM failure_counts
		WHERE organization_id = ? AND quarter >= first AND quarter < last) AS BIGINT) AS n FROM asked`, append(args, organizationID)...).Find(&rows).Error
	for _, row := range rows {
		counts[row.Place] = row.N
	}
	return counts, wrap("counting failed sign-ins", err)
}

// roundUp returns the first multiple of a number of seconds that is not before a time.
func roundUp(at time.Time, seconds int64) int64 {
	rounded := at.Unix() / seconds * seconds
	if time.Unix(rounded, 0).Before(at) {
		rounded += seconds
	}
	return rounded
}
