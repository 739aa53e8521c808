package core

import (
	"errors"
	"slices"

	"latchkey/models"
)

// KeyGate returns a [GateError] if the account's API keys open nothing until its owner has done something on the pages; nil = they work.
// Whether the password has expired is for the caller to judge.
func (c *Core) KeyGate(account models.Account) error {
	switch {
	case account.Technical:
		return nil
	case account.PasswordHash == "" || account.Pending(c.rules.Secrets.OwnersOnly()) != "":
		return GateError{GatePassword, ErrPasswordFirst}
	case !account.HasFactor && (account.MustSetFactor || c.rules.RequiresFactor(account)):
		return GateError{GateFactorSetup, ErrFactorSetupFirst}
	default:
		return nil
	}
}

// recheckKey reads the key and the token again by which a program is about to write for the account, and locks both. So once the key is
// revoked, no request in flight writes anything.
func (c *Core) recheckKey(tx *models.Tx, actor Actor, account models.Account) error {
	if err := c.lockKey(tx, *actor.Key, account); err != nil {
		return err
	}
	if err := c.KeyGate(account); err != nil {
		return err
	}
	if !actor.Key.Write {
		return ErrReadOnly
	}
	if !account.Technical {
		return nil
	}
	rights, err := c.TechnicalRights(tx, account)
	if err == nil && (rights == "" || !slices.Equal(actor.Key.Organizations, []string{rights})) {
		err = ErrSignedOut
	}
	return err
}

// lockKey locks a key and its token. It returns [ErrSignedOut] if one of them opens nothing any more.
func (c *Core) lockKey(tx *models.Tx, used Key, account models.Account) error {
	now := c.Now()
	if used.ID != "" {
		key, err := tx.APIKeyForShare(used.ID)
		if err != nil || key.Ended(now) || key.AccountID != account.ID {
			return endedUnless(err)
		}
	}
	if used.TokenID == "" {
		return nil
	}
	token, err := tx.APITokenForShare(used.TokenID)
	if err != nil || !token.EndsAt.After(now) || token.KeyID == nil && token.PasswordID != account.PasswordID {
		return endedUnless(err)
	}
	return nil
}

// endedUnless returns the error of reading a key, or [ErrSignedOut] if there is none any more.
func endedUnless(err error) error {
	if IgnoreNotFound(err) != nil {
		return err
	}
	return ErrSignedOut
}

// TechnicalRights returns the id of the organization whose customers the keys of a technical account may look after: its own, unless that
// is closed; "" = none.
func (c *Core) TechnicalRights(tx *models.Tx, account models.Account) (organizationID string, err error) {
	organization, err := tx.AccountForShare(*account.OrganizationID)
	if errors.Is(err, models.ErrNotFound) || err == nil && organization.Closed(c.Today()) != "" {
		return "", nil
	}
	return organization.ID, err
}
