package models

import (
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

// skeletonsAtOnce is how many rows one statement inserts. SQLite allows 32,766 values.
const skeletonsAtOnce = 5000

func (tx *Tx) addSkeletons(accounts []Account) error {
	var rows []Skeleton
	for _, a := range accounts {
		for _, skeleton := range names.SkeletonsOf(a.Name, a.NameKey) {
			rows = append(rows, Skeleton{skeleton.Text, skeleton.DiffersBy, a.ID})
		}
	}
	err := tx.g.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, skeletonsAtOnce).Error
	return wrap("adding skeletons", err)
}

// Confusable reports whether a name, which is compared by key, is confusable with that of an account.
func (tx *Tx) Confusable(name, key string) (bool, error) {
	for _, skeleton := range names.SkeletonsOf(name, key) {
		var one int
		result := tx.g.Model(&Skeleton{}).Select("1").
			Where("skeleton = ? AND differs_by <> ?", skeleton.Text, skeleton.DiffersBy).Limit(1).Scan(&one)
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
