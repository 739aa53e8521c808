package models

import (
	"slices"
	"time"
)

// Cutoffs are the times by which SQL decides an account's state. Passwords set at or before a group's time have expired;
// the zero time means that passwords of the group do not expire.
type Cutoffs struct {
	Now        time.Time
	Today      string    // the day of now in the zone of the settings, as 2006-01-02
	OneTime    time.Time // one-time passwords set at or before this have lapsed
	OneTimeDay string    // if the account was valid on this day
	Account    time.Time
	Technical  time.Time
	SuperAdmin time.Time

	OwnersOnly bool // people have to replace passwords that operators know
}

// State is the state of an account. If several apply, the first in the list below is shown.
type State string

// The states, in the order in which they are shown.
const (
	Disabled       State = "disabled"
	NotYetValid    State = "not-yet-valid"
	Ended          State = "ended"
	Blacklisted    State = "blacklisted"
	NoPassword     State = "no-password"
	OneTimeLapsed  State = "one-time-lapsed"
	OneTimeWaiting State = "one-time"
	MustChange     State = "must-change"
	Expired        State = "expired"
	Active         State = "active"
)

// States returns all states in the order in which they are shown.
func States() []State {
	return []State{Disabled, NotYetValid, Ended, Blacklisted, NoPassword, OneTimeLapsed, OneTimeWaiting, MustChange, Expired, Active}
}

// Closed reports whether accounts in the state are closed; see [Account.Closed].
func (s State) Closed() bool { return s == Disabled || s == NotYetValid || s == Ended }

// Closed returns the state in which the account can neither sign in nor act on a day: disabled, before its first day or after its last
// one. "" = it is open. [openOn] is the same in SQL.
func (a Account) Closed(today string) State {
	switch {
	case a.DisabledAt != nil:
		return Disabled
	case a.ValidFrom > today:
		return NotYetValid
	case a.ValidUntil != "" && a.ValidUntil < today:
		return Ended
	default:
		return ""
	}
}

// openOn is the condition for accounts that are open on a day; see [Account.Closed].
func openOn(today string) condition {
	return condition{openSQL, []any{today, today}}
}

const openSQL = "disabled_at IS NULL AND valid_from <= ? AND (valid_until = '' OR valid_until >= ?)"

// State returns the state that is shown for the account.
func (c Cutoffs) State(a Account) State {
	switch closed := a.Closed(c.Today); {
	case closed != "":
		return closed
	case c.Blacklisted(a):
		return Blacklisted
	case a.PasswordHash == "":
		return NoPassword
	case a.OneTime && c.Lapsed(a):
		return OneTimeLapsed
	case a.OneTime:
		return OneTimeWaiting
	case a.Pending(c.OwnersOnly) == MustChange:
		return MustChange
	case c.Expired(a):
		return Expired
	default:
		return Active
	}
}

// Blacklisted reports whether the account is blocked: without an end, or until a time after now.
func (c Cutoffs) Blacklisted(a Account) bool {
	return a.BlockedAt != nil && (a.BlockedUntil == nil || a.BlockedUntil.After(c.Now))
}

// Lapsed reports whether the one-time password has expired unused. Before the account's first day, its time does not begin.
func (c Cutoffs) Lapsed(a Account) bool {
	return a.OneTime && a.PasswordSetAt != nil && !a.PasswordSetAt.After(c.OneTime) && a.ValidFrom <= c.OneTimeDay
}

// Expired reports whether the password has expired. One-time passwords have a lifetime of their own, see Lapsed.
func (c Cutoffs) Expired(a Account) bool {
	cutoff := c.expiry(a)
	return !a.OneTime && a.PasswordSetAt != nil && !cutoff.IsZero() && !a.PasswordSetAt.After(cutoff)
}

func (c Cutoffs) expiry(a Account) time.Time {
	switch {
	case a.Technical:
		return c.Technical
	case a.Kind == SuperAdmin:
		return c.SuperAdmin
	default:
		return c.Account
	}
}

