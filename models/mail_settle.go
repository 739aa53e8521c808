package models

import "strings"

// SettleMails stores the outcomes of claimed mails with one statement. It returns the ids of the stored ones; the leases of the
// others have passed to another worker.
func (tx *Tx) SettleMails(mails []Mail) (settled map[string]bool, err error) {
	var rows []string
	var values []any
	for _, m := range mails {
		rows = append(rows, "(?, ?, ?, "+tx.engine.timestamp()+", "+tx.engine.timestamp()+", ?, ?, ?, ?, ?)")
		values = append(values, m.ID, m.LeaseID, m.State, m.NextTryAt, m.DoneAt, m.LastAnswer, m.Subject, m.TextBody, m.HTMLBody, m.Recipient)
	}
	var ids []string
	// Find, since Scan formats the statement with all values for gorm's log, even without one.
	err = tx.g.Raw(`WITH outcomes (id, lease_id, state, next_try_at, done_at, last_answer, subject, text_body, html_body, recipient) AS (
			VALUES `+strings.Join(rows, ", ")+`)
		UPDATE mails SET state = o.state, next_try_at = o.next_try_at, done_at = o.done_at, last_answer = o.last_answer,
			subject = o.subject, text_body = o.text_body, html_body = o.html_body, recipient = o.recipient,
			lease_id = '', lease_until = NULL
		FROM outcomes o WHERE mails.id = o.id AND mails.lease_id = o.lease_id AND mails.state = 'sending' RETURNING mails.id`,
		values...).Find(&ids).Error
	settled = map[string]bool{}
	for _, id := range ids {
		settled[id] = true
	}
	return settled, wrap("recording mail outcomes", err)
}
