package lockout

import (
	"context"
	"errors"
	"math"

	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// limits are how many failed attempts in a row an account allows.
type limits struct {
	row int // the policy's maxLoginAttempts: as many block; <= 0 = off
	cap int // as many, over any number of blocks, block without an end; 0 = off
}

func (s *Service) limits(rules *policy.Rules, account models.Account) limits {
	return limits{row: rules.Policy(account).MaxLoginAttempts, cap: s.settings.Cap}
}

// untrustedLeft is how many attempts of untrusted clients may be verified at once.
func (l limits) untrustedLeft(account models.Account) int {
	return min(left(account.FailedAttempts, l.row), left(account.FailedInRow, l.cap))
}

// trustedLeft is the same for the trusted browsers, which share one budget.
func (l limits) trustedLeft(account models.Account) int {
	return left(account.DeviceFailures, l.trusted())
}

// trusted is the budget of the trusted browsers: as many as untrusted clients have, or as many as the cap if no number blocks.
func (l limits) trusted() int {
	if l.row > 0 {
		return l.row
	}
	return l.cap
}

// exhausted reports whether the trusted browsers have used up their budget. From then on they count as untrusted clients, until one
// of them succeeds.
func (l limits) exhausted(account models.Account) bool {
	return l.trusted() > 0 && account.DeviceFailures >= l.trusted()
}

// blocks reports whether the failures of untrusted clients block the account, and whether without an end.
func (l limits) blocks(account models.Account) (yes, permanently bool) {
	permanently = l.cap > 0 && account.FailedInRow >= l.cap
	return permanently || l.row > 0 && account.FailedAttempts >= l.row, permanently
}

// left is how many attempts failures leave of a limit. An account that has more failures already, such as after the policy changed,
// gets one at a time: if it fails, it blocks.
func left(failed, limit int) int {
	if limit <= 0 {
		return math.MaxInt32
	}
	return max(1, limit-failed)
}

// refusal is why no proof of the account is verified now; "" = it is. A block holds for untrusted clients only. If SuperAdmins may
// sign in from certain addresses only, their passwords cannot be guessed from others.
func (s *Service) refusal(rules *policy.Rules, account models.Account, who Subject, trusted bool) string {
	if trusted {
		account.BlockedAt = nil
	}
	switch state := rules.State(account); {
	case account.ID == "":
		return ReasonUnknown
	case state == models.Disabled, state == models.Blacklisted, state == models.NoPassword, state == models.OneTimeLapsed:
		return string(state)
	case !s.core.MayActFrom(account, who.Address):
		return ReasonAddress
	default:
		return ""
	}
}

// countFailure adds a failed attempt to its budget, and blocks the account if it was the last one that untrusted clients have.
func (s *Service) countFailure(tx *models.Tx, rules *policy.Rules, now *outcome, actor core.Actor) error {
	account, limits := &now.account, s.limits(rules, now.account)
	if now.try.trusted && now.device.ID != "" {
		before := limits.exhausted(*account)
		account.DeviceFailures++
		if before || !limits.exhausted(*account) {
			return nil
		}
		return s.core.Audit(tx, core.Actor{Address: actor.Address, RequestID: actor.RequestID}, core.ActionDeviceUsedUp, *account,
			core.DetailAttempts.Count(account.DeviceFailures))
	}
	account.FailedAttempts++
	account.FailedInRow++
	blocked, permanently := limits.blocks(*account)
	if account.BlockedAt != nil || !blocked {
		return nil
	}
	at := s.core.Now()
	account.BlockedAt, account.BlockedUntil = &at, nil
	details := []core.Detail{core.DetailAttempts.Count(account.FailedAttempts)}
	if blocking := rules.Policy(*account).Blocking(); blocking > 0 && !permanently {
		until := at.Add(blocking)
		account.BlockedUntil = &until
		details = append(details, core.DetailUntil.Time(until))
	}
	if err := s.core.Audit(tx, core.Actor{}, core.ActionBlacklisted, *account, details...); err != nil {
		return err
	}
	devices, err := s.CountDevices(tx, rules, *account)
	if err != nil {
		return err
	}
	return s.notifier.Blocked(tx, *account, devices.Known > 0 && !devices.UsedUp)
}

// PurgeExpired removes attempts of processes that died, and browsers that are no longer trusted.
func (s *Service) PurgeExpired(tx *models.Tx) error {
	now := s.core.Now()
	return errors.Join(tx.DeleteLapsedReservations(now), tx.DeleteDevices(now.Add(-DeviceLife)))
}

// EndBlocks ends all blocks whose time is up.
func (s *Service) EndBlocks(ctx context.Context, rules *policy.Rules) error {
	find := func(tx *models.Tx, limit int) ([]models.Account, error) {
		return tx.EndedBlocks(rules.Cutoffs(), limit)
	}
	_, err := s.core.Sweep(ctx, find, func(tx *models.Tx, accounts []models.Account) (int, error) {
		for i := range accounts {
			if err := s.EndBlock(tx, &accounts[i]); err != nil {
				return 0, err
			}
		}
		return len(accounts), nil
	})
	return err
}

// EndBlock ends a block whose time is up; the count starts at 0.
func (s *Service) EndBlock(tx *models.Tx, account *models.Account) error {
	if account.BlockedUntil == nil || account.BlockedUntil.After(s.core.Now()) {
		return nil
	}
	until := *account.BlockedUntil
	account.BlockedAt, account.BlockedUntil, account.FailedAttempts = nil, nil, 0
	if err := s.core.Audit(tx, core.Actor{}, core.ActionBlockEnded, *account, core.DetailUntil.Time(until)); err != nil {
		return err
	}
	return tx.SaveAccount(account)
}