// condition is an SQL condition with its arguments.
type condition struct {
	sql  string
	args []any
}

// filter is [Cutoffs.State] in SQL: the condition of the state holds, and those of the states before it do not.
func (c Cutoffs) filter(state State) []condition {
	all := c.conditions()
	var filter []condition
	for _, before := range States() {
		if before == state {
			return append(filter, all[before])
		}
		filter = append(filter, condition{"NOT (" + all[before].sql + ")", all[before].args})
	}
	return []condition{{sql: "1 = 0"}}
}

// conditions are true or false for every account, never NULL: filter negates them, and NOT NULL is NULL.
func (c Cutoffs) conditions() map[State]condition {
	return map[State]condition{
		Disabled: {"disabled_at IS NOT NULL", nil},
		// The first conditions are those of the indexes.
		NotYetValid: {"valid_from <> '' AND valid_from > ?", []any{c.Today}},
		Ended:       {"valid_until <> '' AND valid_until < ?", []any{c.Today}},
		Blacklisted: {"blocked_at IS NOT NULL AND (blocked_until IS NULL OR blocked_until > ?)", []any{c.Now}},
		NoPassword:  {"password_hash = ''", nil},
		// Written with NOT, the comparison does not tempt SQLite to read all old passwords instead of the one-time ones.
		OneTimeLapsed:  {"one_time AND password_set_at IS NOT NULL AND NOT password_set_at > ? AND valid_from <= ?", []any{c.OneTime, c.OneTimeDay}},
		OneTimeWaiting: {"one_time", nil},
		MustChange:     c.mustChange(),
		Expired:        c.setBefore(c.Account, c.Technical, c.SuperAdmin),
		Active:         {"1 = 1", nil},
	}
}

// mustChange is [Account.Pending] in SQL, for passwords that are not one-time.
func (c Cutoffs) mustChange() condition {
	if !c.OwnersOnly {
		return condition{"must_change", nil}
	}
	return condition{"must_change OR password_from = ? AND password_hash <> '' AND NOT one_time AND NOT technical", []any{FromOperator}}
}

// setBefore returns the condition for passwords that were set at or before the time of their account's group; a zero time means none.
func (c Cutoffs) setBefore(account, technical, superAdmin time.Time) condition {
	last := latest(account, technical, superAdmin)
	if last.IsZero() {
		return condition{"1 = 0", nil}
	}
	// The first bound is implied by the others, and an index can serve it.
	const sql = `NOT one_time AND password_set_at IS NOT NULL AND password_set_at <= ? AND (
		technical AND password_set_at <= ? OR
		NOT technical AND kind = 'superadmin' AND password_set_at <= ? OR
		NOT technical AND kind <> 'superadmin' AND password_set_at <= ?)`
	return condition{sql, []any{last, technical, superAdmin, account}}
}

// expiring returns the condition for passwords of open accounts that have not expired yet and will have in the given time.
func (c Cutoffs) expiring(in time.Duration) []condition {
	later := func(cutoff time.Time) time.Time {
		if cutoff.IsZero() {
			return cutoff
		}
		return cutoff.Add(in)
	}
	expired := c.setBefore(c.Account, c.Technical, c.SuperAdmin)
	return []condition{
		// Implied by the others, so that an index begins where the first may be.
		{"password_set_at > ?", []any{earliest(c.Account, c.Technical, c.SuperAdmin)}},
		c.setBefore(later(c.Account), later(c.Technical), later(c.SuperAdmin)),
		{"NOT (" + expired.sql + ")", expired.args},
		openOn(c.Today),
		{"password_hash <> ''", nil},
	}
}

// latest returns the last of the times.
func latest(times ...time.Time) time.Time { return slices.MaxFunc(times, time.Time.Compare) }

// earliest returns the first of the times that are not zero.
func earliest(times ...time.Time) (first time.Time) {
	for _, at := range times {
		if first.IsZero() || !at.IsZero() && at.Before(first) {
			first = at
		}
	}
	return first
}
