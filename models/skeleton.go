package models

import (
	"database/sql"
	"fmt"

	"gorm.io/gorm/clause"

	"latchkey/names"
)

// Skeleton is a skeleton of an account's name; see [names.SkeletonsOf].
type Skeleton struct {
	Skeleton  string `gorm:"primaryKey"`
	DiffersBy string `gorm:"primaryKey"`
	AccountID string `gorm:"primaryKey"`
}

// rowsAtOnce is how many rows one statement inserts. SQLite allows 32,766 values, and an account has 30.
const rowsAtOnce = 500

func (tx *Tx) addSkeletons(accounts []Account) error {
	var rows []Skeleton
	for _, a := range accounts {
		for _, skeleton := range names.SkeletonsOf(a.Name, a.NameKey) {
			rows = append(rows, Skeleton{skeleton.Text, skeleton.DiffersBy, a.ID})
		}
	}
	err := tx.g.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, rowsAtOnce).Error
	return wrap("adding skeletons", err)
}

// Confusable reports whether a name, which is compared by key, is confusable with that of an account, or of a deleted one that can be restored.
func (tx *Tx) Confusable(name, key string) (bool, error) {
	const alike = `SELECT 1 FROM skeletons WHERE skeleton = @text AND differs_by <> @by
		UNION ALL SELECT 1 FROM reserved_skeletons WHERE skeleton = @text AND differs_by <> @by LIMIT 1`
	for _, skeleton := range names.SkeletonsOf(name, key) {
		var one int
		result := tx.g.Raw(alike, sql.Named("text", skeleton.Text), sql.Named("by", skeleton.DiffersBy)).Find(&one)
		if result.Error != nil || result.RowsAffected > 0 {
			return result.RowsAffected > 0, wrap("finding confusable names", result.Error)
		}
	}
	return false, nil
}

// LockSkeletons keeps others from creating an account with a confusable name until the transaction ends.
func (tx *Tx) LockSkeletons(name, key string) error {
	if tx.engine == SQLite {
		return nil // its writing transactions exclude one another
	}
	for _, skeleton := range names.SkeletonsOf(name, key) { // which are sorted, so that two cannot wait for each other
		if err := tx.g.Exec("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", fmt.Sprint("skeleton ", skeleton.Text)).Error; err != nil {
			return wrap("locking a skeleton", err)
		}
	}
	return nil
}

// NameConflict is a group of accounts whose names are equal or look alike under the current rules. They were created before these
// rules, and their owners still sign in with their names.
type NameConflict struct {
	Accounts []Account // only id, kind, name and key; the oldest first
	Same     bool      // they differ only in case
}

// NameConflicts returns up to limit conflicts between names. It reads the skeletons of all accounts.
func (tx *Tx) NameConflicts(limit int) (conflicts []NameConflict, err error) {
	var found []string
	err = tx.g.Model(&Skeleton{}).Select("skeleton").Group("skeleton").Having("min(differs_by) <> max(differs_by)").
		Order("skeleton").Limit(limit).Find(&found).Error
	if err != nil {
		return nil, wrap("finding confusable names", err)
	}
	known := map[string]bool{}
	for _, skeleton := range found {
		conflict := NameConflict{Same: true}
		alike := tx.g.Model(&Skeleton{}).Select("account_id").Where("skeleton = ?", skeleton)
		err := tx.g.Select("id", "kind", "name", "name_key").Order("created_at, id").Find(&conflict.Accounts, "id IN (?)", alike).Error
		if err != nil {
			return nil, wrap("reading confusable names", err)
		}
		ids := ""
		for _, account := range conflict.Accounts {
			conflict.Same = conflict.Same && names.Fold(account.NameKey) == names.Fold(conflict.Accounts[0].NameKey)
			ids += account.ID + " "
		}
		if !known[ids] { // capitals and small letters may both look alike
			known[ids] = true
			conflicts = append(conflicts, conflict)
		}
	}
	return conflicts, nil
}
