package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"latchkey/models"
)

// marks writes down what became of mails, beside the sending of the next ones, and together: four in one statement cost the
// database little more than one. It is safe for concurrent use.
type marks struct {
	*Runner
	full    chan struct{} // gets one when as many marks wait as all connections may have in hand
	again   time.Duration // the first pause between attempts to mark mails; settleAgain
	seldom  time.Duration // the longest one; settleSeldom
	mu      sync.Mutex
	waiting []mark
	writing bool
}

// mark is what became of a mail at a time.
type mark struct {
	mail models.Mail
	at   time.Time
	done chan error // gets the one error
	lost bool       // it is another worker's by now
}

// put begins to write down what became of a mail, also when ctx has ended. The outcome comes through done.
func (m *marks) put(ctx context.Context, mail models.Mail) (done <-chan error) {
	one := mark{mail: mail, at: m.now(), done: make(chan error, 1)}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = append(m.waiting, one)
	if len(m.waiting) == m.Connections*marksInHand {
		fill(m.full)
	}
	if !m.writing {
		m.writing = true
		go m.write(ctx)
	}
	return one.done
}

// gather is how long a mark waits for others.
const gather = time.Millisecond

// write goes on until no mark waits.
func (m *marks) write(ctx context.Context) {
	for {
		rest(context.WithoutCancel(ctx), gather, m.full)
		group := m.take()
		if len(group) == 0 {
			return
		}
		m.settle(ctx, group)
	}
}

// take empties the waiting room, or says that nobody writes any more.
func (m *marks) take() []mark {
	m.mu.Lock()
	defer m.mu.Unlock()
	group := m.waiting
	m.waiting = nil
	m.writing = len(group) > 0
	return group
}

// settle marks a group and tells the outcomes.
func (m *marks) settle(ctx context.Context, group []mark) {
	for i, err := range m.outcomes(ctx, group) {
		group[i].done <- err
	}
}

// outcomes marks a group. Where the database does not take one of them, each is tried alone: the others are to be marked
// nevertheless.
func (m *marks) outcomes(ctx context.Context, group []mark) (errs []error) {
	errs = make([]error, len(group))
	defer func() {
		if p := recover(); p != nil {
			m.Log.ErrorContext(ctx, "marking mails caused a panic", "panic", p, "stack", string(debug.Stack()))
			errs = slices.Repeat([]error{fmt.Errorf("marking mails: panic: %v", p)}, len(group))
		}
	}()
	err := m.persist(ctx, group)
	for i := range group {
		errs[i] = err
		if err != nil && len(group) > 1 && !models.Unavailable(err) {
			errs[i] = m.mark(context.WithoutCancel(ctx), group[i:i+1])
		}
	}
	return errs
}

// tell tells the meter what became of the mails that were this worker's to mark.
func (m *marks) tell(group []mark) {
	for _, one := range group {
		if !one.lost {
			m.Meter.MailSettled(one.mail.Template, one.mail.State)
		}
	}
}

// The pauses between attempts to mark mails: the first, and the longest.
const (
	settleAgain  = 100 * time.Millisecond
	settleSeldom = 2 * time.Second
)

// persist goes on while the database is away, as long as the mails are this worker's: one that the server took and that is
// not marked will be sent again.
func (m *marks) persist(ctx context.Context, group []mark) (err error) {
	hold, cancel := m.hold(ctx, group)
	defer cancel()
	for pause := m.again; ; pause = min(2*pause, m.seldom) {
		if err = m.mark(hold, group); err == nil {
			return nil
		}
		if hold.Err() != nil || !models.Unavailable(err) {
			m.Log.ErrorContext(ctx, "mails could not be marked", "mails", len(group), "first", group[0].mail.ID, "state", group[0].mail.State, "error", err)
			return err
		}
		rest(hold, pause, nil)
	}
}

// hold lasts until the lease of the group ends, or settleTimeout after the program was asked to.
func (m *marks) hold(ctx context.Context, group []mark) (context.Context, context.CancelFunc) {
	left := settleTimeout
	if until := group[0].mail.LeaseUntil; until != nil {
		left = max(left, until.Sub(m.now()))
	}
	hold, cancel := context.WithTimeout(context.WithoutCancel(ctx), left)
	unbind := context.AfterFunc(ctx, func() {
		rest(hold, settleTimeout, nil)
		cancel()
	})
	return hold, func() { unbind(); cancel() }
}

// mark writes down a group, with one statement where no try went wrong.
func (m *marks) mark(ctx context.Context, group []mark) (err error) {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	if slices.ContainsFunc(group, mark.wentWrong) {
		err = m.DB.Update(ctx, func(tx *models.Tx) error { return markEach(tx, group) })
	} else {
		err = m.DB.Write(ctx, func(tx *models.Tx) error { return markAll(tx, group) })
	}
	if err != nil {
		return err
	}
	if lost := slices.IndexFunc(group, func(one mark) bool { return one.lost }); lost >= 0 {
		m.Log.WarnContext(ctx, "mails passed to another worker before they were marked", "first", group[lost].mail.ID, "state", group[lost].mail.State)
	}
	m.tell(group)
	return nil
}

// markAll writes a group with one statement. Where it does not find all of them, nobody knows which are lost.
func markAll(tx *models.Tx, group []mark) error {
	mails := make([]models.Mail, len(group))
	for i, one := range group {
		mails[i] = one.mail
	}
	count, err := tx.SettleMails(mails)
	for i := range group {
		group[i].lost = count < len(group)
	}
	return err
}

// wentWrong tells that there is an answer to keep beside the mail, which the next one will replace there.
func (m mark) wentWrong() bool {
	return m.mail.State == models.MailWaiting || m.mail.State == models.MailFailed
}

// markEach writes a group one by one, with the answers to keep.
func markEach(tx *models.Tx, group []mark) error {
	for i, one := range group {
		err := one.write(tx)
		group[i].lost = errors.Is(err, models.ErrNotFound)
		if err != nil && !group[i].lost {
			return err
		}
	}
	return nil
}

func (m mark) write(tx *models.Tx) error {
	if err := tx.SettleMail(&m.mail); err != nil || !m.wentWrong() {
		return err
	}
	return tx.NoteMailTry(models.MailTry{MailID: m.mail.ID, Number: m.mail.Tries, At: m.at, Answer: m.mail.LastAnswer})
}
