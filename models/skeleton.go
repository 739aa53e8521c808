package models

import (
	"fmt"

	"gorm.io/gorm/clause"

	"latchkey/names"
)

// Skeleton is what an account's name looks like; see [names.Look].
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
		look := names.LookOf(a.Name, a.NameKey)
		for _, skeleton := range look.Skeletons {
			rows = append(rows, Skeleton{skeleton, look.BeyondASCII, a.ID})
		}
	}
	err := tx.g.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, skeletonsAtOnce).Error
	return wrap("adding skeletons", err)
}

// LooksTaken reports whether a name that is to be compared by key looks like an account's.
func (tx *Tx) LooksTaken(name, key string) (bool, error) {
	look := names.LookOf(name, key)
	var one int
	result := tx.g.Model(&Skeleton{}).Select("1").
		Where("skeleton IN ? AND beyond_ascii <> ?", look.Skeletons, look.BeyondASCII).Limit(1).Scan(&one)
	return result.RowsAffected > 0, wrap("looking for names that look alike", result.Error)
}

// LockLook keeps others from creating an account whose name looks alike until the transaction ends.
func (tx *Tx) LockLook(name, key string) error {
	if tx.engine == SQLite {
		return nil // its writing transactions exclude one another
	}
	for _, skeleton := range names.LookOf(name, key).Skeletons { // which are sorted, so that two cannot wait for each other
		if err := tx.g.Exec("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", fmt.Sprint("skeleton ", skeleton)).Error; err != nil {
			return wrap("locking a skeleton", err)
		}
	}
	return nil
}
