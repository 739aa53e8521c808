package models

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strings"
	"unicode/utf8"

	"latchkey/names"
)

const (
	// MostHits is how many hits of a search are counted, and sorted in the order of the list.
	MostHits = 1000

	indexedWords   = 8  // of a search: the longest ones; others are compared with what these find
	comparedWords  = 32 // more do not count
	indexedLetters = 32 // of a word

	denseShare = 200 // if one text in so many of a sample is found, they are many
)

// AccountText is what lists find an account by; see [names.SearchText] and [mark].
type AccountText struct {
	ID     string `gorm:"primaryKey"`
	Search string
}

// textOf returns the text by which lists find the account, whose organization has the name.
func (a Account) textOf(organization string) string {
	return names.SearchText(a.Name, a.Email, a.EmailKey, a.DisplayName, a.ExternalID, organization) + "  " + mark(a.Kind, a.OwnerID())
}

// mark returns a word that an organization's customers have in common, or the accounts of another kind, so that the index of texts can leave
// out all others. It is three syllables of the Yi script, one of 1.5 thousand million.
func mark(kind Kind, organizationID string) string {
	of := string(kind)
	if kind == Customer {
		of = organizationID
	}
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(of))
	n := binary.BigEndian.Uint64(hash.Sum(nil))
	const first, count = 0xA000, 0x48D
	return string([]rune{rune(first + n%count), rune(first + n/count%count), rune(first + n/count/count%count)})
}

// findable are the values from which an account's text is made.
func (a *Account) findable() [6]string {
	return [6]string{a.Name, a.Email, a.EmailKey, a.DisplayName, a.ExternalID, a.OwnerID()}
}

// saveTexts writes what accounts are found by.
func (tx *Tx) saveTexts(accounts []Account) error {
	var owners []string
	for _, a := range accounts {
		if a.OrganizationID != nil && !slices.Contains(owners, *a.OrganizationID) {
			owners = append(owners, *a.OrganizationID)
		}
	}
	organizations := map[string]string{}
	for some := range slices.Chunk(owners, rowsAtOnce) {
		found, err := tx.Names(some)
		if err != nil {
			return err
		}
		for id, name := range found {
			organizations[id] = name
		}
	}
	for some := range slices.Chunk(accounts, rowsAtOnce) {
		values := make([]any, 0, 2*len(some))
		for _, a := range some {
			organization := ""
			if a.OrganizationID != nil {
				organization = organizations[*a.OrganizationID]
			}
			values = append(values, a.ID, a.textOf(organization))
		}
		if err := tx.g.Exec(tx.savingTexts(len(some)), values...).Error; err != nil {
			return wrap("saving what accounts are found by", err)
		}
	}
	return nil
}

func (tx *Tx) savingTexts(count int) string {
	places := strings.TrimSuffix(strings.Repeat("(?, ?), ", count), ", ")
	if tx.engine == SQLite {
		return `WITH new (id, search) AS (VALUES ` + places + `) INSERT INTO account_texts (seq, id, search)
			SELECT accounts.seq, new.id, new.search FROM new CROSS JOIN accounts ON accounts.id = new.id WHERE TRUE
			ON CONFLICT (seq) DO UPDATE SET search = excluded.search WHERE search <> excluded.search`
	}
	return `INSERT INTO account_texts (id, search) VALUES ` + places + `
		ON CONFLICT (id) DO UPDATE SET search = excluded.search WHERE account_texts.search <> excluded.search`
}

// accountSearch is what accounts are searched for.
type accountSearch struct {
	words      []string // the longest first
	first      string   // of them as they were typed
	id         string   // one that is the id of an account
	mark       string   // of the accounts of the filter
	few        bool     // accounts have the mark, so that their texts are compared one by one
	impossible bool     // no account has such a text
	part       string   // of a word: few texts have it, so that PostgreSQL's index is asked for it alone; "" = not known
}

