package models

import "gorm.io/gorm/clause"

// SetupToken is the one secret that opens the set-up page, kept as a hash.
type SetupToken struct {
	ID        int `gorm:"primaryKey"`
	TokenHash string
}

// ReplaceSetupToken makes the token with this hash the only one that is good.
func (tx *Tx) ReplaceSetupToken(tokenHash string) error {
	row := SetupToken{ID: 1, TokenHash: tokenHash}
	return wrap("saving the set-up token", tx.g.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error)
}

// SetupTokenHash returns the hash of the token that is good, or [ErrNotFound].
func (tx *Tx) SetupTokenHash() (string, error) {
	var row SetupToken
	err := tx.g.Take(&row, "id = 1").Error
	return row.TokenHash, wrap("reading the set-up token", err)
}

// DeleteSetupToken closes the set-up, if it is open.
func (tx *Tx) DeleteSetupToken() error {
	return wrap("deleting the set-up token", tx.g.Delete(&SetupToken{}, "id = 1").Error)
}

// UseSetupToken removes the token; where it is not the good one (any more) it returns [ErrNotFound].
func (tx *Tx) UseSetupToken(tokenHash string) error {
	return changed("using the set-up token", tx.g.Delete(&SetupToken{}, "token_hash = ?", tokenHash))
}
