package models

// SettleMail stores the outcome of a claimed mail, or returns [ErrNotFound] if its lease has passed to another worker.
func (tx *Tx) SettleMail(m *Mail) error {
	return changed("settling a mail", tx.g.Exec(`UPDATE mails SET state = ?, next_try_at = ?, last_answer = ?, done_at = ?,
			subject = ?, text_body = ?, html_body = ?, recipient = ?, lease_id = '', lease_until = NULL
		WHERE id = ? AND state = 'sending' AND lease_id = ?`,
		m.State, m.NextTryAt, m.LastAnswer, m.DoneAt, m.Subject, m.TextBody, m.HTMLBody, m.Recipient, m.ID, m.LeaseID))
}
