package policy

import (
	"context"
	"slices"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// VersionsShown is how many versions of the policy are listed, the newest first.
const VersionsShown = 50

// Versions returns the newest versions of the policy. It is for SuperAdmins.
func (s *Source) Versions(ctx context.Context, actor core.Actor) ([]models.PolicyVersion, error) {
	if !actor.MaySeeEverything() {
		return nil, core.ErrForbidden
	}
	return s.core.DB.Read(ctx).PolicyVersions(VersionsShown)
}

// PastVersion is a version of the policy between its neighbours.
type PastVersion struct {
	models.PolicyVersion
	Before *models.PolicyVersion // nil: it is the first
	Until  *time.Time            // when the next one came into force; nil: it is the newest
}

// FindVersion returns a version of the policy, or [core.ErrNotFound]. It is for SuperAdmins.
func (s *Source) FindVersion(ctx context.Context, actor core.Actor, number int) (past PastVersion, err error) {
	if !actor.MaySeeEverything() {
		return past, core.ErrForbidden
	}
	versions, err := s.core.DB.Read(ctx).PolicyVersionsFrom(number-1, 3)
	if err != nil {
		return past, err
	}
	at := slices.IndexFunc(versions, func(v models.PolicyVersion) bool { return v.Number == number })
	if at < 0 {
		return past, core.ErrNotFound
	}
	past.PolicyVersion = versions[at]
	if at > 0 {
		past.Before = &versions[at-1]
	}
	if at+1 < len(versions) {
		past.Until = &versions[at+1].InForceFrom
	}
	return past, nil
}

// VersionOfPassword returns the version of the policy under which the account's password was set; ok is false if there
// is no password, or the version was not recorded.
func (s *Source) VersionOfPassword(ctx context.Context, a models.Account) (version models.PolicyVersion, ok bool, err error) {
	if a.PolicyVersion == nil || a.PasswordHash == "" {
		return version, false, nil
	}
	version, err = s.core.DB.Read(ctx).PolicyVersion(*a.PolicyVersion)
	return version, err == nil, err
}
