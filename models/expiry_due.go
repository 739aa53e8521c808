package models

import (
	"time"

	"gorm.io/gorm"
)

// DueNotice selects passwords whose owners are to be notified now.
type DueNotice struct {
	Group    PasswordGroup
	Notified ExpiryNotice // of what they were notified before
	Today    string       // see [Cutoffs]
	After    time.Time    // the passwords were set after this time, zero = any,
	UpTo     time.Time    // and at or before this one
}

// DueNotices returns up to limit accounts whose owners must be notified, the longest due first. Accounts that are not open,
// accounts without a password and one-time passwords are left out. Each group is a range of one index, so that the cost does not depend on other
// accounts.
func (tx *Tx) DueNotices(due DueNotice, limit int) (rows []Account, err error) {
	isOpen := openOn(due.Today)
	err = tx.forUpdate().Where(isOpen.sql, isOpen.args...).Where("NOT one_time AND password_hash <> ''").
		Where("technical = ? AND kind = ? AND expiry_notice = ?", due.Group.Technical, due.Group.Kind, due.Notified).
		Where("password_set_at > ? AND password_set_at <= ?", due.After, due.UpTo).
		Order("password_set_at").Limit(limit).Find(&rows).Error
	return rows, wrap("finding due notices", err)
}

// RecordNotices stores which notice the owners of accounts were sent.
func (tx *Tx) RecordNotices(ids []string, notified ExpiryNotice) error {
	return wrap("recording notices", tx.g.Model(&Account{}).Where("id IN ?", ids).Update("expiry_notice", notified).Error)
}

// EndsDue returns up to limit open accounts whose last day is today or later, up to another day, of which their owner was not notified.
func (tx *Tx) EndsDue(today, upTo string, limit int) (rows []Account, err error) {
	isOpen := openOn(today)
	// The first conditions are those of the index.
	err = tx.forUpdate().Where("valid_until <> '' AND end_notice <> valid_until AND valid_until <= ?", upTo).Where(isOpen.sql, isOpen.args...).
		Order("valid_until, id").Limit(limit).Find(&rows).Error
	return rows, wrap("finding ending accounts", err)
}

// CountEnding counts the open accounts whose last day is the one, by their organization; "" = they have none.
func (tx *Tx) CountEnding(today, day string) (map[string]int, error) {
	isOpen := openOn(today)
	var rows []struct {
		OrganizationID string
		N              int
	}
	err := tx.g.Model(&Account{}).Select("coalesce(organization_id, '') AS organization_id, count(*) AS n").
		Where("valid_until <> '' AND valid_until = ?", day).Where(isOpen.sql, isOpen.args...).Group("coalesce(organization_id, '')").Find(&rows).Error
	counts := map[string]int{}
	for _, row := range rows {
		counts[row.OrganizationID] = row.N
	}
	return counts, wrap("counting ending accounts", err)
}

// OtherEnds reports whether an operator looks after an open account whose last day is the one, besides the own account.
func (tx *Tx) OtherEnds(today, day string, operator Account) (bool, error) {
	isOpen := openOn(today)
	query := tx.g.Model(&Account{}).Select("1").Where("valid_until <> '' AND valid_until = ? AND id <> ?", day, operator.ID).Where(isOpen.sql, isOpen.args...)
	if operator.Kind != SuperAdmin {
		query = query.Where("organization_id = ?", operator.ID)
	}
	var one int
	result := query.Limit(1).Find(&one)
	return result.RowsAffected > 0, wrap("finding an ending account", result.Error)
}

// OpenOperators returns the open SuperAdmins, and those of the organizations that are open.
func (tx *Tx) OpenOperators(today string, organizationIDs []string) (rows []Account, err error) {
	isOpen := openOn(today)
	err = tx.g.Where(isOpen.sql, isOpen.args...).Where("kind = ? OR kind = ? AND id IN ? AND id <> ?", SuperAdmin, Organization, organizationIDs, DefaultOrganizationID).
		Order("id").Find(&rows).Error
	return rows, wrap("finding operators", err)
}

// RecordEndNotices stores that the owners of accounts were notified of the last day.
func (tx *Tx) RecordEndNotices(ids []string) error {
	return wrap("recording notices", tx.g.Model(&Account{}).Where("id IN ?", ids).Update("end_notice", gorm.Expr("valid_until")).Error)
}

// EndedBlocks returns up to limit accounts whose block has ended by itself.
func (tx *Tx) EndedBlocks(cutoffs Cutoffs, limit int) (rows []Account, err error) {
	err = tx.forUpdate().Where("blocked_at IS NOT NULL AND blocked_until <= ?", cutoffs.Now).
		Order("blocked_until, id").Limit(limit).Find(&rows).Error
	for i := range rows {
		rows[i].remember()
	}
	return rows, wrap("finding ended blocks", err)
}

// LapsedOneTime returns up to limit accounts whose one-time password has expired unused without an audit event yet.
func (tx *Tx) LapsedOneTime(cutoffs Cutoffs, limit int) (rows []Account, err error) {
	// The bound of expiry_notice is ExpiryNotified. It is a literal so that the partial index is used.
	err = tx.forUpdate().Where("one_time AND expiry_notice < 2 AND password_set_at <= ? AND valid_from <= ?", cutoffs.OneTime, cutoffs.OneTimeDay).
		Order("password_set_at, id").Limit(limit).Find(&rows).Error
	return rows, wrap("finding expired one-time passwords", err)
}
