package mfa

import (
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/session"
	"latchkey/models"
)

// RecoveryCodes is how many codes a set has, and FewRecoveryCodes how many left are so few that their owner should replace them.
const (
	RecoveryCodes    = 10
	FewRecoveryCodes = 3
)

// recoveryForm is the form of recovery codes, of 80 bits.
var recoveryForm = credential.CodeForm{Length: 16, Group: 4}

// recoverySet is a set of recovery codes as they are shown, and the hashes that are stored of them.
type recoverySet struct{ codes, hashes []string }

// newRecoverySet makes a set of codes for the actor. Their hashes have one salt, so that a typed code costs one hash, however many there
// are.
func (s *Service) newRecoverySet(ctx context.Context, actor core.Actor) (set recoverySet, err error) {
	err = s.pool.Do(ctx, []string{credential.ActorKey(actor.ID)}, func(ctx context.Context) error {
		for i := range RecoveryCodes {
			shown, err := recoveryForm.New(s.core.Random())
			if err != nil {
				return err
			}
			code, _ := recoveryForm.Parse(shown)
			var hash string
			if i == 0 {
				hash, err = s.pool.Hash(ctx, code)
			} else {
				hash, err = s.pool.HashLike(ctx, set.hashes[0], code)
			}
			if err != nil {
				return err
			}
			set.codes, set.hashes = append(set.codes, shown), append(set.hashes, hash)
		}
		return nil
	})
	return set, err
}

// errNoSet means that a transaction needs a set of recovery codes.
var errNoSet = errors.New("recovery codes are needed")

// withCodes runs the transaction of a use case that may replace the actor's recovery codes; see [Service.replaceCodes]. Hashes are not
// computed in a transaction. So the first one has no codes, and if it needs them it is rolled back, and another one has them.
func (s *Service) withCodes(ctx context.Context, actor core.Actor, do func(*models.Tx, recoverySet) error) error {
	run := func(set recoverySet) error {
		return s.core.UpdateFactors(ctx, actor, func(tx *models.Tx) error { return do(tx, set) })
	}
	err := run(recoverySet{})
	if !errors.Is(err, errNoSet) {
		return err
	}
	set, err := s.newRecoverySet(ctx, actor)
	if err != nil {
		return err
	}
	return run(set)
}

// replaceCodes replaces the actor's recovery codes by a set, and returns the codes. It returns [errNoSet] if the set is empty.
func (s *Service) replaceCodes(tx *models.Tx, actor core.Actor, set recoverySet) (codes []string, err error) {
	if len(set.hashes) == 0 {
		return nil, errNoSet
	}
	if err := tx.ReplaceRecoveryCodes(actor.ID, set.hashes); err != nil {
		return nil, err
	}
	account, err := tx.Account(actor.ID)
	if err != nil {
		return nil, err
	}
	return set.codes, s.core.Audit(tx, actor, core.ActionRecoveryCodes, account)
}

// recoveryOf is a recovery code of the account for which it is verified. The field names it in errors.
func (s *Service) recoveryOf(code, field string) session.Proof {
	var owner, hash string
	return session.Proof{
		Field: field, Recovery: true,
		Verify: func(ctx context.Context, account models.Account) (ok bool, err error) {
			tx := s.core.DB.Read(ctx)
			one, err := tx.AnyRecoveryCode(account.ID)
			if err != nil {
				return false, err
			}
			owner = account.ID
			if hash, err = s.pool.HashLike(ctx, one, code); err != nil { // also without codes, so that it costs the same
				return false, err
			}
			return tx.HasRecoveryCode(owner, hash)
		},
		Spend: func(tx *models.Tx) (bool, error) { return tx.SpendRecoveryCode(owner, hash) },
	}
}
