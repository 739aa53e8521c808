package models

import (
	"database/sql"
	"time"
)

// ClaimMails takes up to limit mails that are due, for this worker alone until the lease ends. Each claim is a try.
// A mail whose lease has ended, since its worker died, is due again.
func (tx *Tx) ClaimMails(leaseID string, now, leaseUntil time.Time, limit int) (rows []Mail, err error) {
	due := `SELECT id FROM mails WHERE state = 'waiting' AND next_try_at <= @now
		OR state = 'sending' AND lease_until <= @now ORDER BY next_try_at, id LIMIT @limit`
	if tx.engine == Postgres {
		due += " FOR UPDATE SKIP LOCKED"
	}
	err = tx.g.Raw(`UPDATE mails SET state = 'sending', tries = tries + 1, last_try_at = @now,
		lease_id = @lease, lease_until = @until WHERE id IN (`+due+`) RETURNING *`,
		sql.Named("now", now), sql.Named("lease", leaseID), sql.Named("until", leaseUntil), sql.Named("limit", limit)).
		Scan(&rows).Error
	return rows, wrap("claiming mails", err)
}

// SettleMail writes what became of a claimed mail, unless its lease has passed to another worker: [ErrNotFound].
func (tx *Tx) SettleMail(m *Mail) error {
	settled := *m // a transaction may run again, and needs the lease then
	settled.LeaseID, settled.LeaseUntil = "", nil
	return changed("settling a mail", tx.g.Model(&Mail{}).
		Where("id = ? AND state = ? AND lease_id = ?", m.ID, MailSending, m.LeaseID).
		Select("state", "next_try_at", "lease_id", "lease_until", "last_answer", "done_at", "subject", "text_body",
			"html_body", "recipient").Updates(&settled))
}

// RetryMail makes a failed mail due now, or returns [ErrNotFound] where it has not failed.
func (tx *Tx) RetryMail(id string, now time.Time) error {
	return changed("retrying a mail", tx.g.Model(&Mail{}).Where("id = ? AND state = ?", id, MailFailed).
		Updates(dueAgain(now)))
}

func dueAgain(now time.Time) map[string]any {
	return map[string]any{"state": MailWaiting, "next_try_at": now, "done_at": nil, "retried_at": now}
}

// RetryFailedMails makes up to most of the mails due that failed at or before a time, and counts them.
func (tx *Tx) RetryFailedMails(now, failedBefore time.Time, most int) (count int, err error) {
	failed := tx.g.Model(&Mail{}).Select("id").Where("state = ? AND done_at <= ?", MailFailed, failedBefore).Order("id").Limit(most)
	result := tx.g.Model(&Mail{}).Where("id IN (?) AND state = ?", failed, MailFailed).
		Updates(dueAgain(now))
	return int(result.RowsAffected), wrap("retrying mails", result.Error)
}

// ForgetMails removes up to most of the mails that came to an end before a time, and counts them. One that is due again has
// no end any more, which the second condition sees: somebody may have it sent again at this moment.
func (tx *Tx) ForgetMails(before time.Time, most int) (count int, err error) {
	old := tx.g.Model(&Mail{}).Select("id").Where("done_at < ?", before).Order("done_at").Limit(most)
	result := tx.g.Delete(&Mail{}, "id IN (?) AND done_at < ?", old, before)
	return int(result.RowsAffected), wrap("forgetting mails", result.Error)
}

// PutBackMails makes what is left of a claim due again, for any worker. The claim was no try then.
func (tx *Tx) PutBackMails(leaseID string) error {
	return wrap("putting mails back", tx.g.Exec(`UPDATE mails SET state = 'waiting', tries = tries - 1, lease_id = '',
		lease_until = NULL, last_try_at = CASE WHEN tries = 1 THEN NULL ELSE last_try_at END
		WHERE state = 'sending' AND lease_id = ?`, leaseID).Error)
}
