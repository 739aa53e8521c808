package models

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// AccountSort is an order of the list of accounts.
type AccountSort string

// The orders of the list.
const (
	ByName   AccountSort = "name"
	Newest   AccountSort = "newest"
	Oldest   AccountSort = "oldest"
	ByExpiry AccountSort = "password-age"
)

// AccountFilter selects the accounts of a list. Zero fields do not filter.
type AccountFilter struct {
	Search         string // in the form of names.Search: words that are parts of what an account is found by
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
	Limit          int
}

// AccountCursor is a place in a list: the values of the row's sort column and its id.
type AccountCursor struct {
	Name string    `json:"n,omitempty"`
	At   time.Time `json:"t,omitzero"`
	ID   string    `json:"i"`
}

// Cursor gives the place of an account in a list of the given order.
func (sort AccountSort) Cursor(a Account) AccountCursor {
	switch sort {
	case Newest, Oldest:
		return AccountCursor{At: a.CreatedAt, ID: a.ID}
	case ByExpiry:
		return AccountCursor{At: *a.PasswordSetAt, ID: a.ID}
	default:
		return AccountCursor{Name: a.NameKey, ID: a.ID}
	}
}

// ListAccounts reads a page of accounts: those after a cursor, before it, or the first ones. Rows are in the order of the list
// in both directions. The cost depends on the length of the page, not of the list.
func (tx *Tx) ListAccounts(f AccountFilter) (Page[Account], error) {
	column, descending := "name_key", f.Sort == Newest
	switch f.Sort {
	case Newest, Oldest:
		column = "created_at"
	case ByExpiry:
		column = "password_set_at"
	}
	from, comparison := f.After, ">"
	if f.Before != nil {
		from, descending = f.Before, !descending
	}
	if descending {
		comparison = "<"
	}
	query := tx.filterAccounts(f)
	if from != nil {
		var value any = from.At
		if column == "name_key" {
			value = from.Name
		}
		// Row values, so that an index can be used.
		query = query.Where("("+column+", id) "+comparison+" (?, ?)", value, from.ID)
	}
	page, err := readPage[Account](query.Order(clause.OrderBy{Columns: []clause.OrderByColumn{
		{Column: clause.Column{Name: column}, Desc: descending},
		{Column: clause.Column{Name: "id"}, Desc: descending},
	}}), f.Before != nil, f.Limit)
	return page, wrap("listing accounts", err)
}

func (tx *Tx) filterAccounts(f AccountFilter) *gorm.DB {
	query := ofKind(tx.g.Model(&Account{}), f)
	if f.NamePrefix != "" { // a range, so that an index can be used
		query = query.Where("name_key >= ? AND name_key < ?", f.NamePrefix, f.NamePrefix+string(utf8.MaxRune))
	}
	if f.ExternalID != "" { // the first condition is that of the index
		query = query.Where("external_id <> '' AND external_id = ?", f.ExternalID)
	}
	if f.OrganizationID != "" {
		query = query.Where("organization_id = ?", f.OrganizationID)
	}
	query = tx.ofFactor(query, f)
	if f.Link != "" {
		query = query.Where("accounts.id IN (?)", tx.newestLinks(f.Link, f.Cutoffs.Now))
	}
	if f.NoEnd {
		// Not an index condition for SQLite, which would then sort what it found: the index by name serves the list.
		query = query.Where("(blocked_until IS NULL) = TRUE")
	}
	var conditions []condition
	if f.State != "" {
		conditions = f.Cutoffs.filter(f.State)
	}
	if f.Ends != "" { // the first condition is that of the index
		query = query.Where("valid_until <> '' AND valid_until = ?", f.Ends)
	}
	if f.Expiring > 0 {
		conditions = append(conditions, f.Cutoffs.expiring(f.Expiring)...)
	}
	for _, c := range conditions {
		query = query.Where(c.sql, c.args...)
	}
	if f.Sort == ByExpiry {
		query = query.Where("password_set_at IS NOT NULL")
	}
	return tx.search(query, f.Search)
}

// ofKind narrows a query to accounts of the kind. An organization's are customers: asked for them once more, SQLite would walk those of all.
func ofKind(query *gorm.DB, f AccountFilter) *gorm.DB {
	if f.Kind != "" && (f.Kind != Customer || f.OrganizationID == "") {
		query = query.Where("kind = ?", f.Kind)
	}
	if f.ExceptKind != "" {
		query = query.Where("kind <> ?", f.ExceptKind)
	}
	if f.Technical {
		query = query.Where("technical")
	}
	return query
}

// ofFactor narrows a query to accounts with a second factor of the kind, or to those that can sign in without any. The list by name has an
// index of each. Other lists walk indexes without these columns: SQLite would read each row, so it asks the index of factors.
func (tx *Tx) ofFactor(query *gorm.DB, f AccountFilter) *gorm.DB {
	byName := f.OrganizationID == "" && !slices.Contains([]AccountSort{Newest, Oldest, ByExpiry}, f.Sort)
	const has = "EXISTS (SELECT 1 FROM factors WHERE factors.account_id = accounts.id AND factors.confirmed_at IS NOT NULL"
	switch {
	case f.Factor == "":
		return query
	case f.Factor == NoFactor && (byName || tx.engine == Postgres):
		return query.Where("NOT has_factor AND NOT technical AND accounts.id <> ?", DefaultOrganizationID)
	case f.Factor == NoFactor:
		return query.Where("NOT technical AND accounts.id <> ? AND NOT "+has+")", DefaultOrganizationID)
	case f.Factor == TOTPFactor && (byName && f.Kind == "" || tx.engine == Postgres):
		return query.Where("has_app")
	case f.Factor == PasskeyFactor && (byName && f.Kind == "" || tx.engine == Postgres):
		return query.Where("has_passkey")
	default:
		return query.Where(has+" AND factors.kind = ?)", f.Factor)
	}
}

// trigram is the shortest text that the engines' trigram indexes can find.
const trigram = 3

// maxSearchWords is how many words of a search are found on their own; the rest is found as one.
const maxSearchWords = 8

// searchWords returns the words of a search.
func searchWords(text string) []string {
	words := strings.Fields(text)
	if len(words) > maxSearchWords {
		words = append(words[:maxSearchWords-1], strings.Join(words[maxSearchWords-1:], " "))
	}
	return words
}

// search narrows a query to accounts that are found by each word of the literal text.
func (tx *Tx) search(query *gorm.DB, text string) *gorm.DB {
	switch {
	case text == "":
		return query
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return query.Where("1 = 0") // which no name contains, and PostgreSQL refuses to compare
	}
	var indexed []string
	var patterns []any
	for _, word := range searchWords(text) {
		switch {
		case tx.engine == Postgres:
			query = query.Where(`search LIKE ? ESCAPE '\'`, "%"+likeEscaper.Replace(word)+"%")
			continue
		case utf8.RuneCountInString(word) >= trigram:
			// The index takes no ESCAPE, so it may find too much where a word has wildcards; instr is exact.
			indexed, patterns = append(indexed, "search LIKE ?"), append(patterns, "%"+word+"%")
		}
		query = query.Where("instr(search, ?) > 0", word)
	}
	if len(indexed) > 0 {
		query = query.Where("seq IN (SELECT rowid FROM account_search WHERE "+strings.Join(indexed, " AND ")+")", patterns...)
	}
	return query
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// CountAccounts counts the accounts that match a filter, up to most.
func (tx *Tx) CountAccounts(f AccountFilter, most int) (int64, error) {
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
