package models

import (
	"cmp"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm/clause"

	"latchkey/names"
)

// AuditText is a name or an address that events have, each once. Words are found in these first, and their events by the indexes of
// events. Ref is the id of the account, "" for an actor without one, or the address.
type AuditText struct {
	Ref     string
	Name    string
	Text    string // of names.Search
	Network string // see [networkKey]; "" = it is no address
}

// AuditFill is a single row with the event down to which the texts of older events are filled.
type AuditFill struct {
	ID       int `gorm:"primaryKey"`
	FilledTo string
	Done     bool
}

// filledAtOnce is how many events a transaction fills.
const filledAtOnce = 1000

// networkKey makes addresses comparable, so that a network is a range: 32 hexadecimal digits, of IPv4 those of the IPv4-mapped address.
func networkKey(address netip.Addr) string {
	bytes := address.As16()
	return hex.EncodeToString(bytes[:])
}

// networkRange returns the keys of the first and the last address of a network.
func networkRange(network netip.Prefix) (first, last string) {
	start, bits := network.Masked().Addr().As16(), network.Bits()
	if network.Addr().Is4() {
		bits += 96
	}
	end := start
	for bit := bits; bit < 128; bit++ {
		end[bit/8] |= 1 << (7 - bit%8)
	}
	return hex.EncodeToString(start[:]), hex.EncodeToString(end[:])
}

// eventTexts returns what is searched in events, each once and sorted, so that transactions insert it in one order.
func eventTexts(events []AuditEvent) []AuditText {
	found := map[AuditText]bool{}
	for _, e := range events {
		if e.ActorName != "" {
			found[AuditText{Ref: e.ActorID, Name: e.ActorName}] = true
		}
		if e.SubjectName != "" {
			found[AuditText{Ref: e.SubjectID, Name: e.SubjectName}] = true
		}
		if e.Address != "" {
			text := AuditText{Ref: e.Address, Name: e.Address}
			if address, err := netip.ParseAddr(e.Address); err == nil {
				text.Network = networkKey(address)
			}
			found[text] = true
		}
	}
	texts := make([]AuditText, 0, len(found))
	for text := range found {
		text.Text = names.Search(text.Name)
		texts = append(texts, text)
	}
	slices.SortFunc(texts, func(a, b AuditText) int { return cmp.Or(cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Name, b.Name)) })
	return texts
}

// addTexts adds what is not yet known of the texts. Known ones are kept from being deleted until the transaction ends. It runs the same statements
// whether they are known or not, so that the work of a refusal does not reveal whether an account has events.
func (tx *Tx) addTexts(texts []AuditText) error {
	if len(texts) == 0 {
		return nil
	}
	if err := tx.keepTexts(texts); err != nil {
		return err
	}
	return wrap("adding texts of audit events", tx.g.Clauses(clause.OnConflict{DoNothing: true}).Create(&texts).Error)
}

// keepTexts locks the texts that are known. SQLite needs no lock; see [Tx.forUpdate].
func (tx *Tx) keepTexts(texts []AuditText) error {
	if tx.engine == SQLite {
		return nil
	}
	refs := make([]string, len(texts))
	for i, text := range texts {
		refs[i] = text.Ref
	}
	var known []AuditText
	err := tx.locking("KEY SHARE").Select("ref", "name").Order("ref, name").Find(&known, "ref IN ?", slices.Compact(refs)).Error
	return wrap("locking texts of audit events", err)
}

// dropTexts deletes the texts of events that were deleted, unless others have them.
func (tx *Tx) dropTexts(events []AuditEvent) error {
	texts := eventTexts(events)
	refs := make([]string, 0, len(texts))
	for _, text := range texts {
		if text.Ref != "" { // of a few names without an account, which are the program's
			refs = append(refs, text.Ref)
		}
	}
	if len(refs) == 0 {
		return nil
	}
	refs = slices.Compact(refs)
	// Locked before events are looked for, so that an event that is being written keeps its texts.
	var locked []int64
	if err := tx.locking(clause.LockingStrengthUpdate).Model(&AuditText{}).Where("ref IN ?", refs).Order("ref, name").Pluck("seq", &locked).Error; err != nil {
		return wrap("locking texts of audit events", err)
	}
	err := tx.g.Where("ref IN ?", refs).
		Where("NOT EXISTS (SELECT 1 FROM audit_events WHERE actor_id <> '' AND actor_id = ref)").
		Where("NOT EXISTS (SELECT 1 FROM audit_events WHERE subject_id = ref)").
		Where("NOT EXISTS (SELECT 1 FROM audit_events WHERE address <> '' AND address = ref)").Delete(&AuditText{}).Error
	return wrap("deleting texts of audit events", err)
}

