package models

import (
	"database/sql"
	"time"

	"gorm.io/gorm"
)

// ClaimMails takes up to limit mails that are due, for this worker alone until the lease ends. Each claim is a try. A mail whose
// lease has ended, since its worker died, comes first.
func (tx *Tx) ClaimMails(leaseID string, now, leaseUntil time.Time, limit int) ([]Mail, error) {
	return claim[Mail](tx, mailQueue, leaseID, now, leaseUntil, limit)
}

// RetryMail makes a failed mail due now, or returns [ErrNotFound] where it has not failed.
func (tx *Tx) RetryMail(id string, now time.Time) error {
	return changed("retrying a mail", tx.g.Model(&Mail{}).Where("id = ? AND state = ?", id, MailFailed).
		Updates(dueAgain(now)))
}

func dueAgain(now time.Time) map[string]any {
	return map[string]any{"state": MailWaiting, "next_try_at": now, "done_at": nil, "retried_at": now, "tries_before": gorm.Expr("tries")}
}

// RetryFailedMails makes up to most of the mails due that failed at or before a time, and counts them.
func (tx *Tx) RetryFailedMails(now, failedBefore time.Time, most int) (count int, err error) {
	failed := tx.g.Model(&Mail{}).Select("id").Where("state = ? AND done_at <= ?", MailFailed, failedBefore).Order("id").Limit(most)
	result := tx.g.Model(&Mail{}).Where("id IN (?) AND state = ?", failed, MailFailed).
		Updates(dueAgain(now))
	return int(result.RowsAffected), wrap("retrying mails", result.Error)
}

// RescheduleMails makes up to most of the mails due now that wait for their next try after one since a time, and counts them.
func (tx *Tx) RescheduleMails(triedSince, now time.Time, most int) (count int, err error) {
	result := tx.g.Exec(`UPDATE mails SET next_try_at = @now, tries_before = tries WHERE state = 'waiting' AND id IN (SELECT id FROM `+mailQueue.by(tx.engine, mailQueue.due)+
		` WHERE state = 'waiting' AND next_try_at > @now AND last_try_at >= @since ORDER BY next_try_at, id LIMIT @most)`,
		sql.Named("now", now), sql.Named("since", triedSince), sql.Named("most", most))
	return int(result.RowsAffected), wrap("rescheduling mails", result.Error)
}

// DeleteMails removes up to most of the mails that ended before a time, and counts them. The second condition spares a mail that
// is retried at this moment. A mail that ended before a time was created before it, so the ids are the index.
func (tx *Tx) DeleteMails(before time.Time, most int) (count int, err error) {
	old := tx.g.Model(&Mail{}).Select("id").Where("id < ? AND done_at < ?", FirstID(before), before).Order("id").Limit(most)
	result := tx.g.Delete(&Mail{}, "id IN (?) AND done_at < ?", old, before)
	return int(result.RowsAffected), wrap("deleting mails", result.Error)
}

// ReleaseMails makes mails of a claim due again that were not begun. The claim does not count as a try.
func (tx *Tx) ReleaseMails(leaseID string, ids []string) error {
	return tx.releaseLease(mailQueue, leaseID, ids)
}
