package email

import (
	"context"
	"errors"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/accounts/notify"
	"latchkey/accounts/sealing"
	"latchkey/models"
)

// How long the links are valid, and how many a new address may be sent.
const (
	ConfirmFor = 24 * time.Hour
	UndoFor    = 7 * 24 * time.Hour

	most   = 3 // links to new addresses of an account
	period = time.Hour
)

// Errors of changed addresses.
const (
	errSame    core.Code = "email.unchanged"
	errTooMany core.Code = "email.too_many_links"
)

// Options are what a [Service] is made of.
type Options struct {
	Core    *core.Core
	Mail    *notify.Service
	Sealing *sealing.Service

	// Taken returns an error if the account cannot have the address, since another one has it.
	Taken func(*models.Tx, models.Account, identifier.Identity) error

	// ShutOut ends all access to the account by a stranger who may have been in it since a time, and returns how many sessions that ended.
	ShutOut func(tx *models.Tx, actor core.Actor, account *models.Account, since time.Time) (ended int, err error)
}

// Service changes e-mail addresses. It is safe for concurrent use.
type Service struct{ Options }

// New makes a service.
func New(o Options) *Service { return &Service{o} }

// Pending returns the address that the actor has asked for and not confirmed, and until when it can be confirmed; "" = none.
func (s *Service) Pending(ctx context.Context, actor core.Actor) (address string, until time.Time, err error) {
	tx := s.Core.DB.Read(ctx)
	change, err := tx.NewestEmailChange(actor.ID)
	if err != nil || change.UndoID != nil {
		return "", until, core.IgnoreNotFound(err)
	}
	link, errLink := tx.Link(change.ID)
	account, err := tx.Account(actor.ID)
	if err := errors.Join(errLink, err); err != nil || !link.Opens(account, s.Core.Now()) {
		return "", until, core.IgnoreNotFound(err)
	}
	return change.Email, change.EndsAt, nil
}

// Request sends a link to an address that the actor wants to have. Whether another account has it is seen only when the link is used, so
// that asking reveals no account. An earlier request ends. The actor has to confirm who they are.
func (s *Service) Request(ctx context.Context, actor core.Actor, address string) error {
	if err := actor.CheckOwner(); err != nil {
		return err
	}
	email, err := identifier.ParseEmail(address)
	if err != nil {
		return err
	}
	err = s.Core.Update(ctx, actor, func(tx *models.Tx) error {
		if err := s.Core.CheckConfirmed(tx, actor); err != nil {
			return err
		}
		account, err := tx.AccountForUpdate(actor.ID)
		if err != nil {
			return core.NotFound(err)
		}
		now := s.Core.Now()
		count, err := tx.CountLinks(account.ID, models.LinkConfirmEmail, now.Add(-period))
		switch {
		case err != nil:
			return err
		case email.Typed == account.Email:
			return core.Invalid("email", errSame)
		case account.NameIsEmail() && email.Key != account.NameKey:
			return core.Invalid("email", core.ErrEmailIsName)
		case count >= most:
			return core.Invalid("email", errTooMany)
		}
		if err := tx.RevokeEmailConfirmations(account.ID, now); err != nil {
			return err
		}
		change := models.EmailChange{
			ID: s.Core.NewID(), AccountID: account.ID, Email: email.Typed, Former: account.Email, FormerKey: account.EmailKey, EndsAt: now.Add(ConfirmFor),
		}
		link := models.Link{
			ID: change.ID, Purpose: models.LinkConfirmEmail, AccountID: account.ID, PasswordID: account.PasswordID, CreatedAt: now, EndsAt: change.EndsAt,
		}
		if err := errors.Join(tx.CreateEmailChange(change), tx.CreateLink(link)); err != nil {
			return err
		}
		to := account
		to.Email = email.Typed
		if err := s.Mail.QueueLink(tx, models.MailConfirmEmail, to, link, now, actor.Address); err != nil {
			return err
		}
		return s.Core.Audit(tx, actor, core.ActionEmailRequested, account, core.DetailEmail.Text(email.Typed), core.DetailEmailBefore.Text(account.Email))
	})
	if err == nil {
		s.Mail.Committed()
	}
	return err
}

// Target finds the change that a token of the purpose confirms or takes back, and its account. Everything else is [core.ErrLink], after the
// same queries.
func (s *Service) Target(ctx context.Context, token string, purpose models.LinkPurpose, from core.ClientInfo) (models.EmailChange, models.Account, error) {
	id, made, err := s.Sealing.LinkOf(token)
	if err != nil {
		return models.EmailChange{}, models.Account{}, err
	}
	change, account, err := s.target(s.Core.DB.Read(ctx), id, purpose, from)
	if err == nil && !made {
		err = core.ErrLink
	}
	return change, account, err
}

func (s *Service) target(tx *models.Tx, id string, purpose models.LinkPurpose, from core.ClientInfo) (change models.EmailChange, account models.Account, err error) {
	link, account, err := tx.LinkWithAccount(id)
	if err != nil {
		return change, account, err
	}
	if change, err = tx.EmailChangeByLink(id); core.IgnoreNotFound(err) != nil {
		return change, account, err
	}
	if link.Purpose != purpose || change.AccountID != account.ID || !link.Opens(account, s.Core.Now()) || account.Closed(s.Core.Today()) != "" ||
		!s.Core.MayActFrom(account, from.Address) {
		return change, account, core.ErrLink
	}
	return change, account, nil
}

