package accounts

import (
	"cmp"
	"context"

	"latchkey/models"
)

// The reasons for a failed sign-in that only the audit log knows, beside the states.
const (
	reasonWrong     = "wrong-password"
	reasonTechnical = "technical"
	reasonChanged   = "changed-meanwhile"
)

// sought is the account that somebody says is theirs.
type sought struct {
	id   string // "" = there is no such account
	turn string // those who seek the same take turns; unknown names do as known ones, lest the wait tell them apart
}

// opener is what a right password opens: it runs in the transaction that settles the attempt, and may change the account.
type opener func(tx *models.Tx, account *models.Account) error

// authenticate is the one gate for every place that takes an account's present password. After a right one it runs open;
// else it returns [ErrSignIn]. An unknown account costs the same. A [BusyError] says that too many are waiting, and
// nothing was counted.
func (s *Service) authenticate(ctx context.Context, who sought, normalized string, actor Actor, open opener) error {
	waiting, leave, err := s.hashes.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	try, err := s.lockout.reserve(waiting, who)
	if err != nil {
		return err
	}
	match, rehash, err := s.hashes.verify(waiting, try.hash(), normalized)
	if err != nil {
		s.lockout.release(ctx, try)
		return err
	}
	if !match {
		return s.settleFailure(ctx, try, actor)
	}
	return s.settleSuccess(ctx, try, s.renewHash(waiting, rehash, normalized), actor, open)
}

// renewHash computes a new hash where the old one has other parameters. It returns "" where the old one stays, also when
// there is no time for another: the next sign-in will do it.
func (s *Service) renewHash(ctx context.Context, rehash bool, normalized string) string {
	if !rehash {
		return ""
	}
	renewed, err := s.hashes.hash(ctx, normalized)
	if err != nil {
		s.log.Warn("a hash with former parameters was kept", "error", err)
	}
	return renewed
}

func (s *Service) settleFailure(ctx context.Context, try attempt, actor Actor) error {
	blacklisted := false
	err := s.lockout.settle(ctx, try, func(tx *models.Tx, account *models.Account, _ bool) error {
		// The failure is written down first, since it may be what blacklists.
		reason := cmp.Or(try.refused, reasonWrong)
		if err := s.audit(tx, actor, ActionSignInFailed, *account, detail{"reason": reason}); err != nil || try.refused != "" {
			return err
		}
		before := account.BlockedAt
		err := s.countFailure(tx, account)
		blacklisted = before == nil && account.BlockedAt != nil
		return err
	})
	if err != nil {
		return err
	}
	if blacklisted {
		s.wake()
	}
	return ErrSignIn
}

// settleSuccess opens the account, unless it was blacklisted, disabled or given another password while this one was
// being verified, or has no dashboard.
func (s *Service) settleSuccess(ctx context.Context, try attempt, renewed string, actor Actor, open opener) error {
	var closed string
	err := s.lockout.settle(ctx, try, func(tx *models.Tx, account *models.Account, held bool) error {
		if closed = s.closedMeanwhile(try, *account, held); closed != "" {
			return s.audit(tx, actor, ActionSignInFailed, *account, detail{"reason": closed})
		}
		forgive(account)
		if renewed != "" {
			account.PasswordHash = renewed
		}
		return open(tx, account)
	})
	if err == nil && closed != "" {
		err = ErrSignIn
	}
	return err
}

// closedMeanwhile tells why a right password opens nothing after all; "" = it does.
func (s *Service) closedMeanwhile(try attempt, account models.Account, held bool) string {
	switch {
	case account.ID == "" || account.PasswordID != try.account.PasswordID || !held:
		return reasonChanged
	case account.Technical:
		return reasonTechnical
	default:
		return s.refusal(account)
	}
}
