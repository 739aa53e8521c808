package accounts

import (
	"context"
	"crypto/subtle"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/policy"
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

func (s *Service) setUp(ctx context.Context, input SetupForm, from core.ClientInfo) (session.SignedIn, error) {
	if err := s.CheckSetup(ctx, input.Token, from.Address); err != nil {
		return session.SignedIn{}, err
	}
	first := NewAccount{
		Kind: models.SuperAdmin, Name: input.Name, Email: input.Email, Issue: Issue{Mode: Typed, Password: input.Password},
	}
	rules := s.Policies.Current()
	account, keys, err := s.validateFirst(ctx, rules, first, input)
	if err != nil {
		return session.SignedIn{}, err
	}
	var issued Issued
	var checked credential.Checked
	err = s.pool.Do(ctx, []string{core.ClientKey(from.Address)}, func(ctx context.Context) error {
		issued, checked, err = s.preparePassword(ctx, rules, account, first.Issue)
		return err
	})
	if err != nil {
		return session.SignedIn{}, err
	}
	in := session.SignedIn{}
	err = s.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
		account := issued.Account // a transaction may run again
		in, err = s.insertFirst(tx, &account, keys, checked, first, input.Token, from)
		return err
	})
	return in, err
}

// validateFirst returns everything that is wrong with the form at once.
func (s *Service) validateFirst(ctx context.Context, rules *policy.Rules, first NewAccount, input SetupForm) (models.Account, []string, error) {
	var wrong core.FieldErrors
	account, keys, err := s.validateNew(ctx, rules, core.CommandLine, first)
	if err := wrong.Add(err); err != nil {
		return account, nil, err
	}
	_ = wrong.Add(credential.CheckConfirmation(input.Password, input.Confirmation))
	return account, keys, wrong.Err()
}

func (s *Service) insertFirst(
	tx *models.Tx, account *models.Account, keys []string, checked credential.Checked, first NewAccount, token string, from core.ClientInfo,
) (session.SignedIn, error) {
	if err := tx.UseSetupToken(core.HashToken(token)); err != nil {
		return session.SignedIn{}, core.NotFound(err)
	}
	if err := s.insert(tx, from.By(*account), account, keys, checked, first); err != nil {
		return session.SignedIn{}, err
	}
	in, err := s.Sessions.Open(tx, account, from)
	if err != nil {
		return session.SignedIn{}, err
	}
	return in, tx.SaveAccount(account)
}

// closeSetup revokes the set-up token in the transaction that creates a SuperAdmin.
func closeSetup(tx *models.Tx, kind models.Kind) error {
	if kind != models.SuperAdmin {
		return nil
	}
	return tx.DeleteSetupToken()
}
