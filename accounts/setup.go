package accounts

import (
	"context"
	"crypto/subtle"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/session"
	"latchkey/models"
)

// SetupForm is the form that creates the first SuperAdmin.
type SetupForm struct {
	Token                               string
	Name, Email, Password, Confirmation string
}

// NewSetupToken makes the token that opens the set-up page, and revokes earlier ones. It returns "" if there is a SuperAdmin.
func (s *Service) NewSetupToken(ctx context.Context) (token string, err error) {
	err = s.core.DB.Update(ctx, func(tx *models.Tx) error {
		done, err := tx.HasSuperAdmin()
		if err != nil || done {
			return err
		}
		var hash string
		token, hash = s.core.Token()
		return tx.ReplaceSetupToken(hash)
	})
	return token, err
}

// NotSetUp reports whether there is no SuperAdmin yet, so that no account can sign in.
func (s *Service) NotSetUp(ctx context.Context) (bool, error) {
	if s.isSetUp.Load() {
		return false, nil
	}
	done, err := s.core.DB.Read(ctx).HasSuperAdmin()
	s.isSetUp.Store(err == nil && done)
	return err == nil && !done, err
}

// CheckSetup returns nil if the token opens the set-up page. It returns [core.ErrNotFound] if it does not, as none does once there is a
// SuperAdmin, and [core.ErrAddress] if no SuperAdmin may act from the address.
func (s *Service) CheckSetup(ctx context.Context, token, address string) error {
	read := s.core.DB.Read(ctx)
	if done, err := read.HasSuperAdmin(); err != nil {
		return err
	} else if done {
		return core.ErrNotFound
	}
	hash, err := read.SetupTokenHash()
	if err != nil {
		return core.NotFound(err)
	}
	if subtle.ConstantTimeCompare([]byte(hash), []byte(core.HashToken(token))) == 0 {
		return core.ErrNotFound
	}
	if !s.settings.SuperAdmins.Admit(address) {
		return core.ErrAddress
	}
	return nil
}

// SetUp creates the first SuperAdmin, and signs them in. The token is valid once: of two set-ups at the same moment one wins, and the
// other returns [core.ErrNotFound].
func (s *Service) SetUp(ctx context.Context, input SetupForm, from core.ClientInfo) (in session.SignedIn, err error) {
	err = s.limited(ctx, from.Address, func(ctx context.Context) error {
		in, err = s.setUp(ctx, input, from)
		return err
	})
	return in, err
}

// limited runs an attempt under the rate limit of its client's network.
func (s *Service) limited(ctx context.Context, address string, attempt func(context.Context) error) error {
	return s.pool.Bounded(ctx, func(ctx context.Context) error { return s.limiter.Do(ctx, address, attempt) })
}

func (s *Service) setUp(ctx context.Context, input SetupForm, from core.ClientInfo) (in session.SignedIn, err error) {
	if err := s.CheckSetup(ctx, input.Token, from.Address); err != nil {
		return in, err
	}
	rules := s.Policies.For(ctx)
	first := NewAccount{
		Kind: models.SuperAdmin, Name: input.Name, Email: input.Email, Password: PasswordChoice{Mode: Typed, Text: input.Password},
	}
	var wrong core.FieldErrors
	account, keys, err := s.validateNew(ctx, rules, core.CommandLine, first)
	if err := wrong.Add(err); err != nil {
		return in, err
	}
	_ = wrong.Add(credential.CheckConfirmation(input.Password, input.Confirmation))
	if err := wrong.Err(); err != nil {
		return in, err
	}
	_, checked, err := s.preparePassword(ctx, credential.NetworkKey(from.Address), rules, account, first.Password)
	if err != nil {
		return in, err
	}
	err = s.core.DB.Update(ctx, func(tx *models.Tx) error {
		account := account // a transaction may run again
		if err := tx.UseSetupToken(core.HashToken(input.Token)); err != nil {
			return core.NotFound(err)
		}
		if err := s.insert(tx, from.By(account), &account, keys, checked, first); err != nil {
			return err
		}
		account.PasswordFrom = models.FromOwner
		if in, err = s.Sessions.Open(tx, rules, &account, from); err != nil {
			return err
		}
		return tx.SaveAccount(&account)
	})
	return in, err
}
