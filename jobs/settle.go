package jobs

import (
	"context"
	"crypto/rand"
	"math/big"
	"slices"
	"strings"
	"time"

	"latchkey/mailer"
	"latchkey/models"
)

// giveUpAfter is how long a mail is tried, from when it was due or an operator had it sent again (RFC 5321 §4.5.4.1: at least
// 4 to 5 days).
const giveUpAfter = 5 * 24 * time.Hour

// finish sets a mail's final state.
func (b *batch) finish(mail *models.Mail, state models.MailState, answer string) {
	now := b.now()
	mail.State, mail.LastAnswer, mail.DoneAt = state, b.withoutToken(answer), &now
}

// withoutToken removes the token of the link in the mail from what a server answered.
func (b *batch) withoutToken(answer string) string {
	if b.token == "" {
		return answer
	}
	// A quoted line may be broken as in the mail, by "=" and a line break.
	text := strings.NewReplacer("=\r\n", "", "=\n", "", "= ", "").Replace(answer)
	if !strings.Contains(text, b.token) {
		return answer
	}
	return strings.ReplaceAll(text, b.token, "•••")
}

// retryLater sets the time of the next try, or the state failed if another try is useless or the mail was tried for long
// enough. The first try is never the last, however late it is.
func (b *batch) retryLater(mail *models.Mail, err error) {
	answer := b.withoutToken(mailer.Answer(err))
	b.Log.Warn("sending a mail failed", "mail", mail.ID, "template", mail.Template, "tries", mail.Tries, "answer", answer)
	since := mail.CreatedAt
	if mail.RetriedAt != nil {
		since = *mail.RetriedAt
	}
	tooOld := mail.Tries > 1 && b.now().Sub(since) >= giveUpAfter
	if tooOld || mailer.Permanent(err) {
		b.finish(mail, models.MailFailed, answer)
		return
	}
	mail.State, mail.LastAnswer, mail.NextTryAt = models.MailWaiting, answer, b.now().Add(backoff(mail.Tries-mail.TriesBefore))
}

// The pauses between tries to send a mail.
const (
	firstBackoff   = time.Minute
	longestBackoff = 24 * time.Hour
)

// backoff returns the pause after a number of tries. It doubles each time, ± 20 %, so that mails that failed together are not
// tried together. Its unit is microseconds, like times in the tables.
func backoff(tries int) time.Duration {
	pause := min(firstBackoff<<min(max(tries-1, 0), 11), longestBackoff)
	spread := pause * 2 / 5
	if jitter, err := rand.Int(rand.Reader, big.NewInt(int64(spread))); err == nil {
		pause += time.Duration(jitter.Int64()) - spread/2
	}
	return min(pause, longestBackoff).Truncate(time.Microsecond)
}

// A crash can resend this many mails per connection, which the server accepted and the database does not know to be sent.
const (
	maxUnrecorded = 10
	recordWithin  = time.Second // fewer, if mails take long
)

// settleTimeout limits how long recording outcomes may take, also after ctx has ended.
const settleTimeout = 5 * time.Second

// The pauses between attempts to record outcomes while the database is unavailable.
const (
	firstSettleBackoff   = 100 * time.Millisecond
	longestSettleBackoff = 2 * time.Second
)

// settle records the outcomes of the mails processed since the last call. While the database is unavailable it tries again
// until the lease expires, or until settleTimeout after ctx has ended: a mail that was sent and not recorded is sent again.
func (b *batch) settle(ctx context.Context) error {
	mails := b.unrecorded
	if b.unrecorded = nil; len(mails) == 0 {
		return nil
	}
	at := b.now()
	trying, cancel := context.WithTimeout(context.WithoutCancel(ctx), max(settleTimeout, b.leaseEnd().Sub(at)))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		sleep(trying, settleTimeout, nil)
		cancel()
	})()
	for pause := b.settleBackoff; ; pause = min(2*pause, b.longestSettleBackoff) {
		settled, err := b.record(trying, mails, at)
		if err != nil && trying.Err() == nil && models.Unavailable(err) {
			sleep(trying, pause, nil)
			continue
		}
		for _, mail := range mails {
			switch {
			case err != nil:
				b.Log.ErrorContext(ctx, "recording the outcome of a mail failed", "mail", mail.ID, "state", mail.State, "error", err)
			case settled[mail.ID]:
				b.Metrics.MailSettled(mail.Template, mail.State)
			default:
				b.Log.WarnContext(ctx, "another worker took over a mail before its outcome was recorded", "mail", mail.ID, "state", mail.State)
			}
		}
		return err
	}
}

// record writes the outcomes, and the answers of tries that failed, which the next try would overwrite in the mail.
func (b *batch) record(ctx context.Context, mails []models.Mail, at time.Time) (settled map[string]bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	failed := func(m models.Mail) bool { return m.State == models.MailWaiting || m.State == models.MailFailed }
	store := b.DB.Write
	if slices.ContainsFunc(mails, failed) {
		store = b.DB.Update
	}
	err = store(ctx, func(tx *models.Tx) (err error) {
		if settled, err = tx.SettleMails(mails); err != nil {
			return err
		}
		for _, mail := range mails {
			if settled[mail.ID] && mail.Data.LinkID != "" && mail.State == models.MailSent {
				if err := tx.LinkSent(mail.Data.LinkID, at); err != nil {
					return err
				}
			}
			if settled[mail.ID] && failed(mail) {
				try := models.MailTry{MailID: mail.ID, Number: mail.Tries, At: at, Answer: mail.LastAnswer}
				if err := tx.RecordMailTry(try); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return settled, err
}
