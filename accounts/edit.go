package accounts

import (
	"context"
	"errors"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// Edit is what an operator can change of an account.
type Edit struct {
	Email     string
	Locale    string
	Technical bool
	Person    Person
	Valid     ValidDates
}

// Edit changes an account's e-mail, language, whether it is technical, what is known of the person, and its first and last day. Everything that is wrong with the input is one
// [core.ValidationError]. A technical account has no sessions.
func (s *Service) Edit(ctx context.Context, actor core.Actor, id string, input Edit) error {
	email, emailErr := identifier.ParseEmail(input.Email) // not in the transaction, which on SQLite holds the only writer
	person, personErr := input.Person.parse()
	valid, validErr := input.Valid.parse()
	err := s.core.Change(ctx, actor, id, func(tx *models.Tx, account *models.Account) error {
		before := *account
		wrong, err := gather(emailErr, personErr, validErr)
		if err != nil {
			return err
		}
		if account.NameIsEmail() && email.Key != account.NameKey && email.Key != "" {
			wrong.AddField("email", core.ErrEmailIsName)
		}
		if input.Technical && (account.OneTime || account.MustChange) {
			wrong.AddField("technical", errHasOneTime)
		}
		account.Email, account.EmailKey = email.Typed, email.Key
		account.Locale, account.Technical = input.Locale, input.Technical
		person.describe(account)
		_ = wrong.Add(checkKind(*account))
		_ = wrong.Add(valid.set(account))
		who := identifier.Identity{Name: account.Name, NameKey: account.NameKey, Email: email}
		if err := wrong.Add(s.taken(tx, actor, *account, who)); err != nil {
			return err
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		if err := tx.ReplaceIdentifiers(id, who.Keys(account.Technical)...); errors.Is(err, models.ErrTaken) {
			return core.Invalid("email", core.ErrEmailTakenNow)
		} else if err != nil {
			return err
		}
		if before.EmailKey != account.EmailKey {
			if err := tx.DeleteEmailChanges(id, "", s.core.Now()); err != nil {
				return err
			}
		}
		return s.applyEdit(tx, actor, before, account)
	})
	if err == nil {
		s.Links.Sent() // if a mail with one is due earlier now
	}
	return err
}

// applyEdit carries out what follows from an edit, before the account is saved: a technical account has no sessions, one that becomes a
// person no password that an operator may not know, and links that were sent to a former address are dead.
func (s *Service) applyEdit(tx *models.Tx, actor core.Actor, before models.Account, after *models.Account) error {
	if err := s.changeDates(tx, actor, before, after); err != nil {
		return err
	}
	nowTechnical := after.Technical && !before.Technical
	if nowTechnical {
		if _, err := tx.EndSessions(after.ID, ""); err != nil {
			return err
		}
	}
	if after.Technical != before.Technical { // keys would look after other accounts than their maker meant
		if err := errors.Join(s.Keys.EndIn(tx, actor, *after, time.Time{}), tx.DeleteAPITokensOf(after.ID)); err != nil {
			return err
		}
	}
	// As that of a script, an operator could set and know it.
	if before.Technical && !after.Technical && after.OperatorKnows() && s.settings.Secrets != core.SecretsAll {
		if err := s.Credentials.Drop(tx, s.Policies.Current(), after); err != nil {
			return err
		}
	}
	if nowTechnical || after.EmailKey != before.EmailKey {
		if err := tx.RevokeLinks(after.ID, s.core.Now()); err != nil {
			return err
		}
	}
	return s.core.Audit(tx, actor, core.ActionEdited, *after, edited(before, *after)...)
}

// taken returns an error for each identifier that the account cannot have, since another account has it, or had it and was deleted.
func (s *Service) taken(tx *models.Tx, actor core.Actor, account models.Account, who identifier.Identity) error {
	wrong, err := gather(refuseTaken(tx, account, who), s.refuseReserved(tx, actor, account, who, false))
	if err != nil {
		return err
	}
	return wrong.Err()
}

// gather collects the fields of several errors, and returns the first other error.
func gather(errs ...error) (wrong core.FieldErrors, err error) {
	for _, err := range errs {
		if err := wrong.Add(err); err != nil {
			return wrong, err
		}
	}
	return wrong, nil
}

func edited(before, after models.Account) (details []core.Detail) {
	if before.Email != after.Email {
		details = append(details, core.DetailEmail.Text(after.Email), core.DetailEmailBefore.Text(before.Email))
	}
	if before.Locale != after.Locale {
		details = append(details, core.DetailLocale.Text(after.Locale))
	}
	if before.Technical != after.Technical {
		details = append(details, core.DetailTechnical.Flag(after.Technical))
	}
	return append(append(details, datesOf(before, after)...), described(before, after)...)
}

// SetLocale changes the actor's own language.
func (s *Service) SetLocale(ctx context.Context, actor core.Actor, locale string) error {
	if !core.IsLocale(locale) {
		return core.Invalid("locale", core.ErrUnknownLocale)
	}
	return s.core.Update(ctx, actor, func(tx *models.Tx) error {
		account, err := tx.AccountForUpdate(actor.ID)
		if err != nil {
			return core.NotFound(err)
		}
		if account.Locale == locale {
			return nil
		}
		before := account
		account.Locale = locale
		return errors.Join(tx.SaveAccount(&account), s.core.Audit(tx, actor, core.ActionEdited, account, edited(before, account)...))
	})
}

// Move makes a customer belong to another organization, given by id or name, and ends what the former organization may have: sessions and
// secret links, and the keys of a technical account. With requireChange, a customer who has a lasting password must choose a new one, since
// the former organization may know it. Only a SuperAdmin moves.
func (s *Service) Move(ctx context.Context, actor core.Actor, id, organization string, requireChange bool) error {
	if !actor.MaySeeEverything() {
		return core.ErrForbidden
	}
	to, err := s.findOrganization(ctx, organization)
	if err != nil {
		return err
	}
	err = s.core.Change(ctx, actor, id, func(tx *models.Tx, account *models.Account) error {
		if account.Kind != models.Customer {
			return core.Invalid("organization", errNotCustomer)
		}
		from, err := tx.Account(*account.OrganizationID)
		if err != nil {
			return err
		}
		account.OrganizationID = &to.ID
		ended, err := tx.EndSessions(id, "")
		if err != nil {
			return err
		}
		if err := tx.EndSecretLinks(id, s.core.Now()); err != nil {
			return err
		}
		if account.Technical { // whose keys would look after the customers of the next organization
			if err := s.Keys.EndIn(tx, actor, *account, time.Time{}); err != nil {
				return err
			}
		}
		err = s.core.Audit(tx, actor, core.ActionMoved, *account, core.DetailFrom.Text(from.Name), core.DetailSessions.Count(ended))
		if err != nil {
			return err
		}
		if !requireChange || account.Technical || account.PasswordHash == "" || account.OneTime {
			return nil
		}
		return s.demandChange(tx, actor, account)
	})
	if errors.Is(err, models.ErrReferenced) { // it was deleted just now
		return noOrganization()
	}
	return err
}
