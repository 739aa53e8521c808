package models

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
)

// AccountFilter selects the accounts of a list. Zero fields do not filter.
type AccountFilter struct {
	Search         string // words by which an account is found; see [names.SearchText]
	NamePrefix     string // in the form of names.Fold: the beginning of a name
	ExternalID     string // exactly
	Kind           Kind
	ExceptKind     Kind // "" = none
	Technical      bool
	State          State
	OrganizationID string
	Factor         FactorKind // a second factor that the account has, or [NoFactor]
	Link           LinkState  // of the newest link that sets the account's password, by the time of Cutoffs
	NoEnd          bool       // of a block: only an operator can end it
	Expiring       time.Duration
	Ends           string  // the last day
	Cutoffs        Cutoffs // by which State and Expiring are judged
	Sort           AccountSort
	After, Before  *AccountCursor
	Total          func() int // returns how many accounts the list has, 0 = unknown; nil = unknown. It is called late, so that it can be counted meanwhile
	Limit          int
}

// AccountPage is a page of the list of accounts.
type AccountPage struct {
	Page[Account]
	First    int  // the place of the first row in the list, from 1; 0 = unknown. It is exact while the list does not change
	Hits     int  // how many accounts match the filter with its search, up to [MostHits]
	MoreHits bool // there are more than MostHits. The list may be in the order of the search then: names that begin with the text, and then the newest

	parts []orderPart
}

// Cursor returns the place of a row of the page.
func (p AccountPage) Cursor(row int) AccountCursor {
	cursor := cursorOf(p.parts, p.Rows[row])
	if p.First > 0 {
		cursor.Place = p.First + row
	}
	return cursor
}

// cursorOf returns the place of an account in a list.
func cursorOf(parts []orderPart, a Account) AccountCursor {
	i := max(slices.IndexFunc(parts, func(p orderPart) bool { return p.has(a) }), 0)
	cursor := parts[i].value(a)
	cursor.Part = i
	return cursor
}

// ListAccounts reads a page of accounts: those after a cursor, before it, or the first ones. Rows are in the order of the list
// in both directions. The cost depends on the length of the page, not of the list.
func (tx *Tx) ListAccounts(f AccountFilter) (AccountPage, error) {
	list, err := tx.listing(f)
	if err != nil {
		return AccountPage{}, err
	}
	page, err := list.page(f.After, f.Before, f.Limit)
	if err != nil {
		return AccountPage{}, err
	}
	return list.placed(page), nil
}

// Neighbour is the account before or after another in a list, and its place there.
type Neighbour struct {
	ID    string
	Place AccountCursor
}

// Neighbours are the accounts before and after another in a list; nil = there is none.
type Neighbours struct {
	Previous, Next *Neighbour
	Listed         bool // the account matches the list's filter, whose search is not looked at
}

// Neighbours returns the accounts before and after one in the list of a filter. The account's place is f.After, or where it is now: it need not
// match the filter any more. The account after it has its place then.
func (tx *Tx) Neighbours(f AccountFilter, a Account) (found Neighbours, err error) {
	list, err := tx.listing(f)
	if err != nil {
		return found, err
	}
	at := f.After
	if at == nil {
		cursor := cursorOf(list.parts, a)
		at = &cursor
	}
	before, err := list.page(nil, at, 1)
	if err != nil {
		return found, err
	}
	after, err := list.page(at, nil, 1)
	if err != nil {
		return found, err
	}
	if err := tx.filterAccounts(f).Where("accounts.id = ?", a.ID).Select("TRUE").Find(&found.Listed).Error; err != nil {
		return found, wrap("looking for an account in a list", err)
	}
	step := 0
	if found.Listed {
		step = 1
	}
	found.Previous, found.Next = list.neighbour(before, *at, -1), list.neighbour(after, *at, step)
	return found, nil
}

// neighbour is the row of a page of one, which is a step from a place.
func (l *listing) neighbour(page Page[Account], from AccountCursor, step int) *Neighbour {
	if len(page.Rows) == 0 {
		return nil
	}
	n := Neighbour{ID: page.Rows[0].ID, Place: cursorOf(l.parts, page.Rows[0])}
	if from.Place > 0 {
		n.Place.Place = max(from.Place+step, 1)
	}
	return &n
}

// listing is a list of accounts that can be read in pages.
type listing struct {
	*Tx
	filter AccountFilter
	parts  []orderPart
	search accountSearch
	hits   *hits // what the search found; nil = nothing was searched
	few    *bool // whether the index of the filter finds few accounts; nil = not counted yet
}

