package models

import "gorm.io/gorm/clause"

// SetupToken is the secret that opens the set-up page, stored as a hash. There is one row at most.
type SetupToken struct {
	ID        int `gorm:"primaryKey"`
	TokenHash string
}

// ReplaceSetupToken makes the token with this hash the only valid one.
func (tx *Tx) ReplaceSetupToken(tokenHash string) error {
	row := SetupToken{ID: 1, TokenHash: tokenHash}
	return wrap("saving the set-up token", tx.g.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error)
}

// SetupTokenHash returns the hash of the valid token, or [ErrNotFound].
func (tx *Tx) SetupTokenHash() (string, error) {
	var row SetupToken
	err := tx.g.Take(&row, "id = 1").Error
	return row.TokenHash, wrap("reading the set-up token", err)
}

// DeleteSetupToken closes the set-up, if it is open.
func (tx *Tx) DeleteSetupToken() error {
	return wrap("deleting the set-up token", tx.g.Delete(&SetupToken{}, "id = 1").Error)
}

// UseSetupToken deletes the token, or returns [ErrNotFound] if it is not valid or no longer so.
func (tx *Tx) UseSetupToken(tokenHash string) error {
	return changed("using the set-up token", tx.g.Delete(&SetupToken{}, "token_hash = ?", tokenHash))
}
