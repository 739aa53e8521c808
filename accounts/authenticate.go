package accounts

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
	"latchkey/models"
)

// reasonTechnical is why the right password of a technical account opens no session.
const reasonTechnical = "technical"

// loginSubject is the account that a sign-in claims, with the keys that it waits under in the queue of password checks.
type loginSubject struct {
	lockout.Subject
	queueKeys []string
}

// authenticate verifies an account's present password as one of its attempts, within [credential.Pool.Do], and then calls onSuccess; see
// [lockout.Service.Attempt]. A hash with former parameters is renewed.
func (s *Service) authenticate(
	ctx context.Context, who loginSubject, normalized string, actor core.Actor, onSuccess lockout.OnSuccess,
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
	return s.lockout.Attempt(ctx, s.Rules(), who.Subject, actor, verify, func(tx *models.Tx, account *models.Account) error {
		if renewed != "" {
			account.PasswordHash = renewed
		}
		return onSuccess(tx, account)
	})
}
