package models

import (
	"time"

	"gorm.io/gorm/clause"
)

// PolicyVersion is a set of password policies that is or was in force.
type PolicyVersion struct {
	Number      int       `gorm:"primaryKey;autoIncrement:false"` // 1, 2, …
	Hash        string    // of the rules; equal rules have equal hashes
	Rules       string    // as JSON, see [latchkey/password.Policies.Canonical]
	Source      string    // path of the file; "" = built in
	InForceFrom time.Time // until that of the next version
}

// versionTries limits how often EnsurePolicyVersion tries again because another process took the number.
const versionTries = 10

// EnsurePolicyVersion makes the policies the newest version unless they already are, and returns the newest version; made reports
// whether it was created. It sets Number. If several processes call it with the same policies, only one of them creates a version.
func (tx *Tx) EnsurePolicyVersion(next PolicyVersion) (newest PolicyVersion, made bool, err error) {
	for range versionTries {
		versions, err := tx.PolicyVersions(1)
		if err != nil {
			return newest, false, err
		}
		if len(versions) == 1 {
			newest = versions[0]
		}
		if newest.Hash == next.Hash {
			return newest, false, nil
		}
		next.Number = newest.Number + 1
		inserted := tx.g.Clauses(clause.OnConflict{DoNothing: true}).Create(&next)
		if inserted.Error != nil || inserted.RowsAffected > 0 {
			return next, true, wrap("adding a policy version", inserted.Error)
		}
	}
	return newest, false, wrap("adding a policy version", ErrTaken)
}

// PolicyVersion finds a version by its number, or returns [ErrNotFound].
func (tx *Tx) PolicyVersion(number int) (PolicyVersion, error) {
	var v PolicyVersion
	return v, wrap("finding a policy version", tx.g.Take(&v, "number = ?", number).Error)
}

// PolicyVersions returns up to limit versions, the newest first.
func (tx *Tx) PolicyVersions(limit int) (rows []PolicyVersion, err error) {
	err = tx.g.Order("number DESC").Limit(limit).Find(&rows).Error
	return rows, wrap("listing policy versions", err)
}

// PolicyVersionsFrom returns up to limit versions from a number on, the oldest first.
func (tx *Tx) PolicyVersionsFrom(number, limit int) (rows []PolicyVersion, err error) {
	err = tx.g.Where("number >= ?", number).Order("number").Limit(limit).Find(&rows).Error
	return rows, wrap("finding policy versions", err)
}
