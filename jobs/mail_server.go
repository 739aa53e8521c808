package jobs

import (
	"context"
	"time"

	"latchkey/mailer"
	"latchkey/models"
)

// open connects to the mail server, and records for operators whether that is possible. If recording fails, mails are sent
// nevertheless.
func (r *Runner) open(ctx context.Context) (*mailer.Connection, error) {
	began := r.now()
	connection, failed := r.Mailer.Open(ctx)
	if ctx.Err() != nil {
		return connection, failed // the program stops, which says nothing about the server
	}
	err := r.recordServer(ctx, began, failed)
	if err != nil {
		r.Log.WarnContext(ctx, "recording the state of the mail server failed", "error", err)
	}
	return connection, failed
}

func (r *Runner) recordServer(ctx context.Context, began time.Time, failed error) error {
	if failed != nil {
		return r.DB.Update(ctx, func(tx *models.Tx) error { return tx.RecordMailOutage(began, r.now(), mailer.Answer(failed)) })
	}
	outage, err := r.DB.Read(ctx).MailOutage()
	if err == nil && !outage.Since.IsZero() {
		err = r.retryAfterOutage(ctx, outage) // first, so that another process does it if this one dies in between
	}
	if err != nil {
		return err
	}
	return r.DB.Write(ctx, func(tx *models.Tx) error { return tx.EndMailOutage(r.now()) })
}

// retryBatch is how many mails one transaction makes due.
const retryBatch = 1000

// retryAfterOutage makes the mails due that were tried during an outage: after hours their next try is hours ahead. The try that
// detected the outage was claimed at most one lease earlier.
func (r *Runner) retryAfterOutage(ctx context.Context, outage models.MailOutage) error {
	r.Log.InfoContext(ctx, "the mail server can be reached again", "since", outage.Since, "answer", outage.Answer)
	for count := retryBatch; count == retryBatch; {
		err := r.DB.Update(ctx, func(tx *models.Tx) (err error) {
			count, err = tx.RescheduleMails(outage.Since.Add(-r.LeaseFor), r.now(), retryBatch)
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

// probe connects to a mail server that could not be reached, in case no mail is due that would detect its return.
func (r *Runner) probe(ctx context.Context) (again bool, err error) {
	if r.Mailer.Captures() {
		return false, nil
	}
	outage, err := r.DB.Read(ctx).MailOutage()
	if err != nil || outage.Since.IsZero() || r.now().Sub(outage.LastAt) < r.ProbeEvery {
		return false, err
	}
	select {
	case r.connSlots <- struct{}{}:
		defer func() { <-r.connSlots }()
	default: // all connections are in use and will detect it
		return false, nil
	}
	if connection, err := r.open(ctx); err == nil {
		connection.Close()
	}
	return false, nil // the outage is recorded, and is not an error of the probe
}
