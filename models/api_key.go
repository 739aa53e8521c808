package models

import (
	"strings"
	"time"

	"gorm.io/gorm/clause"
)

// APIKey lets programs act for an account.
type APIKey struct {
	ID         string `gorm:"primaryKey"`
	AccountID  string
	Title      string
	Prefix     string // the first characters of the key, which may be shown
	Hash       string
	CanWrite   bool
	CanVerify  bool     // passwords of the accounts in its scope
	Direct     bool     // it works without a token
	Scope      APIScope // whose customers it may be used for
	Networks   string   // from which it may be used, with spaces between; "" = everywhere
	CreatedAt  time.Time
	EndsAt     time.Time
	EndNoticed bool       // the owner was notified that it ends
	LastUsedAt *time.Time // nil = never
	// LastAddress is the IP address of the last use; "" = none.
	LastAddress string
}

// APIScope is what an API key is limited to: [ScopeAll], or the ids of organizations with spaces between.
type APIScope string

// ScopeAll means everything that the key's account may do.
const ScopeAll APIScope = "all"

// ScopeOf returns the scope of the organizations.
func ScopeOf(organizationIDs []string) APIScope { return APIScope(strings.Join(organizationIDs, " ")) }

// Organizations returns the ids of the organizations that the scope is limited to, which may be none; nil = it is not limited.
func (s APIScope) Organizations() []string {
	if s == ScopeAll {
		return nil
	}
	return append([]string{}, strings.Fields(string(s))...)
}

// Ended reports whether the key has ended.
func (k APIKey) Ended(now time.Time) bool { return !k.EndsAt.After(now) }

// APIToken is what a key, or the password of a technical account, is exchanged for.
type APIToken struct {
	ID         string `gorm:"primaryKey"`
	Hash       string
	AccountID  string
	KeyID      *string // nil = the password
	PasswordID string  // of the password; "" with a key
	CreatedAt  time.Time
	EndsAt     time.Time
}

// APIKeyNetwork is a network from which a key was used.
type APIKeyNetwork struct {
	KeyID   string `gorm:"primaryKey"`
	Network string `gorm:"primaryKey"`
}

// CreateAPIKey inserts a key. It returns [ErrTaken] if its prefix is in use.
func (tx *Tx) CreateAPIKey(k APIKey) error {
	return wrap("creating an API key", tx.g.Create(&k).Error)
}

// APIKeys returns the account's keys, the oldest first.
func (tx *Tx) APIKeys(accountID string) (rows []APIKey, err error) {
	err = tx.g.Order("created_at, id").Find(&rows, "account_id = ?", accountID).Error
	return rows, wrap("listing API keys", err)
}

// APIKey finds one of the account's keys, or returns [ErrNotFound].
func (tx *Tx) APIKey(accountID, id string) (APIKey, error) {
	var k APIKey
	return k, wrap("finding an API key", tx.g.Take(&k, "id = ? AND account_id = ?", id, accountID).Error)
}

// APIKeyForShare finds a key and keeps others from deleting it until the transaction ends.
func (tx *Tx) APIKeyForShare(id string) (APIKey, error) {
	var k APIKey
	return k, wrap("locking an API key", tx.locking("KEY SHARE").Take(&k, "id = ?", id).Error)
}

// APIKeyByHash finds a key by its hash, with its account. It returns [ErrNotFound] unless the key is valid and the account is open today.
func (tx *Tx) APIKeyByHash(hash string, now time.Time, today string) (k APIKey, a Account, err error) {
	if err := tx.g.Take(&k, "hash = ? AND ends_at > ?", hash, now).Error; err != nil {
		return APIKey{}, a, wrap("finding an API key", err)
	}
	a, err = tx.openAccount(k.AccountID, today)
	return k, a, err
}

// APITokenByHash finds a token by its hash, with its key, if it has one, and its account. It returns [ErrNotFound] unless all are valid, and
// the account is open today.
func (tx *Tx) APITokenByHash(hash string, now time.Time, today string) (t APIToken, k APIKey, a Account, err error) {
	if err := tx.g.Take(&t, "hash = ? AND ends_at > ?", hash, now).Error; err != nil {
		return APIToken{}, k, a, wrap("finding an API token", err)
	}
	if t.KeyID != nil {
		if err := tx.g.Take(&k, "id = ? AND ends_at > ?", *t.KeyID, now).Error; err != nil {
			return t, APIKey{}, a, wrap("finding a token's API key", err)
		}
	}
	a, err = tx.openAccount(t.AccountID, today)
	if err == nil && t.KeyID == nil && t.PasswordID != a.PasswordID {
		err = ErrNotFound
	}
	return t, k, a, err
}

