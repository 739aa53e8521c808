package models

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"latchkey/names"
)

// AuditPage is a page of a search in the audit log. If ReadTo is not empty, there may be further events, but none that match among those
// up to this id: reading stopped after a number of events.
type AuditPage struct {
	Page[AuditEvent]
	ReadTo string
}

// auditBounds make the cost of a search independent of the number of events.
type auditBounds struct {
	candidates int // ids that are read at once of each list
	walk       int // events that are read one by one at once, if no list is shorter than all events
	walkTenant int // the same of an organization's events, which are not next to each other
	texts      int // texts with a word
	ofTexts    int // their events, if their lists are too many to be merged
	lists      int // that are merged
	fewLists   int // that are always merged
}

var usualBounds = auditBounds{candidates: 500, walk: 3000, walkTenant: 1500, texts: 1000, ofTexts: 4000, lists: 60, fewLists: 12}

// What a search may cost in all, and what it costs to read events one by one, and candidates of all lists.
const (
	searchBudget = 6
	walkCost     = 3
	stepCost     = 1
)

// The filters of a search, as a set: which of them a list of events satisfies by itself.
type auditDims uint8

const (
	ofOrganization auditDims = 1 << iota
	ofAction
	ofActor
	ofSubject
	ofTarget
	ofNetwork
	ofWords
)

// seenAddress is the condition of the index of addresses that organizations may see, as core.Actor.HideOthers says.
const seenAddress = "(actor_id = '' OR actor_id = organization_id OR actor_id = subject_id)"

// eventList is a range of an index: events with the same values in some columns, in the order of their ids.
type eventList struct {
	columns []string
	values  []any
	partial string // the condition of a partial index
}

// eventSource is a number of lists that are read as one, or the ids that were found already.
type eventSource struct {
	covers auditDims
	lists  []eventList
	found  []string
	known  bool // found are all
	every  bool // it is every event, or every one of an organization
}

// auditSearch is a search that is being carried out.
type auditSearch struct {
	tx           *Tx
	f            AuditFilter
	bounds       auditBounds
	words        []string
	lower, upper string // ids: events between these, exclusive
	filled       bool   // all texts of events are known
	wanted       auditDims
	sources      []eventSource
}

// SearchAudit reads a page of the events that match, the newest event first. It reads the index range that reaches furthest back with the
// next candidates, again and again, until the page is full or the bounds are reached. For an organization, it reads nothing but ranges of
// that organization's events, so that others have no influence on where a page ends.
func (tx *Tx) SearchAudit(f AuditFilter) (page AuditPage, err error) {
	s := auditSearch{tx: tx, f: f, bounds: usualBounds, words: searchWords(f.Search), upper: "g"}
	if f.bounds != nil {
		s.bounds = *f.bounds
	}
	if !utf8.ValidString(f.Search) || strings.ContainsRune(f.Search, 0) {
		return page, nil // which no name contains, and PostgreSQL refuses to compare
	}
	if f.From != "" {
		s.lower = f.From[:len(f.From)-1] // sorts right before it
	}
	s.upper = cmp.Or(f.To, s.upper)
	if f.After != "" {
		s.upper = min(s.upper, f.After)
	}
	s.lower = max(s.lower, f.Before)
	if s.wanted = f.dims(); s.wanted&(ofWords|ofNetwork) != 0 {
		if s.filled, err = tx.auditTextsFilled(); err != nil {
			return page, err
		}
	}
	possible, err := s.prepare()
	if err != nil || !possible {
		return page, err
	}
	page, err = s.read()
	if s.f.Before != "" {
		slices.Reverse(page.Rows)
	}
	return page, wrap("searching the audit log", err)
}

// dims returns which filters are set.
func (f AuditFilter) dims() (dims auditDims) {
	for dim, set := range map[auditDims]bool{
		ofOrganization: f.OrganizationID != "", ofAction: f.Action != "", ofActor: f.Actors != nil, ofSubject: f.SubjectID != "",
		ofTarget: f.Targets != nil, ofNetwork: f.Network.IsValid(), ofWords: f.Search != "",
	} {
		if set {
			dims |= dim
		}
	}
	return dims
}

