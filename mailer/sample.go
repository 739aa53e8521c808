package mailer

import (
	"time"

	"latchkey/models"
)

// Sample is a mail in a state in which it reads differently from others of its name. Its locale is the caller's to set.
// For technical accounts there is each state once more, with [models.MailData.Technical].
type Sample struct {
	State string // a name for it: "soon", "over" and so on
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

// sampleAccount is nobody's name.
const sampleAccount = "ada.lovelace"

// facts are what a mail can tell, and the state that they make.
type facts struct {
	state string
	data  models.MailData
}

// Samples are the states in which a mail of the name reads differently, the usual one first; none where there is no such
// mail.
func Samples(name string, now time.Time) (all []Sample) {
	for _, technical := range []bool{false, true} {
		for _, one := range factsOf(name, now) {
			one.data.Technical = technical
			all = append(all, Sample{one.state, sample(name, one.data)})
		}
	}
	return all
}

func factsOf(name string, now time.Time) []facts {
	switch since := now.Add(-time.Minute); name {
	case models.MailReminder:
		return []facts{{stateSoon, models.MailData{ExpiresAt: now.Add(5 * 24 * time.Hour)}}}
	case models.MailExpiration:
		return []facts{{stateExpired, models.MailData{ExpiresAt: since}}}
	case models.MailBlacklisted:
		return []facts{
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
