package models

import (
	"fmt"
	"time"
)

// Reservation is a password attempt that is being verified, or was when its process died.
type Reservation struct {
	ID        string  `gorm:"primaryKey"`
	AccountID *string // nil: there is no account to count for
	DeviceID  string  // "" = an untrusted client
	LapsesAt  time.Time
}

// Reserve records an attempt before it is verified, unless all places of the account and device are taken by attempts that are
// being verified. It reports whether a place was free.
func (tx *Tx) Reserve(row Reservation, places int, now time.Time) (reserved bool, err error) {
	const free = `INSERT INTO reservations (id, account_id, device_id, lapses_at) SELECT ?, ?, ?, %s
		WHERE (SELECT count(*) FROM reservations WHERE account_id = ? AND device_id = ? AND lapses_at > ?) < ?`
	result := tx.g.Exec(fmt.Sprintf(free, tx.engine.timestamp()),
		row.ID, row.AccountID, row.DeviceID, row.LapsesAt, row.AccountID, row.DeviceID, now, places)
	return result.RowsAffected > 0, wrap("reserving an attempt", result.Error)
}

// Release removes a reservation, and reports whether it was still held.
func (tx *Tx) Release(id string, now time.Time) (held bool, err error) {
	result := tx.g.Where("id = ? AND lapses_at > ?", id, now).Delete(&Reservation{})
	return result.RowsAffected > 0, wrap("releasing an attempt", result.Error)
}

// DeleteLapsedReservations deletes the reservations of processes that died.
func (tx *Tx) DeleteLapsedReservations(now time.Time) error {
	return wrap("deleting attempts", tx.g.Delete(&Reservation{}, "lapses_at <= ?", now).Error)
}
