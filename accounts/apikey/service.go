package apikey

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// Options are what a [Service] is made of.
type Options struct {
	Core     *core.Core
	Policies *policy.Source
	Notices  Notices

	// Organization finds an organization by its id or name. If there is none, it returns a [core.ValidationError].
	Organization func(ctx context.Context, idOrName string) (models.Account, error)

	Off      bool          // keys open nothing, and none can be made
	TokenMax time.Duration // the longest life of a token; 0 = [DefaultTokenLife]
}

// Notices notify owners of keys.
type Notices interface {
	// QueueKeyEnd queues the mail about the end of a key, whose last day is given, and returns how many that are.
	QueueKeyEnd(tx *models.Tx, account models.Account, key models.APIKey, day string) (mails int, err error)
}

// Service manages API keys and tokens. It is safe for concurrent use.
type Service struct {
	core     *core.Core
	policies *policy.Source
	notices  Notices
	off      bool
	tokenMax time.Duration

	organization func(ctx context.Context, idOrName string) (models.Account, error)
}

// New makes a service.
func New(o Options) *Service {
	if o.TokenMax == 0 {
		o.TokenMax = DefaultTokenLife
	}
	return &Service{core: o.Core, policies: o.Policies, notices: o.Notices, organization: o.Organization, off: o.Off, tokenMax: o.TokenMax}
}

// Off means that API keys are switched off.
var Off = core.OffError{Setting: "COMPLIANCE_DISABLE_API_KEYS"}

// DefaultTokenLife is the longest life of a token, unless a setting says otherwise.
const DefaultTokenLife = 10 * time.Minute

// Limits of API keys.
const (
	MaxKeys     = 50 // of an account
	MaxYears    = 5  // until a key ends
	DefaultLife = 1  // years

	maxNetworks      = 50
	maxOrganizations = 100
)

// What is wrong with a key, or with the form of a new one.
const (
	// ErrInvalid means that a key or token opens nothing: it is unknown, ended or revoked, or its account is closed. It never says which.
	ErrInvalid core.Code = "key.invalid"
	// ErrNotDirect means that a key works only once it is exchanged for a token.
	ErrNotDirect core.Code = "key.not_direct"
	// ErrNoVerify means that a key has no right to check passwords.
	ErrNoVerify core.Code = "key.no_verify"
	// ErrNotTechnical means that the keys of a person are their owner's to manage.
	ErrNotTechnical core.Code = "key.not_technical"
	// ErrTooMany means that the account has [MaxKeys] keys.
	ErrTooMany core.Code = "key.too_many"

	errTitle        core.Code = "key.title_missing"
	errEnds         core.Code = "key.ends_invalid"
	errNetworks     core.Code = "key.network_invalid"
	errManyNetworks core.Code = "key.networks_too_many"
	errScope        core.Code = "key.scope_unknown"
	errManyScopes   core.Code = "key.scope_too_many"
	errVerify       core.Code = "key.verify_without_accounts"
)

// A key is the mark, an identifier that may be shown, and a secret of 256 bits.
const (
	keyMark     = "lk_"
	tokenMark   = "lt_"
	prefixChars = 8
	secretChars = 43

	keyLength = len(keyMark) + prefixChars + secretChars
)

// MaxSecret is the length of the longest key or token, in bytes.
const MaxSecret = keyLength

// prefixAlphabet has no symbols that look alike, and none that ends a double click.
const prefixAlphabet = "23456789abcdefghjkmnpqrstuvwxyz"

// newKey makes a key. Its prefix has the mark.
func (s *Service) newKey() (key, prefix string, err error) {
	random := make([]byte, prefixChars)
	for i := range random {
		n, err := rand.Int(s.core.Random(), alphabetSize)
		if err != nil {
			return "", "", err
		}
		random[i] = prefixAlphabet[n.Int64()]
	}
	secret, _ := s.core.Token()
	prefix = keyMark + string(random)
	return prefix + secret, prefix, nil
}

