package accounts

import (
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// Cutoffs are the times by which states are told now, from the policies in force.
func (s *Service) Cutoffs() models.Cutoffs {
	now := s.core.Now()
	return models.Cutoffs{
		Now:        now,
		OneTime:    now.Add(-s.settings.OneTimeValid),
		Account:    before(now, s.policies.For(false, false).Expiry()),
		Technical:  before(now, s.policies.For(true, false).Expiry()),
		SuperAdmin: before(now, s.policies.For(false, true).Expiry()),
	}
}

// before is the time a duration ago, or the zero time where the rule is off.
func before(now time.Time, ago time.Duration) time.Time {
	if ago <= 0 {
		return time.Time{}
	}
	return now.Add(-ago)
}

// State tells which state is shown for the account now.
func (s *Service) State(a models.Account) models.State { return s.Cutoffs().State(a) }

// ExpiresAt is when the account's password expires by the policy in force; ok is false when it does not.
func (s *Service) ExpiresAt(a models.Account) (at time.Time, ok bool) {
	days := s.Policy(a).Expiry()
	if days <= 0 || a.PasswordSetAt == nil || a.OneTime {
		return time.Time{}, false
	}
	return a.PasswordSetAt.Add(days).UTC(), true
}

// RemindsAt is when the reminder is due; ok is false when there is none.
func (s *Service) RemindsAt(a models.Account) (at time.Time, ok bool) {
	expires, ok := s.ExpiresAt(a)
	days := s.Policy(a).Reminder()
	if !ok || days <= 0 {
		return time.Time{}, false
	}
	return expires.Add(-days), true
}

// ChangeableFrom is when owners may change their password again of their own will; ok is false if they may now. A password that
// an operator set may be changed at once, and so may an expired one.
func (s *Service) ChangeableFrom(a models.Account) (at time.Time, ok bool) {
	if a.OwnChangeAt == nil || s.settings.PasswordMinAge <= 0 || s.Cutoffs().Expired(a) {
		return time.Time{}, false
	}
	at = a.OwnChangeAt.Add(s.settings.PasswordMinAge).UTC()
	return at, at.After(s.core.Now())
}

// checkAge refuses a change of the visitor's own will soon after the last one, by which the history of passwords could be
// cycled through. A demanded change is never refused.
func (s *Service) checkAge(who Visitor, account models.Account) error {
	if at, soon := s.ChangeableFrom(account); soon && who.Pending == "" {
		return core.TooSoonError{From: at}
	}
	return nil
}

// LapsesAt is when an unused one-time password stops working; ok is false when the account has none.
func (s *Service) LapsesAt(a models.Account) (at time.Time, ok bool) {
	if !a.OneTime || a.PasswordSetAt == nil {
		return time.Time{}, false
	}
	return a.PasswordSetAt.Add(s.settings.OneTimeValid).UTC(), true
}

// Pending tells why the account may only reach the reset page; "" = it may go on.
func (s *Service) Pending(a models.Account) models.State {
	switch cutoffs := s.Cutoffs(); {
	case a.OneTime:
		return models.OneTimeWaiting
	case a.MustChange:
		return models.MustChange
	case cutoffs.Expired(a):
		return models.Expired
	default:
		return ""
	}
}
