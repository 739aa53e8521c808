package models

import "time"

// DueNotice selects passwords whose owners are to be notified now.
type DueNotice struct {
	Group    PasswordGroup
	Notified ExpiryNotice // of what they were notified before
	After    time.Time    // the passwords were set after this time, zero = any,
	UpTo     time.Time    // and at or before this one
}

// DueNotices returns accounts whose owners are to be notified: at most limit of them, the longest due first. Disabled accounts,
// one-time passwords and accounts without a password get no such mail. Each group is a piece of one index, so that it costs
// nothing how many others there are, or how old the passwords are that never expire.
func (tx *Tx) DueNotices(due DueNotice, limit int) (rows []Account, err error) {
	err = tx.forUpdate().
		Where("disabled_at IS NULL AND NOT one_time AND password_hash <> ''").
		Where("technical = ? AND kind = ? AND expiry_notice = ?", due.Group.Technical, due.Group.Kind, due.Notified).
		Where("password_set_at > ? AND password_set_at <= ?", due.After, due.UpTo).
		Order("password_set_at").Limit(limit).Find(&rows).Error
	return rows, wrap("finding due notices", err)
}

// RecordNotices stores of what the owners of accounts were notified.
func (tx *Tx) RecordNotices(ids []string, notified ExpiryNotice) error {
	return wrap("recording notices", tx.g.Model(&Account{}).Where("id IN ?", ids).Update("expiry_notice", notified).Error)
}

// EndedBlocks are the accounts whose block has ended by itself: at most limit of them.
func (tx *Tx) EndedBlocks(cutoffs Cutoffs, limit int) (rows []Account, err error) {
	err = tx.forUpdate().Where("blocked_at IS NOT NULL AND blocked_until <= ?", cutoffs.Now).
		Order("blocked_until, id").Limit(limit).Find(&rows).Error
	rememberAll(rows)
	return rows, wrap("finding ended blocks", err)
}

// LapsedOneTime are the accounts whose one-time password was not used in time, and of whom the log does not say so yet:
// at most limit of them.
func (tx *Tx) LapsedOneTime(cutoffs Cutoffs, limit int) (rows []Account, err error) {
	// The bound of expiry_notice is ExpiryNotified. It is a literal so that the partial index is used.
	err = tx.forUpdate().Where("one_time AND expiry_notice < 2 AND password_set_at <= ?", cutoffs.OneTime).
		Order("password_set_at, id").Limit(limit).Find(&rows).Error
	return rows, wrap("finding expired one-time passwords", err)
}