// Own returns the actor's keys, the oldest first, also while keys are switched off: they can be revoked then.
func (s *Service) Own(ctx context.Context, actor core.Actor) ([]models.APIKey, error) {
	if err := actor.CheckOwner(); err != nil {
		return nil, err
	}
	return s.core.DB.Read(ctx).APIKeys(actor.ID)
}

// Of returns the keys of a technical account that the actor may see.
func (s *Service) Of(ctx context.Context, actor core.Actor, account models.Account) ([]models.APIKey, error) {
	if !actor.Sees(account) {
		return nil, core.ErrNotFound
	}
	if !managesKeys(actor, account) {
		return nil, nil
	}
	return s.core.DB.Read(ctx).APIKeys(account.ID)
}

// Add makes a key of the actor's own account, and returns it with what is shown once. The actor has to confirm who they are.
func (s *Service) Add(ctx context.Context, actor core.Actor, form Form) (added models.APIKey, shown string, err error) {
	if err := errors.Join(s.check(), actor.CheckOwner()); err != nil {
		return added, "", err
	}
	return s.add(ctx, actor, actor.Kind, form, func(do func(*models.Tx, models.Account) error) error {
		return s.core.Update(ctx, actor, func(tx *models.Tx) error {
			account, err := tx.Account(actor.ID)
			if err != nil {
				return err
			}
			if account.Technical {
				return core.ErrForbidden
			}
			return do(tx, account)
		})
	})
}

// AddTo makes a key of a technical account that the actor may change. A command on the host makes keys of any account.
func (s *Service) AddTo(ctx context.Context, actor core.Actor, accountID string, form Form) (added models.APIKey, shown string, err error) {
	if err := s.check(); err != nil {
		return added, "", err
	}
	as := models.Organization
	if actor.OnHost() {
		account, err := s.core.DB.Read(ctx).Account(accountID)
		if err != nil {
			return added, "", core.NotFound(err)
		}
		if !account.Technical {
			as = account.Kind
		}
	} else {
		form.Scope = nil // such a key looks after the customers of the account's organization
	}
	return s.add(ctx, actor, as, form, func(do func(*models.Tx, models.Account) error) error {
		return s.core.Change(ctx, actor, accountID, func(tx *models.Tx, account *models.Account) error {
			if !managesKeys(actor, *account) {
				return ErrNotTechnical
			}
			return do(tx, *account)
		})
	})
}

