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
	"latchkey/password"
)

// PasswordMode says where a password comes from.
type PasswordMode string

// The ways to a password that an operator issues.
const (
	Typed     PasswordMode = "typed"
	Generated PasswordMode = "generated"

	sentWithForm PasswordMode = "sent-with-form" // in the audit log only
)

// Issue is the password that an operator gives to an account. Generated with a Password uses exactly that one; without
// one, the server generates it.
type Issue struct {
	Mode     PasswordMode
	Password string
	OneTime  bool
	Options  credential.GeneratorOptions // where the server generates it
}

// origin is where the audit log says the password comes from: a form can claim that the password it sends was generated.
func (i Issue) origin() string {
	if i.Mode == Generated && i.Password != "" {
		return string(sentWithForm)
	}
	return string(i.Mode)
}

// NewAccount is what an operator says of an account to create. Submission is the id of the form ("" = none): the same
// form a second time changes nothing.
type NewAccount struct {
	Kind         models.Kind
	Name, Email  string
	Organization string // its id; "" = Default, or the actor itself
	Technical    bool
	Locale       string
	Issue        Issue
	Submission   string
}

// Issued is an account with its new password. Password is "" unless it was generated: then it is shown, this once.
type Issued struct {
	Account  models.Account
	Password string
	Bits     float64 // of entropy; see [password.Unknown]
}

// What is wrong with the form of a new or changed account.
const (
	errNameTaken           core.Code = "name.taken"
	errNameTooSimilar      core.Code = "name.too_similar"
	errTakenNow            core.Code = "account.taken_just_now"
	errEmailTaken          core.Code = "email.taken"
	errEmailTakenNow       core.Code = "email.taken_just_now"
	errEmailIsName         core.Code = "email.is_name"
	errUnknownOrganization core.Code = "organization.unknown"
	errNotCustomer         core.Code = "organization.not_customer"
	errTechnicalKind       core.Code = "account.technical_kind"
	errHasOneTime          core.Code = "account.technical_has_one_time"
	errPasswordMode        core.Code = "password.mode"
	errNameMismatch        core.Code = "account.name_mismatch"
)

// Create makes an account. Everything that is wrong with the input is one [core.ValidationError]; a form that was carried out
// before is an [core.AlreadyDoneError].
func (s *Service) Create(ctx context.Context, actor core.Actor, input NewAccount) (Issued, error) {
	if !actor.MayCreate(input.Kind) {
		return Issued{}, core.ErrForbidden
	}
	if err := s.refuseRepeat(ctx, actor, input.Submission); err != nil {
		return Issued{}, err
	}
	rules := s.Policies.For(ctx)
	account, keys, err := s.validateNew(ctx, rules, actor, input)
	if err != nil {
		return Issued{}, err
	}
	issued, checked, err := s.preparePasswordQueued(ctx, rules, actor, account, input.Issue)
	if err != nil {
		return Issued{}, err
	}
	err = s.core.Update(ctx, actor, func(tx *models.Tx) error {
		issued.Account = account // a transaction may run again
		return s.insert(tx, actor, &issued.Account, keys, checked, input)
	})
	if done := (core.AlreadyDoneError{}); errors.As(err, &done) {
		err = s.refuseRepeat(ctx, actor, input.Submission) // which knows whose account the other form made
	}
	return issued, err
}

// validateNew judges all but the password's history, and says everything that is wrong at once.
func (s *Service) validateNew(ctx context.Context, rules *policy.Rules, actor core.Actor, input NewAccount) (models.Account, []string, error) {
	var wrong core.FieldErrors
	who, err := identifier.Parse(input.Name, input.Email)
	if err := wrong.Add(err); err != nil {
		return models.Account{}, nil, err
	}
	account := models.Account{
		ID: s.core.NewID(), Kind: input.Kind, Name: who.Name, NameKey: who.NameKey, Email: who.Email.Typed,
		EmailKey: who.Email.Key, Technical: input.Technical, Locale: input.Locale, CreatedAt: s.core.Now(),
	}
	if account.Name == "" {
		account.Name = input.Name
	}
	checks := []error{
		s.assignOrganization(ctx, actor, &account, input.Organization),
		s.checkTaken(ctx, account, who),
		refuseConfusable(s.core.DB.Read(ctx), account),
		checkKind(account),
		s.checkIssue(rules, account, input.Issue),
	}
	for _, err := range checks {
		if err := wrong.Add(err); err != nil {
			return models.Account{}, nil, err
		}
	}
	return account, who.Keys(account.Technical), wrong.Err()
}

// assignOrganization lets SuperAdmins choose where a customer belongs; an organization's customers are its own.
func (s *Service) assignOrganization(ctx context.Context, actor core.Actor, account *models.Account, id string) error {
	if account.Kind != models.Customer {
		return nil
	}
	switch {
	case actor.Kind == models.Organization && id != "" && id != actor.ID:
		return noOrganization()
	case actor.Kind == models.Organization:
		id = actor.ID
	case id == "":
		id = models.DefaultOrganizationID
	}
	account.OrganizationID = &id
	return s.checkOrganization(ctx, id)
}

