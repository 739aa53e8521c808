package notify

import (
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// compose makes a mail to the account's owner. There is at most one with a template and a cause.
func (s *Service) compose(account models.Account, template, cause string) models.Mail {
	now, id := s.core.Now(), s.core.NewID()
	return models.Mail{
		ID: id, Template: template, OnceKey: template + ":" + cause, AccountID: &account.ID, AccountName: account.Name,
		Recipient: Recipient(account), Locale: account.Locale, State: models.MailWaiting, Urgent: models.UrgentMail(template), CreatedAt: now, NextTryAt: now,
		Data: models.MailData{Technical: account.Technical, Name: account.DisplayName}, MessageID: "<" + id + "@" + s.settings.MailHost + ">",
	}
}

// Recipient returns where the account's mails go now, as SMTP takes it.
func Recipient(account models.Account) string {
	email, _ := identifier.ParseStoredEmail(account.Email) // which was checked when it was stored
	return email.Wire
}

// StillDue reports whether a mail that is about to be sent still applies: the account is open, a mail about a password is about
// the current one, and one about a deadline about the present day. A reminder no longer applies once the password has expired. What has changed is always true.
func (s *Service) StillDue(mail models.Mail, account models.Account) bool {
	switch {
	case mail.Template == models.MailSecurity, mail.Data.Test:
		return true
	case account.Closed(s.core.Today()) != "":
		return false
	case mail.Data.Deadline == models.DeadlineEnd:
		return mail.Data.Day == account.ValidUntil
	case mail.Data.Deadline == models.DeadlineInactive:
		return account.InactiveNotified()
	case mail.Data.Deadline == models.DeadlineKey:
		return true // see [Service.StillEnd]
	case mail.PasswordID == "" || mail.Data.LinkID != "":
		return true
	case mail.PasswordID != account.PasswordID:
		return false
	}
	expires, ok := s.policies.Current().ExpiresAt(account)
	return ok && (mail.Template != models.MailReminder || expires.After(s.core.Now()))
}