// prepare finds the sources; possible is false if nothing matches.
func (s *auditSearch) prepare() (possible bool, err error) {
	s.addActors()
	s.addSubjects(ofSubject, []string{s.f.SubjectID})
	s.addSubjects(ofTarget, s.f.Targets)
	tenant := s.f.OrganizationID != ""
	if s.f.Network.IsSingleIP() {
		address := s.f.Network.Addr().String()
		list := eventList{[]string{"address"}, []any{address}, "address <> ''"}
		if tenant {
			list = eventList{[]string{"organization_id", "address"}, []any{s.f.OrganizationID, address}, "address <> '' AND " + seenAddress}
		}
		s.add(ofNetwork|s.wanted&ofOrganization, list)
	}
	covered := auditDims(0)
	for _, source := range s.sources {
		covered |= source.covers
	}
	if s.f.Action != "" && covered&ofAction == 0 {
		list := eventList{[]string{"action"}, []any{s.f.Action}, ""}
		if tenant {
			list = eventList{[]string{"organization_id", "action"}, []any{s.f.OrganizationID, s.f.Action}, ""}
		}
		s.add(ofAction|s.wanted&ofOrganization, list)
	}
	if (s.f.Actors != nil && len(s.f.Actors) == 0) || (s.f.Targets != nil && len(s.f.Targets) == 0) {
		return false, nil
	}
	if possible, err = s.addTexts(); err != nil || !possible {
		return false, err
	}
	if len(s.sources) == 0 {
		list := eventList{}
		if tenant {
			list = eventList{[]string{"organization_id"}, []any{s.f.OrganizationID}, ""}
		}
		s.sources = []eventSource{{covers: s.wanted & ofOrganization, lists: []eventList{list}, every: true}}
	}
	return true, nil
}

func (s *auditSearch) add(covers auditDims, lists ...eventList) {
	s.sources = append(s.sources, eventSource{covers: covers, lists: lists})
}

// addActors adds the lists of actors, which are those of an organization's events or of an action if one is chosen.
func (s *auditSearch) addActors() {
	var lists []eventList
	covers := ofActor
	for _, actor := range s.f.Actors {
		list := eventList{[]string{"actor_id"}, []any{actor.ID}, "actor_id <> ''"}
		switch {
		case actor.ID == "": // a few events
			list = eventList{[]string{"actor_name"}, []any{actor.Name}, "actor_id = '' AND actor_name <> ''"}
		case s.f.OrganizationID != "":
			list.columns, list.values = []string{"organization_id", "actor_id"}, []any{s.f.OrganizationID, actor.ID}
		case s.f.Action != "":
			list.columns, list.values = []string{"actor_id", "action"}, []any{actor.ID, s.f.Action}
		}
		lists = append(lists, list)
	}
	byName := slices.ContainsFunc(s.f.Actors, func(a AuditActor) bool { return a.ID == "" })
	switch {
	case len(lists) == 0 || byName && s.f.OrganizationID != "": // that list is not the organization's
		return
	case s.f.OrganizationID != "":
		covers |= ofOrganization
	case s.f.Action != "" && !byName:
		covers |= ofAction
	}
	s.add(covers, lists...)
}

func (s *auditSearch) addSubjects(dim auditDims, ids []string) {
	if s.wanted&dim == 0 || len(ids) == 0 {
		return
	}
	var lists []eventList
	covers := dim
	for _, id := range ids {
		switch {
		case s.f.OrganizationID != "":
			covers |= ofOrganization
			lists = append(lists, eventList{[]string{"organization_id", "subject_id"}, []any{s.f.OrganizationID, id}, ""})
		case s.f.Action != "":
			covers |= ofAction
			lists = append(lists, eventList{[]string{"subject_id", "action"}, []any{id, s.f.Action}, ""})
		default:
			lists = append(lists, eventList{[]string{"subject_id"}, []any{id}, ""})
		}
	}
	s.add(covers, lists...)
}

