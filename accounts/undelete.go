package accounts

import (
	"context"
	"errors"
	"slices"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// UndeleteOff means that deleted accounts cannot be restored.
var UndeleteOff = core.OffError{Setting: "LATCHKEY_UNDELETE"}

// What is wrong with the form of an account whose name or e-mail address a deleted account has, which the actor can erase.
const (
	errNameOfDeleted  core.Code = "name.of_deleted"
	errEmailOfDeleted core.Code = "email.of_deleted"
)

// OffersErasure reports whether an account could be created if the deleted account that has its name or e-mail address were erased.
func OffersErasure(err error) bool {
	return slices.ContainsFunc(core.Describe(err), func(wrong core.FieldError) bool {
		return wrong.Code == errNameOfDeleted || wrong.Code == errEmailOfDeleted
	})
}

// keepErasedMails is how long a mail is listed that said that an account was deleted for good.
const keepErasedMails = 7 * 24 * time.Hour

// restorableUntil returns when a deleted account is erased.
func (s *Service) restorableUntil(d models.DeletedAccount) time.Time {
	return d.DeletedAt.Add(s.settings.Undelete)
}

// DeletedAccount is an account that can be restored until a time.
type DeletedAccount struct {
	models.DeletedAccount
	Until time.Time
}

// Deleted reads one page of the accounts that can be restored, the last deletion first. Only SuperAdmins see them.
func (s *Service) Deleted(ctx context.Context, actor core.Actor, after, before string, limit int) (page models.Page[DeletedAccount], err error) {
	switch {
	case !actor.MaySeeEverything():
		return page, core.ErrForbidden
	case s.settings.Undelete <= 0:
		return page, UndeleteOff
	}
	list, err := s.core.DB.Read(ctx).DeletedAccounts(s.core.Now().Add(-s.settings.Undelete), after, before, limit)
	page.More = list.More
	for _, row := range list.Rows {
		page.Rows = append(page.Rows, DeletedAccount{row, s.restorableUntil(row)})
	}
	return page, err
}

// FindDeleted returns an account that can be restored, or [core.ErrNotFound].
func (s *Service) FindDeleted(ctx context.Context, actor core.Actor, id string) (models.DeletedAccount, error) {
	if !actor.MaySeeEverything() || !models.IsID(id) {
		return models.DeletedAccount{}, core.ErrNotFound
	}
	found, err := s.core.DB.Read(ctx).DeletedAccount(id)
	return found, core.NotFound(err)
}

// Restore makes a deleted account an account again: disabled, with its password and password history. A customer whose organization is gone
// belongs to Default. If the account had a second factor, another has to be set up. The actor has to confirm who they are.
func (s *Service) Restore(ctx context.Context, actor core.Actor, id string) (restored models.Account, err error) {
	if s.settings.Undelete <= 0 {
		return restored, UndeleteOff
	}
	err = s.changeDeleted(ctx, actor, id, func(tx *models.Tx, deleted models.DeletedAccount) error {
		now := s.core.Now()
		if !s.restorableUntil(deleted).After(now) {
			return core.ErrNotFound
		}
		restored = deleted.Account
		restored.DisabledAt, restored.DisabledFor = &now, ""
		restored.MustSetFactor = restored.MustSetFactor || restored.HasFactor
		restored.HasFactor, restored.HasApp, restored.HasPasskey, restored.Emergency = false, false, false, false
		var details []core.Detail
		if restored.OrganizationID != nil {
			_, err := tx.AccountForUpdate(*restored.OrganizationID) // so that it is not deleted meanwhile
			if errors.Is(err, models.ErrNotFound) {
				restored.OrganizationID = new(models.DefaultOrganizationID)
				details, err = []core.Detail{core.DetailFrom.Text(deleted.OrganizationName)}, nil
			}
			if err != nil {
				return err
			}
		}
		if err := tx.LockSkeletons(restored.Name, restored.NameKey); err != nil {
			return err
		}
		if err := tx.RestoreDeleted(deleted, &restored); err != nil {
			return err
		}
		return s.core.Audit(tx, actor, core.ActionRestored, restored, details...)
	})
	return restored, err
}

// Erase deletes all that is kept of a deleted account, except for audit events; its name and e-mail address are free again. The actor has to
// confirm who they are.
func (s *Service) Erase(ctx context.Context, actor core.Actor, id string) error {
	return s.changeDeleted(ctx, actor, id, func(tx *models.Tx, deleted models.DeletedAccount) error {
		return s.erase(tx, actor, deleted)
	})
}

// changeDeleted runs a SuperAdmin's transaction on a deleted account, which it locks.
func (s *Service) changeDeleted(ctx context.Context, actor core.Actor, id string, do func(*models.Tx, models.DeletedAccount) error) error {
	switch {
	case !actor.MaySeeEverything():
		return core.ErrForbidden
	case !models.IsID(id):
		return core.ErrNotFound
	}
	return s.core.Update(ctx, actor, func(tx *models.Tx) error {
		deleted, err := tx.DeletedAccountForUpdate(id)
		if err != nil {
			return core.NotFound(err)
		}
		if err := s.confirmedOn(tx, actor, deleted.Account); err != nil {
			return err
		}
		return do(tx, deleted)
	})
}

func (s *Service) erase(tx *models.Tx, actor core.Actor, deleted models.DeletedAccount) error {
	return errors.Join(tx.EraseDeleted(deleted.AccountID), s.core.Audit(tx, actor, core.ActionErased, deleted.Account))
}

// refuseReserved returns an error for each identifier that is reserved. Only if the actor could have deleted the account that it is reserved
// for, it says so; then it is no error if the account is to be erased. It is called after [refuseTaken], so that an account that is being
// deleted is seen by one of the two.
func (s *Service) refuseReserved(tx *models.Tx, actor core.Actor, account models.Account, who identifier.Identity, erase bool) error {
	var wrong core.FieldErrors
	rows, err := tx.ReservedKeys(who.Keys(account.Technical)...)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.AccountID == account.ID {
			continue
		}
		field, taken, erasable := "email", errEmailTaken, errEmailOfDeleted
		if row.Key == who.NameKey {
			field, taken, erasable = "name", errNameTaken, errNameOfDeleted
		}
		deleted, err := tx.DeletedAccount(row.AccountID)
		switch {
		case core.IgnoreNotFound(err) != nil:
			return err
		case err != nil || actor.MayChange(deleted.Account) != nil:
			wrong.AddField(field, taken)
		case !erase:
			wrong.AddField(field, erasable)
		default:
			if err := s.confirmedOn(tx, actor, deleted.Account); err != nil {
				return err
			}
		}
	}
	return wrong.Err()
}

