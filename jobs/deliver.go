package jobs

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"latchkey/mailer"
	"latchkey/models"
)

// settleTimeout bounds how long the mark of a mail may take, also when everything else has ended.
const settleTimeout = 5 * time.Second

// DeliverDue claims a batch of mails that are due, sends them over one connection, and marks each; n is how many were
// claimed, or fewer where the rate of mails is used up. When ctx ends, the mail in hand is finished and the others are put
// back. The error is that of the database, or of a mail server that could not be reached; the mails that had to wait for it
// are marked so.
func (r *Runner) DeliverDue(ctx context.Context) (n int, err error) {
	select {
	case r.lines <- struct{}{}:
		defer func() { <-r.lines }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	b := &batch{Runner: r, lease: r.ids.New(), until: r.now().Add(r.LeaseFor)}
	if err := b.claim(ctx); err != nil || len(b.mails) == 0 {
		return 0, err
	}
	defer b.close(ctx)
	for _, mail := range b.mails {
		if !b.timeLeft(ctx) {
			break
		}
		err := b.deliver(ctx, mail)
		if errors.Is(err, errNoTurn) {
			return b.begun, nil // the others come after a pause
		}
		if err != nil {
			return len(b.mails), err
		}
	}
	return len(b.mails), cmp.Or(b.marked(0), b.unreachable)
}

// batch is one claim of mails.
type batch struct {
	*Runner
	lease       string
	until       time.Time // end of the lease
	mails       []models.Mail
	begun       int            // so many of them: the others can be put back
	marking     []<-chan error // the outcomes of the marks in hand
	owners      owners
	connection  *mailer.Connection // nil: none is open
	unreachable error              // why none can be opened
}

// claim takes the mails for longer than the batch uses them: the clocks of replicas may differ by as much.
func (b *batch) claim(ctx context.Context) error {
	return b.DB.Update(ctx, func(tx *models.Tx) (err error) {
		b.mails, err = tx.ClaimMails(b.lease, b.now(), b.until.Add(b.LeaseFor/2), b.batchSize())
		slices.SortFunc(b.mails, func(x, y models.Mail) int { return cmp.Compare(x.ID, y.ID) })
		return err
	})
}

// close ends the connection, and puts back what nobody has dealt with, once it is known what has been marked.
func (b *batch) close(ctx context.Context) {
	b.hangUp()
	_ = b.marked(0) // which was logged, and of which nothing more can be made
	if b.begun == len(b.mails) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	err := b.DB.Update(ctx, func(tx *models.Tx) error { return tx.PutBackMails(b.lease, b.untouched()) })
	if err != nil {
		b.Log.ErrorContext(ctx, "mails could not be put back; they are due again when their lease ends", "error", err)
	}
}

// untouched are the ids of the mails that were not begun. One that was and could not be marked stays as it is until the lease
// ends: the mail server may have it.
func (b *batch) untouched() (ids []string) {
	for _, mail := range b.mails[b.begun:] {
		ids = append(ids, mail.ID)
	}
	return ids
}

// timeLeft tells whether one more mail may be begun: half of the lease is kept for it and its mark, since another worker
// would send it too after that.
func (b *batch) timeLeft(ctx context.Context) bool {
	return ctx.Err() == nil && b.until.Sub(b.now()) >= b.LeaseFor/2
}

// deliver decides what becomes of one mail, and begins to mark it. The error is the database's, after which no mail may be
// sent that could not be marked, or that of a ctx which ended before the mail was begun.
func (b *batch) deliver(ctx context.Context, mail models.Mail) error {
	if err := b.attempt(ctx, &mail); err != nil {
		return err
	}
	b.begun++
	err := b.marked(marksInHand - 1)
	b.marking = append(b.marking, b.marks.put(ctx, mail))
	return err
}

// marksInHand are so many mails of a connection that are being marked while the next one is sent, and none after that:
// whenever the process dies, as many and one more have been taken by the server at the most and are not marked.
const marksInHand = 2

// marked waits until so many marks at the most are in hand.
func (b *batch) marked(most int) (err error) {
	for len(b.marking) > most {
		err = cmp.Or(err, <-b.marking[0])
		b.marking = b.marking[1:]
	}
	return err
}

// send hands the mail to the server. The error is that of ctx, where the mail was not begun.
func (b *batch) send(ctx context.Context, mail *models.Mail, words mailer.Rendered) error {
	kept := b.connection != nil && b.connection.Usable()
	if err := b.connect(ctx); err != nil {
		return b.putOff(ctx, mail, err)
	}
	answer, err := b.hand(ctx, *mail, words)
	if kept && mailer.HungUp(err) { // it had rested for too long, or carried enough mails for the server's taste
		if err := b.connect(ctx); err != nil {
			return b.putOff(ctx, mail, err)
		}
		answer, err = b.hand(ctx, *mail, words)
	}
	if err != nil {
		if mailer.HungUp(err) { // though the connection is new: nobody is to be called again and again
			b.unreachable = err
		}
		b.later(mail, err)
		return nil
	}
	b.done(mail, models.MailSent, answer)
	return nil
}

// putOff puts off a mail for want of a connection, unless the program ends.
func (b *batch) putOff(ctx context.Context, mail *models.Mail, err error) error {
	if ctx.Err() == nil {
		b.later(mail, err)
	}
	return ctx.Err()
}

func (b *batch) hand(ctx context.Context, mail models.Mail, words mailer.Rendered) (answer string, err error) {
	ctx, cancel := b.inHand(ctx)
	defer cancel()
	return b.connection.Send(ctx, mail, words)
}

// connect opens a connection where there is none that works. A server that could not be reached once is not asked again
// in this batch.
func (b *batch) connect(ctx context.Context) (err error) {
	if b.unreachable != nil || b.connection != nil && b.connection.Usable() {
		return b.unreachable
	}
	b.hangUp()
	b.connection, b.unreachable = b.open(ctx)
	return b.unreachable
}

func (b *batch) hangUp() {
	if b.connection != nil {
		b.connection.Close()
	}
	b.connection = nil
}

var (
	errStopped = errors.New("the program was stopped before the mail server answered")
	errLease   = errors.New("the mail server took too long to answer")
)

// inHand is the context of a mail that was begun: it goes on for a grace after ctx has ended, but never so long that
// another worker could have taken the mail over before it is marked.
func (b *batch) inHand(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := b.until.Sub(b.now()) - b.LeaseFor/8
	hand, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	hand, cancel := context.WithTimeoutCause(hand, limit, errLease)
	unbind := context.AfterFunc(ctx, func() {
		rest(hand, b.Grace, nil)
		stop(errStopped)
	})
	return hand, func() { unbind(); cancel(); stop(nil) }
}
