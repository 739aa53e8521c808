package models

import (
	"errors"
	"time"

	"gorm.io/gorm"
)

// SessionKind determines which pages a session can open.
type SessionKind string

// The kinds of session.
const (
	FullSession    SessionKind = "full"
	PendingSession SessionKind = "pending" // only the reset page
)

// OpenedBy is the credential that opened a session.
type OpenedBy string

// What opens sessions.
const (
	ByPassword      OpenedBy = "password"
	ByRecoveryCode  OpenedBy = "recovery-code"  // in place of the password
	ByLink          OpenedBy = "link"           // that sets a password
	ByEmergencyCode OpenedBy = "emergency-code" // of another person
)

// Session is a signed-in browser. It is valid until the earlier of its two ends, while the account has the password that the
// session was created with.
type Session struct {
	ID          string `gorm:"primaryKey"` // may be shown
	TokenHash   string // of what the browser's cookie holds
	AccountID   string
	PasswordID  string
	Kind        SessionKind
	CreatedAt   time.Time
	LastUsedAt  time.Time
	AbsoluteEnd time.Time
	IdleEnd     time.Time
	Address     string
	UserAgent   string
	Data        string

	NeedsCurrent bool // it was open when a new password was demanded
	NeedsFactor  bool // it was opened with the right password, and waits for the second factor
	WrongCodes   int  // that were entered in it

	OpenedBy OpenedBy
	LinkID   *string // the link that has opened it, until a new password uses it up

	PasswordAt *time.Time // when the password, or the emergency code in its place, was last given in it
	FactorAt   *time.Time // when a second factor was last shown in it

	EmergencyCodeID *string // the code that has opened it
	Person          string  // who holds that code; "" = it is the owner's

	Ceremony string // what its browser was asked to sign; "" = nothing
}

// Emergency reports whether an emergency code has opened the session. It can do all but change the account's own credentials.
func (s Session) Emergency() bool { return s.OpenedBy == ByEmergencyCode }

// WithoutPassword reports whether a recovery code or a link has opened the session in place of the password, so that a new one has to be
// set in it, without the current one and also while the account is blocked.
func (s Session) WithoutPassword() bool { return s.OpenedBy == ByRecoveryCode || s.OpenedBy == ByLink }

// TakesRecoveryCodes reports whether a recovery code can take the place of the second factor: one has not taken that of the password.
func (s Session) TakesRecoveryCodes() bool { return s.OpenedBy != ByRecoveryCode }

// CreateSession inserts a session.
func (tx *Tx) CreateSession(s Session) error {
	return wrap("creating a session", tx.g.Create(&s).Error)
}

// SessionByToken finds a session by the hash of its token, with its account. It returns [ErrNotFound] unless the session is valid
// and the account is open today.
func (tx *Tx) SessionByToken(tokenHash string, now time.Time, today string) (Session, Account, error) {
	var s Session
	err := tx.g.Take(&s, "token_hash = ? AND absolute_end > ? AND idle_end > ?", tokenHash, now, now).Error
	if err != nil {
		return Session{}, Account{}, wrap("finding a session", err)
	}
	var a Account
	isOpen := openOn(today)
	err = tx.g.Where(isOpen.sql, isOpen.args...).Take(&a, "id = ? AND password_id = ?", s.AccountID, s.PasswordID).Error
	return s, a, wrap("finding a session's account", err)
}

// Session finds a session by its id, or returns [ErrNotFound].
func (tx *Tx) Session(id string) (Session, error) {
	var s Session
	return s, wrap("finding a session", tx.g.Take(&s, "id = ?", id).Error)
}

// SessionForShare finds a session by its id, and locks it so that it cannot be ended until the transaction ends.
func (tx *Tx) SessionForShare(id string) (Session, error) {
	var s Session
	return s, wrap("locking a session", tx.locking("KEY SHARE").Take(&s, "id = ?", id).Error)
}

// SetCeremony stores what the session's browser is asked to sign, or returns [ErrNotFound].
func (tx *Tx) SetCeremony(id, ceremony string) error {
	return changed("storing a ceremony", tx.g.Model(&Session{}).Where("id = ?", id).Update("ceremony", ceremony))
}

// TakeCeremony returns what the session's browser was asked to sign, and removes it: of several at the same time one gets it, the others
// "".
func (tx *Tx) TakeCeremony(id string) (ceremony string, err error) {
	session, err := tx.Session(id)
	if err != nil || session.Ceremony == "" {
		return "", err
	}
	result := tx.g.Model(&Session{}).Where("id = ? AND ceremony = ?", id, session.Ceremony).Update("ceremony", "")
	if result.RowsAffected == 0 {
		return "", wrap("taking a ceremony", result.Error)
	}
	return session.Ceremony, nil
}

// TouchSession extends the session's idle timeout.
func (tx *Tx) TouchSession(id string, usedAt, idleEnd time.Time) error {
	return wrap("touching a session", tx.g.Model(&Session{}).Where("id = ?", id).
		Updates(map[string]any{"last_used_at": usedAt, "idle_end": idleEnd}).Error)
}

// SaveSessionData stores the values of the session with the token.
func (tx *Tx) SaveSessionData(tokenHash, data string) error {
	return wrap("saving a session's values",
		tx.g.Model(&Session{}).Where("token_hash = ?", tokenHash).Update("data", data).Error)
}

// DropSession deletes the session with the token, if there is one.
func (tx *Tx) DropSession(tokenHash string) error {
	return wrap("deleting a session", tx.g.Delete(&Session{}, "token_hash = ?", tokenHash).Error)
}

