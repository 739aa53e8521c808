package models

import (
	"bytes"
	"encoding/hex"
	"slices"
	"time"

	"gorm.io/gorm/clause"
)

// SealingKey is the key with which new secrets are sealed.
type SealingKey struct {
	ID    int    // 1: there is one
	KeyID string // in hexadecimal
	Known []byte // a known text, sealed with the key
	Since time.Time
}

// SealingKey finds the sealing key, or returns [ErrNotFound].
func (tx *Tx) SealingKey() (SealingKey, error) {
	var key SealingKey
	return key, wrap("finding the sealing key", tx.g.Take(&key).Error)
}

// SealingKeyForShare finds the sealing key, and keeps it from being replaced until the transaction ends.
func (tx *Tx) SealingKeyForShare() (SealingKey, error) {
	var key SealingKey
	return key, wrap("finding the sealing key", tx.locking("SHARE").Take(&key).Error)
}

// SealingKeyForUpdate is [Tx.SealingKeyForShare], and excludes others that would seal something.
func (tx *Tx) SealingKeyForUpdate() (SealingKey, error) {
	var key SealingKey
	return key, wrap("locking the sealing key", tx.forUpdate().Take(&key).Error)
}

// AddSealingKey makes a key the sealing key if there is none. Of several processes at the same time one succeeds, and the others wait
// for it.
func (tx *Tx) AddSealingKey(key SealingKey) error {
	key.ID = 1
	return wrap("adding the sealing key", tx.g.Clauses(clause.OnConflict{DoNothing: true}).Create(&key).Error)
}

// ReplaceSealingKey replaces the sealing key with the id from, or returns [ErrNotFound].
func (tx *Tx) ReplaceSealingKey(from string, to SealingKey) error {
	return changed("replacing the sealing key", tx.g.Model(&SealingKey{}).Where("key_id = ?", from).
		Updates(map[string]any{"key_id": to.KeyID, "known": to.Known, "since": to.Since}))
}

// SealedKind is a kind of secrets that are sealed.
type SealedKind string

// The kinds of sealed secrets.
const (
	SealedTOTP SealedKind = "totp" // of authenticator apps
)

// sealedKinds says where the secrets of each kind are: in a table with the columns id and account_id.
var sealedKinds = []struct {
	kind                 SealedKind
	table, column, where string
}{
	{SealedTOTP, "factors", "secret", "kind = 'totp'"},
}

// SealedKinds lists all kinds.
func SealedKinds() (kinds []SealedKind) {
	for _, k := range sealedKinds {
		kinds = append(kinds, k.kind)
	}
	return kinds
}

// Sealed is a sealed secret. It begins with the id of its key.
type Sealed struct {
	Kind      SealedKind `gorm:"-"`
	ID        string
	AccountID string
	Secret    []byte
}

// SealedSecrets returns up to limit secrets whose ids follow those of after, in the order of kinds and ids. After its zero value they
// are the first. Secrets of the keys with the ids are left out.
func (tx *Tx) SealedSecrets(after Sealed, limit int, except ...string) (rows []Sealed, err error) {
	keys, err := keyBytes(except)
	if err != nil {
		return nil, err
	}
	reached := after.Kind == ""
	for _, k := range sealedKinds {
		first := ""
		if k.kind == after.Kind {
			reached, first = true, after.ID
		}
		if !reached || len(rows) == limit {
			continue
		}
		query := tx.g.Table(k.table).Select("id, account_id, "+k.column+" AS secret").Where(k.where).Where("id > ?", first)
		if len(keys) > 0 {
			query = query.Where("substr("+k.column+", 1, 8) NOT IN ?", keys)
		}
		var some []Sealed
		if err := query.Order("id").Limit(limit - len(rows)).Find(&some).Error; err != nil {
			return nil, wrap("finding sealed secrets", err)
		}
		for _, row := range some {
			row.Kind = k.kind
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func keyBytes(ids []string) (keys [][]byte, err error) {
	for _, id := range ids {
		key, err := hex.DecodeString(id)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// CountSealed counts the secrets of all kinds that are sealed with none of the keys. It reads only these: the ranges of an index below, between and
// above the keys.
func (tx *Tx) CountSealed(except ...string) (total int64, err error) {
	keys, err := keyBytes(except)
	if err != nil {
		return 0, err
	}
	slices.SortFunc(keys, bytes.Compare)
	for _, k := range sealedKinds {
		key, of := "substr("+k.column+", 1, 8)", "(SELECT count(*) FROM "+k.table+" WHERE "+k.where
		query, count := condition{sql: "SELECT " + of}, int64(0)
		for _, known := range keys {
			query.add(" AND "+key+" < ?) + "+of+" AND "+key+" > ?", known, known)
		}
		if err := tx.g.Raw(query.sql+")", query.args...).Find(&count).Error; err != nil {
			return 0, wrap("counting sealed secrets", err)
		}
		total += count
	}
	return total, nil
}

// Reseal replaces the text of a sealed secret unless it was deleted or changed since.
func (tx *Tx) Reseal(secret Sealed, to []byte) error {
	for _, k := range sealedKinds {
		if k.kind != secret.Kind {
			continue
		}
		err := tx.g.Table(k.table).Where("id = ? AND "+k.column+" = ?", secret.ID, secret.Secret).Update(k.column, to).Error
		return wrap("sealing a secret again", err)
	}
	return ErrNotFound
}