func noOrganization() error {
	return core.Invalid("organization", errUnknownOrganization)
}

func (s *Service) checkOrganization(ctx context.Context, id string) error {
	exists, err := s.organizationExists(ctx, id)
	if err == nil && !exists {
		return noOrganization()
	}
	return err
}

func (s *Service) organizationExists(ctx context.Context, id string) (bool, error) {
	if !models.IsID(id) {
		return false, nil
	}
	account, err := s.core.DB.Read(ctx).Account(id)
	return err == nil && account.Kind == models.Organization, core.IgnoreNotFound(err)
}

// checkTaken says kindly what the unique index would refuse.
func (s *Service) checkTaken(ctx context.Context, account models.Account, who identifier.Identity) error {
	if who.NameKey == "" || who.Email.Key == "" {
		return nil // which has been said
	}
	var wrong core.FieldErrors
	for _, key := range who.Keys(account.Technical) {
		owner, err := s.core.DB.Read(ctx).IdentifierOwner(key)
		switch {
		case errors.Is(err, models.ErrNotFound) || owner == account.ID:
		case err != nil:
			return err
		default:
			_ = wrong.Add(taken(key, who))
		}
	}
	return wrong.Err()
}

func taken(key string, who identifier.Identity) error {
	if key == who.NameKey {
		return core.Invalid("name", errNameTaken)
	}
	return core.Invalid("email", errEmailTaken)
}

// refuseConfusable refuses a name that is confusable with another account's; see [names.Skeletons].
func refuseConfusable(tx *models.Tx, account models.Account) error {
	if account.NameKey == "" {
		return nil // which has been said
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

// checkIssue judges what can be judged of a password before it costs a hash.
func (s *Service) checkIssue(rules *policy.Rules, account models.Account, issue Issue) error {
	var wrong core.FieldErrors
	if issue.OneTime && account.Technical {
		wrong.AddField("one_time", core.ErrTechnicalOneTime)
	}
	switch {
	case issue.Mode != Typed && issue.Mode != Generated:
		wrong.AddField("password_mode", errPasswordMode)
	case issue.Mode == Typed || issue.Password != "":
		_, err := s.Credentials.CheckComposition(rules, account, issue.Password)
		_ = wrong.Add(err)
	default:
		_, err := issue.Options.Parse(rules.Policy(account))
		_ = wrong.Add(err)
	}
	return wrong.Err()
}

// preparePasswordQueued prepares an issue as one of the actor's requests, of which only a few are served at a time.
func (s *Service) preparePasswordQueued(
	ctx context.Context, rules *policy.Rules, actor core.Actor, account models.Account, issue Issue,
) (issued Issued, checked credential.Checked, err error) {
	err = s.pool.Do(ctx, []string{credential.ActorKey(cmp.Or(actor.ID, actor.Name))}, func(ctx context.Context) error {
		issued, checked, err = s.preparePassword(ctx, rules, account, issue)
		return err
	})
	return issued, checked, err
}

// preparePassword turns an issue into a checked password.
func (s *Service) preparePassword(ctx context.Context, rules *policy.Rules, account models.Account, issue Issue) (Issued, credential.Checked, error) {
	issued := Issued{Account: account}
	secret := issue.Password
	if issue.Mode == Generated {
		generated := password.Generated{Text: issue.Password, Bits: password.Unknown}
		if issue.Password == "" {
			var err error
			if generated, err = s.Credentials.Generate(account.Name, rules.Policy(account), issue.Options); err != nil {
				return Issued{}, credential.Checked{}, err
			}
		}
		secret, issued.Password, issued.Bits = generated.Text, generated.Text, generated.Bits
	}
	checked, err := s.Credentials.Check(ctx, rules, account, secret, false)
	return issued, checked, err
}

func (s *Service) insert(
	tx *models.Tx, actor core.Actor, account *models.Account, keys []string, checked credential.Checked, input NewAccount,
) error {
	if err := s.markSubmitted(tx, input.Submission, account.ID); err != nil {
		return err
	}
	if err := s.Credentials.Replace(tx, account, checked, input.Issue.OneTime); err != nil {
		return err
	}
	if err := closeSetup(tx, account.Kind); err != nil {
		return err
	}
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
	return s.core.Audit(tx, actor, core.ActionCreated, *account, created(*account, input)...)
}

func created(account models.Account, input NewAccount) []core.Detail {
	details := []core.Detail{core.DetailKind.Text(string(account.Kind)), core.DetailPassword.Text(input.Issue.origin())}
	if input.Issue.OneTime {
		details = append(details, core.DetailOneTime.Flag(true))
	}
	if account.Technical {
		details = append(details, core.DetailTechnical.Flag(true))
	}
	return details
}
