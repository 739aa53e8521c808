package accounts

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/accounts/sealing"
	"latchkey/models"
)

// DiscardKinds returns how each kind of secrets is deleted if it cannot be opened.
func (s *Service) DiscardKinds() map[models.SealedKind]sealing.Discard {
	return map[models.SealedKind]sealing.Discard{
		models.SealedTOTP: s.Factors.LoseTOTP,
	}
}

// DiscardSealed deletes everything whose secret the keys of the file do not open; see [sealing.Service.Discard].
func (s *Service) DiscardSealed(ctx context.Context, actor core.Actor, file sealing.File, mayCreate bool) (sealing.Discarded, error) {
	return s.Sealing.Discard(ctx, actor, file, mayCreate, s.DiscardKinds())
}
