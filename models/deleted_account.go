package models

import (
	"encoding/json"
	"strings"
	"time"

	"gorm.io/gorm/clause"
)

// DeletedAccount is an account that was deleted, and can be restored: its row and its password history. Nothing else of it is kept.
type DeletedAccount struct {
	ID               string `gorm:"primaryKey"` // of the deletion; lists are in its order
	AccountID        string
	OrganizationName string // of a customer's organization, which may be deleted too
	DeletedAt        time.Time
	DeletedBy        string           // name
	Account          Account          `gorm:"serializer:json"`
	Passwords        []FormerPassword `gorm:"serializer:json"`
}

// ReservedKey is an [Identifier] that no account may have, since it belongs to a deleted one.
type ReservedKey struct {
	Key       string `gorm:"primaryKey"`
	AccountID string
}

// ReservedSkeleton is a [Skeleton] of a deleted account's name.
type ReservedSkeleton struct {
	Skeleton  string `gorm:"primaryKey"`
	DiffersBy string `gorm:"primaryKey"`
	AccountID string `gorm:"primaryKey"`
}

// KeepDeleted deletes an account as [Tx.DeleteAccount] does, keeps what can be restored, and reserves its name and e-mail address.
func (tx *Tx) KeepDeleted(d DeletedAccount) error {
	if err := tx.g.Order("replaced_at, id").Find(&d.Passwords, "account_id = ?", d.AccountID).Error; err != nil {
		return wrap("reading the password history", err)
	}
	if err := tx.g.Create(&d).Error; err != nil {
		return wrap("keeping a deleted account", err)
	}
	for _, statement := range []string{
		"DELETE FROM reserved_keys WHERE account_id = ?", // former addresses
		"INSERT INTO reserved_keys (key, account_id) SELECT key, account_id FROM identifiers WHERE account_id = ?",
		"INSERT INTO reserved_skeletons (skeleton, differs_by, account_id) SELECT skeleton, differs_by, account_id FROM skeletons WHERE account_id = ?",
		"UPDATE mails SET deleted_account_id = account_id WHERE account_id = ?",
	} {
		if err := tx.g.Exec(statement, d.AccountID).Error; err != nil {
			return wrap("reserving what a deleted account had", err)
		}
	}
	return tx.DeleteAccount(d.AccountID)
}

// DeletedAccounts reads one page of the accounts that were deleted after a time, the last deletion first, without their password histories.
func (tx *Tx) DeletedAccounts(since time.Time, after, before string, limit int) (Page[DeletedAccount], error) {
	page, err := readPageByID[DeletedAccount](tx.g.Omit("passwords").Where("deleted_at > ?", since), after, before, limit)
	return page, wrap("listing deleted accounts", err)
}

// DeletedAccount finds a deleted account, or returns [ErrNotFound].
func (tx *Tx) DeletedAccount(accountID string) (DeletedAccount, error) {
	var d DeletedAccount
	return d, wrap("finding a deleted account", tx.g.Take(&d, "account_id = ?", accountID).Error)
}

// DeletedAccountForUpdate is [Tx.DeletedAccount], and keeps others from restoring or erasing it until the transaction ends.
func (tx *Tx) DeletedAccountForUpdate(accountID string) (DeletedAccount, error) {
	var d DeletedAccount
	return d, wrap("locking a deleted account", tx.locking(clause.LockingStrengthUpdate).Take(&d, "account_id = ?", accountID).Error)
}

// DeletedUpTo returns the ids of up to limit accounts that were deleted at or before a time, the first deletion first.
func (tx *Tx) DeletedUpTo(at time.Time, limit int) (ids []string, err error) {
	err = tx.g.Model(&DeletedAccount{}).Where("deleted_at <= ?", at).Order("deleted_at").Limit(limit).Pluck("account_id", &ids).Error
	return ids, wrap("finding accounts that were deleted long ago", err)
}

// ReservedKeys returns those of the keys that are reserved, in the order of their accounts.
func (tx *Tx) ReservedKeys(keys ...string) (rows []ReservedKey, err error) {
	err = tx.g.Order("account_id, key").Find(&rows, "key IN ?", keys).Error
	return rows, wrap("finding reserved keys", err)
}

// RestoreDeleted makes a deleted account, which is locked, an account again, with the name and e-mail address that were reserved for it. The
// account is inserted as it is given.
func (tx *Tx) RestoreDeleted(d DeletedAccount, a *Account) error {
	var keys []string
	if err := tx.g.Model(&ReservedKey{}).Where("account_id = ?", d.AccountID).Order("key").Pluck("key", &keys).Error; err != nil {
		return wrap("reading reserved keys", err)
	}
	if err := tx.dropDeleted(d.AccountID); err != nil {
		return err
	}
	if err := tx.CreateAccount(a, keys...); err != nil {
		return err
	}
	if err := tx.g.CreateInBatches(d.Passwords, rowsAtOnce).Error; err != nil {
		return wrap("restoring the password history", err)
	}
	return wrap("restoring mails", tx.g.Model(&Mail{}).Where("deleted_account_id = ?", d.AccountID).
		Updates(map[string]any{"account_id": d.AccountID, "deleted_account_id": nil}).Error)
}

// dropDeleted deletes what was kept of a deleted account, and what was reserved for it.
func (tx *Tx) dropDeleted(accountID string) error {
	for _, table := range []any{&ReservedKey{}, &ReservedSkeleton{}, &DeletedAccount{}} {
		if err := tx.g.Delete(table, "account_id = ?", accountID).Error; err != nil {
			return wrap("deleting what was kept of an account", err)
		}
	}
	return nil
}

