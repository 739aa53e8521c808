package apikey

import (
	"context"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// How long the row of an answer holds: while the request is carried out, a little longer than any request may take, so that a process that
// died does not block it; and from then on. Secrets in it are repeated for a short time only.
const (
	AnswerClaim   = 30 * time.Second
	AnswerLife    = 24 * time.Hour
	AnswerSecrets = time.Minute
)

// What is wrong with a request that is sent again.
const (
	// ErrRunning means that the first request is still carried out.
	ErrRunning core.Code = "idempotency.running"
	// ErrOtherRequest means that another request was sent with the same Idempotency-Key.
	ErrOtherRequest core.Code = "idempotency.other_request"
)

// ClaimAnswer reserves an answer for the request that holds it, and reports whether it is the first.
func (s *Service) ClaimAnswer(ctx context.Context, row models.APIAnswer) (claimed bool, err error) {
	now := s.core.Now()
	row.EndsAt = now.Add(AnswerClaim)
	err = s.core.DB.Write(ctx, func(tx *models.Tx) (err error) {
		claimed, err = tx.ClaimAPIAnswer(row, now)
		return err
	})
	return claimed, err
}

// FindAnswer returns an answer, whose secrets are gone after [AnswerSecrets]. It is [core.ErrNotFound] if there is none.
func (s *Service) FindAnswer(ctx context.Context, id string) (models.APIAnswer, error) {
	now := s.core.Now()
	row, err := s.core.DB.Read(ctx).APIAnswer(id, now)
	if row.SealedUntil != nil && !row.SealedUntil.After(now) {
		row.Sealed = nil
	}
	return row, core.NotFound(err)
}

// KeepAnswer stores an answer.
func (s *Service) KeepAnswer(ctx context.Context, row models.APIAnswer) error {
	now := s.core.Now()
	row.EndsAt = now.Add(AnswerLife)
	if row.Sealed != nil {
		until := now.Add(AnswerSecrets)
		row.SealedUntil = &until
	}
	return s.core.DB.Write(ctx, func(tx *models.Tx) error { return tx.KeepAPIAnswer(row) })
}

// DropAnswer lets a request be carried out again, if it is still held by the holder.
func (s *Service) DropAnswer(ctx context.Context, id, holder string) error {
	return s.core.DB.Write(ctx, func(tx *models.Tx) error { return tx.DropAPIAnswer(id, holder) })
}