// listing prepares a list. For a search it gathers the hits, or finds that they are too many.
func (tx *Tx) listing(f AccountFilter) (*listing, error) {
	list := &listing{Tx: tx, filter: f, parts: f.parts(), search: newSearch(f)}
	if list.search.empty() {
		return list, nil
	}
	hits, err := tx.findHits(f, list.search)
	if err != nil {
		return nil, wrap("searching accounts", err)
	}
	if list.hits = &hits; hits.many {
		list.parts = list.search.parts()
	}
	return list, nil
}

// page reads rows after or before a place, or the first ones.
func (l *listing) page(after, before *AccountCursor, limit int) (page Page[Account], err error) {
	from, backwards := after, before != nil
	if backwards {
		from = before
	}
	at, step := 0, 1
	if backwards {
		at, step = len(l.parts)-1, -1
	}
	if from != nil && !from.End {
		at = min(max(from.Part, 0), len(l.parts)-1)
	} else {
		from = nil
	}
	for ; at >= 0 && at < len(l.parts) && len(page.Rows) <= limit; at += step {
		rows, err := l.read(l.parts[at], from, backwards, limit+1-len(page.Rows))
		if err != nil {
			return Page[Account]{}, wrap("listing accounts", err)
		}
		page.Rows, from = append(page.Rows, rows...), nil
	}
	page.More = len(page.Rows) > limit
	page.Rows = page.Rows[:min(len(page.Rows), limit)]
	if backwards {
		slices.Reverse(page.Rows)
	}
	return page, nil
}

// placed adds to a page where it is in the list, as far as its cursor knows.
func (l *listing) placed(page Page[Account]) AccountPage {
	placed := AccountPage{Page: page, parts: l.parts}
	if l.hits != nil {
		placed.Hits, placed.MoreHits = min(l.hits.count, l.limits.hits), l.hits.many || l.hits.count > l.limits.hits
	}
	placed.First = l.firstPlace(page, l.total())
	if last := placed.First + len(page.Rows) - 1; placed.MoreHits && placed.First > 0 && !page.More && l.filter.Before == nil && last <= l.limits.hits {
		placed.Hits, placed.MoreHits = last, false // all were met on the way
	}
	return placed
}

// total is how many accounts the list has; 0 = unknown.
func (l *listing) total() int {
	if l.hits != nil && !l.hits.many {
		return l.hits.count
	}
	return l.filter.total()
}

func (f AccountFilter) total() int {
	if f.Total == nil {
		return 0
	}
	return f.Total()
}

// firstPlace is the place of the page's first row in a list of so many accounts, counted from 1; 0 = unknown.
func (l *listing) firstPlace(page Page[Account], total int) (first int) {
	before, after := l.filter.Before, l.filter.After
	last := max(total-len(page.Rows)+1, 1) // where the last page begins
	switch {
	case before == nil && after == nil, before != nil && !page.More:
		first = 1
	case total > 0 && (before == nil && !page.More || before != nil && before.End):
		first = last
	case before == nil && after.Place > 0:
		first = after.Place + 1
	case before != nil && before.Place > 0:
		first = max(before.Place-len(page.Rows), 1)
	}
	if total > 0 {
		first = min(first, last)
	}
	return first
}

// read reads up to limit rows of a part, from a place on.
func (l *listing) read(p orderPart, from *AccountCursor, backwards bool, limit int) ([]Account, error) {
	switch {
	case p.newest:
		return l.readNewest(p, from, backwards, limit)
	case len(p.groups) > 0:
		return l.readGroups(p, from, backwards, limit)
	}
	return l.rows("accounts.*", p, orderGroup{index: p.index, ofOwner: p.ofOwner}, from, backwards, limit)
}

// rows reads columns of up to limit rows of a part, or a group of it.
func (l *listing) rows(columns string, p orderPart, group orderGroup, from *AccountCursor, backwards bool, limit int) (rows []Account, err error) {
	source, err := l.source(p, group.index, group.ofOwner)
	if err != nil {
		return nil, err
	}
	if source.instead != nil {
		query := l.walkSome(source, p, group, from, backwards, limit)
		if err := l.g.Raw("SELECT "+columns+" "+query.sql, query.args...).Find(&rows).Error; err != nil {
			return nil, err
		}
		if len(rows) == limit {
			return rows, nil
		}
		further, err := l.further(source, p, group, from, backwards)
		if err != nil || !further {
			return rows, err
		}
		rows, source = nil, *source.instead
	}
	query := l.walk(source, p, group, from, backwards, limit)
	err = l.g.Raw("SELECT "+columns+" "+query.sql, query.args...).Find(&rows).Error
	return rows, err
}