// use runs the transaction of a link, which uses it up: it locks the account, lets do change it, and saves it.
func (s *Service) use(
	ctx context.Context, token string, purpose models.LinkPurpose, from core.ClientInfo, do func(*models.Tx, *models.Account, models.EmailChange) error,
) error {
	change, _, err := s.Target(ctx, token, purpose, from)
	if err != nil {
		return err
	}
	id := change.ID
	if purpose == models.LinkUndoEmail {
		id = *change.UndoID
	}
	err = s.Core.DB.Update(ctx, func(tx *models.Tx) error {
		account, err := tx.AccountForUpdate(change.AccountID)
		if err != nil {
			return core.DeadLink(err)
		}
		change, _, err := s.target(tx, id, purpose, from) // as it is now
		if err != nil {
			return err
		}
		if err := tx.UseLink(id, s.Core.Now()); err != nil {
			return core.DeadLink(err)
		}
		if err := do(tx, &account, change); err != nil {
			return err
		}
		return tx.SaveAccount(&account)
	})
	if err == nil {
		s.Mail.Committed()
	}
	return err
}

// Confirm gives the account of a link the address to which it was sent. The owner of the former one is sent a link that takes it back; it
// stays reserved until that has ended. Links that were sent to the former one are dead: others may read it.
func (s *Service) Confirm(ctx context.Context, token string, from core.ClientInfo) error {
	return s.use(ctx, token, models.LinkConfirmEmail, from, func(tx *models.Tx, account *models.Account, change models.EmailChange) error {
		before, now := *account, s.Core.Now()
		if err := s.set(tx, account, change.Email); err != nil {
			return err
		}
		change.UndoID, change.Former, change.FormerKey, change.EndsAt = new(s.Core.NewID()), before.Email, before.EmailKey, now.Add(UndoFor)
		link := models.Link{ID: *change.UndoID, Purpose: models.LinkUndoEmail, AccountID: account.ID, CreatedAt: now, EndsAt: change.EndsAt}
		if err := errors.Join(tx.ConfirmEmailChange(change), tx.RevokeLinks(account.ID, now), tx.CreateLink(link)); err != nil {
			return err
		}
		if err := s.Mail.QueueLink(tx, models.MailConfirmEmail, before, link, now, from.Address); err != nil {
			return err
		}
		return s.Core.Audit(tx, from.By(*account), core.ActionEmailConfirmed, *account,
			core.DetailEmail.Text(account.Email), core.DetailEmailBefore.Text(before.Email))
	})
}

// set gives the account, which is locked, an address.
func (s *Service) set(tx *models.Tx, account *models.Account, address string) error {
	email, err := identifier.ParseEmail(address)
	if err != nil {
		return err
	}
	if account.NameIsEmail() && email.Key != account.NameKey {
		return core.Invalid("email", core.ErrEmailIsName)
	}
	account.Email, account.EmailKey = email.Typed, email.Key
	who := identifier.Identity{Name: account.Name, NameKey: account.NameKey, Email: email}
	if err := s.Taken(tx, *account, who); err != nil {
		return err
	}
	err = tx.ReplaceIdentifiers(account.ID, who.Keys(account.Technical)...)
	if errors.Is(err, models.ErrTaken) {
		return core.Invalid("email", core.ErrEmailTakenNow)
	}
	return err
}

// Undo gives the account of a link its former address back. Later changes of its address end, but not links that take earlier ones back: of
// two changes by a stranger, the second one's link is the stranger's. A stranger may be in the account, and know its password: see [Options.ShutOut].
func (s *Service) Undo(ctx context.Context, token string, from core.ClientInfo) error {
	return s.use(ctx, token, models.LinkUndoEmail, from, func(tx *models.Tx, account *models.Account, change models.EmailChange) error {
		before, now := account.Email, s.Core.Now()
		if err := s.set(tx, account, change.Former); err != nil {
			return err
		}
		if err := tx.DeleteEmailChanges(account.ID, change.ID, now); err != nil {
			return err
		}
		asked, err := tx.Link(change.ID)
		if err != nil {
			return err
		}
		actor := from.By(*account)
		ended, err := s.ShutOut(tx, actor, account, asked.CreatedAt)
		if err != nil {
			return err
		}
		return s.Core.Audit(tx, actor, core.ActionEmailUndone, *account,
			core.DetailEmail.Text(account.Email), core.DetailEmailBefore.Text(before), core.DetailSessions.Count(ended))
	})
}

// purgeLimit is how many changes are removed at a time.
const purgeLimit = 500

// PurgeEnded removes changes that have ended, and frees the former addresses.
func (s *Service) PurgeEnded(ctx context.Context) error {
	now := s.Core.Now()
	changes, err := s.Core.DB.Read(ctx).EndedEmailChanges(now, purgeLimit)
	if err != nil {
		return err
	}
	for _, change := range changes {
		err := s.Core.DB.Update(ctx, func(tx *models.Tx) error { return tx.EndEmailChange(change, now) })
		if err != nil {
			return err
		}
	}
	return nil
}
