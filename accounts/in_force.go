package accounts

import (
	"context"

	"latchkey/accounts/policy"
	"latchkey/password"
)

// InForce is the service together with the policies that it goes by.
type InForce struct{ service *Service }

// RefusedPolicy is a newer policy that did not come into force.
type RefusedPolicy = policy.Refused

// NewInForce begins with the policies of the options, which are not recorded yet: see [InForce.Enact].
func NewInForce(o Options) *InForce { return &InForce{New(o)} }

// Service is the use cases.
func (f *InForce) Service() *Service { return f.service }

// RefusedPolicy is the newer policy that did not come into force; nil = the newest one is in force.
func (s *Service) RefusedPolicy() *RefusedPolicy { return s.policies.Refused() }

// Refused is the newer policy that did not come into force; nil = the newest one is in force.
func (f *InForce) Refused() *RefusedPolicy { return f.service.RefusedPolicy() }

// Enact is [policy.Source.Activate].
func (f *InForce) Enact(ctx context.Context, policies password.Policies) error {
	return f.service.policies.Activate(ctx, policies)
}

// Reload is [policy.Source.Reload].
func (f *InForce) Reload(ctx context.Context, load func() (password.Policies, error)) error {
	return f.service.policies.Reload(ctx, load)
}
