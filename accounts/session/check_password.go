package session

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/lockout"
	"latchkey/models"
	"latchkey/password"
)

// PasswordCheck asks whether a password is that of an account, without opening a session.
type PasswordCheck struct {
	Name, Password string
	Admits         func(models.Account) bool // the accounts that are checked; any other fails like one that does not exist
	Limit          string                    // by what the rate limit goes: an IP address, or a key of the caller
	Actor          core.Actor                // in the audit log, if it fails
}

// CheckPassword reports with the account whether the password is right. It counts as an attempt of an unknown browser. A failure is
// [core.ErrSignIn] whatever the reason, after the same work. On success it calls onSuccess, which reports whether the client is known to be the
// owner, see [lockout.OnSuccess].
func (s *Service) CheckPassword(ctx context.Context, check PasswordCheck, onSuccess lockout.OnSuccess) (err error) {
	rules := s.policies.For(ctx)
	return s.pool.Bounded(ctx, func(ctx context.Context) error {
		return s.limiter.Do(ctx, check.Limit, func(ctx context.Context) error {
			wrong := CheckName(check.Name)
			normalized, err := password.Normalize(check.Password)
			if err != nil {
				_ = wrong.Add(credential.Problem("password", err))
			}
			if err := wrong.Err(); err != nil {
				return err
			}
			who, err := s.findSubject(ctx, rules, check.Name, core.Actor{Address: check.Limit})
			if err != nil {
				return err
			}
			account, err := s.core.DB.Read(ctx).Account(who.ID) // an unknown one costs the same query
			if core.IgnoreNotFound(err) != nil {
				return err
			}
			if err != nil || !check.Admits(account) {
				who.ID = ""
			}
			who.Refuse = func(now models.Account) string {
				if check.Admits(now) {
					return ""
				}
				return lockout.ReasonUnknown
			}
			return s.pool.Do(ctx, who.queueKeys, func(ctx context.Context) error {
				return s.authenticate(ctx, rules, who, normalized, check.Actor, onSuccess)
			})
		})
	})
}
