package models

import "time"

// Submission remembers that a form was carried out, by the id that the form carried.
type Submission struct {
	ID        string `gorm:"primaryKey"`
	AccountID string
	CreatedAt time.Time
}

// Submit marks a form as carried out; a second time is [ErrTaken].
func (tx *Tx) Submit(row Submission) error {
	return wrap("saving a submission", tx.g.Create(&row).Error)
}

// Submission finds a form that was carried out, or returns [ErrNotFound].
func (tx *Tx) Submission(id string) (Submission, error) {
	var row Submission
	return row, wrap("finding a submission", tx.g.Take(&row, "id = ?", id).Error)
}

// DeleteSubmissions removes marks that are older than the given time.
func (tx *Tx) DeleteSubmissions(before time.Time) error {
	return wrap("deleting submissions", tx.g.Delete(&Submission{}, "created_at < ?", before).Error)
}
