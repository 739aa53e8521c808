package models

import (
	"database/sql"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"
)

// The conditions of [Mail.Urgent] in the index of mails that wait.
const (
	urgent    = " AND urgent = TRUE"
	notUrgent = " AND urgent = FALSE"
)

// ClaimMails claims up to limit due mails for this worker until the lease ends. Each claim is a try. Urgent mails come first, but leave
// as many places as reserved to others, then mails whose lease has expired, because their worker died. All come in the order in which
// they are due, so that no mail waits forever if some claims reserve a place.
func (tx *Tx) ClaimMails(leaseID string, now, leaseUntil time.Time, limit, reserved int) ([]Mail, error) {
	parts := []part{
		mailQueue.waiting(tx.engine, urgent, limit-reserved), mailQueue.expired(tx.engine, limit), mailQueue.waiting(tx.engine, notUrgent, limit),
	}
	if reserved > 0 { // places that the others have left
		parts = append(parts, mailQueue.waiting(tx.engine, urgent, limit))
	}
	return claim[Mail](tx, mailQueue, leaseID, now, leaseUntil, parts...)
}

// UrgentMailDue reports whether an urgent mail is due.
func (tx *Tx) UrgentMailDue(now time.Time) (bool, error) {
	var count int64
	some := tx.g.Table(mailQueue.by(tx.engine, mailQueue.due)).Select("1").Where("state = 'waiting' AND next_try_at <= ?"+urgent, now).Limit(1)
	err := tx.g.Table("(?) AS found", some).Count(&count).Error
	return count > 0, wrap("looking for urgent mails", err)
}

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
	for _, condition := range []string{urgent, notUrgent} {
		result := tx.g.Exec(`UPDATE mails SET next_try_at = @now, tries_before = tries WHERE state = 'waiting' AND id IN (SELECT id FROM `+mailQueue.by(tx.engine, mailQueue.due)+
			` WHERE state = 'waiting' AND next_try_at > @now AND last_try_at >= @since`+condition+` ORDER BY next_try_at, id LIMIT @most)`,
			sql.Named("now", now), sql.Named("since", triedSince), sql.Named("most", most-count))
		if result.Error != nil {
			return 0, wrap("rescheduling mails", result.Error)
		}
		count += int(result.RowsAffected)
	}
	return count, nil
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

// CountWaitingMails counts the waiting mails: those that are due, and those that are due later. Each count stops at most.
func (tx *Tx) CountWaitingMails(now time.Time, most int) (due, later int64, err error) {
	if due, err = tx.countWaiting("next_try_at <= ?", now, most); err != nil {
		return 0, 0, err
	}
	later, err = tx.countWaiting("next_try_at > ?", now, most)
	return due, later, err
}

func (tx *Tx) countWaiting(when string, now time.Time, most int) (count int64, err error) {
	some := tx.g.Table(mailQueue.by(tx.engine, mailQueue.due)).Select("1").Where("state = 'waiting' AND urgent IN (TRUE, FALSE) AND "+when, now).Limit(most)
	return count, wrap("counting waiting mails", tx.g.Table("(?) AS found", some).Count(&count).Error)
}

// OldestWaitingMail returns since when the oldest waiting mail is due, or the zero time if none is.
func (tx *Tx) OldestWaitingMail(now time.Time) (since time.Time, err error) {
	var oldest Mail // the ids are in the order in which mails were queued
	err = wrap("finding the oldest waiting mail",
		tx.g.Select("created_at", "retried_at").Where("state = ? AND (retried_at IS NULL OR retried_at <= ?)", MailWaiting, now).Order("id").Take(&oldest).Error)
	if errors.Is(err, ErrNotFound) {
		return since, nil
	}
	if oldest.RetriedAt != nil {
		return *oldest.RetriedAt, err
	}
	return oldest.CreatedAt, err
}