// refuseReservedNow returns an error if one of a new account's keys is reserved. It is called after they were inserted: only then is it
// certain that no account with one of them is being deleted.
func refuseReservedNow(tx *models.Tx, keys []string) error {
	reserved, err := tx.ReservedKeys(keys...)
	if err == nil && len(reserved) > 0 {
		return core.Invalid("name", errTakenNow)
	}
	return err
}

// eraseReserved erases the deleted accounts for which the keys are reserved, if the actor could have deleted them.
func (s *Service) eraseReserved(tx *models.Tx, actor core.Actor, keys []string) error {
	rows, err := tx.ReservedKeys(keys...)
	if err != nil || len(rows) == 0 {
		return err
	}
	for _, row := range rows {
		deleted, err := tx.DeletedAccountForUpdate(row.AccountID)
		if errors.Is(err, models.ErrNotFound) { // it has both keys, or another request was quicker
			continue
		}
		if err != nil {
			return err
		}
		if actor.MayChange(deleted.Account) != nil {
			return core.Invalid("name", errTakenNow)
		}
		if err := s.confirmedOn(tx, actor, deleted.Account); err != nil {
			return err
		}
		if err := s.erase(tx, actor, deleted); err != nil {
			return err
		}
	}
	return nil
}

// purgeDeleted erases accounts whose time to be restored is up, and mails about accounts that were erased.
func (s *Service) purgeDeleted(ctx context.Context) error {
	now := s.core.Now()
	ids, err := s.core.DB.Read(ctx).DeletedUpTo(now.Add(-s.settings.Undelete), purgeBatch)
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := s.core.DB.Update(ctx, func(tx *models.Tx) error {
			deleted, err := tx.DeletedAccountForUpdate(id)
			if err != nil || s.restorableUntil(deleted).After(now) { // it was restored and deleted again
				return err
			}
			return s.erase(tx, core.Actor{}, deleted)
		})
		if core.IgnoreNotFound(err) != nil {
			return err
		}
	}
	return s.core.DB.Update(ctx, func(tx *models.Tx) error {
		_, err := tx.DeleteErasedMails(now.Add(-keepErasedMails), purgeBatch)
		return err
	})
}
