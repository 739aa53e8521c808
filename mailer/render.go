package mailer

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"html"
	htmltemplate "html/template"
	"regexp"
	"strings"
	"time"

	"latchkey/brand"
	"latchkey/i18n"
	"latchkey/models"
)

// ErrTemplate means that there is no mail of that name.
var ErrTemplate = errors.New("there is no such mail")

// Common is the data that every template gets. Times are formatted already.
type Common struct {
	Locale      string // the language of the mail
	Service     string // its name, see LATCHKEY_NAME
	Account     string // its name
	Name        string // of the person; "" = not known, or a technical account
	Technical   bool   // only an operator can reset its password
	BaseURL     string
	PasswordURL string // where the owner changes the password
	LinkURL     string // the link of the mail; "" = it has none
	SignInURL   string
	Help        string // the contact line; "" = none
	ReplyTo     string // address for replies; "" = replies are not read
	Light, Dark brand.Tones
	Logo        *Logo // nil = none
}

// Logo is the operator's logo as a part of the mail: programs do not load pictures from elsewhere unless asked.
type Logo struct {
	URL           htmltemplate.URL
	Width, Height int // in pixels
}

// logoID is the Content-ID of the part.
const logoID = "logo@latchkey"

// logoOf returns the logo if it is a PNG file. Common mail programs show neither SVG nor WebP.
func logoOf(b brand.Brand) *Logo {
	if b.Logo == nil || b.Logo.Type != brand.TypePNG {
		return nil
	}
	width, height := b.Logo.Size()
	return &Logo{"cid:" + logoID, width, height}
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

// SetPassword is the data of latchkey-setPassword.
type SetPassword struct {
	Common
	Purpose string // invitation, reset or forgotten
	EndsAt  string
	Address string // IP address from which a forgotten password was reported; "" = not known
}

// SecurityChanged is the data of latchkey-securityChanged.
type SecurityChanged struct {
	Common
	Change     string // of [models.SecurityChanges]
	At         string
	Address    string // IP address of the client; "" = not known
	ByOperator bool

	// Of an emergency code: who holds it, when it opens the account, and where its owner can stop it.
	Person, OpensAt, EmergencyURL string

	Key, KeysURL string // of an API key: its title, and the page of all keys

	RestorableUntil string // of a deletion; "" = it cannot be undone
}

// Deadline is the data of latchkey-deadline.
type Deadline struct {
	Common
	Deadline string // of [models.Deadlines]
	Day      string // the last day of the account or key, or that on which the account is disabled

	Key, KeysURL string // of an API key: its title, and the page of all keys
}

// hiddenToken takes the place of a link's token wherever the mail is stored or shown.
const hiddenToken = "•••"

// ConfirmEmail is the data of latchkey-confirmEmail.
type ConfirmEmail struct {
	Common
	Purpose string // confirm-email, to the new address, or undo-email, to the former one
	EndsAt  string // when the link ends
	Address string // IP address from which the change was asked for or confirmed; "" = unknown
}

// OperatorNotice is the data of latchkey-operatorNotice.
type OperatorNotice struct {
	Common
	Notice  string // what happened, such as [models.NoticeSecretLinkRead]
	Subject string // the account that it is about
	At      string
	Address string // IP address of the client
	URL     string // the page about it
	Count   int    // accounts that end
	Day     string // on which they do
}

// common returns what every template gets. The facts are those of the mail.
func (m *Mailer) common(mail models.Mail, facts models.MailData, token string, words i18n.Words) Common {
	colours := m.Brand.Colours()
	common := Common{
		Locale: words.Locale, Service: m.Brand.Title(), Account: cleanName(mail.AccountName), Technical: facts.Technical, BaseURL: m.BaseURL,
		PasswordURL: m.BaseURL + "/password", SignInURL: m.BaseURL + "/sign-in", Help: m.Help,
		Light: colours.Light, Dark: colours.Dark, Logo: m.logo,
	}
	if path := facts.LinkPurpose.Page(); path != "" {
		common.LinkURL = m.BaseURL + path + cmp.Or(token, hiddenToken)
	}
	if facts.Test {
		common.Account = sampleAccount
	}
	if !facts.Technical {
		common.Name = cleanPerson(facts.Name)
	}
	if m.ReplyTo != nil {
		common.ReplyTo = m.ReplyTo.Address
	}
	return common
}

// data returns the data for the mail's template, or nil if there is no such mail.
func (m *Mailer) data(mail models.Mail, token string, words i18n.Words) any {
	facts := mail.Data
	if facts.Test {
		facts.Name, facts.Subject = samplePerson, sampleSubject // so that the mail is not mistaken for a real one
	}
	common := m.common(mail, facts, token, words)
	format := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return words.Times(m.Zone).Long(at)
	}
	switch mail.Template {
	case models.MailReminder:
		return Reminder{common, format(facts.ExpiresAt)}
	case models.MailExpiration:
		return Expiration{common, format(facts.ExpiresAt)}
	case models.MailBlacklisted:
		until := facts.BlockedUntil
		return Blacklisted{
			Common: common, Attempts: facts.Attempts, BlockedAt: format(facts.BlockedAt), BlockedUntil: format(until),
			Forever: until.IsZero(), Over: !until.IsZero() && !until.After(m.Now()), Known: facts.Known,
		}
	case models.MailSetPassword:
		return SetPassword{common, string(facts.LinkPurpose), format(facts.EndsAt), facts.Address}
	case models.MailConfirmEmail:
		return ConfirmEmail{common, string(facts.LinkPurpose), format(facts.EndsAt), facts.Address}
	case models.MailSecurity:
		return SecurityChanged{
			Common: common, Change: string(facts.Change), At: format(facts.ChangedAt), Address: facts.Address, ByOperator: facts.ByOperator,
			Person: cmp.Or(cleanPerson(facts.Person), "?"), OpensAt: format(facts.OpensAt), RestorableUntil: format(facts.RestorableUntil), EmergencyURL: m.BaseURL + "/me/emergency-codes",
			Key: cmp.Or(cleanPerson(facts.Key), "?"), KeysURL: m.BaseURL + "/me/api-keys",
		}
	case models.MailOperator:
		url := m.BaseURL + "/secret-links"
		if facts.Notice == models.NoticeAccountsEnd {
			url = m.BaseURL + "/accounts?ends=" + facts.Day
		}
		return OperatorNotice{
			Common: common, Notice: string(facts.Notice), Subject: cleanName(facts.Subject), At: format(facts.ChangedAt), Address: facts.Address,
			URL: url, Count: facts.Count, Day: dayOf(facts.Day, words),
		}
	case models.MailDeadline:
		return Deadline{common, string(facts.Deadline), dayOf(facts.Day, words), cmp.Or(cleanPerson(facts.Key), "?"), m.BaseURL + "/me/api-keys"}
	default:
		return nil
	}
}

