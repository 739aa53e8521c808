package models

import "time"

// AddressFailure records the failed attempts from a client address as a leaky bucket: failures are forgotten one after the
// other at a fixed rate, so the time at which the last one is forgotten determines how many there are.
type AddressFailure struct {
	Address     string `gorm:"primaryKey"`
	ForgottenAt int64  // microseconds since 1970
}

// FailuresForgottenAt returns when all failures from the address are forgotten; a time in the past, or the zero time, means
// none.
func (tx *Tx) FailuresForgottenAt(address string) (time.Time, error) {
	var rows []AddressFailure
	err := tx.g.Limit(1).Find(&rows, "address = ?", address).Error
	if err != nil || len(rows) == 0 {
		return time.Time{}, wrap("finding failures of a client address", err)
	}
	return time.UnixMicro(rows[0].ForgottenAt).UTC(), nil
}

// AddFailure adds a failure, which is forgotten after the given time, and returns when all are forgotten. It is one statement,
// so that no failure is lost between replicas.
func (tx *Tx) AddFailure(address string, now time.Time, lasts time.Duration) (time.Time, error) {
	const add = `INSERT INTO address_failures (address, forgotten_at) VALUES (?, ?)
		ON CONFLICT (address) DO UPDATE SET forgotten_at =
			CASE WHEN address_failures.forgotten_at > ? THEN address_failures.forgotten_at ELSE ? END + ?
		RETURNING forgotten_at`
	var forgotten int64
	at, micros := now.UnixMicro(), lasts.Microseconds()
	err := tx.g.Raw(add, address, at+micros, at, at, micros).Find(&forgotten).Error
	return time.UnixMicro(forgotten).UTC(), wrap("adding a failure of a client address", err)
}

// DeleteAddressFailures deletes addresses whose failures are all forgotten.
func (tx *Tx) DeleteAddressFailures(now time.Time) error {
	return wrap("deleting client addresses", tx.g.Delete(&AddressFailure{}, "forgotten_at <= ?", now.UnixMicro()).Error)
}
