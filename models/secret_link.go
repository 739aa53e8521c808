package models

import (
	"errors"
	"time"

	"gorm.io/gorm"
)

// SecretLink hands over a password to anyone who has its token, a number of times and until it ends.
type SecretLink struct {
	ID         string `gorm:"primaryKey"`
	TokenHash  string
	AccountID  string  // whose password it holds
	PasswordID string  // of the password that it holds, see [Account.PasswordID]
	MakerID    *string // nil = made by a command, or the maker's account is gone
	MakerName  string
	Salt       string // a hash in PHC form, with whose salt and parameters the passphrase is hashed; "" = there is no passphrase
	Sealed     []byte // what it holds; nil once it has ended
	Reads      int    // how often it can be read in all
	ReadsLeft  int
	TriesLeft  int // for the passphrase
	CreatedAt  time.Time
	EndsAt     time.Time
	EndedAt    *time.Time // nil = it opens until EndsAt
	Ending     SecretLinkState
}

// SecretLinkState is the state of a secret link.
type SecretLinkState string

// The states of secret links. All but the first are final.
const (
	SecretLinkOpen      SecretLinkState = "open"
	SecretLinkRead      SecretLinkState = "read" // as often as it could be
	SecretLinkExpired   SecretLinkState = "expired"
	SecretLinkRevoked   SecretLinkState = "revoked"
	SecretLinkGuessed   SecretLinkState = "guessed"   // by too many wrong passphrases
	SecretLinkWorthless SecretLinkState = "worthless" // the password was replaced, or the account was disabled
)

// SecretLinkStates returns all states of secret links.
func SecretLinkStates() []SecretLinkState {
	return []SecretLinkState{SecretLinkOpen, SecretLinkRead, SecretLinkExpired, SecretLinkRevoked, SecretLinkGuessed, SecretLinkWorthless}
}

// State returns the state of the link.
func (l SecretLink) State(now time.Time) SecretLinkState {
	switch {
	case l.EndedAt != nil:
		return l.Ending
	case !now.Before(l.EndsAt):
		return SecretLinkExpired
	default:
		return SecretLinkOpen
	}
}

// SecretLinkUse is one time that a secret link was read.
type SecretLinkUse struct {
	ID        string `gorm:"primaryKey"`
	LinkID    string
	At        time.Time
	Address   string
	UserAgent string
}

// TableName is the name of the table.
func (SecretLinkUse) TableName() string { return "secret_link_reads" }

// CreateSecretLink inserts a link.
func (tx *Tx) CreateSecretLink(l SecretLink) error {
	return wrap("creating a secret link", tx.g.Create(&l).Error)
}

// SecretLinkByToken finds a link by the hash of its token, or returns [ErrNotFound].
func (tx *Tx) SecretLinkByToken(hash string) (SecretLink, error) {
	var l SecretLink
	return l, wrap("finding a secret link", tx.g.Take(&l, "token_hash = ?", hash).Error)
}

// SecretLink finds a link by its id, or returns [ErrNotFound].
func (tx *Tx) SecretLink(id string) (SecretLink, error) {
	var l SecretLink
	return l, wrap("finding a secret link", tx.g.Take(&l, "id = ?", id).Error)
}

// openSecretLink is a link that has not ended.
func (tx *Tx) openSecretLink(id string, now time.Time) *gorm.DB {
	return tx.g.Model(&SecretLink{}).Where("id = ? AND ended_at IS NULL AND ends_at > ?", id, now)
}

// TrySecretLink takes one of the tries for the passphrase of a link that has not ended. It returns [ErrNotFound] if none is left.
func (tx *Tx) TrySecretLink(id string, now time.Time) error {
	return changed("counting a try of a secret link", tx.openSecretLink(id, now).Where("tries_left > 0").
		Update("tries_left", gorm.Expr("tries_left - 1")))
}

// ReadSecretLink takes one of the reads of a link that has not ended, gives tries for the passphrase back, and locks the link until the
// transaction ends. It returns [ErrNotFound] if no read is left.
func (tx *Tx) ReadSecretLink(id string, now time.Time, tries int) error {
	return changed("reading a secret link", tx.openSecretLink(id, now).Where("reads_left > 0").
		Updates(map[string]any{"reads_left": gorm.Expr("reads_left - 1"), "tries_left": gorm.Expr("tries_left + ?", tries)}))
}

// RecordSecretLinkUse stores that a link was read.
func (tx *Tx) RecordSecretLinkUse(use SecretLinkUse) error {
	return wrap("recording the use of a secret link", tx.g.Create(&use).Error)
}