// dayOf formats a day that is written as 2006-01-02.
func dayOf(day string, words i18n.Words) string {
	at, _ := time.Parse(time.DateOnly, day)
	return words.Times(time.UTC).Date(at)
}

// Rendered is the text of a mail.
type Rendered struct {
	Subject string // one line
	Text    string // lines end with LF
	HTML    string // a whole document
}

// Render fills the templates of the mail in its language, or in the first language if there are none. Token is that of the link in the
// mail; with "" it is hidden, as wherever the mail is stored or shown. A test mail is marked
// as such. The error is [ErrTemplate], or that of a template with its file and line.
func (m *Mailer) Render(mail models.Mail, token string) (Rendered, error) {
	words := m.words.For(mail.Locale, "")
	data := m.data(mail, token, words)
	if data == nil {
		return Rendered{}, fmt.Errorf("%q: %w", mail.Template, ErrTemplate)
	}
	filled, err := m.templates[templateKey{words.Locale, mail.Template}].fill(data)
	if err != nil || !mail.Data.Test {
		return filled, err
	}
	return filled.asTest(words), nil
}

// usualHTML is the usual size of an HTML part in bytes; the buffer starts with it.
const usualHTML = 12 << 10

func (t template) fill(data any) (Rendered, error) {
	var subject, text, html bytes.Buffer
	html.Grow(usualHTML)
	if err := errors.Join(
		t.text.ExecuteTemplate(&subject, "subject", data), t.text.Execute(&text, data), t.html.Execute(&html, data),
	); err != nil {
		return Rendered{}, err
	}
	return Rendered{cleanLine(subject.String()), cleanText(text.String()), cleanText(html.String())}, t.checkSubject(subject.String())
}

// checkSubject rejects a subject that is empty or has several lines.
func (t template) checkSubject(subject string) error {
	var why string
	switch {
	case cleanLine(subject) == "":
		why = "the subject is empty"
	case strings.ContainsAny(strings.TrimSpace(subject), "\r\n\v\f\u0085\u2028\u2029"):
		why = "the subject has more than one line"
	default:
		return nil
	}
	tree := t.text.Lookup("subject").Tree
	at, _ := tree.ErrorContext(tree.Root)
	return fmt.Errorf("%s: %s", at, why)
}

// checkTemplates renders every mail in every language and state, with and without a contact line, a reply address and a logo. A field
// or template that does not exist is an error of rendering.
func (m *Mailer) checkTemplates() error {
	without, with := *m, *m
	without.Help, without.ReplyTo, without.logo = "", nil, nil
	with.Help, with.ReplyTo, with.logo = "Help", m.From, &Logo{Width: 1, Height: 1}
	var wrong []error
	for _, key := range templateKeys() {
		for _, sample := range Samples(key.name, m.Now()) {
			sample.Mail.Locale = key.locale
			for _, variant := range []*Mailer{&without, &with} {
				_, err := variant.Render(sample.Mail, "")
				wrong = append(wrong, err)
			}
		}
	}
	if err := distinct(wrong); err != nil {
		return fmt.Errorf("mail template: %w", err)
	}
	return nil
}

// asTest marks a mail as a test in its subject and at the top of both parts, whatever its templates are.
func (r Rendered) asTest(words i18n.Words) Rendered {
	notice := words.T("This is a test e-mail with sample data. Nothing has happened to any account.")
	return Rendered{
		Subject: words.T("Test: {{.Subject}}", "Subject", r.Subject),
		Text:    notice + "\n\n" + r.Text,
		HTML:    prepend(r.HTML, `<p style="`+noticeStyle+`">`+html.EscapeString(notice)+"</p>"),
	}
}

// noticeStyle sets text and background colours, so that the notice is readable in light and dark mode.
const noticeStyle = "margin:0;padding:12px 16px;font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:20px;" +
	"text-align:center;color:#4d3300;background-color:#fde9b8;"

// bodyTag starts the visible part of a document.
var bodyTag = regexp.MustCompile(`(?i)<body(\s("[^"]*"|'[^']*'|[^>"'])*)?>`)

// prepend inserts a piece at the top of the visible part of a document.
func prepend(document, piece string) string {
	at := 0
	if found := bodyTag.FindStringIndex(document); found != nil {
		at = found[1]
	}
	return document[:at] + "\n" + piece + document[at:]
}
