package models

import (
	"time"

	"gorm.io/gorm/clause"
)

// MailState is the state of a mail.
type MailState string

// The states of a mail. All but the first two are final.
const (
	MailWaiting  MailState = "waiting"
	MailSending  MailState = "sending"
	MailSent     MailState = "sent"
	MailFailed   MailState = "failed"
	MailCaptured MailState = "captured"  // there was no SMTP server; the mail page shows it
	MailDropped  MailState = "dropped"   // its text was no longer true
	MailHeldBack MailState = "held-back" // the owner has had enough mails of the kind
)

// The names of the mails, as in the source of the policy.
const (
	MailReminder    = "aom-accountpasswordExpirationReminder"
	MailExpiration  = "aom-accountpasswordExpiration"
	MailBlacklisted = "aom-accountBlacklisted"
	MailSecurity    = "latchkey-securityChanged"
	MailSetPassword = "latchkey-setPassword"

	MailConfirmEmail = "latchkey-confirmEmail"
	MailOperator     = "latchkey-operatorNotice"
	MailDeadline     = "latchkey-deadline"
)

// MailTemplates returns the names of all mails.
func MailTemplates() []string {
	return []string{MailReminder, MailExpiration, MailBlacklisted, MailSecurity, MailSetPassword, MailConfirmEmail, MailOperator, MailDeadline}
}

// UrgentMail reports whether a person may wait for a mail of the template. The others are sent because of a date, to many accounts at once.
func UrgentMail(template string) bool {
	return template != MailReminder && template != MailExpiration && template != MailDeadline
}

// FixedRecipient reports whether mails of the template go to the address for which they were queued, even if the account has another one
// since: an attacker may have changed it.
func FixedRecipient(template string) bool {
	return template == MailSecurity || template == MailConfirmEmail
}

// SecurityChange is what a mail of [MailSecurity] is about.
type SecurityChange string

// The changes that owners are notified of.
const (
	PasswordChanged       SecurityChange = "password-changed" // by the owner
	PasswordReset         SecurityChange = "password-reset"   // by an operator
	EmailChanged          SecurityChange = "email-changed"    // sent to the former address
	EmailRestored         SecurityChange = "email-restored"   // a change was taken back; sent to the address that is no longer in use
	NewBrowser            SecurityChange = "new-browser"
	FactorAdded           SecurityChange = "factor-added"
	FactorRemoved         SecurityChange = "factor-removed"
	FactorsReset          SecurityChange = "factors-reset" // by an operator
	RecoveryCodesReplaced SecurityChange = "recovery-codes-replaced"
	RecoveryCodeUsed      SecurityChange = "recovery-code-used"

	EmergencyAdded     SecurityChange = "emergency-code-added"
	EmergencyRemoved   SecurityChange = "emergency-code-removed"
	EmergencyRequested SecurityChange = "emergency-access-requested"
	EmergencyOpened    SecurityChange = "emergency-access-used"

	KeyAdded   SecurityChange = "api-key-created"
	KeyRevoked SecurityChange = "api-key-revoked"
	KeyUsed    SecurityChange = "api-key-used" // from a network that is new to the key

	AccountDeleted  SecurityChange = "account-deleted"
	AccountRestored SecurityChange = "account-restored"
)

// SecurityChanges returns all changes that owners are notified of.
func SecurityChanges() []SecurityChange {
	return []SecurityChange{
		PasswordChanged, PasswordReset, EmailChanged, NewBrowser, FactorAdded, FactorRemoved, FactorsReset, RecoveryCodesReplaced, RecoveryCodeUsed,
		EmergencyAdded, EmergencyRemoved, EmergencyRequested, EmergencyOpened,
		KeyAdded, KeyRevoked, KeyUsed,
		AccountDeleted, AccountRestored, EmailRestored,
	}
}

// OperatorNotice is what a mail of [MailOperator] is about.
type OperatorNotice string

// What operators are notified of.
const (
	NoticeSecretLinkRead OperatorNotice = "secret-link-read" // for the first time
	NoticeAccountsEnd    OperatorNotice = "accounts-end"     // that they look after
)

// Deadline is what a mail of [MailDeadline] is about.
type Deadline string

// The deadlines that owners are notified of.
const (
	DeadlineEnd      Deadline = "account-ends"
	DeadlineInactive Deadline = "account-unused" // it is about to be disabled, see [Account]
	DeadlineKey      Deadline = "api-key-ends"
)

// Deadlines returns all deadlines that owners are notified of.
func Deadlines() []Deadline { return []Deadline{DeadlineEnd, DeadlineInactive, DeadlineKey} }

