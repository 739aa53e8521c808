package jobs

import (
	"context"
	"errors"
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
		select {
		case m.full <- struct{}{}:
		default: // it is known
		}
	}
	if !m.writing {
		m.writing = true
		go m.write(context.WithoutCancel(ctx))
	}
	return one.done
}

// gather is how long a mark waits for others.
const gather = time.Millisecond

// write goes on until no mark waits.
func (m *marks) write(ctx context.Context) {
	for {
		rest(ctx, gather, m.full)
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

// The pauses between attempts to mark mails; together they are shorter than settleTimeout.
const (
	settleAgain = 100 * time.Millisecond
	settleTries = 5
)

// settle marks a group and tells the outcome. Where that cannot be done, each is tried alone: one that the database does not
// take must not keep the others from being marked.
func (m *marks) settle(ctx context.Context, group []mark) {
	err := m.persist(ctx, group)
	for i, one := range group {
		if err != nil && len(group) > 1 {
			one.done <- m.mark(ctx, group[i:i+1])
			continue
		}
		one.done <- err
	}
}

// tell tells the meter what became of the mails that were this worker's to mark.
func (m *marks) tell(group []mark) {
	for _, one := range group {
		if !one.lost {
			m.Meter.MailSettled(one.mail.Template, one.mail.State)
		}
	}
}

// persist tries several times: a mail that the server took and that is not marked will be sent again.
func (m *marks) persist(ctx context.Context, group []mark) (err error) {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	for try := range settleTries {
		if err = m.mark(ctx, group); err == nil || ctx.Err() != nil {
			break
		}
		rest(ctx, settleAgain<<try, nil)
	}
	if err != nil {
		m.Log.ErrorContext(ctx, "mails could not be marked", "mails", len(group), "first", group[0].mail.ID, "state", group[0].mail.State, "error", err)
	}
	return err
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