// RenewSession gives a session a new token, password and kind, as after a password change.
func (tx *Tx) RenewSession(id, tokenHash, passwordID string, kind SessionKind, at time.Time) error {
	return changed("renewing a session", tx.g.Model(&Session{}).Where("id = ?", id).Updates(map[string]any{
		"token_hash": tokenHash, "password_id": passwordID, "kind": kind, "needs_current": false, "opened_by": ByPassword, "link_id": nil, "password_at": at,
	}))
}

// ConfirmSession gives a session a new token, and records that the password was given in it, and a second factor too. It returns
// [ErrNotFound] if the session has ended, or the account has another password.
func (tx *Tx) ConfirmSession(id, tokenHash, passwordID string, at time.Time, factor bool) error {
	values := map[string]any{"token_hash": tokenHash, "password_at": at, "wrong_codes": 0}
	if factor {
		values["factor_at"] = at
	}
	return changed("confirming a session",
		tx.g.Model(&Session{}).Where("id = ? AND password_id = ?", id, passwordID).Updates(values))
}

// FactorShown records that a second factor was shown in a session.
func (tx *Tx) FactorShown(id string, at time.Time) error {
	return wrap("updating a session", tx.g.Model(&Session{}).Where("id = ?", id).Update("factor_at", at).Error)
}

// RequireCurrent makes all open sessions of the account ask for the current password before a new one is set.
func (tx *Tx) RequireCurrent(accountID string) error {
	return wrap("updating sessions", tx.g.Model(&Session{}).Where("account_id = ?", accountID).Update("needs_current", true).Error)
}

// Sessions returns the account's valid sessions that do not wait for a second factor, the last used first.
func (tx *Tx) Sessions(accountID string, now time.Time) (rows []Session, err error) {
	err = tx.g.Order("last_used_at DESC, id DESC").Limit(maxSessions).
		Find(&rows, "account_id = ? AND absolute_end > ? AND idle_end > ? AND NOT needs_factor", accountID, now, now).Error
	return rows, wrap("listing sessions", err)
}

// maxSessions limits how many of an account's sessions a page shows.
const maxSessions = 100

// EndSession ends one of the account's sessions and returns it, or [ErrNotFound].
func (tx *Tx) EndSession(accountID, id string) (ended Session, err error) {
	if err := tx.g.Take(&ended, "id = ? AND account_id = ?", id, accountID).Error; err != nil {
		return ended, wrap("finding a session", err)
	}
	return ended, changed("ending a session", tx.g.Delete(&Session{}, "id = ?", id))
}

// EndSessions ends all sessions of the account, except the one with the id except, and returns how many.
func (tx *Tx) EndSessions(accountID, except string) (ended int, err error) {
	result := tx.g.Delete(&Session{}, "account_id = ? AND id <> ?", accountID, except)
	return int(result.RowsAffected), wrap("ending sessions", result.Error)
}

// EndPendingSessions ends the account's sessions that only open the reset page, except those that no password has opened, and returns
// how many.
func (tx *Tx) EndPendingSessions(accountID string) (ended int, err error) {
	result := tx.g.Delete(&Session{}, "account_id = ? AND kind = ? AND opened_by = ?", accountID, PendingSession, ByPassword)
	return int(result.RowsAffected), wrap("ending pending sessions", result.Error)
}

// EndHalfSessions ends all sessions that wait for a second factor, or that a link has opened, and returns how many.
func (tx *Tx) EndHalfSessions() (ended int, err error) {
	result := tx.g.Delete(&Session{}, "needs_factor OR link_id IS NOT NULL")
	return int(result.RowsAffected), wrap("ending sessions", result.Error)
}

// EndHalfSessionsOf ends the sessions that a link has opened and that wait for a second factor.
func (tx *Tx) EndHalfSessionsOf(linkID string) error {
	return wrap("ending sessions", tx.g.Delete(&Session{}, "link_id = ? AND needs_factor", linkID).Error)
}

// TakeCode counts a code that is about to be compared in a session as wrong, and reports whether another one may be wrong. Of several at
// the same time as many get it.
func (tx *Tx) TakeCode(id string, most int) (bool, error) {
	result := tx.g.Model(&Session{}).Where("id = ? AND wrong_codes < ?", id, most).Update("wrong_codes", gorm.Expr("wrong_codes + 1"))
	return result.RowsAffected > 0, wrap("taking a code", result.Error)
}

// ReturnCode takes back that a code was counted.
func (tx *Tx) ReturnCode(id string) error {
	return wrap("returning a code", tx.g.Model(&Session{}).Where("id = ?", id).Update("wrong_codes", gorm.Expr("wrong_codes - 1")).Error)
}

// EndAfterCodes ends a session in which that many codes were wrong, and reports whether it is gone.
func (tx *Tx) EndAfterCodes(id string, wrong int) (gone bool, err error) {
	if err := tx.g.Delete(&Session{}, "id = ? AND wrong_codes >= ?", id, wrong).Error; err != nil {
		return false, wrap("ending a session", err)
	}
	if _, err = tx.Session(id); errors.Is(err, ErrNotFound) {
		return true, nil
	}
	return false, err
}

// DeleteEndedSessions deletes expired sessions.
func (tx *Tx) DeleteEndedSessions(now time.Time) error {
	return wrap("deleting sessions", tx.g.Delete(&Session{}, "idle_end <= ? OR absolute_end <= ?", now, now).Error)
}
