package mailer

import (
	"fmt"
	"time"

	"latchkey/models"
)

// Sample is a mail of the given name as it could be now, for previews. Its locale is the caller's to set. The error is
// [ErrTemplate].
func Sample(name string, now time.Time) (models.Mail, error) {
	all := samples(name, now)
	if len(all) == 0 {
		return models.Mail{}, fmt.Errorf("%q: %w", name, ErrTemplate)
	}
	return all[0], nil
}

// samples are the states in which a mail reads differently, the usual one first.
func samples(name string, now time.Time) []models.Mail {
	var facts []models.MailData
	switch name {
	case models.MailReminder:
		facts = []models.MailData{{ExpiresAt: now.Add(5 * 24 * time.Hour)}}
	case models.MailExpiration:
		facts = []models.MailData{{ExpiresAt: now.Add(-time.Minute)}}
	case models.MailBlacklisted:
		since := now.Add(-time.Minute)
		facts = []models.MailData{
			{BlockedAt: since, BlockedUntil: since.Add(20 * time.Minute), Attempts: 10},
			{BlockedAt: since, Attempts: 1},
			{BlockedAt: since, BlockedUntil: now, Attempts: 10},
		}
	}
	var all []models.Mail
	for _, technical := range []bool{false, true} {
		for _, data := range facts {
			data.Technical = technical
			all = append(all, sample(name, data))
		}
	}
	return all
}

func sample(name string, data models.MailData) models.Mail {
	return models.Mail{
		Template: name, AccountName: "ada.lovelace", Recipient: "ada@example.com", Data: data,
		MessageID: "<sample@latchkey.invalid>",
	}
}
