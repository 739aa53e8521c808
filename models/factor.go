package models

import (
	"slices"
	"time"
)

// FactorKind is what a second factor is.
type FactorKind string

// The kinds of second factors.
const (
	TOTPFactor    FactorKind = "totp"    // an authenticator app (RFC 6238)
	PasskeyFactor FactorKind = "passkey" // or a security key (WebAuthn)
	NoFactor      FactorKind = "none"    // in filters only
)

// Factor is a second factor of an account.
type Factor struct {
	ID          string `gorm:"primaryKey"`
	AccountID   string
	Kind        FactorKind
	Title       string
	Secret      []byte // sealed; of a passkey empty
	LastStep    int64  // the last time step whose code was used
	CreatedAt   time.Time
	ConfirmedAt *time.Time // nil = it does not count yet
	LastUsedAt  *time.Time

	// Of a passkey: its public key as JSON, its id and the account's user handle in base64url, and the host that it was made for.
	Credential   string
	CredentialID *string
	RPID         string `gorm:"column:rp_id"`
	UserHandle   string
}

// CreateFactor inserts a factor.
func (tx *Tx) CreateFactor(f Factor) error {
	if err := tx.g.Create(&f).Error; err != nil {
		return wrap("creating a second factor", err)
	}
	return tx.noteFactors(f.AccountID)
}

// noteFactors sets which factors of the account count. The account's row is locked by everyone who changes its factors.
func (tx *Tx) noteFactors(accountID string) error {
	var kinds []FactorKind
	err := tx.g.Model(&Factor{}).Where("account_id = ? AND confirmed_at IS NOT NULL", accountID).Distinct().Pluck("kind", &kinds).Error
	if err != nil {
		return wrap("finding second factors", err)
	}
	app, passkey := slices.Contains(kinds, TOTPFactor), slices.Contains(kinds, PasskeyFactor)
	return wrap("noting second factors", tx.g.Model(&Account{}).
		Where("id = ? AND (has_factor <> ? OR has_app <> ? OR has_passkey <> ?)", accountID, app || passkey, app, passkey).
		Updates(map[string]any{"has_factor": app || passkey, "has_app": app, "has_passkey": passkey}).Error)
}

// Factors returns the account's factors that count, the oldest first.
func (tx *Tx) Factors(accountID string) (rows []Factor, err error) {
	err = tx.g.Order("created_at, id").Find(&rows, "account_id = ? AND confirmed_at IS NOT NULL", accountID).Error
	return rows, wrap("listing second factors", err)
}

// HasFactor reports whether a factor of the account counts.
func (tx *Tx) HasFactor(accountID string) (bool, error) {
	var ids []string
	err := tx.g.Model(&Factor{}).Where("account_id = ? AND confirmed_at IS NOT NULL", accountID).Limit(1).Pluck("id", &ids).Error
	return len(ids) > 0, wrap("finding a second factor", err)
}

// CountUnusable counts the accounts whose factors are all passkeys of other hosts than this one.
func (tx *Tx) CountUnusable(host string) (count int64, err error) {
	const sql = `SELECT count(DISTINCT account_id) AS count FROM (
			SELECT account_id FROM factors WHERE rp_id > '' AND rp_id < @host
			UNION ALL SELECT account_id FROM factors WHERE rp_id > @host
		) AS elsewhere WHERE NOT EXISTS (SELECT 1 FROM factors AS usable
			WHERE usable.account_id = elsewhere.account_id AND usable.confirmed_at IS NOT NULL AND (usable.kind = @app OR usable.rp_id = @host))`
	rows, err := planOnce[oneCount](tx, sql, []any{map[string]any{"host": host, "app": TOTPFactor}})
	if len(rows) == 1 {
		count = rows[0].Count
	}
	return count, wrap("counting accounts with passkeys of other hosts", err)
}

type oneCount struct{ Count int64 }

// Factor finds one of the account's factors, which may not count yet, or returns [ErrNotFound].
func (tx *Tx) Factor(accountID, id string) (Factor, error) {
	var f Factor
	return f, wrap("finding a second factor", tx.g.Take(&f, "id = ? AND account_id = ?", id, accountID).Error)
}

// ConfirmFactor makes one of the account's factors count, with the step of its first code and its title. It returns [ErrNotFound] if it
// counts already.
func (tx *Tx) ConfirmFactor(accountID, id, title string, step int64, at time.Time) error {
	result := tx.g.Model(&Factor{}).Where("id = ? AND account_id = ? AND confirmed_at IS NULL", id, accountID).
		Updates(map[string]any{"title": title, "last_step": step, "confirmed_at": at, "last_used_at": at})
	if err := changed("confirming a second factor", result); err != nil {
		return err
	}
	return tx.noteFactors(accountID)
}