// endSecretLinks sets what an ended link has: neither a content nor a way to it.
func endSecretLinks(query *gorm.DB, why SecretLinkState, at any) *gorm.DB {
	return query.Updates(map[string]any{"ended_at": at, "ending": why, "sealed": nil, "salt": ""})
}

// EndSecretLink ends a link and deletes what it holds. It returns [ErrNotFound] if it has ended.
func (tx *Tx) EndSecretLink(id string, why SecretLinkState, at time.Time) error {
	return changed("ending a secret link", endSecretLinks(tx.openSecretLink(id, at), why, at))
}

// EndSecretLinks ends all links with passwords of an account.
func (tx *Tx) EndSecretLinks(accountID string, at time.Time) error {
	query := tx.g.Model(&SecretLink{}).Where("account_id = ? AND ended_at IS NULL AND ends_at > ?", accountID, at)
	return wrap("ending secret links", endSecretLinks(query, SecretLinkWorthless, at).Error)
}

// EndAllSecretLinks revokes every secret link, and returns how many.
func (tx *Tx) EndAllSecretLinks(at time.Time) (ended int, err error) {
	result := endSecretLinks(tx.g.Model(&SecretLink{}).Where("ended_at IS NULL AND ends_at > ?", at), SecretLinkRevoked, at)
	return int(result.RowsAffected), wrap("revoking all secret links", result.Error)
}

// ExpireSecretLinks deletes what links hold that open nothing any more: since their time is over, their account's last day was before today,
// or no try for the passphrase is left.
func (tx *Tx) ExpireSecretLinks(now time.Time, today string) error {
	open := func() *gorm.DB { return tx.g.Model(&SecretLink{}).Where("ended_at IS NULL") }
	ended := tx.g.Model(&Account{}).Select("1").Where("accounts.id = secret_links.account_id AND valid_until <> '' AND valid_until < ?", today)
	return wrap("expiring secret links", errors.Join(
		endSecretLinks(open().Where("ends_at <= ?", now), SecretLinkExpired, gorm.Expr("ends_at")).Error,
		endSecretLinks(open().Where("EXISTS (?)", ended), SecretLinkWorthless, now).Error,
		endSecretLinks(open().Where("tries_left = 0"), SecretLinkGuessed, now).Error,
	))
}

// DeleteSecretLinks deletes links that ended at or before a time, with their uses.
func (tx *Tx) DeleteSecretLinks(endedBy time.Time) error {
	return wrap("deleting secret links", tx.g.Delete(&SecretLink{}, "ended_at <= ?", endedBy).Error)
}

// SecretLinkFilter selects the links of a list. Zero fields do not filter.
type SecretLinkFilter struct {
	MakerID        string
	OrganizationID string // of the account whose password they hold
	After, Before  string // ids: links older than After, newer than Before
	Limit          int
}

// ListedSecretLink is a link with its account and its uses, the oldest first.
type ListedSecretLink struct {
	SecretLink
	Account Account
	Uses    []SecretLinkUse
}

// ListSecretLinks reads one page of links, the newest first.
func (tx *Tx) ListSecretLinks(f SecretLinkFilter) (page Page[ListedSecretLink], err error) {
	query := tx.g.Model(&SecretLink{}).Omit("sealed", "token_hash", "salt")
	if f.MakerID != "" {
		query = query.Where("maker_id = ?", f.MakerID)
	}
	if f.OrganizationID != "" {
		query = query.Where("EXISTS (?)", tx.g.Model(&Account{}).Select("1").
			Where("accounts.id = secret_links.account_id AND organization_id = ?", f.OrganizationID))
	}
	links, err := readPageByID[SecretLink](query, f.After, f.Before, f.Limit)
	if err != nil {
		return page, wrap("listing secret links", err)
	}
	page.More = links.More
	ids, accountIDs := make([]string, len(links.Rows)), make([]string, len(links.Rows))
	for i, link := range links.Rows {
		ids[i], accountIDs[i] = link.ID, link.AccountID
	}
	var uses []SecretLinkUse
	if err := tx.g.Order("id").Find(&uses, "link_id IN ?", ids).Error; err != nil {
		return page, wrap("listing the uses of secret links", err)
	}
	of := map[string][]SecretLinkUse{}
	for _, use := range uses {
		of[use.LinkID] = append(of[use.LinkID], use)
	}
	accounts, err := tx.Accounts(accountIDs)
	if err != nil {
		return page, err
	}
	owners := map[string]Account{}
	for _, account := range accounts {
		owners[account.ID] = account
	}
	for _, link := range links.Rows {
		page.Rows = append(page.Rows, ListedSecretLink{link, owners[link.AccountID], of[link.ID]})
	}
	return page, nil
}
