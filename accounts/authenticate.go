package accounts

import (
	"cmp"
	"context"

	"latchkey/accounts/core"
	"latchkey/models"
)

// The reasons for a failed sign-in that only the audit log knows, beside the states.
const (
	reasonUnknown   = "unknown"
	reasonWrong     = "wrong-password"
	reasonTechnical = "technical"
	reasonChanged   = "changed-meanwhile"
	reasonAddress   = "address"
)

// opener is what a right password opens: it runs in the transaction that settles the attempt, and may change the account.
type opener func(tx *models.Tx, now *settled) error

// authenticate is the one gate for every place that takes an account's present password, within [Service.limited]. After a
// right one it runs open; else it returns [core.ErrSignIn]. An unknown account costs the same. A [core.BusyError] says that too many
// are waiting, and nothing was counted.
func (s *Service) authenticate(ctx context.Context, who sought, normalized string, actor core.Actor, open opener) error {
	try, err := s.lockout.reserve(ctx, who)
	if err != nil {
		return err
	}
	defer try.done() // also where something panics
	match, rehash, err := s.hashes.verify(ctx, try.hash(), normalized)
	if err != nil {
		s.lockout.release(ctx, try)
		return err
	}
	if !match {
		return s.settleFailure(ctx, try, actor)
	}
	return s.settleSuccess(ctx, try, who, s.renewHash(ctx, rehash, normalized), actor, open)
}

// renewHash computes a new hash where the old one has other parameters. It returns "" where the old one stays, also when
// there is no time for another: the next sign-in will do it.
func (s *Service) renewHash(ctx context.Context, rehash bool, normalized string) string {
	if !rehash {
		return ""
	}
	renewed, err := s.hashes.hash(ctx, normalized)
	if err != nil {
		s.core.Log.Warn("a hash with former parameters was kept", "error", err)
	}
	return renewed
}

func (s *Service) settleFailure(ctx context.Context, try attempt, actor core.Actor) error {
	blacklisted, reason := false, cmp.Or(try.refused, reasonWrong)
	err := s.lockout.settle(ctx, try, func(tx *models.Tx, now *settled) error {
		// The failure is written down first, since it may be what blacklists.
		if err := s.auditFailure(tx, now, actor, reason); err != nil || try.refused != "" {
			return err
		}
		before := now.account.BlockedAt
		err := s.countFailure(tx, now, actor)
		blacklisted = before == nil && now.account.BlockedAt != nil
		return err
	})
	if err != nil {
		return err
	}
	if blacklisted {
		s.wake()
	}
	return failure{reason}
}

// auditFailure writes down why a sign-in failed, and whether it came from a browser that the account is known to.
func (s *Service) auditFailure(tx *models.Tx, now *settled, actor core.Actor, reason string) error {
	more := core.Detail{"reason": reason}
	if now.try.known {
		more["browser"] = "known"
	}
	return s.core.Audit(tx, actor, core.ActionSignInFailed, now.account, more)
}

// settleSuccess opens the account, unless it was blacklisted, disabled or given another password while this one was
// being verified, or has no dashboard.
func (s *Service) settleSuccess(ctx context.Context, try attempt, who sought, renewed string, actor core.Actor, open opener) error {
	var closed string
	err := s.lockout.settle(ctx, try, func(tx *models.Tx, now *settled) error {
		if closed = s.closedMeanwhile(*now, who); closed != "" {
			return s.auditFailure(tx, now, actor, closed)
		}
		if err := s.credit(tx, now); err != nil {
			return err
		}
		if renewed != "" {
			now.account.PasswordHash = renewed
		}
		return open(tx, now)
	})
	if err == nil && closed != "" {
		err = failure{closed}
	}
	return err
}

// closedMeanwhile tells why a right password opens nothing after all; "" = it does.
func (s *Service) closedMeanwhile(now settled, who sought) string {
	switch {
	case now.account.ID == "" || now.account.PasswordID != now.try.account.PasswordID || !now.held:
		return reasonChanged
	case now.account.Technical:
		return reasonTechnical
	default:
		return s.refusal(now.account, who, now.try.known)
	}
}
