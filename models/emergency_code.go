package models

import "time"

// EmergencyCode opens an account to a trusted person after a lead time during which its owner can stop it.
type EmergencyCode struct {
	ID          string `gorm:"primaryKey"`
	AccountID   string
	Person      string // who holds it
	LeadSeconds int64
	Hash        string
	CreatedAt   time.Time
	ArmedAt     *time.Time // when it was first used
	UsedAt      *time.Time // when it opened a session
	EndsAt      *time.Time // with its session, or when it can no longer open one; nil = not armed
}

// EmergencyWindow is how long a code can open a session once its lead time is over, and EmergencyTime how long that session lasts.
const (
	EmergencyWindow = 7 * 24 * time.Hour
	EmergencyTime   = time.Hour
)

// Lead returns how long the code has to wait after its first use.
func (c EmergencyCode) Lead() time.Duration { return time.Duration(c.LeadSeconds) * time.Second }

// OpensAt returns from when on an armed code opens a session.
func (c EmergencyCode) OpensAt() time.Time { return c.ArmedAt.Add(c.Lead()) }

// EmergencyState is the state of an emergency code.
type EmergencyState string

// The states of emergency codes.
const (
	EmergencyReady   EmergencyState = "ready"
	EmergencyWaiting EmergencyState = "waiting" // its lead time runs
	EmergencyOpen    EmergencyState = "open"    // it opens a session, once
	EmergencyUsed    EmergencyState = "used"    // it has opened one, which may have ended earlier than the code
	EmergencyEnded   EmergencyState = "ended"
)

// EmergencyStates returns all states of emergency codes.
func EmergencyStates() []EmergencyState {
	return []EmergencyState{EmergencyReady, EmergencyWaiting, EmergencyOpen, EmergencyUsed, EmergencyEnded}
}

// State returns the state of the code.
func (c EmergencyCode) State(now time.Time) EmergencyState {
	switch {
	case c.ArmedAt == nil:
		return EmergencyReady
	case !now.Before(*c.EndsAt):
		return EmergencyEnded
	case c.UsedAt != nil:
		return EmergencyUsed
	case now.Before(c.OpensAt()):
		return EmergencyWaiting
	default:
		return EmergencyOpen
	}
}

// CreateEmergencyCode inserts a code.
func (tx *Tx) CreateEmergencyCode(c EmergencyCode) error {
	return wrap("creating an emergency code", tx.g.Create(&c).Error)
}

// EmergencyCodes returns the account's codes, the oldest first.
func (tx *Tx) EmergencyCodes(accountID string) (rows []EmergencyCode, err error) {
	err = tx.g.Order("created_at, id").Find(&rows, "account_id = ?", accountID).Error
	return rows, wrap("listing emergency codes", err)
}

// EmergencyCode finds one of the account's codes, or returns [ErrNotFound].
func (tx *Tx) EmergencyCode(accountID, id string) (EmergencyCode, error) {
	var c EmergencyCode
	return c, wrap("finding an emergency code", tx.g.Take(&c, "id = ? AND account_id = ?", id, accountID).Error)
}

// EmergencyCodeByHash finds one of the account's codes by its hash, and reports whether there is one.
func (tx *Tx) EmergencyCodeByHash(accountID, hash string) (c EmergencyCode, found bool, err error) {
	result := tx.g.Limit(1).Find(&c, "hash = ? AND account_id = ?", hash, accountID)
	return c, result.RowsAffected > 0, wrap("finding an emergency code", result.Error)
}

// ArmEmergencyCode records the first use of a code, and returns it as it is then. It returns [ErrNotFound] if it was used already. The
// account is locked by everyone who changes its codes.
func (tx *Tx) ArmEmergencyCode(c EmergencyCode, at time.Time) (EmergencyCode, error) {
	c.ArmedAt = &at
	ends := c.OpensAt().Add(EmergencyWindow)
	c.EndsAt = &ends
	result := tx.g.Model(&EmergencyCode{}).Where("id = ? AND armed_at IS NULL", c.ID).Updates(map[string]any{"armed_at": at, "ends_at": ends})
	if err := changed("arming an emergency code", result); err != nil {
		return c, err
	}
	return c, tx.noteEmergency(c.AccountID)
}

// UseEmergencyCode records that a code opens a session. It returns [ErrNotFound] if it has opened one already.
func (tx *Tx) UseEmergencyCode(id string, at time.Time) error {
	return changed("using an emergency code", tx.g.Model(&EmergencyCode{}).Where("id = ? AND armed_at IS NOT NULL AND used_at IS NULL", id).
		Updates(map[string]any{"used_at": at, "ends_at": at.Add(EmergencyTime)}))
}

// DeleteEmergencyCode deletes one of the account's codes, and the session that it has opened, or returns [ErrNotFound].
func (tx *Tx) DeleteEmergencyCode(accountID, id string) error {
	if err := changed("deleting an emergency code", tx.g.Delete(&EmergencyCode{}, "id = ? AND account_id = ?", id, accountID)); err != nil {
		return err
	}
	return tx.noteEmergency(accountID)
}

// noteEmergency sets whether a code of the account was used.
func (tx *Tx) noteEmergency(accountID string) error {
	var ids []string
	err := tx.g.Model(&EmergencyCode{}).Where("account_id = ? AND armed_at IS NOT NULL", accountID).Limit(1).Pluck("id", &ids).Error
	if err != nil {
		return wrap("finding an emergency code", err)
	}
	armed := len(ids) > 0
	return wrap("noting emergency access",
		tx.g.Model(&Account{}).Where("id = ? AND emergency <> ?", accountID, armed).Update("emergency", armed).Error)
}

// EndedEmergencyCodes returns codes that have ended, up to a limit.
func (tx *Tx) EndedEmergencyCodes(now time.Time, limit int) (rows []EmergencyCode, err error) {
	return rows, wrap("finding ended emergency codes", tx.g.Order("ends_at").Limit(limit).Find(&rows, "ends_at <= ?", now).Error)
}

// ArmedCode is a code that was used, with its account.
type ArmedCode struct {
	EmergencyCode
	Account Account
}

// ArmedCodes returns codes that were used and have not ended, of an organization's accounts or of all ("") but one account. Those that
// have opened a session come first, then the others by when they open one. Their number does not grow with that of the accounts.
func (tx *Tx) ArmedCodes(organizationID, exceptID string, now time.Time, limit int) (rows []ArmedCode, err error) {
	query := tx.g.Model(&EmergencyCode{}).Where("ends_at > ? AND account_id <> ?", now, exceptID)
	if organizationID != "" {
		query = query.Where("EXISTS (?)", tx.g.Model(&Account{}).Select("1").
			Where("accounts.id = emergency_codes.account_id AND organization_id = ?", organizationID))
	}
	var codes []EmergencyCode
	if err := query.Order("ends_at, id").Limit(limit).Find(&codes).Error; err != nil {
		return nil, wrap("listing armed emergency codes", err)
	}
	if len(codes) == 0 {
		return nil, nil
	}
	ids := make([]string, len(codes))
	for i, code := range codes {
		ids[i] = code.AccountID
	}
	accounts, err := tx.Accounts(ids)
	if err != nil {
		return nil, err
	}
	owners := map[string]Account{}
	for _, account := range accounts {
		owners[account.ID] = account
	}
	for _, code := range codes {
		rows = append(rows, ArmedCode{code, owners[code.AccountID]})
	}
	return rows, nil
}
