package models

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Kind says what an account may do.
type Kind string

// The kinds of account.
const (
	SuperAdmin   Kind = "superadmin"
	Organization Kind = "organization"
	Customer     Kind = "customer"
)

// ExpiryNotice says which mail about its expiry the current password has had.
type ExpiryNotice int

// The notices about a password's expiry, in order.
const (
	NotNotified ExpiryNotice = iota
	Reminded
	ExpiryNotified
)

// PasswordFrom says who set an account's present password.
type PasswordFrom string

// Who sets passwords.
const (
	FromOwner    PasswordFrom = "owner"
	FromOperator PasswordFrom = "operator"
	FromImport   PasswordFrom = "import" // as a hash
	FromLink     PasswordFrom = "link"   // the owner, by a set-password link
)

// Account is anything with a name and a password. All times are UTC; a nil time means "never" or "not".
type Account struct {
	ID             string `gorm:"primaryKey"`
	Kind           Kind
	Name           string // as typed
	NameKey        string // as compared
	Email          string
	EmailKey       string
	OrganizationID *string // of customers only
	Technical      bool
	Locale         string // "" = by the browser
	DisplayName    string // what the person is called
	ExternalID     string // the person in another system, such as a customer number; not unique
	Phone          string
	Note           string // of operators, which the owner does not see
	CreatedAt      time.Time
	DisabledAt     *time.Time
	DisabledFor    DisableReason // why; "" = an operator did it
	ValidFrom      string        // first day on which the account is open; "" = no bound. Days are in the form 2006-01-02, in the zone of the settings
	ValidUntil     string        // last day
	EndNotice      string        // the last day of which the owner was notified

	PasswordID    string // new with every password; mails and events about a password refer to it
	PasswordHash  string // "" = no password
	PasswordSetAt *time.Time
	OneTime       bool
	MustChange    bool
	ExpiryNotice  ExpiryNotice
	OwnChangeAt   *time.Time // when the owner chose the password in place of another; nil = an operator set it
	PasswordFrom  PasswordFrom
	PolicyVersion *int // under which the password was set; nil = unknown

	FailedAttempts int // since the count last started at 0
	FailedInRow    int // over any number of blocks
	DeviceFailures int // of all trusted browsers together, since the last success of one
	BlockedAt      *time.Time
	BlockedUntil   *time.Time // nil while BlockedAt is set: without an end
	LastSignInAt   *time.Time

	ActiveAt         time.Time  // the last of creation, sign-in, enabling and the begin of the first day; see [Inactivity]
	InactiveNoticeAt *time.Time // when the owner was last notified that the account will be disabled

	HasFactor     bool // one that counts; this and the next two are kept by the queries that change factors
	HasApp        bool
	HasPasskey    bool
	MustSetFactor bool // the second factor was lost, and another has to be set up
	Emergency     bool // an emergency code was used; kept by the queries that change emergency codes

	read *Account // the row as loaded for update; nil if not loaded for update
}

// Version identifies what operators and the owner have set of the account. It does not change with sign-ins and failed attempts.
func (a Account) Version() string {
	hash := sha256.New()
	organization := ""
	if a.OrganizationID != nil {
		organization = *a.OrganizationID
	}
	for _, part := range []any{
		a.ID, a.Kind, a.Name, a.Email, organization, a.Technical, a.Locale, a.DisplayName, a.ExternalID, a.Phone, a.Note, a.DisabledAt != nil, a.DisabledFor,
		a.ValidFrom, a.ValidUntil, a.PasswordID, a.OneTime, a.MustChange, a.BlockedAt != nil, a.HasApp, a.HasPasskey, a.MustSetFactor,
	} {
		fmt.Fprintf(hash, "%q\n", fmt.Sprint(part))
	}
	return hex.EncodeToString(hash.Sum(nil)[:versionBytes])
}

// versionBytes is how much of a hash a version has.
const versionBytes = 12

// NameIsEmail reports whether the account's name is its e-mail address.
func (a Account) NameIsEmail() bool { return strings.Contains(a.NameKey, "@") }

// OperatorKnows reports whether an operator has set the account's password, which lasts.
func (a Account) OperatorKnows() bool {
	return a.PasswordHash != "" && a.PasswordFrom == FromOperator && !a.OneTime
}

