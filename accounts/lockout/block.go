package lockout

import (
	"context"
	"errors"
	"math"

	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// budget is how many attempts of an account may be verified at once. If an account has more failures than the limit, such as after the
// policy changed, it gets one at a time: if that fails, it blocks.
type budget struct {
	untrusted int // of untrusted clients together
	trusted   int // of the trusted browsers together

	blocks, permanently bool // the failures of untrusted clients block the account, and without an end
	trustedUsedUp       bool // the trusted browsers count as untrusted clients until one of them succeeds
}

// unlimited is the budget if no number of failures blocks.
const unlimited = math.MaxInt

// budget computes the budgets of an account: the policy's maxLoginAttempts in a row block it, and the cap over any number of blocks
// blocks it without an end. Trusted browsers have as many attempts as untrusted clients, or as many as the cap if no number blocks.
func (s *Service) budget(rules *policy.Rules, account models.Account) budget {
	left := func(limit, failed int) int {
		if limit <= 0 { // off
			return unlimited
		}
		return max(limit-failed, 0)
	}
	row, limit := rules.Policy(account).MaxLoginAttempts, s.settings.Cap
	ofRow, ofCap, ofTrusted := left(row, account.FailedAttempts), left(limit, account.FailedInRow), left(row, account.DeviceFailures)
	if row <= 0 {
		ofTrusted = left(limit, account.DeviceFailures)
	}
	return budget{
		untrusted: max(min(ofRow, ofCap), 1), trusted: max(ofTrusted, 1),
		blocks: ofRow == 0 || ofCap == 0, permanently: ofCap == 0, trustedUsedUp: ofTrusted == 0,
	}
}

// refusal returns why no proof of the account is verified now; "" = it is. A block holds for untrusted clients only. If SuperAdmins may
// sign in from certain addresses only, their passwords cannot be guessed from others.
func (s *Service) refusal(rules *policy.Rules, account models.Account, who Subject, trusted bool) string {
	if trusted || who.WhileBlocked {
		account.BlockedAt = nil
	}
	switch state := rules.State(account); {
	case account.ID == "":
		return ReasonUnknown
	case state.Closed(), state == models.Blacklisted, state == models.NoPassword, state == models.OneTimeLapsed:
		return string(state)
	case !s.core.MayActFrom(account, who.Address):
		return ReasonAddress
	default:
		return ""
	}
}

// countFailure adds a failed attempt to the budget of the trusted browsers or to that of untrusted clients, and blocks the account if it
// was the last one that untrusted clients had.
func (s *Service) countFailure(
	tx *models.Tx, rules *policy.Rules, account *models.Account, actor core.Actor, trusted bool,
) (blocked bool, err error) {
	if trusted {
		before := s.budget(rules, *account)
		account.DeviceFailures++
		if before.trustedUsedUp || !s.budget(rules, *account).trustedUsedUp {
			return false, nil
		}
		return false, s.core.Audit(tx, core.Actor{Address: actor.Address, RequestID: actor.RequestID}, core.ActionDeviceUsedUp, *account,
			core.DetailAttempts.Count(account.DeviceFailures))
	}
	if account.BlockedAt != nil { // of a proof that is verified nevertheless
		return false, nil
	}
	account.FailedAttempts++
	account.FailedInRow++
	after := s.budget(rules, *account)
	if !after.blocks {
		return false, nil
	}
	at := s.core.Now()
	account.BlockedAt, account.BlockedUntil = &at, nil
	details := []core.Detail{core.DetailAttempts.Count(account.FailedAttempts)}
	if blocking := rules.Policy(*account).Blocking(); blocking > 0 && !after.permanently {
		until := at.Add(blocking)
		account.BlockedUntil = &until
		details = append(details, core.DetailUntil.Time(until))
	}
	if err := s.core.Audit(tx, core.Actor{}, core.ActionBlacklisted, *account, details...); err != nil {
		return false, err
	}
	devices, err := s.CountDevices(tx, rules, *account)
	if err != nil {
		return false, err
	}
	return true, s.notifier.Blocked(tx, *account, devices.Known > 0 && !devices.UsedUp)
}

// PurgeExpired removes attempts of processes that died, and browsers that are no longer trusted.
func (s *Service) PurgeExpired(tx *models.Tx) error {
	now := s.core.Now()
	return errors.Join(tx.DeleteLapsedReservations(now), tx.DeleteDevices(now.Add(-max(DeviceLife, s.settings.DeviceLife))))
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