// further reports whether a part or group has more accounts than [listing.walkSome] looks at.
func (l *listing) further(source source, p orderPart, group orderGroup, from *AccountCursor, backwards bool) (bool, error) {
	all := *l
	all.filter = AccountFilter{OrganizationID: l.filter.OrganizationID}
	query := all.walk(source, p, group, from, backwards, 1)
	query.add(" OFFSET ?", l.limits.walked)
	var found []int
	err := l.g.Raw("SELECT 1 "+query.sql, query.args...).Find(&found).Error
	return len(found) > 0, err
}

// groupColumns are those by which the rows of groups are merged.
const groupColumns = "accounts.id, accounts.name_key, accounts.kind, accounts.technical, accounts.one_time, accounts.password_set_at"

// readGroups reads the keys of the first rows of each group, merges them, and reads the rows that are left.
func (l *listing) readGroups(p orderPart, from *AccountCursor, backwards bool, limit int) (rows []Account, err error) {
	var keys []Account
	for _, group := range p.groups {
		some, err := l.rows(groupColumns, p, group, from, backwards, limit)
		if err != nil {
			return nil, err
		}
		keys = append(keys, some...)
	}
	slices.SortFunc(keys, func(a, b Account) int {
		if backwards {
			a, b = b, a
		}
		return p.compare(p.value(a), p.value(b))
	})
	ids := make([]string, 0, limit)
	for _, key := range keys[:min(len(keys), limit)] {
		ids = append(ids, key.ID)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	if err := l.g.Find(&rows, "id IN ?", ids).Error; err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b Account) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return rows, nil
}

// walk is the rest of a SELECT that reads a part, or a group of it, in order, from a place on.
func (l *listing) walk(source source, p orderPart, group orderGroup, from *AccountCursor, backwards bool, limit int) condition {
	query := source.from(l.engine, append(l.conditions(l.filter), l.within(source, p, group, from, backwards)...))
	query.add(source.order(p, backwards))
	return query.with(l.firstRows(limit))
}

// firstRows is a LIMIT. Where one plan is right for all values, it is a literal: PostgreSQL plans a statement whose limit is a parameter each time that
// it runs, to know how few rows are wanted. Other statements are better planned each time.
func (l *listing) firstRows(n int) condition {
	if l.hits == nil && l.plannedAlike(l.filter) {
		return condition{sql: " LIMIT " + strconv.Itoa(n)}
	}
	return condition{" LIMIT ?", []any{n}}
}

// plannedAlike reports whether one plan is right for all values of the filter: if it has none, or only a state whose accounts have an index of their own.
func (tx *Tx) plannedAlike(f AccountFilter) bool {
	switch f.State {
	case "", Disabled, Blacklisted, NoPassword, OneTimeLapsed, OneTimeWaiting, MustChange:
		f.State, f.NoEnd = "", false
		return len(tx.conditions(f)) == 0
	default:
		return false
	}
}

// walkSome is the same, but ends after a number of accounts, whether they match the filter or not.
func (l *listing) walkSome(source source, p orderPart, group orderGroup, from *AccountCursor, backwards bool, limit int) condition {
	all := l.conditions(AccountFilter{OrganizationID: l.filter.OrganizationID})
	some := source.from(l.engine, append(all, l.within(source, p, group, from, backwards)...))
	query := condition{sql: "FROM (SELECT accounts.* " + some.sql, args: some.args}
	query.add(source.order(p, backwards))
	query = query.with(l.firstRows(l.limits.walked))
	query.add(") AS accounts WHERE TRUE")
	for _, c := range l.conditions(l.filter) {
		query.add(" AND ("+c.sql+")", c.args...)
	}
	if l.engine == Postgres { // SQLite keeps the order, but would sort after it has read all
		query.sql += source.order(p, backwards)
	}
	return query.with(l.firstRows(limit))
}

// within are the conditions of a part or group, from a place on.
func (l *listing) within(source source, p orderPart, group orderGroup, from *AccountCursor, backwards bool) (where []condition) {
	for _, more := range []condition{{p.where, p.args}, {group.where, group.args}, source.where, l.hitsOnly(source)} {
		if more.sql != "" {
			where = append(where, more)
		}
	}
	if from != nil { // row values, so that an index can be used
		columns, comparison := p.columns(), " > "
		if p.desc != backwards {
			comparison = " < "
		}
		places := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
		where = append(where, condition{"(" + strings.Join(columns, ", ") + ")" + comparison + "(" + places + ")", p.values(*from, group.later)})
	}
	return where
}

// order is the ORDER BY of a part.
func (s source) order(p orderPart, backwards bool) string {
	columns := p.columns()
	for i := range columns {
		if columns[i] = s.sorted + columns[i]; p.desc != backwards {
			columns[i] += " DESC"
		}
	}
	return " ORDER BY " + strings.Join(columns, ", ")
}

