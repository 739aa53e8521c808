package apikey

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// touchEvery is how precisely the last use of a key is recorded, so that not every request writes.
const touchEvery = time.Minute

// Access is what a key or token opens to a request.
type Access struct {
	Account models.Account
	Key     models.APIKey // zero = a token for the password of a technical account
	Actor   core.Actor    // who acts in the request
}

// Resolve returns what a token, or a key that is used directly, opens to a request, and records its use. It is [ErrInvalid] if that is
// nothing. If it is refused for another reason, the access is for the audit log only: [core.ErrAddress] if it may not be used from the
// client's address, a [core.GateError] if the owner of the account has to do something first, [ErrNotDirect], or [core.OffError].
func (s *Service) Resolve(ctx context.Context, secret string, from core.ClientInfo) (Access, error) {
	return s.resolve(ctx, secret, from, func(k models.APIKey, isToken bool) error {
		if !isToken && !k.Direct {
			return ErrNotDirect
		}
		return nil
	})
}

func (s *Service) resolve(
	ctx context.Context, secret string, from core.ClientInfo, allowed func(k models.APIKey, isToken bool) error,
) (access Access, err error) {
	read, now, today := s.core.DB.Read(ctx), s.core.Now(), s.core.Today()
	hash := core.HashToken(secret[:min(len(secret), MaxSecret+1)])
	tokenID, isKey := "", strings.HasPrefix(secret, keyMark)
	if isKey {
		access.Key, access.Account, err = read.APIKeyByHash(hash, now, today)
	} else {
		var token models.APIToken
		token, access.Key, access.Account, err = read.APITokenByHash(hash, now, today)
		tokenID = token.ID
	}
	if errors.Is(err, models.ErrNotFound) {
		return Access{}, ErrInvalid
	}
	if err != nil {
		return Access{}, err
	}
	if access.Actor, err = s.actor(read, access, tokenID, from); err != nil {
		return Access{}, err
	}
	switch {
	case s.off && access.Key.ID != "":
		return access, Off
	case !networksOf(access.Key).Admit(from.Address), !s.core.MayEnterFrom(from.Address), !s.core.MayActFrom(access.Account, from.Address):
		return access, core.ErrAddress
	}
	if err := allowed(access.Key, !isKey); err != nil {
		return access, err
	}
	if err := s.gate(ctx, access); err != nil {
		return access, err
	}
	return access, s.touch(ctx, access)
}

// gate returns a [core.GateError] if the owner of the account has to do something before programs can act for it, such as to choose a new
// password; nil = they can. The password of a technical account does not count for its keys.
func (s *Service) gate(ctx context.Context, access Access) error {
	byPassword := !access.Account.Technical || access.Key.ID == ""
	if byPassword && s.policies.For(ctx).Pending(access.Account) == models.Expired {
		return core.GateError{Gate: core.GatePassword, Code: core.ErrPasswordFirst}
	}
	return s.core.KeyGate(access.Account)
}

// actor returns who acts, with no more rights than the account and the key both have now.
func (s *Service) actor(read *models.Tx, access Access, tokenID string, from core.ClientInfo) (core.Actor, error) {
	account, key := access.Account, access.Key
	actor := from.By(account)
	actor.Key = &core.Key{
		ID: key.ID, TokenID: tokenID, Prefix: key.Prefix, Write: key.CanWrite, Verify: key.CanVerify,
		OwnerKind: account.Kind, Organizations: organizationsOf(account, key.Scope),
	}
	switch {
	case account.Technical && key.ID != "":
		organization, err := s.core.TechnicalRights(read, account)
		if err != nil || organization == "" {
			return actor, err
		}
		actor.Kind, actor.Key.Organizations = models.Organization, []string{organization}
	case account.Kind == models.SuperAdmin && actor.Key.Organizations != nil:
		actor.Kind = models.Organization
	}
	return actor, nil
}

// touch records the use of a key, and of a network from which it was not used before.
func (s *Service) touch(ctx context.Context, access Access) error {
	key, now, address := access.Key, s.core.Now(), access.Actor.Address
	network := networkOf(address)
	known := key.LastAddress != "" && networkOf(key.LastAddress) == network
	if key.ID == "" || known && key.LastUsedAt != nil && now.Sub(*key.LastUsedAt) < touchEvery {
		return nil
	}
	err := s.core.DB.Update(ctx, func(tx *models.Tx) error {
		if err := errors.Join(tx.UseAPIKey(key.ID, now, address), tx.UseAccount(key.AccountID, now)); err != nil || known {
			return err
		}
		added, err := tx.AddAPIKeyNetwork(key.ID, network)
		if err != nil || !added {
			return err
		}
		return s.core.Audit(tx, access.Actor, core.ActionKeyUsed, access.Account, core.DetailKeyTitle.Text(key.Title))
	})
	if err != nil && ctx.Err() == nil { // reading works also if nothing can be written
		s.core.Log.Warn("recording the use of an API key failed", "error", err)
	}
	return nil
}

// The bits of an address that make a network of which the owner of a key is notified.
const (
	networkBits4 = 24
	networkBits6 = 48
)

// networkOf returns the network of an address; the address itself if it cannot be parsed.
func networkOf(address string) string {
	parsed, ok := core.ParseAddress(address)
	if !ok {
		return address
	}
	bits := networkBits4
	if parsed.Is6() {
		bits = networkBits6
	}
	return netip.PrefixFrom(parsed, bits).Masked().String()
}

// Token is what a key was exchanged for.
type Token struct {
	Secret string
	EndsAt time.Time
}

// Exchange makes a token for a key. It lives for so long, or for as long as the settings and the key allow; 0 = as long as possible. admit
// may refuse the account another token.
func (s *Service) Exchange(
	ctx context.Context, secret string, life time.Duration, from core.ClientInfo, admit func(models.Account) error,
) (Token, Access, error) {
	access, err := s.resolve(ctx, secret, from, func(_ models.APIKey, isToken bool) error {
		if isToken { // or it could live for ever
			return ErrInvalid
		}
		return nil
	})
	if err != nil {
		return Token{}, access, err
	}
	if err := admit(access.Account); err != nil {
		return Token{}, access, err
	}
	token, row := s.newToken(life, models.APIToken{AccountID: access.Account.ID, KeyID: &access.Key.ID})
	if token.EndsAt.After(access.Key.EndsAt) {
		token.EndsAt, row.EndsAt = access.Key.EndsAt, access.Key.EndsAt
	}
	err = s.core.DB.Write(ctx, func(tx *models.Tx) error { return tx.CreateAPIToken(row) })
	if errors.Is(err, models.ErrReferenced) { // the key was revoked meanwhile
		err = ErrInvalid
	}
	return token, access, err
}

// IssueIn makes a token for a technical account whose password was right. It is valid until the account has another one.
func (s *Service) IssueIn(tx *models.Tx, account models.Account, life time.Duration) (Token, error) {
	token, row := s.newToken(life, models.APIToken{AccountID: account.ID, PasswordID: account.PasswordID})
	return token, tx.CreateAPIToken(row)
}

func (s *Service) newToken(life time.Duration, row models.APIToken) (Token, models.APIToken) {
	secret, _ := s.core.Token()
	secret = tokenMark + secret
	row.ID, row.Hash, row.CreatedAt = s.core.NewID(), core.HashToken(secret), s.core.Now()
	if life <= 0 || life > s.tokenMax {
		life = s.tokenMax
	}
	row.EndsAt = row.CreatedAt.Add(life)
	return Token{secret, row.EndsAt}, row
}