// MailStates returns all states of mails.
func MailStates() []MailState {
	return []MailState{MailWaiting, MailSending, MailSent, MailFailed, MailCaptured, MailDropped, MailHeldBack}
}

// Mail is a mail with its cause and outcome. The table is both the ledger and the queue.
type Mail struct {
	ID          string `gorm:"primaryKey"`
	Template    string
	OnceKey     string // unique: two mails for the same cause cannot be
	AccountID   *string
	AccountName string
	PasswordID  string // the password that the mail is about
	Recipient   string
	Locale      string
	Data        MailData `gorm:"serializer:json"`
	State       MailState
	Urgent      bool // claimed before others, see [UrgentMail]
	CreatedAt   time.Time
	Tries       int
	NextTryAt   time.Time
	LeaseUntil  *time.Time
	LeaseID     string
	LastTryAt   *time.Time
	LastAnswer  string
	MessageID   string
	DoneAt      *time.Time
	RetriedAt   *time.Time // since when it is due, if that is later than it was queued: for the first day of its account, or an operator had it sent again
	TriesBefore int        // of the tries, those that the pauses no longer count: the server was away, or it was sent again
	Subject     string
	TextBody    string
	HTMLBody    string

	DeletedAccountID *string // the account that the mail was about, which was deleted; nil = it was not
}

// MailData are the facts in a mail. Times are UTC.
type MailData struct {
	ExpiresAt    time.Time `json:"expires_at,omitzero"`
	BlockedAt    time.Time `json:"blocked_at,omitzero"`
	BlockedUntil time.Time `json:"blocked_until,omitzero"` // zero: without an end
	Attempts     int       `json:"attempts,omitempty"`
	Technical    bool      `json:"technical,omitempty"`

	// Of a change: what it was, when, from which IP address, and whether an operator made it.
	Change     SecurityChange `json:"change,omitempty"`
	ChangedAt  time.Time      `json:"changed_at,omitzero"`
	Address    string         `json:"address,omitempty"`
	ByOperator bool           `json:"by_operator,omitempty"`

	// Of an API key: its title, and its id if the mail is about its end.
	Key   string `json:"key,omitempty"`
	KeyID string `json:"key_id,omitempty"`

	// Of an emergency code: who holds it, and from when on it opens the account.
	Person  string    `json:"person,omitempty"`
	OpensAt time.Time `json:"opens_at,omitzero"`

	// Of the link in the mail, whose token is made when the mail is sent. EndsAt is when the link ends.
	LinkID      string      `json:"link_id,omitempty"`
	LinkPurpose LinkPurpose `json:"link_purpose,omitempty"`
	EndsAt      time.Time   `json:"ends_at,omitzero"`

	// Of a notice to operators: what happened, and the account that it is about. When and from where is as of a change.
	Notice    OperatorNotice `json:"notice,omitempty"`
	Subject   string         `json:"subject,omitempty"` // name
	SubjectID string         `json:"subject_id,omitempty"`

	// Of a deletion: until when it can be undone; zero: it cannot.
	RestorableUntil time.Time `json:"restorable_until,omitzero"`

	// Of a deadline: what it is, and its day, as 2006-01-02: the last day of the account, or that on which it is disabled. Of a notice to
	// operators: how many accounts end on the day.
	Count    int      `json:"count,omitempty"`
	Deadline Deadline `json:"deadline,omitempty"`
	Day      string   `json:"day,omitempty"`

	Name  string `json:"name,omitempty"`  // of the person
	Known bool   `json:"known,omitempty"` // browsers that signed in before are not shut out
	Test  bool   `json:"test,omitempty"`  // an operator tries the mail: what it says is invented
}

// QueueMail inserts a mail. It returns [ErrTaken] if there is one with the same once key.
func (tx *Tx) QueueMail(m *Mail) error {
	return wrap("queueing a mail", tx.g.Create(m).Error)
}

// QueueNotices inserts mails with one statement, and returns how many. Mails that were queued before are not changed.
func (tx *Tx) QueueNotices(mails []Mail) (count int, err error) {
	once := clause.OnConflict{Columns: []clause.Column{{Name: "once_key"}}, DoNothing: true}
	result := tx.g.Clauses(once).Create(&mails)
	return int(result.RowsAffected), wrap("queueing mails", result.Error)
}

// Mail finds a mail, or returns [ErrNotFound].
func (tx *Tx) Mail(id string) (Mail, error) {
	var m Mail
	return m, wrap("finding a mail", tx.g.Take(&m, "id = ?", id).Error)
}

