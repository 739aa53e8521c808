package accounts

import (
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/policy"
	"latchkey/models"
	"latchkey/password"
)

// NewPassword is what somebody chose for themselves.
type NewPassword struct {
	Current      string // of a voluntary change
	Password     string
	Confirmation string
}

// ChangeOwnPassword sets the visitor's own password, ends all their other sessions and gives this one a new token. Of the
// account's trusted browsers only the present one stays; after a pending change it is trusted from then on. Unless the
// session was opened with the password that is to be changed, see [Visitor.NeedsCurrent], the current password must be
// right, and a wrong one counts like a failed sign-in. A change of their own will soon after the last one is a
// [core.TooSoonError]. If too much has failed from the address, it is a [core.TooManyError].
func (s *Service) ChangeOwnPassword(ctx context.Context, who Visitor, actor core.Actor, input NewPassword) (in SignedIn, err error) {
	rules := s.Rules()
	if err := checkAge(rules, who, who.Account); err != nil {
		return in, err
	}
	self, err := s.subjectOf(ctx, who.Account.ID, actingKey(who.Account.ID), actor)
	if err != nil {
		return in, err
	}
	err = s.limited(ctx, self.Subject, func(ctx context.Context) error {
		if err := s.checkNew(rules, who.Account, input); err != nil {
			return err
		}
		return s.pool.Do(ctx, self.queueKeys, func(ctx context.Context) error {
			if err := s.proveOwner(ctx, who, self, actor, input.Current); err != nil {
				return err
			}
			checked, err := s.Credentials.Check(ctx, rules, who.Account, input.Password, who.Pending != "")
			if err != nil {
				return err
			}
			in, err = s.setOwnPassword(ctx, who, actor, checked)
			return err
		})
	})
	return in, err
}

const (
	errConfirmation    core.Code = "password.confirmation_differs"
	errCurrentPassword core.Code = "password.current_wrong"
)

// checkNew returns everything that is wrong with the form, as far as that costs no hash.
func (s *Service) checkNew(rules *policy.Rules, account models.Account, input NewPassword) error {
	var wrong core.FieldErrors
	_, err := s.Credentials.CheckComposition(rules, account, input.Password)
	if err := wrong.Add(err); err != nil {
		return err
	}
	if !credential.Same(input.Password, input.Confirmation) {
		wrong.AddField("confirmation", errConfirmation)
	}
	return wrong.Err()
}

func (s *Service) proveOwner(ctx context.Context, who Visitor, self loginSubject, actor core.Actor, current string) error {
	if !who.NeedsCurrent() {
		return nil
	}
	normalized, err := password.Normalize(current)
	if err != nil {
		return credential.Problem("current", err)
	}
	err = s.authenticate(ctx, self, normalized, actor, func(*models.Tx, *models.Account) error { return nil })
	if errors.Is(err, core.ErrSignIn) {
		return core.Invalid("current", errCurrentPassword)
	}
	return err
}

func (s *Service) setOwnPassword(ctx context.Context, who Visitor, actor core.Actor, checked credential.Checked) (in SignedIn, err error) {
	token, tokenHash := s.core.Token()
	err = s.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
		in = SignedIn{Token: token}
		if in.Account, err = s.replaceOwn(tx, who, checked); err != nil {
			return err
		}
		if in.Device, err = s.lockout.TrustOnly(tx, in.Account, actor, who.Pending != ""); err != nil {
			return err
		}
		return s.keepOnlySession(tx, in.Account, who.Session.ID, tokenHash, actor)
	})
	return in, err
}

// endedMeanwhile turns core.ErrNotFound of the actor's own account or session into [core.ErrSignedOut].
func endedMeanwhile(err error) error {
	if errors.Is(err, models.ErrNotFound) {
		return core.ErrSignedOut
	}
	return err
}

func (s *Service) replaceOwn(tx *models.Tx, who Visitor, checked credential.Checked) (models.Account, error) {
	account, err := tx.AccountForUpdate(who.Account.ID)
	if err != nil {
		return account, endedMeanwhile(err)
	}
	session, err := tx.SessionForShare(who.Session.ID)
	if err != nil {
		return account, endedMeanwhile(err)
	}
	if account.MustChange && (session.NeedsCurrent && !who.NeedsCurrent() || who.Pending == "") {
		return account, core.ErrChangeDemanded // since the request began, so that the passwords were not checked for it
	}
	if err := checkAge(checked.Rules, who, account); err != nil { // another session may have changed it meanwhile
		return account, err
	}
	if err := s.Credentials.Replace(tx, &account, checked, false); err != nil {
		return account, err
	}
	account.OwnChangeAt = account.PasswordSetAt
	return account, tx.SaveAccount(&account)
}

// keepOnlySession ends all sessions but one, which becomes a full one of the new password under a new token.
func (s *Service) keepOnlySession(tx *models.Tx, account models.Account, sessionID, tokenHash string, actor core.Actor) error {
	ended, err := tx.EndSessions(account.ID, sessionID)
	if err != nil {
		return err
	}
	if err := tx.RenewSession(sessionID, tokenHash, account.PasswordID, models.FullSession); err != nil {
		return core.NotFound(err)
	}
	return s.core.Audit(tx, actor, core.ActionPasswordOwn, account, core.DetailSessions.Count(ended))
}
