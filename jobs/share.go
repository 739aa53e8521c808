package jobs

import (
	"cmp"
	"context"
	"slices"
	"time"

	"latchkey/models"
)

// oneIn is the share of mails that are not urgent while urgent ones are due: one in so many is sent however many urgent ones are
// queued.
const oneIn = 10

// nextPhase returns how far the places for mails that are not urgent are moved to the front of a batch. Of ten claims one begins with
// such a place, so that batches of any size have them, also those that end early.
func (r *Runner) nextPhase() int { return int((r.claims.Add(1) - 1) % oneIn) }

// reserved returns how many places of a claim are kept for mails that are not urgent.
func reserved(size, phase int) int { return (size + phase) / oneIn }

// interleave orders claimed mails: urgent ones first, with every tenth place for the others.
func interleave(mails []models.Mail, phase int) (ordered []models.Mail) {
	slices.SortFunc(mails, func(x, y models.Mail) int { return cmp.Compare(x.ID, y.ID) })
	var urgent, others []models.Mail
	for _, mail := range mails {
		if mail.Urgent {
			urgent = append(urgent, mail)
		} else {
			others = append(others, mail)
		}
	}
	for place := phase + 1; len(urgent) > 0 && len(others) > 0; place++ {
		from := &urgent
		if place%oneIn == 0 {
			from = &others
		}
		ordered = append(ordered, (*from)[0])
		*from = (*from)[1:]
	}
	return append(append(ordered, urgent...), others...)
}

// lookEvery is how often a batch looks for urgent mails.
const lookEvery = time.Second

// overtaken reports whether an urgent mail is due and the batch has none from a place on. The rest of the batch must then wait: on a
// slow server or under a rate limit it takes up to a minute.
func (b *batch) overtaken(ctx context.Context, place int) (bool, error) {
	now := b.now()
	if now.Sub(b.lookedAt) < lookEvery || slices.ContainsFunc(b.mails[place:], func(m models.Mail) bool { return m.Urgent }) {
		return false, nil
	}
	b.lookedAt = now
	due, err := b.DB.Read(ctx).UrgentMailDue(now)
	if due {
		b.Wake() // the next claim follows without a pause
	}
	return due, err
}