// openAccount finds an account that is open today.
func (tx *Tx) openAccount(id, today string) (a Account, err error) {
	isOpen := openOn(today)
	return a, wrap("finding an open account", tx.g.Where(isOpen.sql, isOpen.args...).Take(&a, "id = ?", id).Error)
}

// DeleteAPIKey deletes one of the account's keys with its tokens and returns it, or [ErrNotFound].
func (tx *Tx) DeleteAPIKey(accountID, id string) (APIKey, error) {
	k, err := tx.APIKey(accountID, id)
	if err != nil {
		return k, err
	}
	return k, changed("deleting an API key", tx.g.Delete(&APIKey{}, "id = ?", id))
}

// DeleteAPITokensOf deletes the account's tokens.
func (tx *Tx) DeleteAPITokensOf(accountID string) error {
	return wrap("deleting API tokens", tx.g.Delete(&APIToken{}, "account_id = ?", accountID).Error)
}

// UseAPIKey records the last use of a key.
func (tx *Tx) UseAPIKey(id string, at time.Time, address string) error {
	return wrap("recording the use of an API key", tx.g.Model(&APIKey{}).Where("id = ?", id).
		Updates(map[string]any{"last_used_at": at, "last_address": address}).Error)
}

// AddAPIKeyNetwork records a network from which a key was used, and reports whether it is new.
func (tx *Tx) AddAPIKeyNetwork(keyID, network string) (added bool, err error) {
	result := tx.g.Clauses(clause.OnConflict{DoNothing: true}).Create(&APIKeyNetwork{keyID, network})
	return result.RowsAffected > 0, wrap("recording the network of an API key", result.Error)
}

// CreateAPIToken inserts a token.
func (tx *Tx) CreateAPIToken(t APIToken) error {
	return wrap("creating an API token", tx.g.Create(&t).Error)
}

// APITokenForShare finds a token and keeps others from deleting it until the transaction ends.
func (tx *Tx) APITokenForShare(id string) (APIToken, error) {
	var t APIToken
	return t, wrap("locking an API token", tx.locking("KEY SHARE").Take(&t, "id = ?", id).Error)
}

// DeleteAPITokens deletes all tokens and returns how many.
func (tx *Tx) DeleteAPITokens() (deleted int, err error) {
	result := tx.g.Delete(&APIToken{}, "1 = 1")
	return int(result.RowsAffected), wrap("deleting API tokens", result.Error)
}

// DeleteEndedAPIKeys deletes tokens that have ended, and keys that ended before a time.
func (tx *Tx) DeleteEndedAPIKeys(now, keysBefore time.Time) error {
	if err := tx.g.Delete(&APIToken{}, "ends_at <= ?", now).Error; err != nil {
		return wrap("deleting ended API tokens", err)
	}
	return wrap("deleting ended API keys", tx.g.Delete(&APIKey{}, "ends_at <= ?", keysBefore).Error)
}

// APIKeysEnding returns keys that end until a time, but not before now, and whose owners were not notified of it, by their end.
func (tx *Tx) APIKeysEnding(now, until time.Time, limit int) (rows []APIKey, err error) {
	err = tx.g.Order("ends_at, id").Limit(limit).Find(&rows, "NOT end_noticed AND ends_at > ? AND ends_at <= ?", now, until).Error
	return rows, wrap("listing API keys that end", err)
}

// APIKeyEndNoticed marks a key whose owner is notified of its end, and reports whether it was not yet.
func (tx *Tx) APIKeyEndNoticed(id string) (marked bool, err error) {
	result := tx.g.Model(&APIKey{}).Where("id = ? AND NOT end_noticed", id).Update("end_noticed", true)
	return result.RowsAffected > 0, wrap("marking the notice of an API key", result.Error)
}

// CountAPIKeysOfPeople returns how many keys belong to accounts that are not technical.
func (tx *Tx) CountAPIKeysOfPeople() (count int64, err error) {
	err = tx.g.Model(&APIKey{}).Where("account_id IN (?)", tx.g.Model(&Account{}).Select("id").Where("NOT technical")).Count(&count).Error
	return count, wrap("counting API keys", err)
}
