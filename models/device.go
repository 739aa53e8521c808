package models

import "time"

// Device is a trusted browser: it has signed in to an account and holds a token in its cookie.
type Device struct {
	ID         string `gorm:"primaryKey"`
	TokenHash  string // of one of the tokens in the browser's cookie
	AccountID  string
	CreatedAt  time.Time
	LastUsedAt time.Time
	EndsAt     time.Time

	FactorUntil *time.Time // until when the browser is not asked for the second factor; nil = it is asked
}

// Trusted says which devices are trusted at a time: those that have not expired, and were created after another time.
type Trusted struct{ Now, Since time.Time }

// CreateDevice inserts a device.
func (tx *Tx) CreateDevice(d Device) error {
	return wrap("creating a device", tx.g.Create(&d).Error)
}

// Device finds a device by its id, or returns [ErrNotFound].
func (tx *Tx) Device(id string) (Device, error) {
	var d Device
	return d, wrap("finding a device", tx.g.Take(&d, "id = ?", id).Error)
}

// DeviceByToken finds the account's device by the hashes of a browser's tokens, or returns [ErrNotFound] if there is none or it
// is not trusted. If several match, it returns the newest.
func (tx *Tx) DeviceByToken(accountID string, tokenHashes []string, at Trusted) (Device, error) {
	var d Device
	err := tx.g.Order("id DESC").
		Take(&d, "token_hash IN ? AND account_id = ? AND ends_at > ? AND created_at > ?", tokenHashes, accountID, at.Now, at.Since).Error
	return d, wrap("finding a device", err)
}

// AnyDevice reports whether one of the token hashes belongs to a device that any account trusts.
func (tx *Tx) AnyDevice(tokenHashes []string, at Trusted) (bool, error) {
	var ids []string
	err := tx.g.Model(&Device{}).Where("token_hash IN ? AND ends_at > ? AND created_at > ?", tokenHashes, at.Now, at.Since).Limit(1).Pluck("id", &ids).Error
	return len(ids) > 0, wrap("finding a device", err)
}

// UseDevice sets when a device was used last. It does nothing if the device was deleted meanwhile.
func (tx *Tx) UseDevice(id string, at time.Time) error {
	return wrap("touching a device", tx.g.Model(&Device{}).Where("id = ?", id).Update("last_used_at", at).Error)
}

// Devices returns up to limit of an account's trusted devices, the last used first.
func (tx *Tx) Devices(accountID string, at Trusted, limit int) (rows []Device, err error) {
	err = tx.g.Order("last_used_at DESC, id DESC").Limit(limit).
		Find(&rows, "account_id = ? AND ends_at > ? AND created_at > ?", accountID, at.Now, at.Since).Error
	return rows, wrap("listing devices", err)
}

// SkipFactor lets a device go without the second factor until a time.
func (tx *Tx) SkipFactor(id string, until time.Time) error {
	return changed("updating a device", tx.g.Model(&Device{}).Where("id = ?", id).Update("factor_until", until))
}

// AskForFactor asks for the second factor on all devices of the account again.
func (tx *Tx) AskForFactor(accountID string) error {
	return wrap("updating devices", tx.g.Model(&Device{}).Where("account_id = ?", accountID).Update("factor_until", nil).Error)
}

// RevokeDevices deletes all devices of the account, and returns how many.
func (tx *Tx) RevokeDevices(accountID string) (revoked int, err error) {
	result := tx.g.Delete(&Device{}, "account_id = ?", accountID)
	return int(result.RowsAffected), wrap("revoking devices", result.Error)
}

// KeepDevices keeps the last used devices of the account, up to most, and deletes the others: a script that signs in without
// keeping its cookies creates one each time.
func (tx *Tx) KeepDevices(accountID string, most int) error {
	newest := tx.g.Model(&Device{}).Select("id").Where("account_id = ?", accountID).Order("last_used_at DESC, id DESC").Limit(most)
	return wrap("deleting surplus devices", tx.g.Delete(&Device{}, "account_id = ? AND id NOT IN (?)", accountID, newest).Error)
}

// DeleteDevices deletes devices that were created before a time. By then all of them must have expired.
func (tx *Tx) DeleteDevices(before time.Time) error {
	return wrap("deleting devices", tx.g.Delete(&Device{}, "id < ?", FirstID(before)).Error)
}
