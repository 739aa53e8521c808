package session

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
	"latchkey/models"
)

// reasonTechnical is why the right password of a technical account opens no session.
const reasonTechnical = "technical"

// subject is the account that a request claims, with the keys of its place in the queue of [credential.Pool.Do].
type subject struct {
	lockout.Subject
	queueKeys []string
}

// subjectOf describes a client that claims the account with the id; "" = there is none. Browsers that the account trusts wait under a
// key of their own, so that a flood of untrusted clients does not delay them.
func (s *Service) subjectOf(ctx context.Context, id, key string, actor core.Actor) (subject, error) {
	who := subject{
		Subject:   lockout.Subject{ID: id, Devices: s.lockout.DeviceHashes(actor), Address: actor.Address},
		queueKeys: []string{key},
	}
	if len(who.Devices) == 0 {
		return who, nil
	}
	trusted, err := s.lockout.TrustsDevice(s.core.DB.Read(ctx), s.policies.Current(), id, who.Devices)
	if trusted {
		who.queueKeys, who.Trusted = []string{"trusted " + id}, true
	}
	return who, err
}

// limited runs an attempt under the rate limit of its client's network. A browser that the account trusts is exempt: it has a budget of
// its own, which other clients behind the same address cannot use up.
func (s *Service) limited(ctx context.Context, who subject, attempt func(context.Context) error) error {
	return s.pool.Bounded(ctx, func(ctx context.Context) error {
		if who.Trusted {
			return attempt(ctx)
		}
		return s.limiter.Do(ctx, who.Address, attempt)
	})
}

// authenticate verifies an account's present password as one of its attempts, within [credential.Pool.Do], and then calls onSuccess; see
// [lockout.Service.Attempt]. A hash with former parameters is renewed.
func (s *Service) authenticate(
	ctx context.Context, who subject, normalized string, actor core.Actor, onSuccess lockout.OnSuccess,
) error {
	renewed := ""
	verify := func(ctx context.Context, account models.Account) (bool, error) {
		match, outdated, err := s.pool.Verify(ctx, account.PasswordHash, normalized)
		if err == nil && match && outdated {
			hash, err := s.pool.Hash(ctx, normalized)
			if err != nil {
				s.core.Log.Warn("renewing a password hash failed; the next sign-in tries again", "error", err)
			}
			renewed = hash
		}
		return match, err
	}
	who.Refuse = func(account models.Account) string {
		if account.Technical {
			return reasonTechnical
		}
		return ""
	}
	return s.lockout.Attempt(ctx, s.policies.Current(), who.Subject, actor, verify, func(tx *models.Tx, account *models.Account) error {
		if renewed != "" {
			account.PasswordHash = renewed
		}
		return onSuccess(tx, account)
	})
}
