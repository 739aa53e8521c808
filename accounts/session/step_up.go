package session

import (
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/lockout"
	"latchkey/models"
	"latchkey/password"
)

// MustConfirm returns what the actor has to give before an act that asks for it; see [core.Core.CheckConfirmed].
type MustConfirm struct {
	Needed bool
	Factor bool // the account has a second factor, which is asked for too
}

// MustConfirm reports whether the actor has to confirm who they are, and whether a second factor belongs to it.
func (s *Service) MustConfirm(ctx context.Context, actor core.Actor) (must MustConfirm, err error) {
	tx := s.core.DB.Read(ctx)
	if err = s.core.CheckConfirmed(tx, actor); errors.Is(err, core.ErrConfirmFirst) {
		must.Needed, err = true, nil
	}
	if err != nil {
		return must, err
	}
	must.Factor, err = tx.HasFactor(actor.ID)
	return must, err
}

// Confirm records that the owner of the current session has given the password again, and if the account has a second factor the proof of
// it, which read returns. The session gets a new token. What is wrong counts as a failed attempt to sign in; an error of read counts as a
// failure of the client's network only. It returns [core.ErrSignedOut] if the session has ended since, or ends because of too many wrong
// answers.
func (s *Service) Confirm(
	ctx context.Context, current Current, from core.ClientInfo, secret string, read func() (Proof, error),
) (in SignedIn, err error) {
	if current.Session.Emergency() { // see [Service.ConfirmEmergency]
		return in, core.ErrEmergencySession
	}
	rules, shown := s.policies.For(ctx), Proof{Field: "password", Error: errCurrentPassword}
	factor, err := s.core.DB.Read(ctx).HasFactor(current.Account.ID)
	if err != nil {
		return in, err
	}
	err = s.confirming(ctx, current, from, &shown, func(ctx context.Context, who subject, actor core.Actor) error {
		finish := func(tx *models.Tx, account *models.Account) (complete bool, err error) {
			in, err = s.confirm(tx, current, actor, *account, factor)
			return err == nil, err
		}
		normalized, proof, err := readAnswer(secret, factor, read)
		if err != nil {
			return err
		}
		return s.takingCode(ctx, current.Session, func(ctx context.Context) error {
			return s.pool.Do(ctx, who.queueKeys, func(ctx context.Context) error {
				if !factor {
					return s.authenticate(ctx, rules, who, normalized, actor, finish)
				}
				// As at the sign-in, a right password alone resets no count.
				err := s.authenticate(ctx, rules, who, normalized, actor, func(*models.Tx, *models.Account) (bool, error) { return false, nil })
				if err != nil {
					return err
				}
				who.Wrong, who.Spend, shown = lockout.ReasonCode, proof.Spend, proof
				return s.lockout.Attempt(ctx, rules, who.Subject, actor, proof.Verify, finish)
			})
		})
	})
	return in, err
}

// confirming makes an attempt of who uses the current session to confirm who they are. Shown is what was given, of which the client learns
// that it is wrong.
func (s *Service) confirming(
	ctx context.Context, current Current, from core.ClientInfo, shown *Proof,
	attempt func(ctx context.Context, who subject, actor core.Actor) error,
) error {
	actor := current.Actor(from)
	who, err := s.subjectOf(ctx, s.policies.For(ctx), current.Account.ID, credential.ActorKey(current.Account.ID), actor)
	if err != nil {
		return err
	}
	err = s.limited(ctx, who, func(ctx context.Context) error { return attempt(ctx, who, actor) })
	if errors.As(err, new(lockout.Failure)) {
		return s.refuse(ctx, current, *shown, func(models.Account) int { return maxWrongCodes })
	}
	return err
}

// readAnswer returns the password in its normal form and the proof, or everything that cannot be right. That is not an attempt.
func readAnswer(secret string, factor bool, read func() (Proof, error)) (normalized string, proof Proof, err error) {
	var wrong core.FieldErrors
	normalized, err = password.Normalize(secret)
	if err != nil {
		_ = wrong.Add(credential.Problem("password", err))
	}
	if factor {
		proof, err = read()
		if err := wrong.Add(err); err != nil {
			return "", proof, err
		}
	}
	return normalized, proof, wrong.Err()
}

// confirm makes the present session one of a confirmed owner.
func (s *Service) confirm(tx *models.Tx, current Current, actor core.Actor, account models.Account, factor bool) (in SignedIn, err error) {
	token, hash := s.core.Token()
	err = tx.ConfirmSession(current.Session.ID, hash, account.PasswordID, s.core.Now(), factor)
	if errors.Is(err, models.ErrNotFound) {
		return in, core.ErrSignedOut
	}
	if err != nil {
		return in, err
	}
	return SignedIn{Account: account, Token: token}, s.core.Audit(tx, actor, core.ActionConfirmed, account)
}