// hitsOnly is the condition for accounts that a search found, on PostgreSQL.
func (l *listing) hitsOnly(from source) condition {
	if from.ids == "" || l.engine == SQLite {
		return condition{}
	}
	return condition{"accounts.id = ANY (string_to_array(?, ','))", []any{from.ids}}
}

// conditions are those of a filter, without its search.
func (tx *Tx) conditions(f AccountFilter) (all []condition) {
	add := func(sql string, args ...any) { all = append(all, condition{sql, args}) }
	if f.NamePrefix != "" { // a range, so that an index can be used
		add("name_key >= ? AND name_key < ?", f.NamePrefix, f.NamePrefix+string(utf8.MaxRune))
	}
	if f.ExternalID != "" { // the first condition is that of the index
		add("external_id <> '' AND external_id = ?", f.ExternalID)
	}
	// An organization's are customers: asked for them once more, SQLite would walk those of all.
	if f.Kind != "" && (f.Kind != Customer || f.OrganizationID == "") {
		add("kind = ?", f.Kind)
	}
	if f.ExceptKind != "" {
		add("kind <> ?", f.ExceptKind)
	}
	if f.Technical {
		add("technical")
	}
	if f.OrganizationID != "" {
		add("organization_id = ?", f.OrganizationID)
	}
	all = append(all, tx.ofFactor(f)...)
	if f.Link != "" {
		add("accounts.id IN (?)", tx.newestLinks(f.Link, f.Cutoffs.Now))
	}
	if f.NoEnd {
		// Not an index condition for SQLite, which would then sort what it found: the index by name serves the list.
		add("(blocked_until IS NULL) = TRUE")
	}
	if f.State != "" {
		all = append(all, f.Cutoffs.filter(f.State)...)
	}
	if f.Ends != "" { // the first condition is that of the index
		add("valid_until <> '' AND valid_until = ?", f.Ends)
	}
	if f.Expiring > 0 {
		all = append(all, f.Cutoffs.expiring(f.Expiring)...)
	}
	return all
}

// ofFactor is the condition for accounts with a second factor of the kind, or for those that can sign in without any. The list by name has an
// index of each. Other lists walk indexes without these columns: SQLite would read each row, so it asks the index of factors.
func (tx *Tx) ofFactor(f AccountFilter) []condition {
	byName := f.Sort.byName()
	const has = "EXISTS (SELECT 1 FROM factors WHERE factors.account_id = accounts.id AND factors.confirmed_at IS NOT NULL"
	switch {
	case f.Factor == "":
		return nil
	case f.Factor == NoFactor && (byName && f.OrganizationID == "" || tx.engine == Postgres):
		return []condition{{"NOT has_factor AND NOT technical AND accounts.id <> ?", []any{DefaultOrganizationID}}}
	case f.Factor == NoFactor:
		return []condition{{"NOT technical AND accounts.id <> ? AND NOT " + has + ")", []any{DefaultOrganizationID}}}
	case f.Factor == TOTPFactor && (byName && !f.ofFewKinds() || tx.engine == Postgres):
		return []condition{{"has_app", nil}}
	case f.Factor == PasskeyFactor && (byName && !f.ofFewKinds() || tx.engine == Postgres):
		return []condition{{"has_passkey", nil}}
	default:
		return []condition{{has + " AND factors.kind = ?)", []any{f.Factor}}}
	}
}

func (tx *Tx) filterAccounts(f AccountFilter) *gorm.DB {
	query := tx.g.Model(&Account{})
	for _, c := range tx.conditions(f) {
		query = query.Where(c.sql, c.args...)
	}
	return query
}

// CountAccounts counts the accounts that match a filter, up to most.
func (tx *Tx) CountAccounts(f AccountFilter, most int) (int64, error) {
	if search := newSearch(f); !search.empty() {
		found, err := tx.findHits(f, search)
		return int64(min(found.count, most)), wrap("counting accounts", err)
	}
	var count int64
	some := tx.filterAccounts(f).Select("1").Limit(most)
	// By the index that serves the state's list: without an order SQLite may walk all passwords by age, which is right only for expired ones.
	if f.State != "" && f.State != Expired {
		some = some.Order("name_key, id")
	}
	err := tx.g.Table("(?) AS found", some).Count(&count).Error
	return count, wrap("counting accounts", err)
}

// Names returns the names of the accounts with the given ids.
func (tx *Tx) Names(ids []string) (map[string]string, error) {
	var rows []Account
	if err := tx.g.Select("id", "name").Find(&rows, "id IN ?", ids).Error; err != nil {
		return nil, wrap("reading names", err)
	}
	names := make(map[string]string, len(rows))
	for _, row := range rows {
		names[row.ID] = row.Name
	}
	return names, nil
}
