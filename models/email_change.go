package models

import (
	"time"

	"gorm.io/gorm"
)

// EmailChange is an e-mail address that an owner has asked for.
type EmailChange struct {
	ID        string  `gorm:"primaryKey"` // also of the link that confirms it
	UndoID    *string // of the link that takes it back; nil = it was not confirmed
	AccountID string
	Email     string
	Former    string    // address
	FormerKey string    // which stays reserved until the end
	EndsAt    time.Time // when neither link works any more
}

// CreateEmailChange inserts a change.
func (tx *Tx) CreateEmailChange(c EmailChange) error {
	return wrap("creating a change of an e-mail address", tx.g.Create(&c).Error)
}

// EmailChangeByLink finds the change that the link with the id confirms or takes back, or returns [ErrNotFound].
func (tx *Tx) EmailChangeByLink(id string) (EmailChange, error) {
	var c EmailChange
	return c, wrap("finding a change of an e-mail address", tx.g.Take(&c, "id = ? OR undo_id = ?", id, id).Error)
}

// NewestEmailChange finds the change that an owner has asked for last, or returns [ErrNotFound].
func (tx *Tx) NewestEmailChange(accountID string) (EmailChange, error) {
	var c EmailChange
	return c, wrap("finding a change of an e-mail address", tx.g.Order("id DESC").Take(&c, "account_id = ?", accountID).Error)
}

// UndoableEmailChanges returns the account's changes that can be taken back, the oldest first.
func (tx *Tx) UndoableEmailChanges(accountID string, now time.Time) (rows []EmailChange, err error) {
	err = tx.g.Order("id").Find(&rows, "account_id = ? AND undo_id IS NOT NULL AND ends_at > ?", accountID, now).Error
	return rows, wrap("finding changes of an e-mail address", err)
}

// ConfirmEmailChange records that a change was confirmed, and reserves the former address for its account.
func (tx *Tx) ConfirmEmailChange(c EmailChange) error {
	err := changed("confirming an e-mail address", tx.g.Model(&EmailChange{}).Where("id = ? AND undo_id IS NULL", c.ID).
		Updates(map[string]any{"undo_id": c.UndoID, "former": c.Former, "former_key": c.FormerKey, "ends_at": c.EndsAt}))
	if err != nil {
		return err
	}
	return wrap("reserving an e-mail address", tx.g.Exec(
		"INSERT INTO reserved_keys (key, account_id) VALUES (?, ?) ON CONFLICT (key) DO NOTHING", c.FormerKey, c.AccountID).Error)
}

// DeleteEmailChanges deletes an account's changes from the one with the id on ("" = all), with their links and the addresses that were
// reserved until their end. Earlier changes can still be taken back.
func (tx *Tx) DeleteEmailChanges(accountID, from string, now time.Time) error {
	changes := func(column string) *gorm.DB {
		return tx.g.Model(&EmailChange{}).Select(column).Where("account_id = ? AND id >= ? AND "+column+" IS NOT NULL", accountID, from)
	}
	err := tx.g.Model(&Link{}).Where(openLink+" AND ends_at > ? AND (id IN (?) OR id IN (?))", now, changes("id"), changes("undo_id")).
		Update("revoked_at", now).Error
	if err != nil {
		return wrap("revoking links", err)
	}
	if err := tx.g.Delete(&EmailChange{}, "account_id = ? AND id >= ?", accountID, from).Error; err != nil {
		return wrap("deleting changes of an e-mail address", err)
	}
	kept := tx.g.Model(&EmailChange{}).Select("former_key").Where("account_id = ? AND undo_id IS NOT NULL", accountID)
	return wrap("freeing e-mail addresses", tx.g.Delete(&ReservedKey{}, "account_id = ? AND key NOT IN (?)", accountID, kept).Error)
}

// RevokeEmailConfirmations revokes the links that confirm addresses of an account, and forgets these.
func (tx *Tx) RevokeEmailConfirmations(accountID string, now time.Time) error {
	err := tx.g.Model(&Link{}).Where("account_id = ? AND "+openLink+" AND ends_at > ? AND purpose = ?",
		accountID, now, LinkConfirmEmail).Update("revoked_at", now).Error
	if err != nil {
		return wrap("revoking links", err)
	}
	return wrap("deleting changes of an e-mail address", tx.g.Delete(&EmailChange{}, "account_id = ? AND undo_id IS NULL", accountID).Error)
}

// EndedEmailChanges returns up to limit changes that have ended.
func (tx *Tx) EndedEmailChanges(now time.Time, limit int) (rows []EmailChange, err error) {
	return rows, wrap("finding changes of e-mail addresses", tx.g.Order("ends_at").Limit(limit).Find(&rows, "ends_at <= ?", now).Error)
}

// EndEmailChange deletes a change that has ended by now, and frees the former address unless another change keeps it. One that was confirmed
// meanwhile stays.
func (tx *Tx) EndEmailChange(c EmailChange, now time.Time) error {
	result := tx.g.Delete(&EmailChange{}, "id = ? AND ends_at <= ?", c.ID, now)
	if result.Error != nil || result.RowsAffected == 0 {
		return wrap("deleting a change of an e-mail address", result.Error)
	}
	others := tx.g.Model(&EmailChange{}).Select("1").Where("account_id = ? AND former_key = ? AND undo_id IS NOT NULL", c.AccountID, c.FormerKey)
	return wrap("freeing an e-mail address", tx.g.
		Where("key = ? AND account_id = ? AND NOT EXISTS (?)", c.FormerKey, c.AccountID, others).
		Where("NOT EXISTS (SELECT 1 FROM deleted_accounts d WHERE d.account_id = reserved_keys.account_id)").Delete(&ReservedKey{}).Error)
}
