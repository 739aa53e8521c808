package jobs

import (
	"context"
	"time"

	"latchkey/mailer"
	"latchkey/models"
)

// open opens a connection to the mail server, and writes down, for operators, whether that can be done. Where it cannot be
// written, mails go out nevertheless.
func (r *Runner) open(ctx context.Context) (*mailer.Connection, error) {
	began := r.now()
	connection, failed := r.Mailer.Open(ctx)
	if ctx.Err() != nil {
		return connection, failed // the program ends: that says nothing of the server
	}
	err := r.noteServer(ctx, began, failed)
	if err != nil {
		r.Log.WarnContext(ctx, "whether the mail server can be reached was not noted", "error", err)
	}
	return connection, failed
}

func (r *Runner) noteServer(ctx context.Context, began time.Time, failed error) error {
	if failed != nil {
		return r.DB.Update(ctx, func(tx *models.Tx) error { return tx.NoteMailTrouble(began, r.now(), mailer.Answer(failed)) })
	}
	trouble, err := r.DB.Read(ctx).MailTrouble()
	if err == nil && !trouble.Since.IsZero() {
		err = r.catchUp(ctx, trouble) // before the trouble ends: whoever dies between the two leaves it to the next
	}
	if err != nil {
		return err
	}
	return r.DB.Write(ctx, func(tx *models.Tx) error { return tx.EndMailTrouble(r.now()) })
}

// hastened bounds how many mails one transaction makes due.
const hastened = 1000

// catchUp makes due what was tried while the server could not be reached: after hours the next tries are hours ahead. The
// try that found the trouble was claimed before, at most as long as a batch may take.
func (r *Runner) catchUp(ctx context.Context, trouble models.MailTrouble) error {
	r.Log.InfoContext(ctx, "the mail server can be reached again", "since", trouble.Since, "answer", trouble.Answer)
	for count := hastened; count == hastened; {
		err := r.DB.Update(ctx, func(tx *models.Tx) (err error) {
			count, err = tx.HastenMails(trouble.Since.Add(-r.LeaseFor), r.now(), hastened)
			return err
		})
		if err != nil {
			return err
		}
	}
	fill(r.back)
	r.Wake()
	return nil
}

// probe looks whether a mail server that could not be reached can be by now: it may be that no mail is due that would find
// out.
func (r *Runner) probe(ctx context.Context) (again bool, err error) {
	if r.Mailer.Captures() {
		return false, nil
	}
	trouble, err := r.DB.Read(ctx).MailTrouble()
	if err != nil || trouble.Since.IsZero() || r.now().Sub(trouble.LastAt) < r.ProbeEvery {
		return false, err
	}
	select {
	case r.lines <- struct{}{}:
		defer func() { <-r.lines }()
	default: // every connection that there may be is in use, and finds out
		return false, nil
	}
	if connection, err := r.open(ctx); err == nil {
		connection.Close()
	}
	return false, nil // what was in the way is noted, and is no failure of this look
}
