package mailer

import (
	"time"

	"latchkey/models"
)

// Sample is a mail with data that selects one variant of its text. The caller sets its locale. Each state exists once more for
// technical accounts, with [models.MailData.Technical].
type Sample struct {
	State string // "soon", "over" and so on
	Mail  models.Mail
}

// The states of samples.
const (
	stateSoon       = "soon"
	stateExpired    = "expired"
	stateForATime   = "for-a-time"
	stateWithoutEnd = "without-end"
	stateOver       = "over"
)

// sampleAccount is an invented name.
const sampleAccount = "ada.lovelace"

// variant is a state and its data.
type variant struct {
	state string
	data  models.MailData
}

// Samples returns the variants of a mail's text, the usual one first, or none if there is no such mail.
func Samples(name string, now time.Time) (all []Sample) {
	for _, technical := range []bool{false, true} {
		for _, one := range variantsOf(name, now) {
			one.data.Technical = technical
			all = append(all, Sample{one.state, sample(name, one.data)})
		}
	}
	return all
}

func variantsOf(name string, now time.Time) []variant {
	switch since := now.Add(-time.Minute); name {
	case models.MailReminder:
		return []variant{{stateSoon, models.MailData{ExpiresAt: now.Add(5 * 24 * time.Hour)}}}
	case models.MailExpiration:
		return []variant{{stateExpired, models.MailData{ExpiresAt: since}}}
	case models.MailBlacklisted:
		return []variant{
			{stateForATime, models.MailData{BlockedAt: since, BlockedUntil: since.Add(20 * time.Minute), Attempts: 10, Known: true}},
			{stateWithoutEnd, models.MailData{BlockedAt: since, Attempts: 1}},
			{stateOver, models.MailData{BlockedAt: since, BlockedUntil: now, Attempts: 10}},
		}
	default:
		return nil
	}
}

func sample(name string, data models.MailData) models.Mail {
	return models.Mail{
		Template: name, AccountName: sampleAccount, Recipient: "ada@example.com", Data: data,
		MessageID: "<sample@latchkey.invalid>",
	}
}
