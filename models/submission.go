package models

import "time"

// Submission records that the form with the id was carried out.
type Submission struct {
	ID        string `gorm:"primaryKey"`
	AccountID string
	CreatedAt time.Time
}

// Submit records that a form was carried out. It returns [ErrTaken] if that was recorded before.
func (tx *Tx) Submit(row Submission) error {
	return wrap("saving a submission", tx.g.Create(&row).Error)
}

// Submission finds a form that was carried out, or returns [ErrNotFound].
func (tx *Tx) Submission(id string) (Submission, error) {
	var row Submission
	return row, wrap("finding a submission", tx.g.Take(&row, "id = ?", id).Error)
}

// DeleteSubmissions deletes submissions that are older than the given time.
func (tx *Tx) DeleteSubmissions(before time.Time) error {
	return wrap("deleting submissions", tx.g.Delete(&Submission{}, "created_at < ?", before).Error)
}
