package policy

import (
	"context"
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

// PastVersion is a version of the policy with the time of the one after it; nil = it is the newest.
type PastVersion struct {
	models.PolicyVersion
	Until *time.Time
}

// FindVersion returns a version of the policy, or [core.ErrNotFound]. It is for SuperAdmins.
func (s *Source) FindVersion(ctx context.Context, actor core.Actor, number int) (past PastVersion, err error) {
	if !actor.MaySeeEverything() {
		return past, core.ErrForbidden
	}
	versions, err := s.core.DB.Read(ctx).PolicyVersionsFrom(number, 2)
	if err != nil {
		return past, err
	}
	if len(versions) == 0 || versions[0].Number != number {
		return past, core.ErrNotFound
	}
	past.PolicyVersion = versions[0]
	if len(versions) > 1 {
		past.Until = &versions[1].InForceFrom
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