// addTexts adds the events of the addresses of a network, and of the rarest word. An organization's search does without: how many texts
// there are is not its to know.
func (s *auditSearch) addTexts() (possible bool, err error) {
	if !s.filled || s.f.OrganizationID != "" {
		return true, nil
	}
	if s.wanted&ofNetwork != 0 && !s.f.Network.IsSingleIP() {
		addresses, err := s.tx.addressesIn(s.f.Network, s.bounds.texts+1)
		if err != nil || len(addresses) == 0 {
			return false, err
		}
		if err := s.addFound(ofNetwork, nil, nil, addresses); err != nil {
			return false, err
		}
	}
	if len(s.words) == 0 {
		return true, nil
	}
	rarest, err := s.rarestTexts()
	if err != nil || len(rarest) == 0 {
		return false, err
	}
	if len(rarest) > s.bounds.texts {
		return true, nil
	}
	covers := auditDims(0)
	if len(s.words) == 1 {
		covers = ofWords
	}
	ids, without, addresses := splitTexts(rarest)
	return true, s.addFound(covers, ids, without, addresses)
}

// rarestTexts returns the texts that have the rarest word, one more than the bound if there are more; none if any word is in no text.
func (s *auditSearch) rarestTexts() (rarest []AuditText, err error) {
	for i, word := range s.words {
		texts, err := s.tx.textsWith(word, s.bounds.texts+1)
		if err != nil || len(texts) == 0 {
			return nil, err
		}
		if i == 0 || len(texts) < len(rarest) {
			rarest = texts
		}
	}
	return rarest, nil
}

