package accounts

import (
	"context"
	"errors"

	"latchkey/models"
)

// refuseRepeat says early that a form was carried out already, before its repetition costs a hash.
func (s *Service) refuseRepeat(ctx context.Context, submission string) error {
	if submission == "" {
		return nil
	}
	if !models.IsID(submission) {
		return invalid("submission", "This form is broken. Open the page again.")
	}
	row, err := s.db.Read(ctx).Submission(submission)
	if errors.Is(err, models.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = AlreadyDoneError{row.AccountID}
	}
	return err
}

// markSubmitted makes a form good for once; of two at the same time one wins.
func (s *Service) markSubmitted(tx *models.Tx, submission, accountID string) error {
	if submission == "" {
		return nil
	}
	err := tx.Submit(models.Submission{ID: submission, AccountID: accountID, CreatedAt: s.now()})
	if errors.Is(err, models.ErrTaken) {
		return AlreadyDoneError{accountID}
	}
	return err
}
