package accounts

import (
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// Delete removes the account for good; confirm must be its name. The name is free again, the log keeps it as text. SuperAdmins have to
// confirm who they are.
func (s *Service) Delete(ctx context.Context, actor core.Actor, id, confirm string) error {
	err := s.core.DB.Update(ctx, func(tx *models.Tx) error {
		account, err := s.lockUnlessLast(tx, actor, id)
		if err != nil {
			return err
		}
		if err := s.confirmedFor(tx, actor, actor.Kind); err != nil {
			return err
		}
		if len(confirm) > identifier.MaxTyped || !identifier.SameName(confirm, account.Name) {
			return core.Invalid("confirm", errNameMismatch)
		}
		if err := s.core.Audit(tx, actor, core.ActionDeleted, account, core.DetailKind.Text(string(account.Kind))); err != nil {
			return err
		}
		return tx.DeleteAccount(id)
	})
	if errors.Is(err, models.ErrReferenced) {
		return core.ErrHasCustomers
	}
	return err
}
