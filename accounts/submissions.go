package accounts

import (
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/models"
)

// refuseRepeat says early that a form was carried out already, before its repetition costs a hash.
func (s *Service) refuseRepeat(ctx context.Context, actor core.Actor, submission string) error {
	if submission == "" {
		return nil
	}
	if !models.IsID(submission) {
		return core.Invalid("submission", core.ErrFormInvalid)
	}
	row, err := s.core.DB.Read(ctx).Submission(submission)
	if errors.Is(err, models.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	// Of a form about an account that the actor may not see, the actor learns nothing.
	if _, err := s.Find(ctx, actor, row.AccountID); err != nil {
		return err
	}
	return core.AlreadyDoneError{AccountID: row.AccountID}
}
