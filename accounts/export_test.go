package accounts

import (
	"context"

	"latchkey/accounts/core"
)

// HashToken returns how tokens are stored.
func HashToken(token string) string { return core.HashToken(token) }

// AtAddress returns how many attempts from the address are in flight or waiting.
func (s *Service) AtAddress(address string) int { return s.limiter.Attempts(address) }

// Limited does something under the rate limit of the address.
func (s *Service) Limited(ctx context.Context, address string, do func(context.Context) error) error {
	return s.limited(ctx, address, do)
}
