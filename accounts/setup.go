package accounts

import (
	"context"
	"crypto/subtle"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/lockout"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// SetUp is what the first SuperAdmin says of themselves.
type SetUp struct {
	Token                               string
	Name, Email, Password, Confirmation string
}

// NewSetupToken makes the token that opens the set-up page, the only one that is good from now on. It returns "" when
// there is a SuperAdmin already.
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

// CheckSetupToken says by [core.ErrNotFound] that the token does not open the set-up page. Once there is a SuperAdmin, made by
// whatever means, none does.
func (s *Service) CheckSetupToken(ctx context.Context, token string) error {
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
	return nil
}

// CheckSetup says what [Service.CheckSetupToken] does, and by [core.ErrAddress] that no SuperAdmin may be made from the address.
func (s *Service) CheckSetup(ctx context.Context, token, address string) error {
	if err := s.CheckSetupToken(ctx, token); err != nil {
		return err
	}
	if !s.settings.SuperAdmins.Admit(address) {
		return core.ErrAddress
	}
	return nil
}

// SetUp makes the first SuperAdmin, and signs them in. The token is good for one; of two set-ups at once one wins, and the
// other is [core.ErrNotFound].
func (s *Service) SetUp(ctx context.Context, input SetUp, from core.ClientInfo) (in SignedIn, err error) {
	err = s.limited(ctx, lockout.Subject{Address: from.Address}, func(ctx context.Context) error {
		in, err = s.setUp(ctx, input, from)
		return err
	})
	return in, err
}

func (s *Service) setUp(ctx context.Context, input SetUp, from core.ClientInfo) (SignedIn, error) {
	if err := s.CheckSetup(ctx, input.Token, from.Address); err != nil {
		return SignedIn{}, err
	}
	first := NewAccount{
		Kind: models.SuperAdmin, Name: input.Name, Email: input.Email, Issue: Issue{Mode: Typed, Password: input.Password},
	}
	rules := s.Rules()
	account, keys, err := s.validateFirst(ctx, rules, first, input)
	if err != nil {
		return SignedIn{}, err
	}
	var issued Issued
	var checked credential.Checked
	err = s.pool.Do(ctx, []string{core.ClientKey(from.Address)}, func(ctx context.Context) error {
		issued, checked, err = s.preparePassword(ctx, rules, account, first.Issue)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	in := SignedIn{}
	err = s.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
		account := issued.Account // a transaction may run again
		in, err = s.insertFirst(tx, &account, keys, checked, first, input.Token, from)
		return err
	})
	return in, err
}

// validateFirst says everything that is wrong with the form at once, the confirmation too.
func (s *Service) validateFirst(ctx context.Context, rules *policy.Rules, first NewAccount, input SetUp) (models.Account, []string, error) {
	var wrong core.FieldErrors
	account, keys, err := s.validateNew(ctx, rules, core.CommandLine, first)
	if err := wrong.Add(err); err != nil {
		return account, nil, err
	}
	if !credential.Same(input.Password, input.Confirmation) {
		wrong.AddField("confirmation", errConfirmation)
	}
	return account, keys, wrong.Err()
}

func (s *Service) insertFirst(
	tx *models.Tx, account *models.Account, keys []string, checked credential.Checked, first NewAccount, token string, from core.ClientInfo,
) (SignedIn, error) {
	if err := tx.UseSetupToken(core.HashToken(token)); err != nil {
		return SignedIn{}, core.NotFound(err)
	}
	if err := s.insert(tx, from.By(*account), account, keys, checked, first); err != nil {
		return SignedIn{}, err
	}
	in, err := s.openSession(tx, account, from)
	if err != nil {
		return SignedIn{}, err
	}
	return in, tx.SaveAccount(account)
}

// closeSetUp makes the set-up page go away in the transaction that makes a SuperAdmin, whoever does.
func closeSetUp(tx *models.Tx, kind models.Kind) error {
	if kind != models.SuperAdmin {
		return nil
	}
	return tx.DeleteSetupToken()
}
