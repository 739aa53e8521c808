package accounts

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
)

// HashToken is how tokens are stored.
func HashToken(token string) string { return core.HashToken(token) }

// AtAddress is how many attempts from the address are in flight or waiting.
func (s *Service) AtAddress(address string) int { return s.limiter.Attempts(address) }

// Limited does it in a place of the address's.
func (s *Service) Limited(ctx context.Context, address string, do func(context.Context) error) error {
	return s.limited(ctx, lockout.Subject{Address: address}, do)
}
