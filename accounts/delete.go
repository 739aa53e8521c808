package accounts

import (
	"cmp"
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// Delete deletes the account; confirm must be its name. SuperAdmins can restore it for [Settings.Undelete]: until then its name and e-mail
// address are reserved. Its sessions, second factors, codes and trusted browsers are gone for good. SuperAdmins have to confirm who they are.
func (s *Service) Delete(ctx context.Context, actor core.Actor, id, confirm string) error {
	err := s.core.DB.Update(ctx, func(tx *models.Tx) error {
		account, err := s.lockUnlessLast(tx, actor, id)
		if err != nil {
			return err
		}
		if err := s.confirmedOn(tx, actor, account); err != nil {
			return err
		}
		if err := checkName(account, confirm); err != nil {
			return err
		}
		return s.remove(tx, actor, account, s.settings.Undelete <= 0)
	})
	if errors.Is(err, models.ErrReferenced) {
		return core.ErrHasCustomers
	}
	return err
}

// DeleteOwnOff means that owners cannot delete their accounts.
var DeleteOwnOff = core.OffError{Setting: "COMPLIANCE_DISABLE_DELETE_ACCOUNT"}

// DeleteOwn deletes the actor's own account; confirm must be its name. It can be restored as after [Service.Delete], unless it is to be
// erased; final reports whether it cannot. While a change of the address can be taken back, nothing is erased: a stranger may have made it.
// The actor has to confirm who they are.
func (s *Service) DeleteOwn(ctx context.Context, actor core.Actor, confirm string, erase bool) (final bool, err error) {
	if s.settings.NoDeleteOwn {
		return false, DeleteOwnOff
	}
	if err := actor.CheckOwner(); err != nil {
		return false, err
	}
	final = erase || s.settings.Undelete <= 0
	err = s.core.DB.Update(ctx, func(tx *models.Tx) error {
		enabled, err := tx.LockEnabledSuperAdmins()
		if err != nil {
			return err
		}
		if err := s.core.Recheck(tx, actor); err != nil {
			return err
		}
		account, err := tx.AccountForUpdate(actor.ID)
		if err != nil {
			return core.NotFound(err)
		}
		if account.Technical {
			return core.ErrForbidden
		}
		if err := s.core.CheckConfirmed(tx, actor); err != nil {
			return err
		}
		if err := errors.Join(checkName(account, confirm), s.checkNotLast(account, enabled)); err != nil {
			return err
		}
		if changes, err := tx.UndoableEmailChanges(account.ID, s.core.Now()); err != nil || final && len(changes) > 0 {
			return cmp.Or(err, error(errEraseLater))
		}
		return s.remove(tx, actor, account, final)
	})
	if errors.Is(err, models.ErrReferenced) {
		err = core.ErrHasCustomers
	}
	return final, err
}

// checkName returns an error if what was typed to confirm a deletion is not the account's name.
func checkName(account models.Account, typed string) error {
	if len(typed) > identifier.MaxTyped || !identifier.SameName(typed, account.Name) {
		return core.Invalid("confirm", errNameMismatch)
	}
	return nil
}

// remove deletes an account, which is locked; if final, without a way back. It returns [models.ErrReferenced] if customers belong to it.
func (s *Service) remove(tx *models.Tx, actor core.Actor, account models.Account, final bool) error {
	deleted := models.DeletedAccount{
		ID: s.core.NewID(), AccountID: account.ID, DeletedAt: s.core.Now(), DeletedBy: actor.Name, Account: account,
	}
	if account.OrganizationID != nil {
		organization, err := tx.Account(*account.OrganizationID)
		if err != nil {
			return err
		}
		deleted.OrganizationName = organization.Name
	}
	way := core.DetailUntil.Time(s.restorableUntil(deleted))
	if final {
		way = core.DetailFinal.Flag(true)
	}
	// The mail about it is queued before all mails are marked as those of a deleted account.
	if err := s.core.Audit(tx, actor, core.ActionDeleted, account, core.DetailKind.Text(string(account.Kind)), way); err != nil {
		return err
	}
	if err := tx.KeepDeleted(deleted); err != nil || !final {
		return err
	}
	return tx.EraseDeleted(account.ID)
}
