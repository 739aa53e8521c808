package models

import (
	"slices"
	"strings"
	"time"
)

// listLimits bound the work of a list of accounts.
type listLimits struct {
	sorted     int // how many accounts a list sorts. If more match what an index can find, it walks the index of its order
	hits       int // see [MostHits]
	walked     int // how many accounts it looks at in the order of an index before it sorts after all
	sampled    int // how many blocks of texts PostgreSQL reads to find out whether a search finds many
	candidates int // how many accounts a search reads of what a text or an index finds, to keep those that match both
}

var usualLimits = listLimits{sorted: 5000, walked: 10_000, hits: MostHits, sampled: 64, candidates: 10_000}

// source is where the rows of a list come from.
type source struct {
	index  string    // that SQLite has to use; "" = its choice
	sorted string    // "+" = the rows are few, and sorted; SQLite ignores the index of a column with it
	few    bool      // the same for PostgreSQL
	ids    string    // the accounts that a search found, as text; "" = all
	where  condition // that the index needs

	instead *source // to be read if accounts that match the filter are rare among the next ones in order; nil = they are not
}

// from is the FROM and WHERE of a query.
func (s source) from(engine Engine, where []condition) condition {
	var query condition
	text := "FROM accounts"
	switch {
	case s.ids != "" && engine == SQLite:
		text, query.args = "FROM (SELECT value AS hit FROM json_each(?)) CROSS JOIN accounts ON accounts.seq = hit", []any{s.ids}
	case s.index != "" && engine == SQLite:
		text += " INDEXED BY " + s.index
	}
	parts := make([]string, 0, len(where))
	for _, c := range where {
		parts, query.args = append(parts, "("+c.sql+")"), append(query.args, c.args...)
	}
	if len(parts) > 0 {
		text += " WHERE " + strings.Join(parts, " AND ")
	}
	if s.few && engine == Postgres { // which must not walk the index of the order until it has met enough of them
		text = "FROM (SELECT accounts.* " + text + " OFFSET 0) AS accounts"
	}
	query.sql = text
	return query
}

// narrowing is what an index can find of a filter.
type narrowing struct {
	index  string // of SQLite
	where  condition
	byName string // the index that has these accounts and perhaps others in the order of names; "" = that of the list
	named  string // the condition of byName
}

// source finds out how to read a part or a group, whose indexes are given: by the index of its order, or by sorting the few accounts that
// the filter's index finds. SQLite's planner does not know how many there are, so the index is given.
func (l *listing) source(p orderPart, index, ofOwner string) (source, error) {
	if l.hits != nil && !l.hits.many {
		return source{ids: l.hits.ids, sorted: plus(l.engine), few: true}, nil
	}
	f := l.filter
	if f.OrganizationID != "" {
		index = ofOwner
	}
	if f.leftToPlanner() {
		return source{}, nil
	}
	few, ok := f.narrowing()
	switch {
	case !ok || f.inOrder(p):
		return source{index: index}, nil
	case f.foundInOrder(few, p, index):
		return source{index: few.index, where: few.where}, nil
	}
	isFew, err := l.findsFew(few)
	if err != nil {
		return source{}, err
	}
	sorting := source{index: few.index, where: few.where, sorted: plus(l.engine), few: true}
	if isFew {
		return sorting, nil
	}
	if p.byName() && few.byName != "" && p.where == "" {
		return source{index: few.byName, where: condition{few.named, nil}, instead: &sorting}, nil
	}
	return source{index: index, instead: &sorting}, nil
}

// leftToPlanner reports whether the planner's choice of an index is right.
func (f AccountFilter) leftToPlanner() bool {
	return f.Link != "" || f.ExternalID != "" || f.NamePrefix != "" || f.Factor == NoFactor && f.Sort.byName()
}

// foundInOrder reports whether the index that finds the filter's accounts also has them in the order of the part, whose own index is given.
func (f AccountFilter) foundInOrder(n narrowing, p orderPart, index string) bool {
	return p.byName() && n.byName == n.index && (p.where == "" || index == f.indexOf("accounts_by_name", "accounts_by_organization_name"))
}

// byName reports whether the part is in the order of names.
func (p orderPart) byName() bool { return p.column == "name_key" }

// findsFew is isFew, asked once for a list.
func (l *listing) findsFew(n narrowing) (bool, error) {
	if l.few == nil {
		if l.hits == nil && l.filter.total() > l.limits.sorted { // and the index finds at least as many
			l.few = new(bool)
			return false, nil
		}
		isFew, err := l.isFew(n)
		if err != nil {
			return false, err
		}
		l.few = &isFew
	}
	return *l.few, nil
}

func plus(engine Engine) string {
	if engine == SQLite {
		return "+"
	}
	return ""
}

// isFew reports whether the index finds few accounts.
func (tx *Tx) isFew(n narrowing) (bool, error) {
	var count int
	found := source{index: n.index}.from(tx.engine, []condition{n.where})
	err := tx.g.Raw("SELECT count(*) FROM (SELECT 1 "+found.sql+" LIMIT ?) AS found", append(found.args, tx.limits.sorted+1)...).Find(&count).Error
	return count <= tx.limits.sorted, err
}

// inOrder reports whether the index of the part's order also begins and ends where the filter's accounts do.
func (f AccountFilter) inOrder(p orderPart) bool {
	switch p.column {
	case "password_set_at":
		return f.ofPasswords()
	case "blocked_until", "id":
		return f.State == Blacklisted && !f.ofFewKinds()
	case "valid_until":
		return f.State == Ended && !f.ofFewKinds()
	default:
		return false
	}
}

