package jobs

import (
	"encoding/binary"
	"io"
	"time"

	"latchkey/mailer"
	"latchkey/models"
)

// giveUpAfter is how long a mail is tried, from when it was due or somebody had it sent again (RFC 5321 §4.5.4.1: at least 4 to 5 days).
const giveUpAfter = 5 * 24 * time.Hour

// done notes a mail's last state.
func (b *batch) done(mail *models.Mail, state models.MailState, answer string) {
	now := b.now()
	mail.State, mail.LastAnswer, mail.DoneAt = state, answer, &now
}

// later notes that the mail could not be sent: it waits for another try, unless that is no use, or it has been tried for
// long enough. The first try is never the last, however long the program was not running.
func (b *batch) later(mail *models.Mail, err error) {
	answer := mailer.Answer(err)
	b.Log.Warn("a mail could not be sent", "mail", mail.ID, "template", mail.Template, "tries", mail.Tries, "answer", answer)
	since := mail.CreatedAt
	if mail.RetriedAt != nil {
		since = *mail.RetriedAt
	}
	tooOld := mail.Tries > 1 && b.now().Sub(since) >= giveUpAfter
	if tooOld || mailer.Permanent(err) {
		b.done(mail, models.MailFailed, answer)
		return
	}
	mail.State, mail.LastAnswer, mail.NextTryAt = models.MailWaiting, answer, b.now().Add(b.pause(mail.Tries-mail.TriesBefore))
}

// The pauses between tries: the first, and the longest.
const (
	firstPause   = time.Minute
	longestPause = 24 * time.Hour
)

// pause is how long a mail waits after so many tries: it doubles, give or take a fifth, so that mails that failed
// together do not come back together. It is in microseconds, as the tables keep times.
func (r *Runner) pause(tries int) time.Duration {
	pause := min(firstPause<<min(max(tries-1, 0), 11), longestPause)
	spread := pause * 2 / 5
	pause += time.Duration(r.random(uint64(spread))) - spread/2 //nolint:gosec // less than a pause
	return min(pause, longestPause).Truncate(time.Microsecond)
}

// random is a number below n.
func (r *Runner) random(n uint64) uint64 {
	var raw [8]byte
	if _, err := io.ReadFull(r.Random, raw[:]); err != nil {
		return n / 2
	}
	return binary.BigEndian.Uint64(raw[:]) % n
}
