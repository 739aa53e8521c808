package models

import (
	"fmt"

	"gorm.io/gorm/clause"

	"latchkey/names"
)

// Skeleton is one of an account's name; see [names.Skeletons].
type Skeleton struct {
	Skeleton    string `gorm:"primaryKey"`
	BeyondASCII string `gorm:"primaryKey"`
	AccountID   string `gorm:"primaryKey"`
}

// skeletonsAtOnce is how many rows one statement writes; SQLite takes 32,766 values.
const skeletonsAtOnce = 5000

func (tx *Tx) addSkeletons(accounts []Account) error {
	var rows []Skeleton
	for _, a := range accounts {
		skeletons := names.SkeletonsOf(a.Name, a.NameKey)
		for _, form := range skeletons.Forms {
			rows = append(rows, Skeleton{form, skeletons.BeyondASCII, a.ID})
		}
	}
	err := tx.g.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, skeletonsAtOnce).Error
	return wrap("adding skeletons", err)
}

// Confusable reports whether a name that is to be compared by key is confusable with an account's.
func (tx *Tx) Confusable(name, key string) (bool, error) {
	skeletons := names.SkeletonsOf(name, key)
	var one int
	result := tx.g.Model(&Skeleton{}).Select("1").
		Where("skeleton IN ? AND beyond_ascii <> ?", skeletons.Forms, skeletons.BeyondASCII).Limit(1).Scan(&one)
	return result.RowsAffected > 0, wrap("looking for confusable names", result.Error)
}

// LockSkeletons keeps others from creating an account with a confusable name until the transaction ends.
func (tx *Tx) LockSkeletons(name, key string) error {
	if tx.engine == SQLite {
		return nil // its writing transactions exclude one another
	}
	for _, form := range names.SkeletonsOf(name, key).Forms { // which are sorted, so that two cannot wait for each other
		if err := tx.g.Exec("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", fmt.Sprint("skeleton ", form)).Error; err != nil {
			return wrap("locking a skeleton", err)
		}
	}
	return nil
}
