package models

import (
	"time"

	"gorm.io/gorm/clause"
)

// APIAnswer is the answer to a request of the API, kept in case the same request is sent again.
type APIAnswer struct {
	ID          string `gorm:"primaryKey"` // a hash of the sender and what it called the request
	Request     string // a hash of the request
	Holder      string // the request that is carried out
	Status      int    // 0 = it is being carried out
	Header      string // JSON
	Body        []byte // without secrets
	Sealed      []byte // the same with its secrets; nil = it has none, or they are gone
	SealedUntil *time.Time
	EndsAt      time.Time
}

// ClaimAPIAnswer reserves the row for the request that is carried out. It reports false if another one holds a row with the id that has not
// ended at now.
func (tx *Tx) ClaimAPIAnswer(row APIAnswer, now time.Time) (claimed bool, err error) {
	result := tx.g.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "id"}},
		Where:     clause.Where{Exprs: []clause.Expression{clause.Lte{Column: clause.Column{Table: "api_answers", Name: "ends_at"}, Value: now}}},
		DoUpdates: clause.AssignmentColumns([]string{"request", "holder", "status", "header", "body", "sealed", "sealed_until", "ends_at"}),
	}).Create(&row)
	return result.RowsAffected == 1, wrap("claiming an answer of the API", result.Error)
}

// APIAnswer finds an answer by its id, or returns [ErrNotFound] if there is none or it has ended.
func (tx *Tx) APIAnswer(id string, now time.Time) (APIAnswer, error) {
	var row APIAnswer
	return row, wrap("finding an answer of the API", tx.g.Take(&row, "id = ? AND ends_at > ?", id, now).Error)
}

// KeepAPIAnswer stores the answer in the row that its holder claimed.
func (tx *Tx) KeepAPIAnswer(row APIAnswer) error {
	return wrap("storing an answer of the API", tx.g.Model(&APIAnswer{}).Where("id = ? AND holder = ?", row.ID, row.Holder).
		Select("status", "header", "body", "sealed", "sealed_until", "ends_at").Updates(&row).Error)
}

// DropAPIAnswer deletes the row that the holder claimed, so that the request can be carried out again.
func (tx *Tx) DropAPIAnswer(id, holder string) error {
	return wrap("deleting an answer of the API", tx.g.Delete(&APIAnswer{}, "id = ? AND holder = ?", id, holder).Error)
}

// DeleteAPIAnswers deletes answers that have ended, and secrets whose time is up.
func (tx *Tx) DeleteAPIAnswers(now time.Time) error {
	if err := tx.g.Delete(&APIAnswer{}, "ends_at <= ?", now).Error; err != nil {
		return wrap("deleting answers of the API", err)
	}
	return wrap("deleting secrets of answers", tx.g.Model(&APIAnswer{}).Where("sealed_until <= ?", now).
		Updates(map[string]any{"sealed": nil, "sealed_until": nil}).Error)
}
