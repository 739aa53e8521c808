package models

import "time"

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

// Audit inserts events with one statement. There must be at least one.
func (tx *Tx) Audit(events ...AuditEvent) error {
	for i := range events {
		if events[i].Detail == nil {
			events[i].Detail = map[string]string{} // gorm would write NULL
		}
	}
	return wrap("writing audit events", tx.g.Create(&events).Error)
}

// DeleteAudit deletes up to most events before a time, and returns how many.
func (tx *Tx) DeleteAudit(before time.Time, most int) (count int, err error) {
	old := tx.g.Model(&AuditEvent{}).Select("id").Where("id < ?", FirstID(before)).Order("id").Limit(most)
	result := tx.g.Delete(&AuditEvent{}, "id IN (?)", old)
	return int(result.RowsAffected), wrap("deleting audit events", result.Error)
}

// FailureAfter returns the id of the first failed sign-in after the newest n, or "" if there are no more.
func (tx *Tx) FailureAfter(n int) (id string, err error) {
	err = tx.g.Model(&AuditEvent{}).Select("id").Where("action = ?", ActionSignInFailed).
		Order("id DESC").Offset(n).Limit(1).Scan(&id).Error
	return id, wrap("counting failed sign-ins", err)
}

// FailuresOfUnknownBrowsers returns the ids of failed sign-ins of unknown browsers, the oldest first: after one id, up to another,
// and up to limit.
func (tx *Tx) FailuresOfUnknownBrowsers(after, upTo string, limit int) (ids []string, err error) {
	err = tx.g.Model(&AuditEvent{}).Where("action = ? AND id > ? AND id <= ?", ActionSignInFailed, after, upTo).
		Where(`detail NOT LIKE '%"browser":"known"%'`).Order("id").Limit(limit).Pluck("id", &ids).Error
	return ids, wrap("finding failed sign-ins", err)
}

// DeleteEvents deletes events with one statement.
func (tx *Tx) DeleteEvents(ids []string) error {
	return wrap("deleting audit events", tx.g.Delete(&AuditEvent{}, "id IN ?", ids).Error)
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
}

// ListAudit reads one page of the log, the newest event first.
func (tx *Tx) ListAudit(f AuditFilter) (Page[AuditEvent], error) {
	query := tx.g.Where(&AuditEvent{OrganizationID: f.OrganizationID, SubjectID: f.SubjectID, Action: f.Action})
	if f.Actions != nil {
		query = query.Where("action IN ?", f.Actions)
	}
	if f.WithoutRefusals { // literals, so that the partial index without failed sign-ins is used
		query = query.Where("action <> '" + ActionSignInFailed + "' AND action <> '" + ActionRefused + "'")
	}
	page, err := readPageByID[AuditEvent](query, f.After, f.Before, f.Limit)
	return page, wrap("reading the audit log", err)
}