// UseFactor records the step of a code, and reports whether no code of this or of a later step was used before. Of several at the same
// time it is true for one.
func (tx *Tx) UseFactor(id string, step int64, at time.Time) (bool, error) {
	result := tx.g.Model(&Factor{}).Where("id = ? AND last_step < ?", id, step).
		Updates(map[string]any{"last_step": step, "last_used_at": at})
	return result.RowsAffected > 0, wrap("using a second factor", result.Error)
}

// UsePasskey records the state of a passkey after a use, and reports whether it was still as it was read: of several uses at the same
// time, which may be of copies, it is true for one.
func (tx *Tx) UsePasskey(id, before, credential string, at time.Time) (bool, error) {
	result := tx.g.Model(&Factor{}).Where("id = ? AND credential = ?", id, before).Updates(map[string]any{"credential": credential, "last_used_at": at})
	return result.RowsAffected > 0, wrap("using a passkey", result.Error)
}

// DeleteFactor deletes one of the account's factors, or returns [ErrNotFound].
func (tx *Tx) DeleteFactor(accountID, id string) error {
	if err := changed("deleting a second factor", tx.g.Delete(&Factor{}, "id = ? AND account_id = ?", id, accountID)); err != nil {
		return err
	}
	return tx.noteFactors(accountID)
}

// DeleteUnconfirmedFactors deletes the account's factors that do not count.
func (tx *Tx) DeleteUnconfirmedFactors(accountID string) error {
	return wrap("deleting unconfirmed factors", tx.g.Delete(&Factor{}, "account_id = ? AND confirmed_at IS NULL", accountID).Error)
}

// DeleteFactors deletes all factors of the account, and returns how many counted.
func (tx *Tx) DeleteFactors(accountID string) (count int, err error) {
	if err := tx.DeleteUnconfirmedFactors(accountID); err != nil {
		return 0, err
	}
	result := tx.g.Delete(&Factor{}, "account_id = ?", accountID)
	if result.Error != nil {
		return 0, wrap("deleting second factors", result.Error)
	}
	return int(result.RowsAffected), tx.noteFactors(accountID)
}

// RecoveryCode is an unused recovery code of an account.
type RecoveryCode struct {
	Hash      string `gorm:"primaryKey"` // in PHC form
	AccountID string
}

// ReplaceRecoveryCodes replaces the account's recovery codes by those with the hashes; none deletes them.
func (tx *Tx) ReplaceRecoveryCodes(accountID string, hashes []string) error {
	if err := tx.g.Delete(&RecoveryCode{}, "account_id = ?", accountID).Error; err != nil || len(hashes) == 0 {
		return wrap("deleting recovery codes", err)
	}
	rows := make([]RecoveryCode, len(hashes))
	for i, hash := range hashes {
		rows[i] = RecoveryCode{hash, accountID}
	}
	return wrap("creating recovery codes", tx.g.Create(&rows).Error)
}

// AnyRecoveryCode returns the hash of one of the account's unused codes, which all have the same salt; "" = there is none.
func (tx *Tx) AnyRecoveryCode(accountID string) (hash string, err error) {
	var row RecoveryCode
	err = tx.g.Limit(1).Find(&row, "account_id = ?", accountID).Error
	return row.Hash, wrap("finding a recovery code", err)
}

// HasRecoveryCode reports whether the account has an unused code with the hash.
func (tx *Tx) HasRecoveryCode(accountID, hash string) (bool, error) {
	var row RecoveryCode
	result := tx.g.Limit(1).Find(&row, "hash = ? AND account_id = ?", hash, accountID)
	return result.RowsAffected > 0, wrap("finding a recovery code", result.Error)
}

// SpendRecoveryCode deletes a code, and reports whether it was there. Of several at the same time it is true for one.
func (tx *Tx) SpendRecoveryCode(accountID, hash string) (bool, error) {
	result := tx.g.Delete(&RecoveryCode{}, "hash = ? AND account_id = ?", hash, accountID)
	return result.RowsAffected > 0, wrap("spending a recovery code", result.Error)
}

// CountRecoveryCodes counts the account's unused codes.
func (tx *Tx) CountRecoveryCodes(accountID string) (count int64, err error) {
	err = tx.g.Model(&RecoveryCode{}).Where("account_id = ?", accountID).Count(&count).Error
	return count, wrap("counting recovery codes", err)
}