// ScopeNames returns the names of the organizations that keys are limited to, by id.
func (s *Service) ScopeNames(ctx context.Context, keys []models.APIKey) (map[string]string, error) {
	var ids []string
	for _, key := range keys {
		ids = append(ids, key.Scope.Organizations()...)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return s.core.DB.Read(ctx).Names(ids)
}

// managesKeys reports whether keys of the account are its operator's to manage: those of a person are their owner's, except for commands.
func managesKeys(actor core.Actor, account models.Account) bool {
	return account.Technical || actor.OnHost()
}

// check refuses everything while keys are switched off.
func (s *Service) check() error {
	if s.off {
		return Off
	}
	return nil
}

// add makes a key within a transaction of change, for an account that acts as a kind.
func (s *Service) add(
	ctx context.Context, actor core.Actor, as models.Kind, form Form, change func(func(*models.Tx, models.Account) error) error,
) (added models.APIKey, shown string, err error) {
	if err := s.core.CheckConfirmed(s.core.DB.Read(ctx), actor); err != nil {
		return added, "", err
	}
	if added, err = s.parse(ctx, actor, as, form); err != nil {
		return added, "", err
	}
	if shown, added.Prefix, err = s.newKey(); err != nil {
		return added, "", err
	}
	added.ID, added.Hash, added.CreatedAt = s.core.NewID(), core.HashToken(shown), s.core.Now()
	err = change(func(tx *models.Tx, account models.Account) error {
		if err := s.core.CheckConfirmed(tx, actor); err != nil {
			return err
		}
		if err := s.core.Submit(tx, form.Submission, account.ID); err != nil {
			return err
		}
		keys, err := tx.APIKeys(account.ID)
		if err != nil {
			return err
		}
		if len(keys) >= MaxKeys {
			return ErrTooMany
		}
		added.AccountID = account.ID
		if err := tx.CreateAPIKey(added); err != nil {
			return err
		}
		return s.core.Audit(tx, actor, core.ActionKeyAdded, account, details(added)...)
	})
	return added, shown, err
}

// details are what the audit log has of a new key.
func details(k models.APIKey) []core.Detail {
	list := []core.Detail{core.DetailKeyTitle.Text(k.Title), core.DetailAPIKey.Text(k.Prefix), core.DetailKeyEnds.Time(k.EndsAt)}
	for detail, set := range map[core.Detail]bool{
		core.DetailKeyWrite.Flag(true): k.CanWrite, core.DetailKeyVerify.Flag(true): k.CanVerify, core.DetailKeyDirect.Flag(true): k.Direct,
	} {
		if set {
			list = append(list, detail)
		}
	}
	return list
}

// Revoke ends one of the actor's own keys, with its tokens. It works also while keys are switched off.
func (s *Service) Revoke(ctx context.Context, actor core.Actor, id string) error {
	if err := actor.CheckOwner(); err != nil {
		return err
	}
	return s.core.Update(ctx, actor, func(tx *models.Tx) error {
		account, err := tx.Account(actor.ID)
		if err != nil {
			return err
		}
		return s.revoke(tx, actor, account, id)
	})
}

// RevokeOf ends a key of a technical account that the actor may change, with its tokens.
func (s *Service) RevokeOf(ctx context.Context, actor core.Actor, accountID, id string) error {
	return s.core.Change(ctx, actor, accountID, func(tx *models.Tx, account *models.Account) error {
		if !managesKeys(actor, *account) {
			return ErrNotTechnical
		}
		return s.revoke(tx, actor, *account, id)
	})
}

func (s *Service) revoke(tx *models.Tx, actor core.Actor, account models.Account, id string) error {
	if err := s.core.CheckConfirmed(tx, actor); err != nil {
		return err
	}
	if !models.IsID(id) {
		return core.ErrNotFound
	}
	return s.end(tx, actor, account, id)
}

// end deletes a key of an account, with its tokens.
func (s *Service) end(tx *models.Tx, actor core.Actor, account models.Account, id string) error {
	ended, err := tx.DeleteAPIKey(account.ID, id)
	if err != nil {
		return core.NotFound(err)
	}
	return s.core.Audit(tx, actor, core.ActionKeyRevoked, account, core.DetailKeyTitle.Text(ended.Title), core.DetailAPIKey.Text(ended.Prefix))
}

// EndIn ends the keys of an account that were made since a time, in a transaction that takes back its credentials.
func (s *Service) EndIn(tx *models.Tx, actor core.Actor, account models.Account, since time.Time) error {
	keys, err := tx.APIKeys(account.ID)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if key.CreatedAt.Before(since) {
			continue
		}
		if err := s.end(tx, actor, account, key.ID); err != nil {
			return err
		}
	}
	return nil
}

// keptEnded is how long a key is listed after it has ended.
const keptEnded = 30 * 24 * time.Hour

// PurgeExpired removes tokens that have ended, and keys a while after that.
func (s *Service) PurgeExpired(tx *models.Tx) error {
	now := s.core.Now()
	return tx.DeleteEndedAPIKeys(now, now.Add(-keptEnded))
}

// CountOfPeople returns how many keys belong to accounts that are not technical.
func (s *Service) CountOfPeople(ctx context.Context) (int64, error) {
	return s.core.DB.Read(ctx).CountAPIKeysOfPeople()
}

// organizationsOf returns the ids of the organizations that the key of an account is limited to; nil = it is not limited.
func organizationsOf(account models.Account, scope models.APIScope) (limited []string) {
	chosen := scope.Organizations()
	if chosen == nil || account.Kind == models.SuperAdmin {
		return chosen
	}
	if slices.Contains(chosen, account.ID) { // an organization's own
		return nil
	}
	return []string{}
}

// LooksLikeSecret reports whether a text may be a key or a token.
func LooksLikeSecret(text string) bool {
	return len(text) >= len(tokenMark)+secretChars && (strings.HasPrefix(text, keyMark) || strings.HasPrefix(text, tokenMark))
}
