package models

import (
	"time"

	"gorm.io/gorm/clause"
)

// Answer is the answer to a form, kept for a short time in case the same form is sent again.
type Answer struct {
	ID     string `gorm:"primaryKey"`
	Sender string // the same for all forms of a session
	Holder string // the request that carries out the form
	Sealed []byte // nil while the form is being carried out
	EndsAt time.Time
}

// ClaimAnswer reserves the row for the request that carries out the form. It reports false if another request holds a row with the id
// that has not ended at now.
func (tx *Tx) ClaimAnswer(row Answer, now time.Time) (claimed bool, err error) {
	result := tx.g.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "id"}},
		Where:     clause.Where{Exprs: []clause.Expression{clause.Lte{Column: clause.Column{Table: "answers", Name: "ends_at"}, Value: now}}},
		DoUpdates: clause.AssignmentColumns([]string{"holder", "sealed", "ends_at"}),
	}).Create(&row)
	return result.RowsAffected == 1, wrap("claiming a form's answer", result.Error)
}

// Answer finds an answer by its id, or returns [ErrNotFound] if there is none or it has expired.
func (tx *Tx) Answer(id string, now time.Time) (Answer, error) {
	var row Answer
	return row, wrap("finding a form's answer", tx.g.Take(&row, "id = ? AND ends_at > ?", id, now).Error)
}

// KeepAnswer stores the answer in the row that its holder claimed. Of each sender only the newest answers are kept, up to most.
func (tx *Tx) KeepAnswer(row Answer, most int) error {
	err := tx.g.Model(&Answer{}).Where("id = ? AND holder = ?", row.ID, row.Holder).Updates(map[string]any{"sealed": row.Sealed, "ends_at": row.EndsAt}).Error
	if err != nil {
		return wrap("storing a form's answer", err)
	}
	newest := tx.g.Model(&Answer{}).Select("id").Where("sender = ? AND sealed IS NOT NULL AND id <> ?", row.Sender, row.ID).
		Order("ends_at DESC, id").Limit(most - 1)
	return wrap("deleting older answers", tx.g.
		Delete(&Answer{}, "sender = ? AND sealed IS NOT NULL AND id <> ? AND id NOT IN (?)", row.Sender, row.ID, newest).Error)
}

// DropAnswer deletes the row that the holder claimed, so that the form can be carried out again.
func (tx *Tx) DropAnswer(id, holder string) error {
	return wrap("deleting a form's answer", tx.g.Delete(&Answer{}, "id = ? AND holder = ?", id, holder).Error)
}

// DeleteAnswers deletes answers that have expired.
func (tx *Tx) DeleteAnswers(now time.Time) error {
	return wrap("deleting answers", tx.g.Delete(&Answer{}, "ends_at <= ?", now).Error)
}