// Pending returns why the account's password opens only the reset page, besides its age; "" = it does not. With ownersOnly, people have to
// replace passwords that operators know.
func (a Account) Pending(ownersOnly bool) State {
	switch {
	case a.OneTime:
		return OneTimeWaiting
	case a.MustChange || ownersOnly && a.OperatorKnows() && !a.Technical:
		return MustChange
	default:
		return ""
	}
}

// ResetFailures ends a block and resets the counts of failed attempts of untrusted clients.
func (a *Account) ResetFailures() {
	a.BlockedAt, a.BlockedUntil = nil, nil
	a.FailedAttempts, a.FailedInRow = 0, 0
}

// Builtin reports whether this is the organization `Default`.
func (a Account) Builtin() bool { return a.ID == DefaultOrganizationID }

// OwnerID returns the id of the organization that may see the account's events: that of a customer, or the organization itself.
// SuperAdmins have none.
func (a Account) OwnerID() string {
	switch {
	case a.OrganizationID != nil:
		return *a.OrganizationID
	case a.Kind == Organization:
		return a.ID
	default:
		return ""
	}
}

// Identifier is a key to sign in with. Names and e-mails share one unique index.
type Identifier struct {
	Key       string `gorm:"primaryKey"`
	AccountID string
}

// Account finds an account by its id, or returns [ErrNotFound].
func (tx *Tx) Account(id string) (Account, error) {
	var a Account
	return a, wrap("finding an account", tx.g.Take(&a, "id = ?", id).Error)
}

// Accounts finds the accounts with the ids, in no particular order. Unknown ids are skipped.
func (tx *Tx) Accounts(ids []string) (rows []Account, err error) {
	return rows, wrap("finding accounts", tx.g.Find(&rows, "id IN ?", ids).Error)
}

// AccountForUpdate finds an account and keeps others from changing it until the transaction ends.
func (tx *Tx) AccountForUpdate(id string) (Account, error) {
	var a Account
	err := tx.forUpdate().Take(&a, "id = ?", id).Error
	a.remember()
	return a, wrap("locking an account", err)
}

// remember keeps the account as it was read, so that saving writes only changed columns: SQLite updates every index of every
// column in a statement.
func (a *Account) remember() {
	read := *a
	a.read = &read
}

// AccountByIdentifier finds the account of the first key that is in use, or returns [ErrNotFound].
func (tx *Tx) AccountByIdentifier(keys ...string) (Account, error) {
	id, err := tx.IdentifierOwner(keys...)
	if err != nil {
		return Account{}, err
	}
	return tx.Account(id)
}

// AccountForShare finds an account and keeps others from changing it until the transaction ends.
func (tx *Tx) AccountForShare(id string) (Account, error) {
	var a Account
	return a, wrap("locking an account", tx.locking("KEY SHARE").Take(&a, "id = ?", id).Error)
}

// UseAccount records that the account is used, to the hour.
func (tx *Tx) UseAccount(id string, at time.Time) error {
	return wrap("recording the use of an account", tx.g.Model(&Account{}).Where("id = ? AND active_at < ?", id, at.Add(-time.Hour)).Update("active_at", at).Error)
}

// CreateAccount inserts an account with its identifiers and skeletons. It returns [ErrTaken] if the name or e-mail is in use, and
// [ErrReferenced] if the organization does not exist.
func (tx *Tx) CreateAccount(a *Account, identifiers ...string) error {
	accounts := []Account{*a}
	err := tx.CreateAccounts(accounts, [][]string{identifiers})
	*a = accounts[0]
	return err
}

// CreateAccounts inserts accounts, each with its identifiers, as [Tx.CreateAccount] does.
func (tx *Tx) CreateAccounts(accounts []Account, identifiers [][]string) error {
	var keys []Identifier
	for i := range accounts {
		if a := &accounts[i]; a.ActiveAt.IsZero() {
			a.ActiveAt = a.CreatedAt
			if a.LastSignInAt != nil && a.LastSignInAt.After(a.ActiveAt) {
				a.ActiveAt = *a.LastSignInAt
			}
		}
		keys = append(keys, identifiersOf(accounts[i].ID, identifiers[i])...)
	}
	if err := tx.g.CreateInBatches(accounts, rowsAtOnce).Error; err != nil {
		return wrap("creating accounts", err)
	}
	if err := tx.saveTexts(accounts); err != nil {
		return err
	}
	if err := tx.addIdentifiers(keys); err != nil {
		return err
	}
	return tx.addSkeletons(accounts)
}

