package accounts

import (
	"cmp"
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/identifier"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// NewAccount is the form that creates an account. Submission is the id of the form ("" = none), which is carried out once.
type NewAccount struct {
	Kind         models.Kind
	Name, Email  string
	Organization string // its id or name; "" = Default, or the actor itself
	Technical    bool
	Locale       string
	Person       Person
	Valid        ValidDates
	Password     PasswordChoice
	Submission   string
	EraseDeleted bool // a deleted account that has the name or e-mail address is erased, if the actor could have deleted it
}

// What is wrong with the form of a new or changed account.
const (
	errNameTaken           core.Code = "name.taken"
	errNameTooSimilar      core.Code = "name.too_similar"
	errTakenNow            core.Code = "account.taken_just_now"
	errEmailTaken          core.Code = "email.taken"
	errUnknownOrganization core.Code = "organization.unknown"

	// ErrChooseOrganization means that an actor with several organizations has to name one.
	ErrChooseOrganization core.Code = "organization.choose"

	errNotCustomer   core.Code = "organization.not_customer"
	errTechnicalKind core.Code = "account.technical_kind"
	errHasOneTime    core.Code = "account.technical_has_one_time"
	errPasswordMode  core.Code = "password.mode"
	errEraseLater    core.Code = "account.erase_later"
	errNameMismatch  core.Code = "account.name_mismatch"
)

// Create makes an account. Everything that is wrong with the input is one [core.ValidationError]; a form that was carried out
// before is an [core.AlreadyDoneError]. For a SuperAdmin the actor has to confirm who they are; see [core.Core.CheckConfirmed].
func (s *Service) Create(ctx context.Context, actor core.Actor, input NewAccount) (NewCredentials, error) {
	if !actor.MayCreate(input.Kind) {
		return NewCredentials{}, core.ErrForbidden
	}
	if err := s.refuseRepeat(ctx, actor, input.Submission); err != nil {
		return NewCredentials{}, err
	}
	if err := s.confirmedFor(s.core.DB.Read(ctx), actor, input.Kind); err != nil {
		return NewCredentials{}, err
	}
	rules := s.Policies.For(ctx)
	account, keys, err := s.validateNew(ctx, rules, actor, input)
	if err != nil {
		return NewCredentials{}, err
	}
	created, checked, err := s.preparePassword(ctx, queueKey(actor), rules, account, input.Password)
	if err != nil {
		return NewCredentials{}, err
	}
	err = s.core.Update(ctx, actor, func(tx *models.Tx) error {
		if err := s.confirmedFor(tx, actor, input.Kind); err != nil {
			return err
		}
		created.Account = account // a transaction may run again
		if err := s.insert(tx, actor, &created.Account, keys, checked, input); err != nil {
			return err
		}
		return s.handOver(tx, actor, created)
	})
	if errors.As(err, new(core.AlreadyDoneError)) {
		err = s.refuseRepeat(ctx, actor, input.Submission) // which has the id of the account that the other request created
	}
	if err == nil && input.Password.Mode == ByLink {
		s.Links.Sent()
	}
	return created, err
}

// handOver stores the secret link with a new password, if there is one.
func (s *Service) handOver(tx *models.Tx, actor core.Actor, next NewCredentials) error {
	if next.Link == nil {
		return nil
	}
	return s.Handover.Create(tx, actor, next.Account, next.Link)
}

// confirmedFor returns an error if the actor is about to give access as a SuperAdmin, and has to confirm first who they are.
func (s *Service) confirmedFor(tx *models.Tx, actor core.Actor, kind models.Kind) error {
	if kind != models.SuperAdmin {
		return nil
	}
	return s.core.CheckConfirmed(tx, actor)
}

// confirmedOn returns an error if the actor is a SuperAdmin, who has to confirm first who they are before they delete an account or bring one
// back. A program cannot, and does so with accounts other than those of SuperAdmins.
func (s *Service) confirmedOn(tx *models.Tx, actor core.Actor, account models.Account) error {
	if actor.Key != nil && account.Kind != models.SuperAdmin {
		return nil
	}
	return s.confirmedFor(tx, actor, actor.Kind)
}

// validateNew checks everything but the password's history, and returns everything that is wrong at once. Setting up uses it too.
func (s *Service) validateNew(ctx context.Context, rules *policy.Rules, actor core.Actor, input NewAccount) (models.Account, []string, error) {
	var wrong core.FieldErrors
	who, err := identifier.Parse(input.Name, input.Email)
	if err := wrong.Add(err); err != nil {
		return models.Account{}, nil, err
	}
	person, err := input.Person.parse()
	if err := wrong.Add(err); err != nil {
		return models.Account{}, nil, err
	}
	valid, err := input.Valid.parse()
	if err := wrong.Add(err); err != nil {
		return models.Account{}, nil, err
	}
	account := models.Account{
		ID: s.core.NewID(), Kind: input.Kind, Name: cmp.Or(who.Name, input.Name), NameKey: who.NameKey, Email: who.Email.Typed,
		EmailKey: who.Email.Key, Technical: input.Technical, Locale: input.Locale, CreatedAt: s.core.Now(),
	}
	person.describe(&account)
	read := s.core.DB.Read(ctx)
	for _, err := range []error{
		s.assignOrganization(ctx, actor, &account, input.Organization),
		refuseTaken(read, account, who),
		s.refuseReserved(read, actor, account, who, input.EraseDeleted),
		refuseConfusable(read, account),
		checkKind(account),
		valid.set(&account),
		s.checkPassword(rules, account, input.Password),
		s.mayKnow(actor, account, input.Password, true),
	} {
		if err := wrong.Add(err); err != nil {
			return models.Account{}, nil, err
		}
	}
	return account, who.Keys(account.Technical), wrong.Err()
}

// assignOrganization sets the organization of a customer: SuperAdmins choose it, customers of an organization belong to their creator. An API
// key that is limited to several organizations has to name one of them.
func (s *Service) assignOrganization(ctx context.Context, actor core.Actor, account *models.Account, chosen string) error {
	if account.Kind != models.Customer {
		return nil
	}
	own := actor.Organizations()
	switch {
	case chosen == "" && len(own) == 1:
		chosen = own[0]
	case chosen == "" && len(own) > 1:
		return core.Invalid("organization", ErrChooseOrganization)
	case chosen == "":
		chosen = models.DefaultOrganizationID
	}
	organization, err := s.Organization(ctx, actor, chosen)
	account.OrganizationID = &organization.ID
	return err
}

func noOrganization() error {
	return core.Invalid("organization", errUnknownOrganization)
}

// findOrganization returns the organization with the id or, if there is none, with the name.
func (s *Service) findOrganization(ctx context.Context, idOrName string) (models.Account, error) {
	if models.IsID(idOrName) {
		account, err := s.core.DB.Read(ctx).Account(idOrName)
		if err == nil && account.Kind == models.Organization {
			return account, nil
		}
		if err := core.IgnoreNotFound(err); err != nil {
			return models.Account{}, err
		}
	}
	account, err := s.FindByIdentifier(ctx, idOrName)
	if errors.Is(err, core.ErrNotFound) || errors.As(err, new(*core.ValidationError)) || err == nil && account.Kind != models.Organization {
		return models.Account{}, noOrganization()
	}
	return account, err
}

// refuseTaken returns an error for each identifier that another account has. The unique index alone would not do: a refused statement
// ends a transaction on PostgreSQL.
func refuseTaken(tx *models.Tx, account models.Account, who identifier.Identity) error {
	var wrong core.FieldErrors
	for _, key := range who.Keys(account.Technical) {
		if key == "" {
			continue // the parser has returned an error
		}
		owner, err := tx.IdentifierOwner(key)
		switch {
		case errors.Is(err, models.ErrNotFound) || owner == account.ID:
		case err != nil:
			return err
		case key == who.NameKey:
			wrong.AddField("name", errNameTaken)
		default:
			wrong.AddField("email", errEmailTaken)
		}
	}
	return wrong.Err()
}

// refuseConfusable refuses a name that is confusable with another account's; see [names.Skeletons].
func refuseConfusable(tx *models.Tx, account models.Account) error {
	if account.NameKey == "" {
		return nil // the parser has returned an error
	}
	taken, err := tx.Confusable(account.Name, account.NameKey)
	if err == nil && taken {
		return core.Invalid("name", errNameTooSimilar)
	}
	return err
}

func checkKind(account models.Account) error {
	switch {
	case account.Technical && account.Kind != models.Customer:
		return core.Invalid("technical", errTechnicalKind)
	case !core.IsLocale(account.Locale):
		return core.Invalid("locale", core.ErrUnknownLocale)
	default:
		return nil
	}
}

// insert stores a new account. Setting up uses it too.
func (s *Service) insert(
	tx *models.Tx, actor core.Actor, account *models.Account, keys []string, checked credential.Checked, input NewAccount,
) error {
	if err := s.core.Submit(tx, input.Submission, account.ID); err != nil {
		return err
	}
	s.startUse(account)
	if input.Password.Mode == ByLink {
		account.PasswordID = s.core.NewID() // of the password that the owner will choose
	} else if err := s.Credentials.Replace(tx, account, checked, models.FromOperator, input.Password.OneTime); err != nil {
		return err
	}
	if account.Kind == models.SuperAdmin { // the dashboard is set up
		if err := tx.DeleteSetupToken(); err != nil {
			return err
		}
	}
	if input.EraseDeleted {
		if err := s.eraseReserved(tx, actor, keys); err != nil {
			return err
		}
	}
	if err := insertNamed(tx, account, keys); err != nil {
		return err
	}
	if err := s.core.Audit(tx, actor, core.ActionCreated, *account, createdAs(*account, input)...); err != nil || input.Password.Mode != ByLink {
		return err
	}
	return s.Links.SendIn(tx, actor, account, models.LinkInvitation)
}

// createdAs returns what the audit log has of a new account.
func createdAs(account models.Account, input NewAccount) []core.Detail {
	details := []core.Detail{core.DetailKind.Text(string(account.Kind)), core.DetailPassword.Text(input.Password.origin())}
	if input.Password.OneTime {
		details = append(details, core.DetailOneTime.Flag(true))
	}
	if account.Technical {
		details = append(details, core.DetailTechnical.Flag(true))
	}
	return append(details, datesOf(models.Account{}, account)...)
}

// insertNamed inserts an account whose name is neither taken nor reserved, and looks like no other.
func insertNamed(tx *models.Tx, account *models.Account, keys []string) error {
	if err := tx.LockSkeletons(account.Name, account.NameKey); err != nil {
		return err
	}
	if err := refuseConfusable(tx, *account); err != nil {
		return err
	}
	err := tx.CreateAccount(account, keys...)
	switch {
	case errors.Is(err, models.ErrTaken):
		return core.Invalid("name", errTakenNow)
	case errors.Is(err, models.ErrReferenced):
		return noOrganization()
	case err != nil:
		return err
	}
	return refuseReservedNow(tx, keys)
}