func newSearch(f AccountFilter) (s accountSearch) {
	if s.impossible = !utf8.ValidString(f.Search) || strings.ContainsRune(f.Search, 0); s.impossible {
		return s // PostgreSQL refuses to compare it
	}
	if s.words = names.SearchWords(f.Search); len(s.words) == 0 {
		return s
	}
	s.first = s.words[0]
	slices.SortStableFunc(s.words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	s.words = s.words[:min(len(s.words), comparedWords)]
	if i := slices.IndexFunc(s.words, IsID); i >= 0 {
		s.id = s.words[i]
	}
	switch {
	case f.OrganizationID != "":
		s.mark = mark(Customer, f.OrganizationID)
	case f.Kind == Organization || f.Kind == SuperAdmin:
		s.mark = mark(f.Kind, "")
	}
	return s
}

// unmarked is the filter without what the mark of a search covers.
func (f AccountFilter) unmarked() AccountFilter {
	if f.OrganizationID == "" && (f.Kind == Organization || f.Kind == SuperAdmin) || f.OrganizationID != "" && f.Kind == Customer {
		f.Kind = ""
	}
	f.OrganizationID = ""
	return f
}

func (s accountSearch) empty() bool { return len(s.words) == 0 && !s.impossible }

// indexed returns what the index of texts is asked for, and what has to be compared besides.
func (s accountSearch) indexed(engine Engine) (terms [][]string, compared []string) {
	if engine == Postgres && s.part != "" {
		return [][]string{{s.part}}, s.terms()
	}
	for i, word := range s.words {
		term := names.SearchTerm(word)
		parts := []string{string([]rune(term)[:min(utf8.RuneCountInString(term), indexedLetters)])}
		if engine == Postgres {
			parts = partsOf(parts[0])
		}
		switch {
		case s.few || i >= indexedWords || len(parts) == 0:
			compared = append(compared, term)
			continue
		case parts[0] != term:
			compared = append(compared, term)
		}
		terms = append(terms, parts)
	}
	if s.mark != "" {
		terms = append(terms, []string{s.mark})
	}
	return terms, compared
}

// texts selects the accounts of account_texts that the index finds: their seq on SQLite, their id on PostgreSQL.
func (s accountSearch) texts(engine Engine) condition {
	terms, compared := s.indexed(engine)
	if engine == Postgres {
		query := condition{sql: "SELECT t.id FROM account_texts t WHERE TRUE"}
		for _, term := range terms {
			query.add(` AND t.search LIKE ? ESCAPE '\'`, likePattern(term))
		}
		return query.with(containing(engine, compared))
	}
	phrases := make([]string, len(terms))
	for i, term := range terms {
		phrases[i] = `"` + strings.ReplaceAll(strings.Join(term, ""), `"`, `""`) + `"`
	}
	query := condition{"SELECT account_search.rowid AS seq FROM account_search", nil}
	if len(compared) > 0 {
		query.sql += " CROSS JOIN account_texts t ON t.seq = account_search.rowid"
	}
	query.add(" WHERE account_search MATCH ?", strings.Join(phrases, " AND "))
	return query.with(containing(engine, compared))
}

// likePattern is what a text that has the parts, in their order, is LIKE.
func likePattern(parts []string) string {
	pattern := "%"
	for _, part := range parts {
		pattern += likeEscaper.Replace(part) + "%"
	}
	return pattern
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// containing is the condition, after others, that the text t has all terms. No index can serve it.
func containing(engine Engine, terms []string) (all condition) {
	has := " AND instr(t.search, ?) > 0"
	if engine == Postgres {
		has = " AND strpos(t.search, ?) > 0"
	}
	for _, term := range terms {
		all.add(has, term)
	}
	return all
}

func (c *condition) add(sql string, args ...any) { c.sql, c.args = c.sql+sql, append(c.args, args...) }

// with returns two conditions, one after the other.
func (c condition) with(more condition) condition {
	c.add(more.sql, more.args...)
	return c
}

// terms returns all that a text must have.
func (s accountSearch) terms() (all []string) {
	for _, word := range s.words {
		all = append(all, names.SearchTerm(word))
	}
	if s.mark != "" {
		all = append(all, s.mark)
	}
	return all
}

// named selects the account whose id was typed, if it matches the other words.
func (s accountSearch) named(engine Engine) condition {
	key := "id"
	if engine == SQLite {
		key = "seq"
	}
	query := condition{"SELECT t." + key + " FROM accounts JOIN account_texts t ON t." + key + " = accounts." + key + " WHERE accounts.id = ?", []any{s.id}}
	return query.with(containing(engine, slices.DeleteFunc(s.terms(), func(term string) bool { return term == s.id })))
}

// hits are what a search found.
type hits struct {
	ids   string // of accounts, as the source of a list; those that match the filter, in no order
	count int
	many  bool // more than can be sorted; ids and the exact count are unknown
	dense bool // on PostgreSQL: so many that reading all texts, the newest first, soon fills a page
}

// findHits gathers the accounts that a search finds and that match the filter. It asks the index of texts first. If that finds too many, it
// asks the index of the filter, and then more of the texts.
func (tx *Tx) findHits(f AccountFilter, s accountSearch) (found hits, err error) {
	if s.impossible {
		return tx.noHits(), nil
	}
	if s.few, err = tx.fewHave(s.mark); err != nil {
		return found, err
	}
	dense, err := tx.sample(&s)
	if err != nil {
		return found, err
	}
	if !dense {
		if found, err = tx.gather(f, tx.someTexts(s, tx.limits.hits), condition{}, tx.limits.hits); err != nil || !found.many {
			return found, err
		}
	}
	if n, ok := f.narrowing(); ok {
		if found, err = tx.gather(f, tx.someAccounts(n), containing(tx.engine, s.terms()), tx.limits.candidates); err != nil || !found.many {
			return found, err
		}
	}
	if !dense && len(tx.conditions(f.unmarked())) > 0 {
		if found, err = tx.gather(f, tx.someTexts(s, tx.limits.candidates), condition{}, tx.limits.candidates); err != nil || !found.many {
			return found, err
		}
	}
	return hits{many: true, dense: dense, count: tx.limits.hits + 1}, nil
}

func (tx *Tx) noHits() hits {
	if tx.engine == SQLite {
		return hits{ids: "[]"}
	}
	return hits{ids: ","}
}

// fewHave reports whether a mark is that of so few accounts that SQLite compares their texts one by one.
func (tx *Tx) fewHave(mark string) (bool, error) {
	if mark == "" || tx.engine == Postgres {
		return false, nil
	}
	var count int
	err := tx.g.Raw("SELECT count(*) FROM (SELECT 1 FROM account_search WHERE account_search MATCH ? LIMIT ?) AS found", `"`+mark+`"`, tx.limits.hits+1).Find(&count).Error
	return count <= tx.limits.hits, err
}

// sample reads a sample of the texts. It reports whether a search is dense: it has so many more hits than [MostHits] that PostgreSQL's index, which reads
// all of them before it returns the first one, is slower than reading texts in order. It sets the search's part if no text of the sample has it.
func (tx *Tx) sample(s *accountSearch) (dense bool, err error) {
	if tx.engine != Postgres {
		return false, nil
	}
	const blocks = "(pg_relation_size('account_texts') / 8192)"
	var sample struct{ Found, Parts, Texts, Blocks int }
	has, part := containing(tx.engine, s.terms()), s.rarestPart()
	err = tx.g.Raw("SELECT count(*) FILTER (WHERE TRUE"+has.sql+") AS found, count(*) FILTER (WHERE strpos(t.search, ?) > 0) AS parts, count(*) AS texts, "+
		blocks+" AS blocks FROM account_texts t TABLESAMPLE SYSTEM (CASE WHEN "+blocks+" <= ? THEN 0 ELSE 100.0 * CAST(? AS INTEGER) / "+blocks+" END) REPEATABLE (1)",
		append(has.args, part, tx.limits.sampled, tx.limits.sampled)...).Find(&sample).Error
	if err != nil || sample.Blocks <= tx.limits.sampled {
		return false, err
	}
	if sample.Texts > 0 && sample.Parts == 0 {
		s.part = part
	}
	all := sample.Found * sample.Blocks / tx.limits.sampled
	return sample.Found*denseShare > sample.Texts && all > 2*tx.limits.hits, nil
}

// someTexts selects up to most + 1 accounts that the index of texts finds, and the one whose id was typed.
func (tx *Tx) someTexts(s accountSearch, most int) condition {
	query := s.texts(tx.engine)
	if tx.engine == Postgres {
		// Planned as if all were read: with a limit it may read the whole table until it has met enough.
		query.sql = "WITH found AS MATERIALIZED (" + query.sql + ") SELECT id FROM found"
	}
	query.add(" LIMIT ?", most+1)
	if s.id != "" {
		query.sql = "SELECT * FROM (" + query.sql + ") AS found UNION "
		query = query.with(s.named(tx.engine))
	}
	return query
}

// someAccounts selects accounts that an index finds for a filter.
func (tx *Tx) someAccounts(n narrowing) condition {
	query := source{index: n.index}.from(tx.engine, []condition{n.where})
	query.sql = "SELECT accounts." + tx.key() + " " + query.sql
	query.add(" LIMIT ?", tx.limits.candidates+1)
	return query
}

// key is the column by which texts and accounts are joined.
func (tx *Tx) key() string {
	if tx.engine == SQLite {
		return "seq"
	}
	return "id"
}

// gather returns those of some accounts that match a filter and have texts, unless these are more than a search counts, or more than most have to be
// looked at.
func (tx *Tx) gather(f AccountFilter, some, texts condition, most int) (found hits, err error) {
	key := tx.key()
	query := condition{sql: "WITH candidates AS MATERIALIZED ("}.with(some)
	query.sql += "), matching AS MATERIALIZED (SELECT found." + key + " FROM "
	where := tx.conditions(f)
	const unlessMany = " WHERE (SELECT count(*) FROM candidates) <= ?" // nothing is read in vain
	if texts.sql == "" {
		query.sql += "candidates AS found"
	} else {
		query.add("(SELECT candidates."+key+" FROM candidates CROSS JOIN account_texts t ON t."+key+" = candidates."+key+unlessMany, most)
		query = query.with(texts)
		if tx.engine == Postgres { // which would look at the accounts first otherwise
			query.sql += " OFFSET 0"
		}
		query.sql += ") AS found"
	}
	if len(where) > 0 {
		query.add(" CROSS JOIN accounts ON accounts."+key+" = found."+key+unlessMany, most)
	}
	for _, c := range where {
		query.add(" AND ("+c.sql+")", c.args...)
	}
	query.add(" LIMIT ?", tx.limits.hits+1)
	list := "json_group_array(seq)"
	if tx.engine == Postgres {
		query.sql = strings.ReplaceAll(query.sql, " CROSS JOIN ", " JOIN ")
		list = "coalesce(string_agg(id, ','), ',')"
	}
	query.sql += ") SELECT (SELECT count(*) FROM candidates) AS candidates, count(*) AS count, " + list + " AS ids FROM matching"
	var row struct {
		Candidates, Count int
		IDs               string
	}
	err = tx.g.Raw(query.sql, query.args...).Find(&row).Error
	return hits{ids: row.IDs, count: row.Count, many: row.Candidates > most || row.Count > tx.limits.hits}, err
}

// parts is a list of too many hits: names that begin with the text, if it is one word, and then the others, the newest first.
func (s accountSearch) parts() []orderPart {
	others := orderPart{newest: true, has: func(Account) bool { return true }}
	if len(s.words) != 1 {
		return []orderPart{others}
	}
	begins := condition{"name_key >= ? AND name_key < ?", []any{s.first, s.first + string(utf8.MaxRune)}}
	others.where, others.args = "NOT ("+begins.sql+")", begins.args
	return []orderPart{{
		where: begins.sql, args: begins.args, column: "name_key", index: "accounts_by_name", ofOwner: "accounts_by_organization_name",
		has: func(a Account) bool { return strings.HasPrefix(a.NameKey, s.first) },
	}, others}
}

// readNewest reads what a search finds, the newest accounts first.
func (l *listing) readNewest(p orderPart, from *AccountCursor, backwards bool, limit int) (rows []Account, err error) {
	order, comparison := " DESC", " < "
	if backwards {
		order, comparison = "", " > "
	}
	where := l.conditions(l.filter)
	if p.where != "" {
		where = append(where, condition{p.where, p.args})
	}
	var query condition
	key := "account_search.rowid"
	switch {
	case l.engine == SQLite:
		query = l.search.texts(l.engine)
		_, tables, _ := strings.Cut(query.sql, "FROM ")
		tables, match, _ := strings.Cut(tables, " WHERE ")
		query.sql = "SELECT accounts.* FROM " + tables + " CROSS JOIN accounts ON accounts.seq = account_search.rowid WHERE " + match
	case l.hits.dense:
		has := containing(l.engine, l.search.terms())
		key = "t.id"
		query = condition{"SELECT accounts.* FROM account_texts t JOIN accounts ON accounts.id = t.id WHERE TRUE" + has.sql, has.args}
	default:
		key = "found.id"
		query = condition{sql: "WITH found AS MATERIALIZED ("}.with(l.search.texts(l.engine))
		query.sql += `) SELECT accounts.* FROM (SELECT id FROM found ORDER BY id` + order + ` OFFSET 0) AS found
			CROSS JOIN LATERAL (SELECT * FROM accounts WHERE accounts.id = found.id OFFSET 0) AS accounts WHERE TRUE`
	}
	if from != nil && l.engine == SQLite {
		// The account may be deleted meanwhile: ids are in the order of creation, too.
		query.add(" AND "+key+comparison+"coalesce((SELECT seq FROM accounts WHERE id <= ? ORDER BY id DESC LIMIT 1), 0)", from.ID)
	} else if from != nil {
		query.add(" AND "+key+comparison+"?", from.ID)
	}
	for _, c := range where {
		query.add(" AND ("+c.sql+")", c.args...)
	}
	query.add(" ORDER BY "+key+order+" LIMIT ?", limit)
	err = l.g.Raw(query.sql, query.args...).Find(&rows).Error
	return rows, err
}
