package accounts

import (
	"context"
	"errors"

	"latchkey/models"
)

// Actor is who does something, and from where.
type Actor struct {
	ID        string // "" for the command line, and for what happens by itself
	Name      string
	Kind      models.Kind
	Address   string
	RequestID string
	SessionID string
	Devices   []string // tokens that the browser is known by
}

// CommandLine is whoever may run the program itself; it may do what a SuperAdmin may.
var CommandLine = Actor{Name: "command line", Kind: models.SuperAdmin}

// MayOperate tells whether the actor may look after accounts at all.
func (a Actor) MayOperate() bool { return a.Kind == models.SuperAdmin || a.Kind == models.Organization }

// MaySeeEverything tells whether the actor may see mails, moves and all organizations.
func (a Actor) MaySeeEverything() bool { return a.Kind == models.SuperAdmin }

// MayCreate tells whether the actor may create accounts of a kind.
func (a Actor) MayCreate(kind models.Kind) bool {
	return a.Kind == models.SuperAdmin || a.Kind == models.Organization && kind == models.Customer
}

// scope is the organization that the actor's lists are narrowed to; "" is no limit.
func (a Actor) scope() string {
	switch {
	case a.Kind == models.SuperAdmin:
		return ""
	case a.ID == "":
		return "nobody" // "" would be no limit
	default:
		return a.ID
	}
}

// sees tells whether the account exists as far as the actor is concerned.
func (a Actor) sees(account models.Account) bool {
	switch a.Kind {
	case models.SuperAdmin:
		return true
	case models.Organization:
		return account.OrganizationID != nil && *account.OrganizationID == a.ID
	default:
		return false
	}
}

// hideAddresses leaves out of events where other people work from. An organization sees its own IP address, and those of
// unknown browsers and of the accounts' owners; those of SuperAdmins are none of its business.
func (a Actor) hideAddresses(events []models.AuditEvent) {
	if a.MaySeeEverything() {
		return
	}
	for i, event := range events {
		if event.ActorID != "" && event.ActorID != a.ID && event.ActorID != event.SubjectID {
			events[i].Address = ""
		}
	}
}

// mayChange decides whether the actor may do anything to the account as its operator.
func (a Actor) mayChange(account models.Account) error {
	switch {
	case account.ID == a.ID:
		return ErrOwnAccount
	case !a.sees(account):
		return foreignError{account.ID}
	case account.Builtin():
		return ErrDefaultOrganization
	default:
		return nil
	}
}

// lockForChange locks the account that the actor wants to change, or says why not.
func (s *Service) lockForChange(tx *models.Tx, actor Actor, id string) (models.Account, error) {
	if !models.IsID(id) {
		return models.Account{}, ErrNotFound
	}
	account, err := tx.AccountForUpdate(id)
	if err != nil {
		return account, notFound(err)
	}
	return account, actor.mayChange(account)
}

// Find returns an account that the actor may see, or [ErrNotFound].
func (s *Service) Find(ctx context.Context, actor Actor, id string) (models.Account, error) {
	if !models.IsID(id) {
		return models.Account{}, ErrNotFound
	}
	account, err := s.db.Read(ctx).Account(id)
	switch {
	case err != nil:
		return account, notFound(err)
	case actor.sees(account):
		return account, nil
	case account.ID == actor.ID:
		return account, ErrOwnAccount
	default:
		return account, foreignError{account.ID}
	}
}

// FindByIdentifier returns the account with the name or e-mail, for the command line.
func (s *Service) FindByIdentifier(ctx context.Context, identifier string) (models.Account, error) {
	keys, err := identifierKeys(identifier)
	if err != nil {
		return models.Account{}, err
	}
	account, err := s.db.Read(ctx).AccountByIdentifier(keys...)
	return account, notFound(err)
}

// notFound turns a missing row into the use cases' own error, so that nobody can tell it from one that is not theirs.
func notFound(err error) error {
	if errors.Is(err, models.ErrNotFound) {
		return ErrNotFound
	}
	return err
}
