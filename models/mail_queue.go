package models

import (
	"database/sql"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// ClaimMails takes up to limit mails that are due, for this worker alone until the lease ends. Each claim is a try.
// A mail whose lease has ended, since its worker died, is due again, and comes first.
func (tx *Tx) ClaimMails(leaseID string, now, leaseUntil time.Time, limit int) (rows []Mail, err error) {
	if err := tx.inOrderOfIndex(); err != nil {
		return nil, err
	}
	values := []any{sql.Named("now", now), sql.Named("lease", leaseID), sql.Named("until", leaseUntil)}
	// Each in the order of its own index: of very many that are due only those are read that are taken.
	for _, due := range []string{
		tx.mailsBy("mails_leased") + " WHERE state = 'sending' AND lease_until <= @now ORDER BY lease_until",
		tx.mailsBy("mails_due") + " WHERE state = 'waiting' AND next_try_at <= @now ORDER BY next_try_at, id",
	} {
		var some []Mail
		err := tx.g.Raw(tx.claim(due, limit-len(rows)), values...).Scan(&some).Error
		if err != nil {
			return nil, wrap("claiming mails", err)
		}
		if rows = append(rows, some...); len(rows) >= limit {
			break
		}
	}
	return rows, nil
}

// inOrderOfIndex keeps PostgreSQL from reading and sorting all that is due, until the transaction ends: of a queue that was
// empty a minute ago it believes that it still is.
func (tx *Tx) inOrderOfIndex() error {
	if tx.engine != Postgres {
		return nil
	}
	return wrap("planning", tx.g.Exec("SET LOCAL enable_sort = off").Error)
}

// mailsBy is the table with the index that SQLite is to use: it too guesses that few mails are in each state, and looks at
// all that wait to find the few that are due.
func (tx *Tx) mailsBy(index string) string {
	if tx.engine == SQLite {
		return "mails INDEXED BY " + index
	}
	return "mails"
}

// claim is the statement that takes up to so many of some mails, in their order.
func (tx *Tx) claim(due string, limit int) string {
	locked := ""
	if tx.engine == Postgres {
		locked = " FOR UPDATE SKIP LOCKED"
	}
	return fmt.Sprintf(`WITH due AS MATERIALIZED (SELECT id FROM %s LIMIT %d%s)
		UPDATE mails SET state = 'sending', tries = tries + 1, last_try_at = @now, lease_id = @lease, lease_until = @until
		WHERE id IN (SELECT id FROM due) RETURNING *`, due, limit, locked)
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

// HastenMails makes up to most of the mails due now that wait for their next try and whose last one was at a time or later,
// and counts them.
func (tx *Tx) HastenMails(triedSince, now time.Time, most int) (count int, err error) {
	result := tx.g.Exec(`UPDATE mails SET next_try_at = @now, tries_before = tries WHERE state = 'waiting' AND id IN (SELECT id FROM `+tx.mailsBy("mails_due")+
		` WHERE state = 'waiting' AND next_try_at > @now AND last_try_at >= @since ORDER BY next_try_at, id LIMIT @most)`,
		sql.Named("now", now), sql.Named("since", triedSince), sql.Named("most", most))
	return int(result.RowsAffected), wrap("hastening mails", result.Error)
}

// ForgetMails removes up to most of the mails that came to an end before a time, and counts them. One that is due again has
// no end any more, which the second condition sees: somebody may have it sent again at this moment. What ended before a time
// was made before it, so that the ids are the index.
func (tx *Tx) ForgetMails(before time.Time, most int) (count int, err error) {
	old := tx.g.Model(&Mail{}).Select("id").Where("id < ? AND done_at < ?", FirstID(before), before).Order("id").Limit(most)
	result := tx.g.Delete(&Mail{}, "id IN (?) AND done_at < ?", old, before)
	return int(result.RowsAffected), wrap("forgetting mails", result.Error)
}

// PutBackMails makes mails of a claim due again that were not begun, for any worker. The claim was no try then.
func (tx *Tx) PutBackMails(leaseID string, ids []string) error {
	return wrap("putting mails back", tx.g.Exec(`UPDATE mails SET state = 'waiting', tries = tries - 1, lease_id = '',
		lease_until = NULL, last_try_at = CASE WHEN tries = 1 THEN NULL ELSE last_try_at END
		WHERE state = 'sending' AND lease_id = ? AND id IN ?`, leaseID, ids).Error)
}
