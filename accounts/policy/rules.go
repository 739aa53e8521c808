package policy

import (
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
	"latchkey/password"
)

// Rules are the password policies of one version and the settings that belong to them. They never change, so a use case that takes
// them once applies one version from beginning to end.
type Rules struct {
	Policies password.Policies
	Version  int // under which the policies are recorded; 0 = they are not
	Settings Settings

	core *core.Core // for its clock and zone
}

// Settings are the rules on passwords that are not in the policy file.
type Settings struct {
	OneTimeValid   time.Duration // how long a one-time password may wait to be used
	OwnersOnly     bool          // people have to replace passwords that operators know
	PasswordMinAge time.Duration // how old a password that its owner chose must be before they may change it again; 0 = off
}

// NewRules makes rules of policies that are not recorded yet.
func NewRules(c *core.Core, policies password.Policies, settings Settings) *Rules {
	return &Rules{Policies: policies, Settings: settings, core: c}
}

// With returns the same rules with other policies, recorded under a version; 0 = not recorded.
func (r *Rules) With(policies password.Policies, version int) *Rules {
	next := *r
	next.Policies, next.Version = policies, version
	return &next
}

// RecordedVersion returns the version for a column; nil = the policies are not recorded.
func (r *Rules) RecordedVersion() *int {
	if r.Version == 0 {
		return nil
	}
	version := r.Version
	return &version
}

// Policy returns the account's password policy.
func (r *Rules) Policy(a models.Account) password.Policy {
	return r.Policies.For(a.Technical, a.Kind == models.SuperAdmin)
}

// Cutoffs returns the times that decide the states of accounts now.
func (r *Rules) Cutoffs() models.Cutoffs {
	now := r.core.Now()
	return models.Cutoffs{
		Now:        now,
		Today:      r.core.Today(),
		OneTime:    now.Add(-r.Settings.OneTimeValid),
		OneTimeDay: r.core.DayOf(now.Add(-r.Settings.OneTimeValid)),
		Account:    cutoff(now, r.Policies.For(false, false).Expiry()),
		Technical:  cutoff(now, r.Policies.For(true, false).Expiry()),
		SuperAdmin: cutoff(now, r.Policies.For(false, true).Expiry()),
		OwnersOnly: r.Settings.OwnersOnly,
	}
}

// cutoff returns the time a duration ago, or the zero time if the rule is off.
func cutoff(now time.Time, ago time.Duration) time.Time {
	if ago <= 0 {
		return time.Time{}
	}
	return now.Add(-ago)
}

// State returns the account's state now.
func (r *Rules) State(a models.Account) models.State { return r.Cutoffs().State(a) }

// ExpiresAt returns when the account's password expires; ok is false if it does not.
func (r *Rules) ExpiresAt(a models.Account) (at time.Time, ok bool) {
	days := r.Policy(a).Expiry()
	if days <= 0 || a.PasswordSetAt == nil || a.OneTime {
		return time.Time{}, false
	}
	return a.PasswordSetAt.Add(days).UTC(), true
}

// RemindsAt returns when the reminder is due; ok is false if there is none.
func (r *Rules) RemindsAt(a models.Account) (at time.Time, ok bool) {
	expires, ok := r.ExpiresAt(a)
	days := r.Policy(a).Reminder()
	if !ok || days <= 0 {
		return time.Time{}, false
	}
	return expires.Add(-days), true
}

// LapsesAt returns when an unused one-time password stops working; ok is false if the account has none.
func (r *Rules) LapsesAt(a models.Account) (at time.Time, ok bool) {
	if !a.OneTime || a.PasswordSetAt == nil {
		return time.Time{}, false
	}
	from := *a.PasswordSetAt
	if first, err := r.core.DayStart(a.ValidFrom); err == nil && first.After(from) { // before that it cannot be used
		from = first
	}
	return from.Add(r.Settings.OneTimeValid).UTC(), true
}

// ChangeableFrom returns when owners may change their password again by choice; ok is false if they may now. A password that an
// operator set may be changed at once, and so may an expired one.
func (r *Rules) ChangeableFrom(a models.Account) (at time.Time, ok bool) {
	if a.OwnChangeAt == nil || r.Settings.PasswordMinAge <= 0 || r.Cutoffs().Expired(a) {
		return time.Time{}, false
	}
	at = a.OwnChangeAt.Add(r.Settings.PasswordMinAge).UTC()
	return at, at.After(r.core.Now())
}

// Pending returns why a sign-in to the account opens only the reset page; "" = it opens everything.
func (r *Rules) Pending(a models.Account) models.State {
	if pending := a.Pending(r.Settings.OwnersOnly); pending != "" {
		return pending
	}
	if r.Cutoffs().Expired(a) {
		return models.Expired
	}
	return ""
}

// Kinds are accounts that stand for all: those of one kind have the same policy.
func Kinds() []models.Account {
	return []models.Account{
		{Kind: models.Customer}, {Kind: models.Customer, Technical: true}, {Kind: models.Organization}, {Kind: models.SuperAdmin},
	}
}

// ExpiringGroups returns the accounts whose passwords expire, by how long a password is valid.
func (r *Rules) ExpiringGroups() (groups []models.PasswordGroup) {
	for _, a := range Kinds() {
		if lifetime := r.Policy(a).Expiry(); lifetime > 0 {
			groups = append(groups, models.PasswordGroup{Kind: a.Kind, Technical: a.Technical, Lifetime: lifetime})
		}
	}
	return groups
}

// RemindsBefore returns how long before the expiry owners in the group are reminded; 0 = never.
func (r *Rules) RemindsBefore(group models.PasswordGroup) time.Duration {
	return r.Policy(models.Account{Kind: group.Kind, Technical: group.Technical}).Reminder()
}
