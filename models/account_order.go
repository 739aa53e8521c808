package models

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// AccountSort is an order of the list of accounts. Rows without the value that it compares come last in both directions, by name.
type AccountSort string

// The orders of the list. A minus sign in front of the others reverses them; see [AccountSort.Reversed].
const (
	ByName        AccountSort = "name"
	Newest        AccountSort = "newest"
	Oldest        AccountSort = "oldest"
	ByPasswordAge AccountSort = "password-age"
	ByExpiration  AccountSort = "expires"       // of the password, by the lifetimes of Cutoffs
	ByBlockEnd    AccountSort = "blocked-until" // blocks without an end are the last ones
	ByLastDay     AccountSort = "valid-until"
	ByLastSignIn  AccountSort = "last-sign-in"
	ByEmail       AccountSort = "email"
)

// AccountSorts returns all orders of the list.
func AccountSorts() (all []AccountSort) {
	for _, sort := range []AccountSort{ByName, Newest, ByPasswordAge, ByExpiration, ByBlockEnd, ByLastDay, ByLastSignIn, ByEmail} {
		all = append(all, sort, sort.Reversed())
	}
	return all
}

// Reversed returns the order in which rows with the value come the other way round.
func (sort AccountSort) Reversed() AccountSort {
	switch {
	case sort == Newest:
		return Oldest
	case sort == Oldest:
		return Newest
	case sort.descending():
		return sort[1:]
	default:
		return "-" + sort
	}
}

func (sort AccountSort) descending() bool {
	return sort == Newest || strings.HasPrefix(string(sort), "-")
}

// byName reports whether the list is in the order of names, whatever its direction.
func (sort AccountSort) byName() bool {
	return sort == "" || sort == ByName || sort == ByName.Reversed()
}

// AccountCursor is a place in a list: the values by which its row is compared there.
type AccountCursor struct {
	Name  string    `json:"n,omitempty"`
	At    time.Time `json:"t,omitzero"`
	Text  string    `json:"d,omitempty"`
	ID    string    `json:"i"`
	Part  int       `json:"s,omitempty"` // of the list, which has up to three
	Place int       `json:"p,omitempty"` // of the row in the list when it was read, from 1; 0 = unknown
	End   bool      `json:"-"`           // behind the last row; other fields do not count
}

// orderPart is a part of a list. A list is one part, or several one after another: accounts that have a value, and those that do not.
type orderPart struct {
	where   string // "" = all accounts
	args    []any
	column  string // in whose order the part is, and then by id
	then    string // a column before the id; "" = none
	desc    bool
	index   string // of SQLite that has the part in its order
	ofOwner string // the same for an organization's accounts
	has     func(a Account) bool
	groups  []orderGroup // the part is these, merged; nil = it is one
	newest  bool         // in the order of creation, the newest first: what a search finds besides names that begin with the text
}

// orderGroup is a group of a part whose accounts have an index of their own. It is in the order of the part's column plus later.
type orderGroup struct {
	where          string
	args           []any
	index, ofOwner string
	later          time.Duration
	has            func(a Account) bool
}

// parts returns the parts of a list in the order that the filter asks for.
func (f AccountFilter) parts() []orderPart {
	switch sort := strings.TrimPrefix(string(f.Sort), "-"); AccountSort(sort) {
	case Newest, Oldest:
		return f.directed(orderPart{column: "created_at", index: "accounts_by_age", ofOwner: "accounts_by_organization_age"})
	case ByPasswordAge:
		return f.directed(f.byPasswordAge()...)
	case ByExpiration:
		return f.directed(f.byExpiration()...)
	case ByBlockEnd:
		return f.byBlockEnd()
	case ByLastDay:
		return f.directed(
			orderPart{
				where: "valid_until <> ''", column: "valid_until", then: "name_key", index: "accounts_ending", ofOwner: "accounts_of_organization_ending",
				has: func(a Account) bool { return a.ValidUntil != "" },
			},
			orderPart{where: "valid_until = ''", column: "name_key", index: "accounts_by_name", ofOwner: "accounts_by_organization_name"},
		)
	case ByLastSignIn:
		return f.directed(
			orderPart{
				where: "last_sign_in_at IS NOT NULL", column: "last_sign_in_at", index: "accounts_by_sign_in", ofOwner: "accounts_of_organization_by_sign_in",
				has: func(a Account) bool { return a.LastSignInAt != nil },
			},
			orderPart{where: "last_sign_in_at IS NULL", column: "name_key", index: "accounts_never_in", ofOwner: "accounts_of_organization_never_in"},
		)
	case ByEmail:
		return f.directed(
			orderPart{
				where: "email_key <> ''", column: "email_key", index: "accounts_by_email", ofOwner: "accounts_of_organization_by_email",
				has: func(a Account) bool { return a.EmailKey != "" },
			},
			orderPart{where: "email_key = ''", column: "name_key", index: "accounts_without_email", ofOwner: "accounts_of_organization_without_email"},
		)
	default:
		return f.directed(orderPart{column: "name_key", index: "accounts_by_name", ofOwner: "accounts_by_organization_name"})
	}
}

