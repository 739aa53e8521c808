package models

import "time"

// DisableReason is why the system has disabled an account.
type DisableReason string

// DisabledInactive means that the account was not used for long.
const DisabledInactive DisableReason = "inactive"

// Inactivity are the times by which accounts that are not used are disabled. Their owners are notified first. Closed and technical
// accounts are left alone, and so is the organization Default. SuperAdmins are judged one by one, since one of them has to stay: they are
// not in the queries.
type Inactivity struct {
	Today    string    // see [Cutoffs]
	Notify   time.Time // accounts that were last active at or before it are about to be disabled
	Disable  time.Time // those that were last active at or before it are disabled,
	Notified time.Time // if their owners were notified at or before it
}

// NoticeDue reports whether the owner has to be notified.
func (i Inactivity) NoticeDue(a Account) bool {
	return i.applies(a) && !a.InactiveNotified() && !a.ActiveAt.After(i.Notify)
}

// DisableDue reports whether the account has to be disabled.
func (i Inactivity) DisableDue(a Account) bool {
	return i.applies(a) && a.InactiveNotified() && !a.ActiveAt.After(i.Disable) && !a.InactiveNoticeAt.After(i.Notified)
}

func (i Inactivity) applies(a Account) bool {
	return a.Closed(i.Today) == "" && !a.Technical && !a.Builtin()
}

// InactiveNotified reports whether the owner was notified since the account was last active.
func (a Account) InactiveNotified() bool {
	return a.InactiveNoticeAt != nil && a.InactiveNoticeAt.After(a.ActiveAt)
}

// InactiveNoticesDue is [Inactivity.NoticeDue] in SQL: it returns up to limit accounts, the longest unused first.
func (tx *Tx) InactiveNoticesDue(i Inactivity, limit int) (rows []Account, err error) {
	isOpen := openOn(i.Today)
	err = tx.forUpdate().Where(isOpen.sql, isOpen.args...).Where("NOT technical AND (inactive_notice_at IS NULL OR inactive_notice_at <= active_at)").
		Where("active_at <= ? AND kind <> ? AND id <> ?", i.Notify, SuperAdmin, DefaultOrganizationID).
		Order("active_at, id").Limit(limit).Find(&rows).Error
	return rows, wrap("finding accounts that are not used", err)
}

// InactiveDue is [Inactivity.DisableDue] in SQL: it returns up to limit accounts, the first notified first.
func (tx *Tx) InactiveDue(i Inactivity, limit int) (rows []Account, err error) {
	isOpen := openOn(i.Today)
	err = tx.forUpdate().Where(isOpen.sql, isOpen.args...).Where("NOT technical AND inactive_notice_at > active_at").
		Where("inactive_notice_at <= ? AND active_at <= ? AND kind <> ? AND id <> ?", i.Notified, i.Disable, SuperAdmin, DefaultOrganizationID).
		Order("inactive_notice_at, id").Limit(limit).Find(&rows).Error
	for n := range rows {
		rows[n].remember()
	}
	return rows, wrap("finding accounts that are not used", err)
}

// RecordInactiveNotices stores that the owners of accounts were notified.
func (tx *Tx) RecordInactiveNotices(ids []string, at time.Time) error {
	return wrap("recording notices", tx.g.Model(&Account{}).Where("id IN ?", ids).Update("inactive_notice_at", at).Error)
}

// EnabledSuperAdmins returns all enabled SuperAdmins, in the order of their ids, as [Tx.LockEnabledSuperAdmins] does.
func (tx *Tx) EnabledSuperAdmins() (rows []Account, err error) {
	err = tx.g.Where("kind = ? AND disabled_at IS NULL", SuperAdmin).Order("id").Find(&rows).Error
	return rows, wrap("listing the SuperAdmins", err)
}
