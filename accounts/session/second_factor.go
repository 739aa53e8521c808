package session

import (
	"cmp"
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/lockout"
	"latchkey/models"
)

// Proof shows a second factor, or a recovery code in its place.
type Proof struct {
	// Verify reports whether the proof is the account's. See [lockout.Verify].
	Verify lockout.Verify
	// Spend uses up the code in the transaction of the sign-in, and reports whether it could still be used.
	Spend func(*models.Tx) (bool, error)
	// Field is the field of the form that an error names, and Error what the client learns of a wrong proof; "" = that the code is wrong.
	Field string
	Error core.Code
	// Recovery means that it is a recovery code, which opens a session, but is no second factor.
	Recovery bool
}

func (p Proof) wrong() error { return core.Invalid(p.Field, cmp.Or(p.Error, errCode)) }

// maxWrongCodes is how many wrong codes end a session that waits for the second factor.
const maxWrongCodes = 5

// errCode means that a code is not the account's, or that it was used before.
const errCode core.Code = "factor.code_wrong"

// errCodeSpent means that a recovery code cannot take the place of the second factor, since one has taken that of the password.
const errCodeSpent core.Code = "factor.recovery_code_spent"

// Complete opens the session of an account whose password was right, if the proof is right. A wrong proof counts as a failed attempt to
// sign in; an error of read, which returns the proof, counts as a failure of the client's network only. It returns [core.ErrSignedOut]
// if the session has ended since, or ends because of too many wrong codes. With remember, the browser is not asked for the second factor
// for as long as it is trusted. If a recovery code took the place of the password, another one is refused, and a new password has to be
// set then.
func (s *Service) Complete(
	ctx context.Context, current Current, from core.ClientInfo, read func() (Proof, error), remember bool,
) (in SignedIn, err error) {
	if !current.Session.NeedsFactor {
		return in, core.ErrForbidden
	}
	rules, actor, who, proof := s.policies.For(ctx), from.By(current.Account), subject{}, Proof{}
	defer func() {
		s.metrics.SignedIn(outcome(in, err))
		if failed := (lockout.Failure{}); errors.As(err, &failed) {
			err = s.refuseCode(ctx, current, proof, failed.Reason == lockout.ReasonCode, who.Trusted)
		}
	}()
	who, err = s.subjectOf(ctx, rules, current.Account.ID, credential.AccountKey(current.Account.ID), actor)
	if err != nil {
		return in, err
	}
	finish := func(tx *models.Tx, account *models.Account) (complete bool, err error) {
		half, err := tx.EndSession(account.ID, current.Session.ID)
		if errors.Is(err, models.ErrNotFound) {
			return false, core.ErrSignedOut
		}
		if err != nil {
			return false, err
		}
		proofs := given{by: half.OpenedBy, link: half.LinkID, password: half.PasswordAt}
		if now := s.core.Now(); !proof.Recovery {
			proofs.factor = &now
		}
		if in, err = s.open(tx, rules, account, from, proofs); err == nil && remember && !proof.Recovery {
			err = s.lockout.SkipFactor(tx, *account, in.Device)
		}
		return true, err
	}
	err = s.limited(ctx, who, func(ctx context.Context) (err error) {
		if proof, err = read(); err != nil {
			return err
		}
		if proof.Recovery && !current.Session.TakesRecoveryCodes() {
			return core.Invalid("code", errCodeSpent)
		}
		who.Wrong, who.Spend, who.WhileBlocked = lockout.ReasonCode, proof.Spend, current.Session.WithoutPassword()
		return s.takingCode(ctx, current.Session, func(ctx context.Context) error {
			return s.pool.Do(ctx, who.queueKeys, func(ctx context.Context) error {
				return s.lockout.Attempt(ctx, rules, who.Subject, actor, proof.Verify, finish)
			})
		})
	})
	return in, err
}

// takingCode makes an attempt with a code, as one of those that may be wrong in a session. It is counted before it is made, so that
// attempts at the same time are not more. Those of all sessions that a link opens are counted together.
func (s *Service) takingCode(ctx context.Context, session models.Session, attempt func(context.Context) error) error {
	taken := false
	err := s.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
		if taken, err = tx.TakeCode(session.ID, maxWrongCodes); err == nil && taken && session.LinkID != nil {
			taken, err = tx.TakeLinkCode(*session.LinkID)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case !taken:
		return core.ErrSignedOut
	}
	err = attempt(ctx)
	if err == nil || errors.As(err, new(lockout.Failure)) {
		return err
	}
	ctx, cancel := core.Detached(ctx)
	defer cancel()
	return errors.Join(err, s.core.DB.Update(ctx, func(tx *models.Tx) error {
		if err := tx.ReturnCode(session.ID); err != nil || session.LinkID == nil {
			return err
		}
		return tx.ReturnLinkCode(*session.LinkID)
	}))
}

// refuseCode refuses a code at a sign-in, and ends the session too if the account is blocked.
func (s *Service) refuseCode(ctx context.Context, current Current, proof Proof, wrong, trusted bool) error {
	return s.refuse(ctx, current, proof, func(account models.Account) (most int) {
		if !wrong || account.BlockedAt != nil && !trusted && !current.Session.WithoutPassword() {
			return 0
		}
		return maxWrongCodes
	})
}

// refuse returns what the client learns of a wrong answer, and ends the session after the last one that may be wrong. The number of those
// may depend on the account as it is now.
func (s *Service) refuse(ctx context.Context, current Current, proof Proof, most func(models.Account) int) error {
	ctx, cancel := core.Detached(ctx)
	defer cancel()
	ended := false
	err := s.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
		account, err := tx.Account(current.Account.ID)
		if err != nil {
			return core.NotFound(err)
		}
		ended, err = tx.EndAfterCodes(current.Session.ID, most(account))
		return err
	})
	switch {
	case errors.Is(err, core.ErrNotFound) || ended:
		return core.ErrSignedOut
	case err != nil:
		return err
	default:
		return proof.wrong()
	}
}