// withoutPassword are accounts whose password has no age.
var withoutPassword = orderPart{
	where: "password_set_at IS NULL", column: "name_key", index: "accounts_without_age", ofOwner: "accounts_of_organization_without_age",
}

// directed gives the first part the direction of the list, and completes the last one.
func (f AccountFilter) directed(parts ...orderPart) []orderPart {
	parts[0].desc = f.Sort.descending()
	parts[len(parts)-1].has = func(Account) bool { return true }
	return parts
}

// byBlockEnd has blocks with an end, those without, and then other accounts. Only the last part is by name.
func (f AccountFilter) byBlockEnd() []orderPart {
	ending := orderPart{
		where: "blocked_at IS NOT NULL AND blocked_until IS NOT NULL", column: "blocked_until", desc: f.Sort.descending(),
		index: "accounts_blocked", ofOwner: "accounts_of_organization_blocks",
		has: func(a Account) bool { return a.BlockedAt != nil && a.BlockedUntil != nil },
	}
	endless := orderPart{
		where: "blocked_at IS NOT NULL AND blocked_until IS NULL", column: "id", desc: f.Sort.descending(), index: "accounts_blocked", ofOwner: "accounts_of_organization_blocks",
		has: func(a Account) bool { return a.BlockedAt != nil },
	}
	parts := []orderPart{ending, endless, {
		where: "blocked_at IS NULL", column: "name_key", index: "accounts_by_name", ofOwner: "accounts_by_organization_name",
		has: func(Account) bool { return true },
	}}
	if f.Sort.descending() {
		// Both have a block: the test of the second would also be true of the first.
		endless.has = func(a Account) bool { return a.BlockedAt != nil && a.BlockedUntil == nil }
		parts[0], parts[1] = endless, ending
	}
	return parts
}

// lasting reports whether the filter is about passwords that last until they expire.
func (f AccountFilter) lasting() bool { return f.State == Expired || f.Expiring > 0 }

// bounded reports whether how old the list's passwords are has bounds, so that one-time passwords are not among them.
func (f AccountFilter) bounded() bool { return f.lasting() || f.State == Active }

// ofPasswords reports whether the filter is about how old passwords are.
func (f AccountFilter) ofPasswords() bool {
	return f.lasting() || f.State == OneTimeLapsed || f.State == OneTimeWaiting
}

// byPasswordAge has all passwords. An organization's, and those that have an age that the filter asks for, are those of the groups, merged: the
// order by expiration needs their indexes anyway.
func (f AccountFilter) byPasswordAge() []orderPart {
	part := orderPart{
		where: "password_set_at IS NOT NULL", column: "password_set_at", index: "accounts_by_password_age",
		has: func(a Account) bool { return a.PasswordSetAt != nil },
	}
	if f.OrganizationID != "" || f.ofPasswords() || f.State == Active {
		for _, group := range f.passwordGroups() {
			part.groups = append(part.groups, group.orderGroup)
		}
	}
	if f.lasting() {
		return []orderPart{part}
	}
	return []orderPart{part, withoutPassword}
}

// byExpiration has the passwords that expire, group by group with the group's lifetime, merged; and then the others by name.
func (f AccountFilter) byExpiration() []orderPart {
	first := orderPart{where: "password_set_at IS NOT NULL", column: "password_set_at"}
	last := withoutPassword
	for _, group := range f.passwordGroups() {
		if group.cutoff.IsZero() {
			last.groups = append(last.groups, orderGroup{where: group.where + " AND password_set_at IS NOT NULL", has: group.has})
			continue
		}
		group.later = f.Cutoffs.Now.Sub(group.cutoff)
		first.groups = append(first.groups, group.orderGroup)
	}
	first.has = func(a Account) bool {
		return a.PasswordSetAt != nil && slices.ContainsFunc(first.groups, func(g orderGroup) bool { return g.has(a) })
	}
	if len(first.groups) == 0 { // no password expires
		return []orderPart{{column: "name_key", index: "accounts_by_name", ofOwner: "accounts_by_organization_name"}}
	}
	if f.lasting() {
		return []orderPart{first}
	}
	if len(last.groups) > 0 {
		last.groups = append(last.groups, orderGroup{where: last.where, index: last.index, ofOwner: last.ofOwner})
		last.where, last.index, last.ofOwner = "", "", ""
	}
	return []orderPart{first, last}
}

// lifetimeGroup is a group of accounts whose passwords have one lifetime. The cutoff is that of [Cutoffs]; zero = they do not expire.
type lifetimeGroup struct {
	orderGroup
	cutoff time.Time
}

// passwordGroups returns the groups in which the list's passwords are.
func (f AccountFilter) passwordGroups() (groups []lifetimeGroup) {
	if !f.bounded() {
		groups = append(groups, lifetimeGroup{orderGroup{
			where: "one_time = TRUE", index: "accounts_one_time_by_age", ofOwner: "accounts_of_organization_one_time_by_age", has: func(a Account) bool { return a.OneTime },
		}, f.Cutoffs.OneTime})
	}
	if f.State == OneTimeLapsed || f.State == OneTimeWaiting {
		return groups
	}
	groups = append(groups, f.customerGroups()...)
	if f.OrganizationID == "" && !f.Technical {
		groups = append(groups, f.operatorGroups()...)
	}
	if f.bounded() {
		for i := range groups {
			groups[i].bound(f)
		}
	}
	return groups
}