// splitTexts splits texts into the ids of accounts, each once and in order, names without an account, and addresses.
func splitTexts(texts []AuditText) (ids, without, addresses []string) {
	for _, text := range texts {
		switch {
		case text.Network != "" || text.Ref == text.Name: // an address
			addresses = append(addresses, text.Ref)
		case text.Ref == "":
			without = append(without, text.Name)
		default:
			ids = append(ids, text.Ref)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), without, addresses
}

// addFound adds the events of accounts, of names without an account and of addresses, unless these are too many.
func (s *auditSearch) addFound(covers auditDims, ids, without, addresses []string) error {
	if len(addresses) > s.bounds.texts {
		return nil
	}
	var lists []eventList
	for _, id := range ids {
		lists = append(lists, eventList{[]string{"actor_id"}, []any{id}, "actor_id <> ''"}, eventList{[]string{"subject_id"}, []any{id}, ""})
	}
	for _, name := range without {
		lists = append(lists, eventList{[]string{"actor_name"}, []any{name}, "actor_id = '' AND actor_name <> ''"})
	}
	for _, address := range addresses {
		lists = append(lists, eventList{[]string{"address"}, []any{address}, "address <> ''"})
	}
	if len(lists) > s.bounds.fewLists {
		found, all, err := s.idsOf(ids, without, addresses)
		if err != nil {
			return err
		}
		if all {
			s.sources = append(s.sources, eventSource{covers: covers, found: found, known: true})
			return nil
		}
	}
	if len(lists) <= s.bounds.lists {
		s.add(covers, lists...)
	}
	return nil
}

// idsOf returns the ids of all events of accounts, names and addresses, in the order of the search; all is false if these are too many.
func (s *auditSearch) idsOf(ids, without, addresses []string) (found []string, all bool, err error) {
	for _, use := range []struct {
		where  string
		values []string
	}{
		{"actor_id <> '' AND actor_id IN ?", ids}, {"subject_id IN ?", ids}, {"address <> '' AND address IN ?", addresses},
		{"actor_id = '' AND actor_name <> '' AND actor_name IN ?", without},
	} {
		if len(use.values) == 0 {
			continue
		}
		var some []string
		err := s.tx.g.Model(&AuditEvent{}).Where(use.where, use.values).Where("id > ? AND id < ?", s.lower, s.upper).
			Limit(s.bounds.ofTexts+1).Pluck("id", &some).Error
		if err != nil || len(some) > s.bounds.ofTexts {
			return nil, false, err
		}
		found = append(found, some...)
	}
	slices.Sort(found)
	found = slices.Compact(found)
	if !s.backwards() {
		slices.Reverse(found)
	}
	return found, true, nil
}

func (s *auditSearch) backwards() bool { return s.f.Before != "" }

// read reads the page, in the direction of the search.
func (s *auditSearch) read() (page AuditPage, err error) {
	readTo := ""
	for budget := searchBudget; budget > 0; {
		missing := s.f.Limit + 1 - len(page.Rows)
		ids, last, cost, err := s.next(missing)
		if err != nil {
			return page, err
		}
		rows, err := s.events(ids)
		if err != nil {
			return page, err
		}
		page.Rows = append(page.Rows, rows...)
		if len(page.Rows) > s.f.Limit {
			page.More, page.Rows = true, page.Rows[:s.f.Limit]
			return page, nil
		}
		if last == "" {
			return page, nil
		}
		s.pass(last)
		readTo = last
		budget -= cost
	}
	page.More, page.ReadTo = true, readTo
	return page, nil
}

// pass leaves the events up to an id behind.
func (s *auditSearch) pass(id string) {
	if s.backwards() {
		s.lower = id
	} else {
		s.upper = id
	}
}

// next returns the ids of the next events that match, up to a number; last is the id up to which all were read, "" if there are no more.
func (s *auditSearch) next(most int) (ids []string, last string, cost int, err error) {
	if first := s.sources[0]; first.every && first.covers != s.wanted {
		ids, last, err = s.walk(first.lists[0], most)
		return ids, last, walkCost, err
	}
	chosen, n := 0, s.bounds.candidates
	if len(s.sources) == 1 && s.sources[0].covers == s.wanted {
		n = most
	}
	for i, source := range s.sources {
		some, err := s.candidates(source, n)
		if err != nil {
			return nil, "", 0, err
		}
		end := ""
		if len(some) == n {
			end = some[n-1]
		}
		if i == 0 || s.further(end, last) || end == "" && last == "" && len(some) < len(ids) {
			chosen, ids, last = i, some, end
		}
	}
	if missing := s.wanted &^ s.sources[chosen].covers; missing != 0 && len(ids) > 0 {
		ids, last, err = s.keep(ids, last, missing, most)
	}
	return ids, last, stepCost, err
}

// further reports whether an end is beyond another one; "" is beyond all.
func (s *auditSearch) further(end, other string) bool {
	switch {
	case other == "" || end == "":
		return end == "" && other != ""
	case s.backwards():
		return end > other
	default:
		return end < other
	}
}

// candidates returns the next ids of a source, up to n.
func (s *auditSearch) candidates(source eventSource, n int) (ids []string, err error) {
	if source.known {
		for _, id := range source.found {
			if id > s.lower && id < s.upper && len(ids) < n {
				ids = append(ids, id)
			}
		}
		return ids, nil
	}
	var parts []string
	var args []any
	for _, list := range source.lists {
		sql, values := s.listSQL(list)
		parts, args = append(parts, "SELECT id FROM ("+sql+") AS list"), append(append(args, values...), n)
	}
	sql := strings.Join(parts, " UNION ALL ")
	if len(parts) > 1 {
		sql = "SELECT DISTINCT id FROM (" + sql + ") AS lists ORDER BY id" + s.order() + " LIMIT ?"
		args = append(args, n)
	}
	return ids, s.tx.g.Raw(sql, args...).Find(&ids).Error
}

func (s *auditSearch) order() string {
	if s.backwards() {
		return ""
	}
	return " DESC"
}

// listSQL reads the next ids of a list; the last value is their number. Values are compared as rows, in the order of the index, since
// PostgreSQL takes statistics for the truth, and SQLite would put constants into the condition of a partial index.
func (s *auditSearch) listSQL(list eventList) (sql string, args []any) {
	columns := append(slices.Clone(list.columns), "id")
	row := "(" + strings.Join(columns, ", ") + ")"
	places := "(" + strings.Repeat("?, ", len(list.columns)) + "?)"
	where := row + " > " + places + " AND " + row + " < " + places
	if list.partial != "" {
		where = list.partial + " AND " + where
	}
	args = append(append(slices.Clone(list.values), s.lower), append(slices.Clone(list.values), s.upper)...)
	return "SELECT id FROM audit_events WHERE " + where + " ORDER BY " + strings.Join(columns, s.order()+", ") + s.order() + " LIMIT ?", args
}

// keep returns those of the ids that pass the filters, up to a number. They are put into order here: asked for the first ones in an order,
// PostgreSQL would read another range.
func (s *auditSearch) keep(ids []string, last string, missing auditDims, most int) (kept []string, end string, err error) {
	query := s.tx.g.Model(&AuditEvent{}).Where("id IN ?", ids)
	for _, c := range s.conditions(missing) { // not index conditions: SQLite would read another range
		query = query.Where("("+c.sql+") IS TRUE", c.args...)
	}
	if err := query.Pluck("id", &kept).Error; err != nil {
		return nil, "", err
	}
	slices.Sort(kept)
	if !s.backwards() {
		slices.Reverse(kept)
	}
	if len(kept) >= most {
		kept = kept[:most]
		last = kept[most-1]
	}
	return kept, last, nil
}

// walk reads events one by one.
func (s *auditSearch) walk(list eventList, most int) (ids []string, last string, err error) {
	length := s.bounds.walk
	if len(list.columns) > 0 {
		length = s.bounds.walkTenant
	}
	sql, args := s.listSQL(list)
	var end []string
	if err := s.tx.g.Raw(sql+" OFFSET ?", append(args, 1, length-1)...).Find(&end).Error; err != nil {
		return nil, "", err
	}
	lower, upper := s.lower, s.upper
	if len(end) > 0 {
		last = end[0]
		if s.backwards() {
			upper = last + "~" // sorts right behind it
		} else {
			lower = last[:len(last)-1]
		}
	}
	query := s.tx.g.Model(&AuditEvent{}).Where("id > ? AND id < ?", lower, upper)
	for i, column := range list.columns {
		query = query.Where(column+" = ?", list.values[i])
	}
	for _, c := range s.conditions(s.wanted &^ ofOrganization) {
		query = query.Where("("+c.sql+") IS TRUE", c.args...)
	}
	err = query.Order("id"+s.order()).Limit(most).Pluck("id", &ids).Error
	if len(ids) == most {
		last = ids[most-1]
	}
	return ids, last, err
}

// events reads events, and drops those that do not match: the conditions of words and networks let more pass.
func (s *auditSearch) events(ids []string) (rows []AuditEvent, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if err := s.tx.g.Order("id"+s.order()).Find(&rows, "id IN ?", ids).Error; err != nil {
		return nil, err
	}
	return slices.DeleteFunc(rows, func(e AuditEvent) bool { return !s.matches(e) }), nil
}

// matches is what a search means. Conditions and lists only narrow down what is read.
func (s *auditSearch) matches(e AuditEvent) bool {
	seen := s.seesAddress(e)
	return s.matchesFields(e) && s.matchesNetwork(e, seen) && s.matchesWords(e, seen)
}

// seesAddress reports whether the event's address may be seen by those who search: an organization sees only some.
func (s *auditSearch) seesAddress(e AuditEvent) bool {
	organization := s.f.OrganizationID
	return organization == "" || e.ActorID == "" || e.ActorID == organization || e.ActorID == e.SubjectID
}

// matchesFields reports whether the event has the organization, action, actor and subject that are asked for.
func (s *auditSearch) matchesFields(e AuditEvent) bool {
	f := s.f
	switch {
	case f.OrganizationID != "" && e.OrganizationID != f.OrganizationID,
		f.Action != "" && e.Action != f.Action,
		f.Actors != nil && !slices.ContainsFunc(f.Actors, func(a AuditActor) bool { return a.ID == e.ActorID && (a.ID != "" || a.Name == e.ActorName) }),
		f.SubjectID != "" && e.SubjectID != f.SubjectID,
		f.Targets != nil && !slices.Contains(f.Targets, e.SubjectID):
		return false
	}
	return true
}

// matchesNetwork reports whether the event's address is in the network that is asked for, and may be seen.
func (s *auditSearch) matchesNetwork(e AuditEvent, seen bool) bool {
	if !s.f.Network.IsValid() {
		return true
	}
	address, err := netip.ParseAddr(e.Address)
	return err == nil && seen && s.f.Network.Contains(address)
}

// matchesWords reports whether each word is in a name of the event, or in its address if that may be seen.
func (s *auditSearch) matchesWords(e AuditEvent, seen bool) bool {
	texts := []string{names.Search(e.ActorName), names.Search(e.SubjectName)}
	if seen {
		texts = append(texts, names.Search(e.Address))
	}
	for _, word := range s.words {
		if !slices.ContainsFunc(texts, func(text string) bool { return hasWord(text, word) }) {
			return false
		}
	}
	return true
}

// hasWord reports whether a word is found in a text: a short one at its beginning only.
func hasWord(text, word string) bool {
	if utf8.RuneCountInString(word) < trigram {
		return strings.HasPrefix(text, word)
	}
	return strings.Contains(text, word)
}

// conditions returns the conditions of filters. Those of words and networks let more pass than match.
func (s *auditSearch) conditions(dims auditDims) (list []condition) {
	f := s.f
	add := func(dim auditDims, sql string, args ...any) {
		if dims&dim != 0 {
			list = append(list, condition{sql, args})
		}
	}
	add(ofOrganization, "organization_id = ?", f.OrganizationID)
	add(ofAction, "action = ?", f.Action)
	if dims&ofActor != 0 {
		var ids, without []string
		for _, actor := range f.Actors {
			if actor.ID == "" {
				without = append(without, actor.Name)
			} else {
				ids = append(ids, actor.ID)
			}
		}
		add(ofActor, "actor_id IN ? OR (actor_id = '' AND actor_name IN ?)", append(ids, "-"), append(without, "-"))
	}
	add(ofSubject, "subject_id = ?", f.SubjectID)
	add(ofTarget, "subject_id IN ?", f.Targets)
	switch {
	case f.Network.IsSingleIP():
		add(ofNetwork, "address = ?", f.Network.Addr().String())
	case s.filled && f.Network.IsValid():
		first, last := networkRange(f.Network)
		add(ofNetwork, "EXISTS (SELECT 1 FROM audit_texts t WHERE t.ref = address AND t.network >= ? AND t.network <= ? LIMIT 1 OFFSET 0)", first, last)
	default:
		add(ofNetwork, "address <> ''")
	}
	if f.OrganizationID != "" {
		add(ofNetwork, seenAddress)
	}
	if dims&ofWords != 0 {
		for _, word := range s.words {
			list = append(list, s.wordCondition(word))
		}
	}
	return list
}

// wordCondition lets events pass that have a word. Names in ASCII are compared as they are stored, others by their texts.
func (s *auditSearch) wordCondition(word string) condition {
	position := "instr"
	if s.tx.engine == Postgres {
		position = "strpos"
	}
	found := " > 0"
	if utf8.RuneCountInString(word) < trigram {
		found = " = 1"
	}
	var parts []string
	var args []any
	for _, column := range []string{"actor", "subject"} {
		name := column + "_name"
		folded, other := "lower("+name+")", "length(CAST("+name+" AS BLOB)) > length("+name+")"
		if s.tx.engine == Postgres {
			folded, other = "lower("+name+` COLLATE "C")`, "octet_length("+name+") > length("+name+")"
		}
		if s.filled {
			other += " AND EXISTS (SELECT 1 FROM audit_texts t WHERE t.ref = " + column + "_id AND " + position + "(t.text, ?)" + found + " LIMIT 1 OFFSET 0)"
		}
		parts, args = append(parts, position+"("+folded+", ?)"+found, "("+other+")"), append(args, word)
		if s.filled {
			args = append(args, word)
		}
	}
	address := position + "(address, ?)" + found
	if s.f.OrganizationID != "" {
		address = "(" + address + " AND " + seenAddress + ")"
	}
	return condition{strings.Join(append(parts, address), " OR "), append(args, word)}
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