// SaveAccount updates the changed columns of an account, or all columns if it was not loaded for update. It returns
// [ErrNotFound] if the account does not exist.
func (tx *Tx) SaveAccount(a *Account) error {
	// The condition is for gorm, which without it refuses an account without an id instead of finding none.
	err := changed("saving an account",
		tx.g.Model(a).Where("id = ?", a.ID).Select(a.changes()).Omit("id").Updates(a))
	if err == nil && (a.read == nil || a.read.findable() != a.findable()) {
		err = tx.saveTexts([]Account{*a}) // not at each sign-in: IDNA costs more than the rest
	}
	return err
}

// changes returns the fields that differ from what was read. There is always at least one, so that saving always runs a statement.
func (a *Account) changes() []string {
	if a.read == nil {
		return []string{"*"}
	}
	fields := []string{"FailedAttempts"}
	now, before := reflect.ValueOf(*a), reflect.ValueOf(*a.read)
	for i := range now.NumField() {
		field := now.Type().Field(i)
		if field.IsExported() && !reflect.DeepEqual(now.Field(i).Interface(), before.Field(i).Interface()) {
			fields = append(fields, field.Name)
		}
	}
	return fields
}

// DeleteAccount deletes an account and its data. It returns [ErrReferenced] if customers belong to the account.
func (tx *Tx) DeleteAccount(id string) error {
	if err := tx.g.Delete(&Reservation{}, "account_id = ?", id).Error; err != nil {
		return wrap("deleting an account's attempts", err)
	}
	return changed("deleting an account", tx.g.Delete(&Account{}, "id = ?", id))
}

// ReplaceIdentifiers replaces the account's keys. It returns [ErrTaken] if another account has one of them.
func (tx *Tx) ReplaceIdentifiers(accountID string, keys ...string) error {
	if err := tx.g.Delete(&Identifier{}, "account_id = ?", accountID).Error; err != nil {
		return wrap("replacing identifiers", err)
	}
	return tx.addIdentifiers(identifiersOf(accountID, keys))
}

func identifiersOf(accountID string, keys []string) []Identifier {
	rows := make([]Identifier, len(keys))
	for i, key := range keys {
		rows[i] = Identifier{Key: key, AccountID: accountID}
	}
	return rows
}

func (tx *Tx) addIdentifiers(keys []Identifier) error {
	return wrap("adding identifiers", tx.g.CreateInBatches(keys, rowsAtOnce).Error)
}

// IdentifierOwner returns the account of the first key that is in use, or [ErrNotFound].
func (tx *Tx) IdentifierOwner(keys ...string) (accountID string, err error) {
	var rows []Identifier
	if err := tx.g.Find(&rows, "key IN ?", keys).Error; err != nil {
		return "", wrap("finding an identifier", err)
	}
	for _, key := range keys {
		if i := slices.IndexFunc(rows, func(row Identifier) bool { return row.Key == key }); i >= 0 {
			return rows[i].AccountID, nil
		}
	}
	return "", wrap("finding an identifier", gorm.ErrRecordNotFound)
}

// LockEnabledSuperAdmins locks all enabled SuperAdmins in the order of their ids, so that two of them cannot disable each other at the
// same time. It returns them also if their last day has passed, or their first one is ahead.
func (tx *Tx) LockEnabledSuperAdmins() (rows []Account, err error) {
	err = tx.forUpdate().Where("kind = ? AND disabled_at IS NULL", SuperAdmin).Order("id").Find(&rows).Error
	for i := range rows {
		rows[i].remember()
	}
	return rows, wrap("locking the SuperAdmins", err)
}

// HasSuperAdmin reports whether there is a SuperAdmin.
func (tx *Tx) HasSuperAdmin() (bool, error) {
	var one int
	result := tx.g.Model(&Account{}).Select("1").Where("kind = ?", SuperAdmin).Limit(1).Find(&one)
	return result.RowsAffected > 0, wrap("finding a SuperAdmin", result.Error)
}
