package accounts

import (
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// refusal tells why no password of the account is evaluated now; "" = it is. A block shuts out strangers, not a known
// device; and where SuperAdmins may come from certain addresses only, nobody else can even guess at their passwords.
func (s *Service) refusal(account models.Account, who sought, known bool) string {
	if known {
		account.BlockedAt = nil
	}
	switch state := s.rules.State(account); {
	case account.ID == "":
		return reasonUnknown
	case state == models.Disabled, state == models.Blacklisted, state == models.NoPassword, state == models.OneTimeLapsed:
		return string(state)
	case !s.core.MayActFrom(account, who.address):
		return reasonAddress
	default:
		return ""
	}
}

// countFailure adds a failed attempt to whose it was, and blacklists the account when it was the last one that strangers
// are allowed.
func (s *Service) countFailure(tx *models.Tx, now *settled, actor core.Actor) error {
	if now.try.known && now.device.ID != "" {
		return s.countDeviceFailure(tx, now, actor)
	}
	account := &now.account
	account.FailedAttempts++
	account.FailedInRow++
	yes, forGood := s.limits(*account).blacklists(*account)
	if account.BlockedAt != nil || !yes {
		return nil
	}
	return s.blacklist(tx, account, forGood)
}

// countDeviceFailure adds a failed attempt to the count of the account's trusted browsers. When it was the last one, the log
// says so.
func (s *Service) countDeviceFailure(tx *models.Tx, now *settled, actor core.Actor) error {
	limits := s.limits(now.account)
	before := limits.usedUp(now.account)
	now.account.DeviceFailures++
	if before || !limits.usedUp(now.account) {
		return nil
	}
	more := core.Detail{"attempts": itoa(now.account.DeviceFailures)}
	return s.core.Audit(tx, core.Actor{Address: actor.Address, RequestID: actor.RequestID}, core.ActionDeviceUsedUp, now.account, more)
}

// blacklist refuses the account for the policy's blockingTimeInMin, or without an end. It queues the owner's mail.
func (s *Service) blacklist(tx *models.Tx, account *models.Account, forGood bool) error {
	now := s.core.Now()
	account.BlockedAt, account.BlockedUntil = &now, nil
	more := core.Detail{"attempts": itoa(account.FailedAttempts)}
	if blocking := s.rules.Policy(*account).Blocking(); blocking > 0 && !forGood {
		until := now.Add(blocking)
		account.BlockedUntil = &until
		more["until"] = until.Format(time.RFC3339)
	}
	if err := s.core.Audit(tx, core.Actor{}, core.ActionBlacklisted, *account, more); err != nil {
		return err
	}
	return s.queueBlacklisted(tx, *account)
}

// endBlock lets a block end by itself when its time has come; the count starts at 0.
func (s *Service) endBlock(tx *models.Tx, account *models.Account) error {
	if account.BlockedUntil == nil || account.BlockedUntil.After(s.core.Now()) {
		return nil
	}
	more := core.Detail{"until": account.BlockedUntil.Format(time.RFC3339)}
	account.BlockedAt, account.BlockedUntil, account.FailedAttempts = nil, nil, 0
	if err := s.core.Audit(tx, core.Actor{}, core.ActionBlockEnded, *account, more); err != nil {
		return err
	}
	return tx.SaveAccount(account)
}

// forgive ends a block and every count of strangers' failures, as a right password does.
func forgive(account *models.Account) {
	account.BlockedAt, account.BlockedUntil = nil, nil
	account.FailedAttempts, account.FailedInRow = 0, 0
}

// forgiveAll ends the count of trusted browsers too, as an operator or a new password does.
func forgiveAll(account *models.Account) {
	forgive(account)
	account.DeviceFailures = 0
}

// credit is what a right password does to the counts: a success of a trusted browser resets only theirs; that of a stranger,
// which a trusted browser without attempts left is too, resets the strangers'.
func (s *Service) credit(tx *models.Tx, now *settled) error {
	if !now.try.known {
		forgive(&now.account)
	}
	if now.device.ID == "" {
		return nil
	}
	now.account.DeviceFailures = 0
	return tx.UseDevice(now.device.ID, s.core.Now())
}
