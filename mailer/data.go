package mailer

import (
	"time"

	"latchkey/i18n"
	"latchkey/models"
)

// Common is the data that every template gets. Times are formatted already.
type Common struct {
	Locale      string // the language of the mail
	Account     string // its name
	Technical   bool   // only an operator can reset its password
	BaseURL     string
	PasswordURL string // where the owner changes the password
	SignInURL   string
	Help        string // the contact line; "" = none
	ReplyTo     string // address for replies; "" = replies are not read
}

// Reminder is the data of aom-accountpasswordExpirationReminder.
type Reminder struct {
	Common
	ExpiresAt string
}

// Expiration is the data of aom-accountpasswordExpiration.
type Expiration struct {
	Common
	ExpiredAt string
}

// Blacklisted is the data of aom-accountBlacklisted.
type Blacklisted struct {
	Common
	Attempts     int // failed sign-ins in a row
	BlockedAt    string
	BlockedUntil string // "" if Forever
	Forever      bool   // until an operator unblocks the account
	Over         bool   // the block ended before the mail was sent
	Known        bool   // trusted browsers can still sign in
}

// data returns the data for the mail's template, or nil if there is no such mail.
func (m *Mailer) data(mail models.Mail, words i18n.Words, now time.Time) any {
	common, facts := m.common(mail, words), mail.Data
	switch mail.Template {
	case models.MailReminder:
		return Reminder{common, m.formatTime(words, facts.ExpiresAt)}
	case models.MailExpiration:
		return Expiration{common, m.formatTime(words, facts.ExpiresAt)}
	case models.MailBlacklisted:
		until := facts.BlockedUntil
		return Blacklisted{
			Common: common, Attempts: facts.Attempts, BlockedAt: m.formatTime(words, facts.BlockedAt),
			BlockedUntil: m.formatTime(words, until), Forever: until.IsZero(), Over: !until.IsZero() && !until.After(now), Known: facts.Known,
		}
	default:
		return nil
	}
}

func (m *Mailer) common(mail models.Mail, words i18n.Words) Common {
	common := Common{
		Locale: words.Locale, Account: displayName(mail), Technical: mail.Data.Technical, BaseURL: m.baseURL,
		PasswordURL: m.baseURL + "/password", SignInURL: m.baseURL + "/sign-in", Help: m.help,
	}
	if m.replyTo != nil {
		common.ReplyTo = m.replyTo.Address
	}
	return common
}

// displayName is the account name in the mail. A test mail shows an invented one, so that it is not mistaken for a real one.
func displayName(mail models.Mail) string {
	if mail.Data.Test {
		return sampleAccount
	}
	return cleanName(mail.AccountName)
}

// formatTime formats a time in the configured zone; the zero time is "".
func (m *Mailer) formatTime(words i18n.Words, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return words.Times(m.zone).Long(at)
}
