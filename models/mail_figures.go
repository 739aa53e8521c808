package models

import (
	"errors"
	"time"
)

// CountWaitingMails counts the waiting mails: those that are due, and those that are due later. Each count stops at most.
func (tx *Tx) CountWaitingMails(now time.Time, most int) (due, later int64, err error) {
	if due, err = tx.countWaiting("next_try_at <= ?", now, most); err != nil {
		return 0, 0, err
	}
	later, err = tx.countWaiting("next_try_at > ?", now, most)
	return due, later, err
}

func (tx *Tx) countWaiting(when string, now time.Time, most int) (count int64, err error) {
	some := tx.g.Table(mailQueue.by(tx.engine, mailQueue.due)).Select("1").Where("state = 'waiting' AND "+when, now).Limit(most)
	return count, wrap("counting waiting mails", tx.g.Table("(?) AS found", some).Count(&count).Error)
}

// OldestWaitingMail returns when the oldest waiting mail was queued, or the zero time if none waits.
func (tx *Tx) OldestWaitingMail() (since time.Time, err error) {
	var oldest Mail // the ids are in the order in which mails were queued
	err = wrap("finding the oldest waiting mail",
		tx.g.Select("created_at", "retried_at").Where("state = ?", MailWaiting).Order("id").Take(&oldest).Error)
	if errors.Is(err, ErrNotFound) {
		return since, nil
	}
	if oldest.RetriedAt != nil {
		return *oldest.RetriedAt, err
	}
	return oldest.CreatedAt, err
}
