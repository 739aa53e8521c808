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
	Search         string // in the form of names.Search: part of a name or an e-mail
	Kind           Kind
	Technical      bool
	State          State
	OrganizationID string
	Expiring       time.Duration
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

func (c AccountCursor) value(sort AccountSort) any {
	switch sort {
	case Newest, Oldest, ByExpiry:
		return c.At
	default:
		return c.Name
	}
}

// AccountPage is a page of a list. More reports whether there are further rows in the requested direction.
type AccountPage struct {
	Rows []Account
	More bool
}

// ListAccounts reads a page of accounts: those after a cursor, before it, or the first ones. Rows are in the order of the list
// in both directions. The cost depends on the length of the page, not of the list.
func (tx *Tx) ListAccounts(f AccountFilter) (AccountPage, error) {
	query := tx.filterAccounts(f)
	query = f.position(query)
	var rows []Account
	if err := query.Limit(f.Limit + 1).Find(&rows).Error; err != nil {
		return AccountPage{}, wrap("listing accounts", err)
	}
	page := AccountPage{Rows: rows[:min(len(rows), f.Limit)], More: len(rows) > f.Limit}
	if f.Before != nil {
		slices.Reverse(page.Rows)
	}
	return page, nil
}

func (tx *Tx) filterAccounts(f AccountFilter) *gorm.DB {
	query := tx.g.Model(&Account{})
	if f.Kind != "" {
		query = query.Where("kind = ?", f.Kind)
	}
	if f.Technical {
		query = query.Where("technical")
	}
	if f.OrganizationID != "" {
		query = query.Where("organization_id = ?", f.OrganizationID)
	}
	for _, c := range f.conditions() {
		query = query.Where(c.sql, c.args...)
	}
	return tx.search(query, f.Search)
}

func (f AccountFilter) conditions() (all []condition) {
	if f.State != "" {
		all = append(all, f.Cutoffs.filter(f.State)...)
	}
	if f.Expiring > 0 {
		all = append(all, f.Cutoffs.expiring(f.Expiring)...)
	}
	if f.Sort == ByExpiry {
		all = append(all, condition{"password_set_at IS NOT NULL", nil})
	}
	return all
}

// trigram is the shortest text that the engines' trigram indexes can find.
const trigram = 3

// search narrows a query to accounts whose name or e-mail contains the literal text.
func (tx *Tx) search(query *gorm.DB, text string) *gorm.DB {
	switch {
	case text == "":
		return query
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return query.Where("1 = 0") // which no name contains, and PostgreSQL refuses to compare
	}
	if tx.engine == Postgres {
		return query.Where(`search LIKE ? ESCAPE '\'`, "%"+likeEscaper.Replace(text)+"%")
	}
	if len([]rune(text)) >= trigram {
		// The index takes no ESCAPE, so it may find too much where text has wildcards; instr is exact.
		query = query.Where("seq IN (SELECT rowid FROM account_search WHERE search LIKE ?)", "%"+text+"%")
	}
	return query.Where("instr(search, ?) > 0", text)
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// position continues a list at its cursor. It compares row values, so that an index can be used.
func (f AccountFilter) position(query *gorm.DB) *gorm.DB {
	column, descending := f.order()
	from := f.After
	if f.Before != nil {
		from, descending = f.Before, !descending
	}
	comparison := ">"
	if descending {
		comparison = "<"
	}
	if from != nil {
		query = query.Where("("+column+", id) "+comparison+" (?, ?)", from.value(f.Sort), from.ID)
	}
	return query.Order(clause.OrderBy{Columns: []clause.OrderByColumn{
		{Column: clause.Column{Name: column}, Desc: descending},
		{Column: clause.Column{Name: "id"}, Desc: descending},
	}})
}

func (f AccountFilter) order() (column string, descending bool) {
	switch f.Sort {
	case Newest:
		return "created_at", true
	case Oldest:
		return "created_at", false
	case ByExpiry:
		return "password_set_at", false
	default:
		return "name_key", false
	}
}

// CountAccounts counts the accounts that match a filter, up to most.
func (tx *Tx) CountAccounts(f AccountFilter, most int) (int64, error) {
	var count int64
	some := tx.filterAccounts(f).Select("1").Limit(most)
	if f.State != "" { // by the index that serves the state's list; without an order SQLite may walk all passwords by age
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
