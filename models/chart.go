package models

import (
	"strconv"
	"strings"
	"time"
)

// Span is a half-open interval [From, To).
type Span struct{ From, To time.Time }

func (s Span) earlier(by time.Duration) Span { return Span{s.From.Add(-by), s.To.Add(-by)} }

// PasswordGroup are accounts whose passwords have the same lifetime.
type PasswordGroup struct {
	Kind      Kind
	Technical bool
	Lifetime  time.Duration
}

// slot counts rows for a bar of a chart. A bar can have several slots.
type slot struct {
	bar   int
	table string
	where condition
}

// CountExpiring counts, for each span, the passwords of open accounts that expire in it, without one-time passwords.
// organizationID "" means all accounts. Each count stops at most, which bounds its cost.
func (tx *Tx) CountExpiring(organizationID, today string, groups []PasswordGroup, spans []Span, most int) ([]int, error) {
	const expiring = openSQL + ` AND NOT one_time AND password_hash <> '' AND technical = ? AND kind = ? AND password_set_at >= ? AND password_set_at < ?`
	var slots []slot
	for bar, span := range spans {
		for _, group := range groups {
			set := span.earlier(group.Lifetime)
			where := condition{expiring, []any{today, today, group.Technical, group.Kind, set.From, set.To}}
			slots = append(slots, slot{bar, "accounts", where.ofOrganization(organizationID)})
		}
	}
	counts, err := tx.countSlots(slots, len(spans), most)
	return counts, wrap("counting expiring passwords", err)
}

// CountEvents counts, for each span, the events of an action in it. organizationID "" means all events. Each count stops at most.
func (tx *Tx) CountEvents(organizationID, action string, spans []Span, most int) ([]int, error) {
	slots := make([]slot, len(spans))
	for bar, span := range spans {
		where := condition{"action = ? AND id >= ? AND id < ?", []any{action, FirstID(span.From), FirstID(span.To)}}
		slots[bar] = slot{bar, "audit_events", where.ofOrganization(organizationID)}
	}
	counts, err := tx.countSlots(slots, len(spans), most)
	return counts, wrap("counting events", err)
}

// ofOrganization narrows a condition to rows of the organization; "" = all rows.
func (c condition) ofOrganization(id string) condition {
	if id == "" {
		return c
	}
	return condition{c.sql + " AND organization_id = ?", append(c.args, id)}
}

// countSlots counts all slots in one query.
func (tx *Tx) countSlots(slots []slot, bars, most int) ([]int, error) {
	counts := make([]int, bars)
	if len(slots) == 0 {
		return counts, nil
	}
	var sql strings.Builder
	var args []any
	for i, s := range slots {
		if i > 0 {
			sql.WriteString(" UNION ALL ")
		}
		sql.WriteString("SELECT " + strconv.Itoa(s.bar) + " AS bar, count(*) AS n FROM (SELECT 1 FROM " + s.table + " WHERE " + s.where.sql + " LIMIT ?) AS found")
		args = append(append(args, s.where.args...), most)
	}
	var rows []struct{ Bar, N int }
	if err := tx.g.Raw(sql.String(), args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	for _, row := range rows {
		counts[row.Bar] = min(counts[row.Bar]+row.N, most)
	}
	return counts, nil
}
