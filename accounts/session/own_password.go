package session

import (
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/policy"
	"latchkey/models"
	"latchkey/password"
)

// NewPassword is the form in which owners change their password.
type NewPassword struct {
	Current      string // see [Current.NeedsCurrent]
	Password     string
	Confirmation string
}

// ChangePassword sets the password of the current session's account, ends its other sessions and gives this one a new token. The account
// trusts only the present browser then: if it did before, or if the change was demanded. If the current password is needed, see
// [Current.NeedsCurrent], a wrong one counts as a failed sign-in. A voluntary change soon after the last one is a [core.TooSoonError].
// It returns a [core.TooManyError] if too many attempts from the client's network have failed.
func (s *Service) ChangePassword(ctx context.Context, current Current, actor core.Actor, input NewPassword) (in SignedIn, err error) {
	if current.Session.NeedsFactor { // this gate comes first
		return in, core.GateError{Gate: core.GateFactor, Code: core.ErrFactorFirst}
	}
	if err := actor.CheckOwner(); err != nil {
		return in, err
	}
	rules := s.policies.For(ctx)
	if err := checkAge(rules, current, current.Account); err != nil {
		return in, err
	}
	self, err := s.subjectOf(ctx, rules, current.Account.ID, credential.ActorKey(current.Account.ID), actor)
	if err != nil {
		return in, err
	}
	err = s.limited(ctx, self, func(ctx context.Context) error {
		if err := s.checkNew(rules, current.Account, input); err != nil {
			return err
		}
		return s.pool.Do(ctx, self.queueKeys, func(ctx context.Context) error {
			if current.NeedsCurrent() {
				if err := s.verifyCurrent(ctx, rules, self, actor, input.Current); err != nil {
					return err
				}
			}
			checked, err := s.credentials.Check(ctx, rules, current.Account, input.Password, current.Pending != "")
			if err != nil {
				return err
			}
			in, err = s.setPassword(ctx, current, actor, checked)
			return err
		})
	})
	return in, err
}

// checkAge refuses a voluntary change soon after the last one, which could cycle through the history of passwords.
func checkAge(rules *policy.Rules, current Current, account models.Account) error {
	if at, soon := rules.ChangeableFrom(account); soon && current.Pending == "" {
		return core.TooSoonError{From: at}
	}
	return nil
}

const errCurrentPassword core.Code = "password.current_wrong"

// checkNew returns everything that is wrong with the form, as far as that costs no hash.
func (s *Service) checkNew(rules *policy.Rules, account models.Account, input NewPassword) error {
	var wrong core.FieldErrors
	_, err := s.credentials.CheckComposition(rules, account, input.Password)
	if err := wrong.Add(err); err != nil {
		return err
	}
	_ = wrong.Add(credential.CheckConfirmation(input.Password, input.Confirmation))
	return wrong.Err()
}

func (s *Service) verifyCurrent(ctx context.Context, rules *policy.Rules, self subject, actor core.Actor, secret string) error {
	normalized, err := password.Normalize(secret)
	if err != nil {
		return credential.Problem("current", err)
	}
	err = s.authenticate(ctx, rules, self, normalized, actor, func(_ *models.Tx, account *models.Account) (complete bool, err error) {
		return !account.HasFactor, nil // else a known password would reset the count of wrong codes
	})
	if errors.Is(err, core.ErrSignIn) {
		return core.Invalid("current", errCurrentPassword)
	}
	return err
}

// setPassword stores a checked password, and makes the current session a full one under a new token, the only one of the account.
func (s *Service) setPassword(ctx context.Context, current Current, actor core.Actor, checked credential.Checked) (in SignedIn, err error) {
	token, tokenHash := s.core.Token()
	err = s.core.DB.Update(ctx, func(tx *models.Tx) error {
		account, err := s.replace(tx, current, checked)
		if err != nil {
			return err
		}
		in = SignedIn{Account: account, Token: token}
		if in.Device, err = s.lockout.TrustOnly(tx, account, actor, current.Pending != ""); err != nil {
			return err
		}
		details, err := endAll(tx, account.ID, current.Session.ID)
		if err != nil {
			return err
		}
		if err := tx.RenewSession(current.Session.ID, tokenHash, account.PasswordID, models.FullSession, account.PasswordSetAt.UTC()); err != nil {
			return core.NotFound(err)
		}
		return s.core.Audit(tx, actor, core.ActionPasswordOwn, account, details...)
	})
	return in, err
}

// replace replaces the password if account and session still allow it.
func (s *Service) replace(tx *models.Tx, current Current, checked credential.Checked) (models.Account, error) {
	account, err := tx.AccountForUpdate(current.Account.ID)
	if err != nil {
		return account, signedOut(err)
	}
	session, err := tx.SessionForShare(current.Session.ID)
	if err != nil {
		return account, signedOut(err)
	}
	if account.Closed(s.core.Today()) != "" {
		return account, core.ErrSignedOut
	}
	if account.MustChange && (session.NeedsCurrent && !session.WithoutPassword() && !current.NeedsCurrent() || current.Pending == "") {
		return account, core.ErrChangeDemanded // since the request began, so that the passwords were not checked for it
	}
	if err := checkAge(checked.Rules, current, account); err != nil { // another session may have changed it
		return account, err
	}
	if session.LinkID != nil {
		if err := tx.UseLink(*session.LinkID, s.core.Now()); err != nil { // it may have been revoked, or have ended
			return account, signedOut(err)
		}
	}
	if err := s.credentials.Replace(tx, &account, checked, models.FromOwner, false); err != nil {
		return account, err
	}
	account.OwnChangeAt = account.PasswordSetAt
	return account, tx.SaveAccount(&account)
}

// signedOut returns [core.ErrSignedOut] in place of [models.ErrNotFound].
func signedOut(err error) error {
	if errors.Is(err, models.ErrNotFound) {
		return core.ErrSignedOut
	}
	return err
}
