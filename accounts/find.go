package accounts

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// Find returns an account that the actor may see, or [core.ErrNotFound].
func (s *Service) Find(ctx context.Context, actor core.Actor, id string) (models.Account, error) {
	if !models.IsID(id) {
		return models.Account{}, core.ErrNotFound
	}
	account, err := s.core.DB.Read(ctx).Account(id)
	switch {
	case err != nil:
		return account, core.NotFound(err)
	case actor.Sees(account):
		return account, nil
	case account.ID == actor.ID:
		return account, core.ErrOwnAccount
	default:
		return account, core.ForeignError{ID: account.ID}
	}
}

// FindByIdentifier returns the account with the name or e-mail address. It does not ask who may see it.
func (s *Service) FindByIdentifier(ctx context.Context, nameOrEmail string) (models.Account, error) {
	keys, err := identifier.Keys(nameOrEmail)
	if err != nil {
		return models.Account{}, err
	}
	account, err := s.core.DB.Read(ctx).AccountByIdentifier(keys...)
	return account, core.NotFound(err)
}
