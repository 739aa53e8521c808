package mailer

import (
	"strings"
	"time"

	"latchkey/models"
)

// Sample is a mail with data that selects one variant of its text. The caller sets its locale. Each state exists once more for
// technical accounts, with [models.MailData.Technical].
type Sample struct {
	State string // "soon", "over" and so on
	Mail  models.Mail
}

// Invented names.
const (
	sampleAccount = "ada.lovelace"
	samplePerson  = "Ada Lovelace"
	sampleHolder  = "Charles Babbage" // of an emergency code
	sampleKey     = "Nightly HR import"
	sampleSubject = "charles.babbage" // of a notice to operators
	sampleAddress = "203.0.113.7"
)

// Samples returns the variants of a mail's text, the usual one first, or none if there is no such mail.
func Samples(name string, now time.Time) (all []Sample) {
	since := now.Add(-time.Minute)
	for _, technical := range []bool{false, true} {
		add := func(state string, data models.MailData) {
			data.Technical, data.Name = technical, samplePerson
			all = append(all, Sample{state, models.Mail{
				Template: name, AccountName: sampleAccount, Recipient: "ada@example.com", Data: data,
				MessageID: "<sample@latchkey.invalid>",
			}})
		}
		switch name {
		case models.MailReminder:
			add("soon", models.MailData{ExpiresAt: now.Add(5 * 24 * time.Hour)})
		case models.MailExpiration:
			add("expired", models.MailData{ExpiresAt: since})
		case models.MailBlacklisted:
			add("for-a-time", models.MailData{BlockedAt: since, BlockedUntil: since.Add(20 * time.Minute), Attempts: 10, Known: true})
			add("without-end", models.MailData{BlockedAt: since, Attempts: 1})
			add("over", models.MailData{BlockedAt: since, BlockedUntil: now, Attempts: 10})
		case models.MailDeadline:
			add(string(models.DeadlineEnd), models.MailData{Deadline: models.DeadlineEnd, Day: inTwoWeeks(now)})
			add(string(models.DeadlineKey), models.MailData{Deadline: models.DeadlineKey, Day: inTwoWeeks(now), Key: sampleKey})
		case models.MailSecurity:
			addChanges(now, technical, add)
		}
		if !technical {
			addPersonal(name, now, add)
		}
	}
	return all
}

// addChanges adds the variants about changes to an account's security.
func addChanges(now time.Time, technical bool, add func(state string, data models.MailData)) {
	for _, change := range models.SecurityChanges() {
		data := models.MailData{Change: change, ChangedAt: now.Add(-time.Minute), Address: sampleAddress}
		data.ByOperator = change == models.PasswordReset || change == models.EmailChanged || change == models.FactorsReset ||
			change == models.AccountDeleted || change == models.AccountRestored
		if change == models.AccountDeleted {
			data.RestorableUntil = now.Add(30 * 24 * time.Hour)
		}
		if strings.HasPrefix(string(change), "emergency-") {
			data.Person, data.OpensAt = sampleHolder, now.Add(24*time.Hour)
		}
		ofKey := strings.HasPrefix(string(change), "api-key-")
		if ofKey {
			data.Key = sampleKey
		}
		if !technical || ofKey || data.ByOperator && change != models.FactorsReset { // which is never signed in to
			add(string(change), data)
		}
	}
	add("deleted-for-good", models.MailData{Change: models.AccountDeleted, ChangedAt: now.Add(-time.Minute), Address: sampleAddress})
}

// addPersonal adds the variants that no technical account gets: it has no sign-ins that could be missing, is sent no links, and makes
// nothing.
func addPersonal(name string, now time.Time, add func(state string, data models.MailData)) {
	switch name {
	case models.MailDeadline:
		add(string(models.DeadlineInactive), models.MailData{Deadline: models.DeadlineInactive, Day: inTwoWeeks(now)})
	case models.MailConfirmEmail:
		add("confirm-email", models.MailData{LinkPurpose: models.LinkConfirmEmail, EndsAt: now.Add(24 * time.Hour), Address: sampleAddress})
		add("undo-email", models.MailData{LinkPurpose: models.LinkUndoEmail, EndsAt: now.Add(7 * 24 * time.Hour), Address: sampleAddress})
	case models.MailSetPassword:
		add("invitation", models.MailData{LinkPurpose: models.LinkInvitation, EndsAt: now.Add(7 * 24 * time.Hour)})
		add("reset", models.MailData{LinkPurpose: models.LinkReset, EndsAt: now.Add(7 * 24 * time.Hour)})
		add("after-undo", models.MailData{LinkPurpose: models.LinkAfterUndo, EndsAt: now.Add(7 * 24 * time.Hour), Address: sampleAddress})
		add("forgotten", models.MailData{LinkPurpose: models.LinkForgotten, EndsAt: now.Add(time.Hour), Address: sampleAddress})
	case models.MailOperator:
		add(string(models.NoticeSecretLinkRead), models.MailData{
			Notice: models.NoticeSecretLinkRead, Subject: sampleSubject, ChangedAt: now.Add(-time.Minute), Address: sampleAddress,
		})
		add(string(models.NoticeAccountsEnd), models.MailData{Notice: models.NoticeAccountsEnd, Count: 3, Day: inTwoWeeks(now)})
	}
}

func inTwoWeeks(now time.Time) string { return now.AddDate(0, 0, 14).Format(time.DateOnly) }
