package accounts

import (
	"context"

	"latchkey/accounts/lockout"
	"latchkey/models"
)

// Devices counts the browsers that the account, which the actor may see, trusts.
func (s *Service) Devices(ctx context.Context, account models.Account) (lockout.Devices, error) {
	return s.lockout.CountDevices(s.core.DB.Read(ctx), s.Policies.For(ctx), account)
}
