package accounts

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/models"
)

// RequireChange makes the account's password open the reset page only, at once also in its open sessions, and ends its trusted
// browsers. Sessions that are open already have to give the current password: one of them may be stolen.
func (s *Service) RequireChange(ctx context.Context, actor core.Actor, id string) error {
	return s.core.Change(ctx, actor, id, func(tx *models.Tx, account *models.Account) error {
		switch {
		case account.Technical:
			return core.ErrTechnicalOneTime
		case account.PasswordHash == "":
			return core.ErrNoPasswordToChange
		}
		return s.demandChange(tx, actor, account)
	})
}

func (s *Service) demandChange(tx *models.Tx, actor core.Actor, account *models.Account) error {
	account.MustChange = true
	if err := tx.RequireCurrent(account.ID); err != nil {
		return err
	}
	if _, err := tx.RevokeDevices(account.ID); err != nil {
		return err
	}
	return s.core.Audit(tx, actor, core.ActionRequireChange, *account)
}

// WithdrawChange takes back that a new password is required, if none was chosen since. Sessions that were opened meanwhile end,
// since they only open the reset page. Browsers stay untrusted.
func (s *Service) WithdrawChange(ctx context.Context, actor core.Actor, id string) error {
	return s.core.Change(ctx, actor, id, func(tx *models.Tx, account *models.Account) error {
		if !account.MustChange {
			return core.ErrNoChangeRequired
		}
		account.MustChange = false
		ended, err := tx.EndPendingSessions(id)
		if err != nil {
			return err
		}
		return s.core.Audit(tx, actor, core.ActionWithdrawChange, *account, core.DetailSessions.Count(ended))
	})
}

// Unblock ends the account's block, also a permanent one, and resets all counts of failures: that of untrusted clients and
// that of trusted browsers.
func (s *Service) Unblock(ctx context.Context, actor core.Actor, id string) error {
	return s.core.Change(ctx, actor, id, func(tx *models.Tx, account *models.Account) error {
		if account.BlockedAt == nil && account.FailedAttempts == 0 && account.FailedInRow == 0 && account.DeviceFailures == 0 {
			return core.ErrNotBlacklisted
		}
		account.ResetFailures()
		account.DeviceFailures = 0
		return s.core.Audit(tx, actor, core.ActionUnblocked, *account)
	})
}

// Disable switches the account off; its sessions and emergency access to it end at once. The last SuperAdmin who can sign in stays.
func (s *Service) Disable(ctx context.Context, actor core.Actor, id string) error {
	return s.core.DB.Update(ctx, func(tx *models.Tx) error {
		account, err := s.lockUnlessLast(tx, actor, id)
		if err != nil || account.DisabledAt != nil {
			return err
		}
		return s.disable(tx, actor, &account, "")
	})
}

// lockUnlessLast locks an account that the actor wants to take away, unless no other SuperAdmin could sign in then, now
// and on every later day. The SuperAdmins are locked first and in one order, so that two of them cannot take away each other.
func (s *Service) lockUnlessLast(tx *models.Tx, actor core.Actor, id string) (models.Account, error) {
	enabled, err := tx.LockEnabledSuperAdmins()
	if err != nil {
		return models.Account{}, err
	}
	if err := s.core.Recheck(tx, actor); err != nil {
		return models.Account{}, err
	}
	account, err := s.core.LockForChange(tx, actor, id)
	if err != nil {
		return account, err
	}
	return account, s.checkNotLast(account, enabled)
}

// checkNotLast returns an error if without the account no SuperAdmin could sign in. All enabled ones are locked.
func (s *Service) checkNotLast(account models.Account, enabled []models.Account) error {
	if account.Kind != models.SuperAdmin || account.DisabledAt != nil {
		return nil
	}
	if !s.alwaysOpen(without(enabled, account.ID)) {
		return core.ErrLastSuperAdmin
	}
	return nil
}

// Enable switches the account on again. If it is not used, it is disabled only after the whole time, see [Settings.DisableInactive].
func (s *Service) Enable(ctx context.Context, actor core.Actor, id string) error {
	return s.core.Change(ctx, actor, id, func(tx *models.Tx, account *models.Account) error {
		if account.DisabledAt == nil {
			return nil
		}
		account.DisabledAt, account.DisabledFor, account.ActiveAt = nil, "", s.core.Now()
		return s.core.Audit(tx, actor, core.ActionEnabled, *account)
	})
}