// farewell matches the once keys of the mails that say that an account was deleted.
var farewell = MailSecurity + ":" + NoticeCause(AccountDeleted, "%")

// EraseDeleted deletes all that is kept of a deleted account, which is locked, except for audit events: its mails and those to operators
// about it, but the one that says that it was deleted if that is still to be sent; what reports of tasks say about it; and its name where it
// did something.
func (tx *Tx) EraseDeleted(accountID string) error {
	var d DeletedAccount
	if err := tx.g.Omit("passwords").Limit(1).Find(&d, "account_id = ?", accountID).Error; err != nil {
		return wrap("finding a deleted account", err)
	}
	if err := tx.dropDeleted(accountID); err != nil {
		return err
	}
	err := tx.g.Where("deleted_account_id = ?", accountID).
		Not("state IN ? AND once_key LIKE ?", []MailState{MailWaiting, MailSending}, farewell).Delete(&Mail{}).Error
	if err != nil {
		return wrap("erasing an account's mails", err)
	}
	if err := tx.correctFarewells(accountID); err != nil {
		return err
	}
	if err := tx.g.Delete(&Mail{}, "template = ? AND data LIKE ?", MailOperator, "%"+accountID+"%").Error; err != nil {
		return wrap("erasing mails about an account", err)
	}
	// Names of accounts are reserved until they are erased, so that no other account has had this one.
	for _, statement := range []string{
		"UPDATE secret_links SET maker_name = '' WHERE maker_id IS NULL AND maker_name = ?",
		"UPDATE deleted_accounts SET deleted_by = '' WHERE deleted_by = ?",
	} {
		if err := tx.g.Exec(statement, d.Account.Name).Error; err != nil {
			return wrap("erasing an account's name", err)
		}
	}
	return tx.eraseFromTasks(accountID)
}

// correctFarewells no longer says in the mails that are left that the account can be restored.
func (tx *Tx) correctFarewells(accountID string) error {
	var mails []Mail
	if err := tx.g.Select("id", "data").Find(&mails, "deleted_account_id = ?", accountID).Error; err != nil {
		return wrap("finding mails about a deletion", err)
	}
	for _, mail := range mails {
		mail.Data.RestorableUntil = time.Time{}
		if err := tx.g.Model(&mail).Select("data").Updates(&mail).Error; err != nil {
			return wrap("correcting a mail about a deletion", err)
		}
	}
	return nil
}

// eraseFromTasks erases the name of an account that started tasks, and what the reports of ended tasks say about it.
func (tx *Tx) eraseFromTasks(accountID string) error {
	if err := tx.g.Model(&Task{}).Where("actor_id = ?", accountID).Update("actor_name", "").Error; err != nil {
		return wrap("erasing who started tasks", err)
	}
	var tasks []Task
	named := "%" + accountID + "%"
	err := tx.g.Where("done_at IS NOT NULL AND (report LIKE ? OR params LIKE ? OR error LIKE ?)", named, named, named).Find(&tasks).Error
	if err != nil {
		return wrap("finding reports of tasks", err)
	}
	for _, task := range tasks {
		left := map[string]any{"report": withoutAccount(task.Report, accountID), "params": withoutAccount(task.Params, accountID)}
		if strings.Contains(task.Error, accountID) {
			left["error"] = ""
		}
		if err := tx.g.Model(&Task{}).Where("id = ?", task.ID).Updates(left).Error; err != nil {
			return wrap("erasing reports of tasks", err)
		}
	}
	return nil
}

// withoutAccount returns JSON without the objects and texts that name an account; "" = nothing else is in it.
func withoutAccount(text, accountID string) string {
	if !strings.Contains(text, accountID) {
		return text
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil || mentions(value, accountID) {
		return ""
	}
	left, err := json.Marshal(prune(value, accountID))
	if err != nil {
		return ""
	}
	return string(left)
}

// prune removes the items of a decoded JSON value that name an account.
func prune(value any, accountID string) any {
	switch value := value.(type) {
	case []any:
		kept := []any{}
		for _, item := range value {
			if !mentions(item, accountID) {
				kept = append(kept, prune(item, accountID))
			}
		}
		return kept
	case map[string]any:
		for key, item := range value {
			if strings.Contains(key, accountID) || mentions(item, accountID) {
				delete(value, key)
			} else {
				value[key] = prune(item, accountID)
			}
		}
	}
	return value
}

// mentions reports whether a decoded JSON value is a text with the id of an account, or an object with such a text.
func mentions(value any, accountID string) bool {
	switch value := value.(type) {
	case string:
		return strings.Contains(value, accountID)
	case map[string]any:
		for _, item := range value {
			if text, ok := item.(string); ok && strings.Contains(text, accountID) {
				return true
			}
		}
	}
	return false
}

// DeleteErasedMails deletes up to most mails of erased accounts that ended before a time, and returns how many.
func (tx *Tx) DeleteErasedMails(before time.Time, most int) (count int, err error) {
	old := tx.g.Model(&Mail{}).Select("id").Where("deleted_account_id IS NOT NULL AND done_at < ?", before).
		Where("NOT EXISTS (SELECT 1 FROM deleted_accounts d WHERE d.account_id = deleted_account_id)").Limit(most)
	result := tx.g.Delete(&Mail{}, "id IN (?)", old)
	return int(result.RowsAffected), wrap("deleting mails of erased accounts", result.Error)
}
