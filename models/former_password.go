package models

import "time"

// FormerPassword is a password that an account had before its current one.
type FormerPassword struct {
	ID         string `gorm:"primaryKey"`
	AccountID  string
	Hash       string
	SetAt      time.Time
	ReplacedAt time.Time
}

// FormerPasswords returns up to limit former passwords of the account, the newest first.
func (tx *Tx) FormerPasswords(accountID string, limit int) (rows []FormerPassword, err error) {
	err = tx.g.Where("account_id = ?", accountID).Order("replaced_at DESC, id DESC").Limit(limit).Find(&rows).Error
	return rows, wrap("reading the password history", err)
}

// AddFormerPassword adds a password to the history and keeps only the newest, up to keep.
func (tx *Tx) AddFormerPassword(row FormerPassword, keep int) error {
	if keep > 0 {
		if err := tx.g.Create(&row).Error; err != nil {
			return wrap("adding to the password history", err)
		}
	}
	kept := tx.g.Model(&FormerPassword{}).Select("id").Where("account_id = ?", row.AccountID).
		Order("replaced_at DESC, id DESC").Limit(max(keep, 0))
	return wrap("pruning the password history",
		tx.g.Delete(&FormerPassword{}, "account_id = ? AND id NOT IN (?)", row.AccountID, kept).Error)
}
