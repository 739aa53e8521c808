package dashboard

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// Service reads figures and timelines. It is safe for concurrent use.
type Service struct {
	core     *core.Core
	policies *policy.Source
}

// New makes a service.
func New(c *core.Core, policies *policy.Source) *Service {
	return &Service{core: c, policies: policies}
}

// visible limits a filter to the accounts that the actor may see, with their states now.
func (s *Service) visible(ctx context.Context, actor core.Actor, f models.AccountFilter) models.AccountFilter {
	f.Cutoffs, f.OrganizationID = s.policies.For(ctx).Cutoffs(), actor.Scope()
	return f
}
