package accounts

import (
	"context"
	"time"

	"latchkey/accounts/lockout"
	"latchkey/models"
	"latchkey/password"
)

// Policy is the account's password policy.
func (s *Service) Policy(a models.Account) password.Policy { return s.Rules().Policy(a) }

// Cutoffs are the times that decide the states of accounts now.
func (s *Service) Cutoffs() models.Cutoffs { return s.Rules().Cutoffs() }

// State is the account's state now.
func (s *Service) State(a models.Account) models.State { return s.Rules().State(a) }

// ExpiresAt is when the account's password expires; ok is false if it does not.
func (s *Service) ExpiresAt(a models.Account) (at time.Time, ok bool) { return s.Rules().ExpiresAt(a) }

// RemindsAt is when the reminder is due; ok is false if there is none.
func (s *Service) RemindsAt(a models.Account) (at time.Time, ok bool) { return s.Rules().RemindsAt(a) }

// LapsesAt is when an unused one-time password stops working; ok is false if the account has none.
func (s *Service) LapsesAt(a models.Account) (at time.Time, ok bool) { return s.Rules().LapsesAt(a) }

// ChangeableFrom is when owners may change their password again of their own will; ok is false if they may now.
func (s *Service) ChangeableFrom(a models.Account) (at time.Time, ok bool) {
	return s.Rules().ChangeableFrom(a)
}

// Devices counts the browsers that the account, which the actor may see, trusts.
func (s *Service) Devices(ctx context.Context, account models.Account) (lockout.Devices, error) {
	return s.lockout.CountDevices(s.core.DB.Read(ctx), s.RulesFor(ctx), account)
}
