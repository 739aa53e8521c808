package models

import (
	"database/sql"
	"time"

	"gorm.io/gorm"
)

// ClaimMails claims up to limit due mails for this worker until the lease ends. Each claim is a try. Mails whose lease has expired,
// because their worker died, come first.
func (tx *Tx) ClaimMails(leaseID string, now, leaseUntil time.Time, limit int) ([]Mail, error) {
	return claim[Mail](tx, mailQueue, leaseID, now, leaseUntil, limit)
}

// RetryMail makes a failed mail due now. It returns [ErrNotFound] if the mail has not failed.
func (tx *Tx) RetryMail(id string, now time.Time) error {
	return changed("retrying a mail", tx.g.Model(&Mail{}).Where("id = ? AND state = ?", id, MailFailed).
		Updates(dueAgain(now)))
}

func dueAgain(now time.Time) map[string]any {
	return map[string]any{"state": MailWaiting, "next_try_at": now, "done_at": nil, "retried_at": now, "tries_before": gorm.Expr("tries")}
}

// RetryFailedMails makes up to most mails due that failed at or before a time, and returns how many.
func (tx *Tx) RetryFailedMails(now, failedBefore time.Time, most int) (count int, err error) {
	failed := tx.g.Model(&Mail{}).Select("id").Where("state = ? AND done_at <= ?", MailFailed, failedBefore).Order("id").Limit(most)
	result := tx.g.Model(&Mail{}).Where("id IN (?) AND state = ?", failed, MailFailed).
		Updates(dueAgain(now))
	return int(result.RowsAffected), wrap("retrying mails", result.Error)
}

// RescheduleMails makes up to most waiting mails due now whose last try was at or after a time, and returns how many.
func (tx *Tx) RescheduleMails(triedSince, now time.Time, most int) (count int, err error) {
	result := tx.g.Exec(`UPDATE mails SET next_try_at = @now, tries_before = tries WHERE state = 'waiting' AND id IN (SELECT id FROM `+mailQueue.by(tx.engine, mailQueue.due)+
		` WHERE state = 'waiting' AND next_try_at > @now AND last_try_at >= @since ORDER BY next_try_at, id LIMIT @most)`,
		sql.Named("now", now), sql.Named("since", triedSince), sql.Named("most", most))
	return int(result.RowsAffected), wrap("rescheduling mails", result.Error)
}

// DeleteMails deletes up to most mails that ended before a time, and returns how many. The second condition spares a mail that is
// being retried. A mail that ended before a time was also created before it, so the index of ids is used.
func (tx *Tx) DeleteMails(before time.Time, most int) (count int, err error) {
	old := tx.g.Model(&Mail{}).Select("id").Where("id < ? AND done_at < ?", FirstID(before), before).Order("id").Limit(most)
	result := tx.g.Delete(&Mail{}, "id IN (?) AND done_at < ?", old, before)
	return int(result.RowsAffected), wrap("deleting mails", result.Error)
}

// ReleaseMails makes mails of a claim due again that were not started. The claim does not count as a try.
func (tx *Tx) ReleaseMails(leaseID string, ids []string) error {
	return tx.releaseLease(mailQueue, leaseID, ids)
}
