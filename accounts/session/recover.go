package session

import (
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// Recover opens a session for the account with the name or e-mail address, whose owner has lost the password: the proof, which read
// returns, is a recovery code. The session waits for the second factor, if there is one, and then for a new password. It works while the
// account is blocked, and ends the block. Failures are those of [Service.SignIn]. Off means that no account has recovery codes.
func (s *Service) Recover(
	ctx context.Context, nameOrEmail string, from core.ClientInfo, read func() (Proof, error), off bool,
) (SignedIn, error) {
	rules := s.policies.For(ctx)
	return s.SignInByCode(ctx, nameOrEmail, from, read, off, func(tx *models.Tx, account *models.Account) (in SignedIn, complete bool, err error) {
		return s.enterRecovering(tx, rules, account, from)
	})
}

// Enter opens a session after a right code, in the transaction of the attempt. It reports whether the client is known to be the owner; see
// [lockout.OnSuccess].
type Enter func(tx *models.Tx, account *models.Account) (in SignedIn, complete bool, err error)

// SignInByCode is an attempt to get into the account with the name or e-mail address by a code in place of the password, which read
// returns. It works while the account is blocked. Failures are those of [Service.SignIn]. Off means that no account has such a code.
func (s *Service) SignInByCode(
	ctx context.Context, nameOrEmail string, from core.ClientInfo, read func() (Proof, error), off bool, enter Enter,
) (in SignedIn, err error) {
	defer func() {
		s.metrics.SignedIn(outcome(in, err))
		if errors.Is(err, core.ErrSignIn) {
			err = core.ErrSignIn // without the reason
		}
	}()
	actor, rules := from.Actor(), s.policies.For(ctx)
	who, found, err := s.findTrusting(ctx, rules, nameOrEmail, actor)
	if err != nil {
		return in, err
	}
	err = s.limited(ctx, who, func(ctx context.Context) error {
		wrong := CheckName(nameOrEmail)
		proof, err := read()
		if err := wrong.Add(err); err != nil {
			return err
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		if !found {
			if who, err = s.findSubject(ctx, rules, nameOrEmail, actor); err != nil {
				return err
			}
		}
		if off {
			who.ID = "" // as of an unknown account
		}
		who.Wrong, who.Spend, who.WhileBlocked, who.Refuse = lockout.ReasonCode, proof.Spend, true, refuseTechnical
		return s.pool.Do(ctx, who.queueKeys, func(ctx context.Context) error {
			return s.lockout.Attempt(ctx, rules, who.Subject, actor, proof.Verify, func(tx *models.Tx, account *models.Account) (complete bool, err error) {
				in, complete, err = enter(tx, account)
				return complete, err
			})
		})
	})
	return in, err
}

// enterRecovering opens a session after a recovery code in place of the password. Browsers that are not asked for the second factor are
// asked too: the code replaces one factor.
func (s *Service) enterRecovering(
	tx *models.Tx, rules *policy.Rules, account *models.Account, from core.ClientInfo,
) (in SignedIn, complete bool, err error) {
	if account.HasFactor {
		in, err = s.openHalf(tx, *account, from, given{by: models.ByRecoveryCode})
		return in, false, err
	}
	in, err = s.open(tx, rules, account, from, given{by: models.ByRecoveryCode})
	return in, true, err
}
