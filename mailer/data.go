package mailer

import (
	"time"

	"latchkey/i18n"
	"latchkey/models"
)

// Common is what every mail's template can tell. Times in the data are words already.
type Common struct {
	Locale      string // of the mail's language
	Account     string // its name
	Technical   bool   // only an operator resets its password
	BaseURL     string
	PasswordURL string // where the owner changes the password
	SignInURL   string
	Help        string // the contact line; "" = none
	ReplyTo     string // the address that replies go to; "" = nobody reads them
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
	BlockedUntil string // "" where Forever
	Forever      bool   // until an operator unblocks
	Over         bool   // the end has come before the mail was sent
	Known        bool   // browsers that signed in before are not shut out
}

// data makes what the mail's template needs; nil where there is no such mail.
func (m *Mailer) data(mail models.Mail, words i18n.Words, now time.Time) any {
	common, facts := m.common(mail, words), mail.Data
	switch mail.Template {
	case models.MailReminder:
		return Reminder{common, m.inWords(words, facts.ExpiresAt)}
	case models.MailExpiration:
		return Expiration{common, m.inWords(words, facts.ExpiresAt)}
	case models.MailBlacklisted:
		until := facts.BlockedUntil
		return Blacklisted{
			Common: common, Attempts: facts.Attempts, BlockedAt: m.inWords(words, facts.BlockedAt),
			BlockedUntil: m.inWords(words, until), Forever: until.IsZero(), Over: !until.IsZero() && !until.After(now), Known: facts.Known,
		}
	default:
		return nil
	}
}

func (m *Mailer) common(mail models.Mail, words i18n.Words) Common {
	common := Common{
		Locale: words.Locale, Account: told(mail), Technical: mail.Data.Technical, BaseURL: m.baseURL,
		PasswordURL: m.baseURL + "/password", SignInURL: m.baseURL + "/sign-in", Help: m.help,
	}
	if m.replyTo != nil {
		common.ReplyTo = m.replyTo.Address
	}
	return common
}

// told is the name of the account that a mail tells of: a test tells of nobody, least of all of the account that gets it.
func told(mail models.Mail) string {
	if mail.Data.Test {
		return sampleAccount
	}
	return cleanName(mail.AccountName)
}

// inWords writes a time for people, in the zone of the settings; "" for no time.
func (m *Mailer) inWords(words i18n.Words, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return words.Times(m.zone).Long(at)
}
