package accounts

import (
	"context"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// How long the row of an answer holds: while the form is carried out, a little longer than any request may take, so that a
// process that died does not block its form; and from then on.
const (
	AnswerClaim = 30 * time.Second
	AnswerLife  = time.Minute
)

// maxAnswers is how many answers to one session's forms are kept, so that a session cannot fill the database with them.
const maxAnswers = 10

// AnswerID names a form: its id, the sender, which is the same for all forms of a session, and the holder, which is the request
// that carries it out.
type AnswerID struct{ Form, Sender, Holder string }

// Answers keep what signed-in people's forms were answered with, for the same form sent again, in all processes of the
// database. What they keep is sealed by the caller.
type Answers struct {
	db  *models.DB
	now func() time.Time
}

// Answers returns the store of answers.
func (s *Service) Answers() Answers { return Answers{s.core.DB, s.core.Now} }

// Claim reports whether the caller is to carry out the form; false if another request does or did.
func (a Answers) Claim(ctx context.Context, id AnswerID) (claimed bool, err error) {
	now := a.now()
	err = a.db.Write(ctx, func(tx *models.Tx) (err error) {
		claimed, err = tx.ClaimAnswer(models.Answer{ID: id.Form, Sender: id.Sender, Holder: id.Holder, EndsAt: now.Add(AnswerClaim)}, now)
		return err
	})
	return claimed, err
}

// Find returns the answer to the form, empty while it is being carried out, and its holder. It is [core.ErrNotFound] if there is none.
func (a Answers) Find(ctx context.Context, form string) (sealed []byte, holder string, err error) {
	row, err := a.db.Read(ctx).Answer(form, a.now())
	return row.Sealed, row.Holder, core.NotFound(err)
}

// Keep stores the answer for a minute, or until the same sender has had ten others.
func (a Answers) Keep(ctx context.Context, id AnswerID, sealed []byte) error {
	return a.db.Update(ctx, func(tx *models.Tx) error {
		kept := models.Answer{ID: id.Form, Sender: id.Sender, Holder: id.Holder, Sealed: sealed, EndsAt: a.now().Add(AnswerLife)}
		return tx.KeepAnswer(kept, maxAnswers)
	})
}

// Drop lets the form be carried out again, if the holder holds it still.
func (a Answers) Drop(ctx context.Context, form, holder string) error {
	return a.db.Write(ctx, func(tx *models.Tx) error { return tx.DropAnswer(form, holder) })
}