// TestMailKey is the once key of a test mail. Its prefix distinguishes test mails from others.
func TestMailKey(cause string) string { return testPrefix + cause }

const testPrefix = "test:"

// MailByOnceKey finds the mail for a cause, or returns [ErrNotFound].
func (tx *Tx) MailByOnceKey(key string) (Mail, error) {
	var m Mail
	return m, wrap("finding a mail", tx.g.Take(&m, "once_key = ?", key).Error)
}

// CountMails counts the account's mails of a template since a time that were not held back, without tests.
func (tx *Tx) CountMails(accountID, template string, since time.Time) (count int64, err error) {
	err = tx.g.Model(&Mail{}).Where("account_id = ? AND created_at > ? AND template = ?", accountID, since, template).
		Where("state <> ? AND once_key NOT LIKE ?", MailHeldBack, testPrefix+"%").Count(&count).Error
	return count, wrap("counting mails", err)
}

// NoticeCause is the cause in the once key of a mail about a change, see [Tx.CountNotices].
func NoticeCause(change SecurityChange, eventID string) string { return string(change) + ":" + eventID }

// CountNotices counts the account's mails about a change since a time.
func (tx *Tx) CountNotices(accountID string, change SecurityChange, since time.Time) (count int64, err error) {
	err = tx.g.Model(&Mail{}).Where("account_id = ? AND created_at > ? AND template = ?", accountID, since, MailSecurity).
		Where("once_key LIKE ?", MailSecurity+":"+NoticeCause(change, "%")).Count(&count).Error
	return count, wrap("counting mails", err)
}

// CountTestMails counts the account's test mails since a time.
func (tx *Tx) CountTestMails(accountID string, since time.Time) (count int64, err error) {
	err = tx.g.Model(&Mail{}).Where("account_id = ? AND created_at > ? AND template IN ?", accountID, since, MailTemplates()).
		Where("once_key LIKE ?", testPrefix+"%").Count(&count).Error
	return count, wrap("counting mails", err)
}

// MailFilter selects the mails of a list. Zero fields do not filter.
type MailFilter struct {
	State         MailState
	Template      string
	Recipient     string // in lower case
	AccountID     string
	After, Before string // ids: mails older than After, newer than Before
	Limit         int
}

// ListMails reads one page of mails, the newest first, without their bodies.
func (tx *Tx) ListMails(f MailFilter) (Page[Mail], error) {
	query := tx.g.Omit("text_body", "html_body")
	state, template := "state = ?", "template = ?"
	if f.Recipient != "" || f.AccountID != "" { // whose index serves: SQLite would take that of both others
		state, template = "(state = ?) IS TRUE", "(template = ?) IS TRUE"
	}
	if f.State != "" {
		query = query.Where(state, f.State)
	}
	if f.Template != "" {
		query = query.Where(template, f.Template)
	}
	if f.Recipient != "" {
		query = query.Where("lower(recipient) = ?", f.Recipient)
	}
	if f.AccountID != "" {
		query = query.Where("account_id = ?", f.AccountID)
	}
	page, err := readPageByID[Mail](query, f.After, f.Before, f.Limit)
	return page, wrap("listing mails", err)
}

// CountMailsIn counts mails in a state, up to most.
func (tx *Tx) CountMailsIn(state MailState, most int) (int64, error) {
	var count int64
	some := tx.g.Model(&Mail{}).Select("1").Where("state = ?", state).Limit(most)
	return count, wrap("counting mails", tx.g.Table("(?) AS found", some).Count(&count).Error)
}

// MailTry is a failed try to send a mail, with the server's answer. The successful try is in the mail itself.
type MailTry struct {
	MailID string `gorm:"primaryKey"`
	Number int    `gorm:"primaryKey"` // the mail's Tries then
	At     time.Time
	Answer string
}

// RecordMailTry stores a failed try.
func (tx *Tx) RecordMailTry(t MailTry) error {
	return wrap("recording a mail try", tx.g.Create(&t).Error)
}

// mostTries limits how many tries of a mail a page shows. In five days there are about 15, and operators can add more.
const mostTries = 100

// MailTries returns the last failed tries of a mail, the oldest first.
func (tx *Tx) MailTries(mailID string) (rows []MailTry, err error) {
	last := tx.g.Model(&MailTry{}).Where("mail_id = ?", mailID).Order("number DESC").Limit(mostTries)
	err = tx.g.Table("(?) AS last", last).Order("number").Find(&rows).Error
	return rows, wrap("reading mail tries", err)
}
