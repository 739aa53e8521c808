package accounts

import (
	"context"
	"time"

	"latchkey/models"
)

// How long the row of an answer holds: while the form is carried out, a little longer than any request may take, so that a
// process that died does not block its form; and from then on.
const (
	AnswerClaim = 30 * time.Second
	AnswerLife  = time.Minute
)

// Answers keep what signed-in people's forms were answered with, for the same form sent again, in all processes of the
// database. What they keep is sealed by the caller.
type Answers struct {
	db  *models.DB
	now func() time.Time
}

// Answers returns the store of answers.
func (s *Service) Answers() Answers { return Answers{s.db, s.now} }

// Claim reports whether the caller is to carry out the form with the id; false if another request does or did.
func (a Answers) Claim(ctx context.Context, id string) (claimed bool, err error) {
	now := a.now()
	err = a.db.Write(ctx, func(tx *models.Tx) (err error) {
		claimed, err = tx.ClaimAnswer(models.Answer{ID: id, EndsAt: now.Add(AnswerClaim)}, now)
		return err
	})
	return claimed, err
}

// Find returns the answer to the form with the id: empty while it is being carried out, [ErrNotFound] if nobody has claimed it.
func (a Answers) Find(ctx context.Context, id string) (sealed []byte, err error) {
	row, err := a.db.Read(ctx).Answer(id, a.now())
	return row.Sealed, notFound(err)
}

// Keep stores the answer for a minute.
func (a Answers) Keep(ctx context.Context, id string, sealed []byte) error {
	return a.db.Write(ctx, func(tx *models.Tx) error {
		return tx.KeepAnswer(models.Answer{ID: id, Sealed: sealed, EndsAt: a.now().Add(AnswerLife)})
	})
}

// Drop lets the form be carried out again.
func (a Answers) Drop(ctx context.Context, id string) error {
	return a.db.Write(ctx, func(tx *models.Tx) error { return tx.DropAnswer(id) })
}
