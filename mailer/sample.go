package mailer

import (
	"time"

	"latchkey/models"
)

// Sample is a mail in a state in which it reads differently from others of its name. Its locale is the caller's to set.
type Sample struct {
	State string // in words, for previews
	Mail  models.Mail
}

// facts are what a mail can tell, and how one calls that.
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
			if technical {
				one.state += ", technical account"
			}
			all = append(all, Sample{one.state, sample(name, one.data)})
		}
	}
	return all
}

func factsOf(name string, now time.Time) []facts {
	switch since := now.Add(-time.Minute); name {
	case models.MailReminder:
		return []facts{{"expires in five days", models.MailData{ExpiresAt: now.Add(5 * 24 * time.Hour)}}}
	case models.MailExpiration:
		return []facts{{"has just expired", models.MailData{ExpiresAt: since}}}
	case models.MailBlacklisted:
		return []facts{
			{"for a time", models.MailData{BlockedAt: since, BlockedUntil: since.Add(20 * time.Minute), Attempts: 10, Known: true}},
			{"without an end, after one attempt", models.MailData{BlockedAt: since, Attempts: 1}},
			{"over by now", models.MailData{BlockedAt: since, BlockedUntil: now, Attempts: 10}},
		}
	default:
		return nil
	}
}

func sample(name string, data models.MailData) models.Mail {
	return models.Mail{
		Template: name, AccountName: "ada.lovelace", Recipient: "ada@example.com", Data: data,
		MessageID: "<sample@latchkey.invalid>",
	}
}