// FillAuditTexts adds the texts of a batch of events that are older than the table of texts, the newest first, and reports whether there may be
// more. The next call goes on from there.
func (tx *Tx) FillAuditTexts() (more bool, err error) {
	var at AuditFill
	if err := tx.locking(clause.LockingStrengthUpdate).Take(&at, "id = 1").Error; err != nil || at.Done {
		return false, wrap("finding audit events to fill", err)
	}
	var events []AuditEvent
	err = tx.g.Select("id", "actor_id", "actor_name", "subject_id", "subject_name", "address").Where("id < ?", at.FilledTo).
		Order("id DESC").Limit(filledAtOnce).Find(&events).Error
	if err != nil {
		return false, wrap("reading audit events to fill", err)
	}
	if at.Done = len(events) == 0; !at.Done {
		at.FilledTo = events[len(events)-1].ID
		if err := tx.addTexts(eventTexts(events)); err != nil {
			return false, err
		}
	}
	return !at.Done, wrap("recording filled audit events", tx.g.Save(&at).Error)
}

// auditTextsFilled reports whether the texts of all events are known.
func (tx *Tx) auditTextsFilled() (bool, error) {
	var at AuditFill
	err := tx.g.Take(&at, "id = 1").Error
	return at.Done, wrap("finding whether audit events are filled", err)
}

// mostNamed is how many accounts that have had the same name are found.
const mostNamed = 20

// AuditNamed returns the accounts that have or had a name in audit events, and those without an account, by names.Fold.
func (tx *Tx) AuditNamed(name string) (found []AuditActor, err error) {
	var texts []AuditText
	if err := tx.g.Where("text = ? AND network = ''", names.Search(name)).Order("ref DESC").Limit(mostNamed).Find(&texts).Error; err != nil {
		return nil, wrap("finding accounts by name in audit events", err)
	}
	for _, text := range texts {
		if names.Fold(text.Name) == names.Fold(name) {
			found = append(found, AuditActor{ID: text.Ref, Name: text.Name})
		}
	}
	return found, nil
}

// textsWith returns up to limit texts with a word. Words that are too short for the index are found at the beginning of texts only.
func (tx *Tx) textsWith(word string, limit int) (texts []AuditText, err error) {
	query := tx.g.Select("ref", "name", "text", "network").Limit(limit)
	switch {
	case utf8.RuneCountInString(word) < trigram:
		query = query.Where("text >= ? AND text < ?", word, word+string(utf8.MaxRune))
	case tx.engine == Postgres:
		query = query.Where(`text LIKE ? ESCAPE '\'`, "%"+likeEscaper.Replace(word)+"%")
	default: // limited within, or SQLite would find all first
		query = query.Where(`seq IN (SELECT t.seq FROM audit_text_search CROSS JOIN audit_texts t ON t.seq = audit_text_search.rowid
			WHERE audit_text_search MATCH ? AND instr(t.text, ?) > 0 LIMIT ?)`, trigramsOf(word), word, limit)
	}
	return texts, wrap("finding texts of audit events", query.Find(&texts).Error)
}

// trigramsOf returns the trigrams at the beginning of a word for an index that does not know their places.
func trigramsOf(word string) string {
	letters := []rune(word)
	var terms []string
	for i := range min(len(letters), indexedLetters) - trigram + 1 {
		terms = append(terms, `"`+strings.ReplaceAll(string(letters[i:i+trigram]), `"`, `""`)+`"`)
	}
	return strings.Join(terms, " AND ")
}

// addressesIn returns up to limit addresses of events in a network.
func (tx *Tx) addressesIn(network netip.Prefix, limit int) (addresses []string, err error) {
	first, last := networkRange(network)
	err = tx.g.Model(&AuditText{}).Where("network <> '' AND network >= ? AND network <= ?", first, last).
		Limit(limit).Pluck("ref", &addresses).Error
	return addresses, wrap("finding addresses of audit events", err)
}
