package models

import (
	"net/netip"
	"time"
)

// Actions that clients can cause in any number: failed sign-ins, which a partial index leaves out, and refused actions of
// signed-in accounts.
const (
	ActionSignInFailed = "sign-in-failed"
	ActionRefused      = "access-refused"
)

// AuditEvent records who did what to whom, when and from where. Names are stored as text, since events outlive accounts.
type AuditEvent struct {
	ID             string `gorm:"primaryKey"`
	At             time.Time
	Action         string
	ActorID        string // "" = the system or an unknown client
	ActorName      string
	SubjectID      string // "" = unknown
	SubjectName    string
	OrganizationID string            // that may see the event, as SuperAdmins may
	Detail         map[string]string `gorm:"serializer:json"`
	Address        string
	RequestID      string
}

// Audit inserts events with one statement, and the texts by which they are found. There must be at least one.
func (tx *Tx) Audit(events ...AuditEvent) error {
	for i := range events {
		if events[i].Detail == nil {
			events[i].Detail = map[string]string{} // gorm would write NULL
		}
	}
	if err := tx.g.Create(&events).Error; err != nil {
		return wrap("writing audit events", err)
	}
	return tx.addTexts(eventTexts(events))
}

// DeleteAudit deletes up to most events before a time, and returns how many.
func (tx *Tx) DeleteAudit(before time.Time, most int) (count int, err error) {
	var ids []string
	err = tx.g.Model(&AuditEvent{}).Where("id < ?", FirstID(before)).Order("id").Limit(most).Pluck("id", &ids).Error
	if err != nil {
		return 0, wrap("finding audit events to delete", err)
	}
	return len(ids), tx.DeleteEvents(ids)
}

// FailureAfter returns the id of the first failed sign-in after the newest n, or "" if there are no more.
func (tx *Tx) FailureAfter(n int) (id string, err error) {
	err = tx.g.Model(&AuditEvent{}).Select("id").Where("action = ?", ActionSignInFailed).
		Order("id DESC").Offset(n).Limit(1).Find(&id).Error
	return id, wrap("counting failed sign-ins", err)
}

// FailuresOfUnknownBrowsers returns the ids of failed sign-ins of unknown browsers, the oldest first: after one id, up to another,
// and up to limit. Those of known browsers, which stay, are not in the index, whose condition has the same literals.
func (tx *Tx) FailuresOfUnknownBrowsers(after, upTo string, limit int) (ids []string, err error) {
	err = tx.g.Raw("SELECT id FROM "+tx.engine.by("audit_events", "audit_events_unknown_failures")+` WHERE action = '`+string(ActionSignInFailed)+`'
		AND detail NOT LIKE '%"browser":"known"%' AND id > ? AND id <= ? ORDER BY id LIMIT ?`, after, upTo, limit).Find(&ids).Error
	return ids, wrap("finding failed sign-ins", err)
}

// DeleteEvents deletes events, and the texts that only they have.
func (tx *Tx) DeleteEvents(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	var events []AuditEvent
	err := tx.g.Select("actor_id", "actor_name", "subject_id", "subject_name", "address").Find(&events, "id IN ?", ids).Error
	if err != nil {
		return wrap("reading audit events to delete", err)
	}
	if err := tx.g.Delete(&AuditEvent{}, "id IN ?", ids).Error; err != nil {
		return wrap("deleting audit events", err)
	}
	return tx.dropTexts(events)
}

// AuditFilter selects the events of a list. Zero fields do not filter.
type AuditFilter struct {
	OrganizationID  string
	SubjectID       string
	Action          string
	Actions         []string // one of these, which are rare; nil = any
	WithoutRefusals bool     // leaves failed sign-ins and refused acts out
	After, Before   string   // ids: events older than After, newer than Before
	Limit           int

	// Only of [Tx.SearchAudit], which leaves Actions and WithoutRefusals out.
	Actors   []AuditActor // one of these; nil = any
	Targets  []string     // ids: the account is one of these, besides SubjectID; nil = any
	Network  netip.Prefix // of the IP address; zero = any
	From, To string       // ids of times: events from the one, and before the other
	bounds   *auditBounds // of tests; nil = the usual ones
	Search   string       // in the form of names.Search: words that are parts of names or addresses
}

// AuditActor is an account, or with ID "" what acts without one.
type AuditActor struct{ ID, Name string }

// ListAudit reads one page of the log, the newest event first.
func (tx *Tx) ListAudit(f AuditFilter) (Page[AuditEvent], error) {
	query := tx.g.Where(&AuditEvent{SubjectID: f.SubjectID, Action: f.Action})
	switch {
	case f.OrganizationID == "":
	case f.SubjectID == "":
		query = query.Where("organization_id = ?", f.OrganizationID)
	default: // not an index condition: SQLite would read all failed sign-ins of the account by the index of its organization
		query = query.Where("(organization_id = ?) = TRUE", f.OrganizationID)
	}
	if f.Actions != nil {
		query = query.Where("action IN ?", f.Actions)
	}
	if f.WithoutRefusals { // literals, so that the partial index without failed sign-ins is used
		query = query.Where("action <> '" + ActionSignInFailed + "' AND action <> '" + ActionRefused + "'")
	}
	page, err := readPageByID[AuditEvent](query, f.After, f.Before, f.Limit)
	return page, wrap("reading the audit log", err)
}