// narrowing returns what an index can find of the filter; ok is false if that is most accounts.
func (f AccountFilter) narrowing() (n narrowing, ok bool) {
	if f.ofFewKinds() { // fewer than in any state
		return narrowing{index: "accounts_by_kind_name", where: condition{"kind = ?", []any{f.Kind}}, byName: "accounts_by_kind_name"}, true
	}
	n, ok = f.narrowingState()
	switch {
	case ok:
	case f.Ends != "":
		n, ok = narrowing{index: f.indexOf("accounts_ending", "accounts_of_organization_ending"),
			where: condition{"valid_until <> '' AND valid_until = ?", []any{f.Ends}}}, true
		n.byName = n.index
	case f.Technical:
		n, ok = f.named("accounts_technical", "accounts_of_organization_technical", "technical"), true
	case f.Factor == TOTPFactor:
		n, ok = f.named("accounts_with_app", "accounts_of_organization_with_app", "has_app"), true
	case f.Factor == PasskeyFactor:
		n, ok = f.named("accounts_with_passkey", "accounts_of_organization_with_passkey", "has_passkey"), true
	case f.Expiring > 0:
		n, ok = f.passwordsSet("password_set_at > ? AND password_set_at <= ?", earliest(f.Cutoffs.Account, f.Cutoffs.Technical, f.Cutoffs.SuperAdmin),
			latest(f.Cutoffs.Account, f.Cutoffs.Technical, f.Cutoffs.SuperAdmin).Add(f.Expiring)), true
	}
	return n.of(f), ok
}

// ofFewKinds reports whether the filter's accounts are of a kind of which there are few.
func (f AccountFilter) ofFewKinds() bool {
	return f.OrganizationID == "" && (f.Kind == SuperAdmin || f.Kind == Organization)
}

// mostActive is how many active accounts are taken for few among others. Fewer are looked for by an index.
const mostActive = 100_000

func (f AccountFilter) narrowingState() (n narrowing, ok bool) {
	switch f.State {
	case Disabled:
		return f.named("accounts_disabled", "accounts_of_organization_disabled", "disabled_at IS NOT NULL"), true
	case NotYetValid:
		n = f.named("accounts_starting", "accounts_of_organization_starting", "valid_from <> '' AND valid_from > ?", f.Cutoffs.Today)
		n.byName, n.named = f.indexOf("accounts_valid_from", ""), "valid_from <> ''"
	case Ended:
		n = f.named("accounts_ending", "accounts_of_organization_ending", "valid_until <> '' AND valid_until < ?", f.Cutoffs.Today)
		n.byName, n.named = f.indexOf("accounts_valid_until", ""), "valid_until <> ''"
	case Blacklisted:
		return f.named("accounts_blocked_name", "accounts_of_organization_blocked", "blocked_at IS NOT NULL"), true
	case NoPassword:
		return f.named("accounts_no_password", "accounts_of_organization_no_password", "password_hash = ''"), true
	case OneTimeLapsed:
		n = f.named("accounts_one_time_by_age", "accounts_of_organization_one_time_by_age", "one_time = TRUE AND password_set_at <= ?", f.Cutoffs.OneTime)
		n.byName, n.named = f.indexOf("accounts_one_time", "accounts_of_organization_one_time"), "one_time"
	case OneTimeWaiting:
		return f.named("accounts_one_time", "accounts_of_organization_one_time", "one_time"), true
	case MustChange:
		return f.named("accounts_must_change", "accounts_of_organization_must_change", "must_change"), !f.Cutoffs.OwnersOnly
	case Active:
		if total := f.total(); total == 0 || total > mostActive {
			return n, false
		}
		n = f.lastingPasswordsSet("password_set_at > ?", slices.MinFunc([]time.Time{f.Cutoffs.Account, f.Cutoffs.Technical, f.Cutoffs.SuperAdmin}, time.Time.Compare))
	case Expired:
		n = f.passwordsSet("password_set_at <= ?", latest(f.Cutoffs.Account, f.Cutoffs.Technical, f.Cutoffs.SuperAdmin))
	default:
		return n, false
	}
	return n, true
}

// named is a narrowing whose index has accounts by name.
func (f AccountFilter) named(index, ofOwner, where string, args ...any) narrowing {
	index = f.indexOf(index, ofOwner)
	return narrowing{index: index, where: condition{where, args}, byName: index}
}

// passwordsSet is a narrowing to passwords that were set at a time.
func (f AccountFilter) passwordsSet(where string, args ...any) narrowing {
	if f.OrganizationID != "" {
		where = "one_time = FALSE AND technical IN (FALSE, TRUE) AND " + where
	}
	return narrowing{index: f.indexOf("accounts_by_password_age", "accounts_of_organization_by_expiration"), where: condition{where, args}}
}

// lastingPasswordsSet is the same without one-time passwords.
func (f AccountFilter) lastingPasswordsSet(where string, args ...any) narrowing {
	if f.OrganizationID != "" {
		return f.passwordsSet(where, args...)
	}
	where = "one_time = FALSE AND kind IN ('customer', 'organization', 'superadmin') AND technical IN (FALSE, TRUE) AND " + where
	return narrowing{index: "accounts_by_expiration", where: condition{where, args}}
}

func (f AccountFilter) indexOf(index, ofOwner string) string {
	if f.OrganizationID != "" {
		return ofOwner
	}
	return index
}

// of adds the organization to what the index finds.
func (n narrowing) of(f AccountFilter) narrowing {
	if f.OrganizationID == "" {
		return n
	}
	if n.where.sql != "" {
		n.where.sql += " AND "
	}
	n.where.sql, n.where.args = n.where.sql+"organization_id = ?", append(n.where.args[:len(n.where.args):len(n.where.args)], f.OrganizationID)
	return n
}