// mayHave reports whether accounts of the kind can be in the list.
func (f AccountFilter) mayHave(kind Kind) bool { return f.Kind == "" || f.Kind == kind }

// customerGroups returns the groups of the customers in the list, technical accounts first, without one-time passwords.
func (f AccountFilter) customerGroups() (groups []lifetimeGroup) {
	if !f.mayHave(Customer) {
		return nil
	}
	groups = append(groups, lastingGroup("one_time = FALSE AND kind = 'customer' AND technical = TRUE", f.Cutoffs.Technical,
		func(a Account) bool { return !a.OneTime && a.Technical }))
	if !f.Technical {
		groups = append(groups, lastingGroup("one_time = FALSE AND kind = 'customer' AND technical = FALSE", f.Cutoffs.Account,
			func(a Account) bool { return !a.OneTime && !a.Technical && a.Kind == Customer }))
	}
	return groups
}

// operatorGroups returns the groups of the organizations and SuperAdmins in the list, without one-time passwords.
func (f AccountFilter) operatorGroups() (groups []lifetimeGroup) {
	if f.mayHave(Organization) {
		groups = append(groups, lastingGroup("one_time = FALSE AND kind = 'organization' AND technical = FALSE", f.Cutoffs.Account,
			func(a Account) bool { return !a.OneTime && a.Kind == Organization }))
	}
	if f.mayHave(SuperAdmin) {
		groups = append(groups, lastingGroup("one_time = FALSE AND kind = 'superadmin' AND technical = FALSE", f.Cutoffs.SuperAdmin,
			func(a Account) bool { return !a.OneTime && a.Kind == SuperAdmin }))
	}
	return groups
}

// lastingGroup is a group of accounts whose passwords are not one-time ones.
func lastingGroup(where string, cutoff time.Time, has func(a Account) bool) lifetimeGroup {
	const index, ofOwner = "accounts_by_expiration", "accounts_of_organization_by_expiration"
	return lifetimeGroup{orderGroup{where: where, index: index, ofOwner: ofOwner, has: has}, cutoff}
}

// bound narrows a group to passwords that have expired, that have not, or that soon will: the group's own bounds, where an index begins and ends.
func (g *lifetimeGroup) bound(f AccountFilter) {
	switch {
	case g.cutoff.IsZero() && f.lasting():
		g.where += " AND 1 = 0"
	case g.cutoff.IsZero(): // they never expire
	case f.State == Active && f.Expiring == 0:
		g.where, g.args = g.where+" AND password_set_at > ?", []any{g.cutoff}
	case f.State == Expired:
		g.where, g.args = g.where+" AND password_set_at <= ?", []any{g.cutoff}
	default:
		g.where, g.args = g.where+" AND password_set_at > ? AND password_set_at <= ?", []any{g.cutoff, g.cutoff.Add(f.Expiring)}
	}
}

// value returns what the part compares of an account, in the order of compare.
func (p orderPart) value(a Account) AccountCursor {
	c := AccountCursor{ID: a.ID}
	switch p.column {
	case "created_at":
		c.At = a.CreatedAt
	case "password_set_at":
		c.At = p.expiration(a)
	case "blocked_until":
		c.At = timeOf(a.BlockedUntil)
	case "last_sign_in_at":
		c.At = timeOf(a.LastSignInAt)
	case "email_key":
		c.Text = a.EmailKey
	case "valid_until":
		c.Text, c.Name = a.ValidUntil, a.NameKey
	case "name_key":
		c.Name = a.NameKey
	}
	return c
}

// expiration returns when the account's password was set, plus what its group adds.
func (p orderPart) expiration(a Account) time.Time {
	at := timeOf(a.PasswordSetAt)
	for _, group := range p.groups {
		if group.has != nil && group.has(a) {
			return at.Add(group.later)
		}
	}
	return at
}

func timeOf(at *time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return *at
}

// compare compares places in one part.
func (p orderPart) compare(a, b AccountCursor) int {
	order := cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Text, b.Text), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	if p.desc {
		return -order
	}
	return order
}

// columns are those by which the part is compared.
func (p orderPart) columns() []string {
	columns := []string{p.column}
	if p.then != "" {
		columns = append(columns, p.then)
	}
	if p.column != "id" {
		columns = append(columns, "id")
	}
	return columns
}

// values are those of a place in the order of columns, for a group whose rows come so much later.
func (p orderPart) values(c AccountCursor, later time.Duration) []any {
	switch p.column {
	case "created_at", "password_set_at", "blocked_until", "last_sign_in_at":
		return []any{c.At.Add(-later), c.ID}
	case "email_key":
		return []any{c.Text, c.ID}
	case "valid_until":
		return []any{c.Text, c.Name, c.ID}
	case "name_key":
		return []any{c.Name, c.ID}
	default:
		return []any{c.ID}
	}
}
