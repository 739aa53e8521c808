package models

// DueNotices are the accounts whose password was set at or before their group's time in cutoffs, and whose owners have
// been told one of the given notices and no more: at most limit of them, the longest due first. Disabled accounts, one-time
// passwords and accounts without a password get no such mail.
func (tx *Tx) DueNotices(cutoffs Cutoffs, told []ExpiryNotice, limit int) (rows []Account, err error) {
	due := cutoffs.setBefore(cutoffs.Account, cutoffs.Technical, cutoffs.SuperAdmin)
	err = tx.forUpdate().
		Where("disabled_at IS NULL AND NOT one_time AND password_hash <> '' AND expiry_notice IN ?", told).
		Where(due.sql, due.args...).Order("password_set_at, id").Limit(limit).Find(&rows).Error
	rememberAll(rows)
	return rows, wrap("finding due notices", err)
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
	// The bound of expiry_notice is ExpiryTold, and stands in the statement since it must be seen to be the index's own.
	err = tx.forUpdate().Where("one_time AND expiry_notice < 2 AND password_set_at <= ?", cutoffs.OneTime).
		Order("password_set_at, id").Limit(limit).Find(&rows).Error
	rememberAll(rows)
	return rows, wrap("finding lapsed one-time passwords", err)
}
