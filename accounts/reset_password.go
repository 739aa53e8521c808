package accounts

import (
	"context"
	"errors"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/link"
	"latchkey/accounts/mfa"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// ResetPassword gives an account a new password from its operator, and ends all of its sessions and trusted browsers. By a link, the owner
// chooses the password, and nothing ends until then. Submission is
// the id of the form, as with [NewAccount]. For a SuperAdmin's password the actor has to confirm who they are.
func (s *Service) ResetPassword(ctx context.Context, actor core.Actor, id string, choice PasswordChoice, submission string) (NewCredentials, error) {
	if err := s.refuseRepeat(ctx, actor, submission); err != nil {
		return NewCredentials{}, err
	}
	account, err := s.Find(ctx, actor, id)
	if err != nil {
		return NewCredentials{}, err
	}
	if err := actor.MayChange(account); err != nil {
		return NewCredentials{}, err
	}
	if err := s.confirmedReset(s.core.DB.Read(ctx), actor, account.Kind, choice); err != nil {
		return NewCredentials{}, err
	}
	rules := s.Policies.For(ctx)
	if err := s.checkReset(actor, rules, account, choice); err != nil {
		return NewCredentials{}, err
	}
	reset, checked, err := s.preparePassword(ctx, queueKey(actor), rules, account, choice)
	if err != nil {
		return NewCredentials{}, err
	}
	err = s.core.Change(ctx, actor, id, func(tx *models.Tx, account *models.Account) error {
		if err := s.mayReset(tx, actor, *account, choice); err != nil {
			return err
		}
		if err := s.core.Submit(tx, submission, id); err != nil {
			return err
		}
		if choice.Mode == ByLink {
			return s.resetByLink(tx, actor, account, choice)
		}
		if err := s.Credentials.Replace(tx, account, checked, models.FromOperator, choice.OneTime); err != nil {
			return err
		}
		reset.Account = *account
		return errors.Join(s.endAccess(tx, actor, *account, choice), s.handOver(tx, actor, reset))
	})
	if err == nil && choice.Mode == ByLink {
		s.Links.Sent()
	}
	return reset, err
}

// checkReset returns everything that is wrong with the choice, as far as that costs no hash.
func (s *Service) checkReset(actor core.Actor, rules *policy.Rules, account models.Account, choice PasswordChoice) error {
	wrong, err := gather(s.checkPassword(rules, account, choice), s.mayKnow(actor, account, choice, false))
	if err != nil {
		return err
	}
	return wrong.Err()
}

// mayReset checks again what may have changed since the request began.
func (s *Service) mayReset(tx *models.Tx, actor core.Actor, account models.Account, choice PasswordChoice) error {
	if err := s.confirmedReset(tx, actor, account.Kind, choice); err != nil {
		return err
	}
	if choice.OneTime && account.Technical {
		return core.ErrTechnicalOneTime
	}
	return s.mayKnow(actor, account, choice, false)
}

// resetByLink sends a link by which the owner sets a new password. The present one stays until then.
func (s *Service) resetByLink(tx *models.Tx, actor core.Actor, account *models.Account, choice PasswordChoice) error {
	if err := s.Links.SendIn(tx, actor, account, link.Purpose(*account)); err != nil || !choice.Credentials {
		return err
	}
	return s.endFactors(tx, actor, *account)
}

// endFactors removes the account's second factors, all codes and all API keys.
func (s *Service) endFactors(tx *models.Tx, actor core.Actor, account models.Account) error {
	if err := s.Keys.EndIn(tx, actor, account, time.Time{}); err != nil {
		return err
	}
	if err := s.Emergency.EndIn(tx, actor, account, true); err != nil {
		return err
	}
	if err := s.Factors.ResetIn(tx, actor, account); !errors.Is(err, mfa.ErrNoFactor) {
		return err
	}
	return nil
}

// endAccess ends what a reset password ends: sessions, trusted browsers, emergency access, and if that was chosen second factors and all
// codes.
func (s *Service) endAccess(tx *models.Tx, actor core.Actor, account models.Account, choice PasswordChoice) error {
	ended, err := tx.EndSessions(account.ID, "")
	if err != nil {
		return err
	}
	if _, err := tx.RevokeDevices(account.ID); err != nil {
		return err
	}
	details := []core.Detail{core.DetailPassword.Text(choice.origin()), core.DetailSessions.Count(ended)}
	if choice.OneTime {
		details = append(details, core.DetailOneTime.Flag(true))
	}
	if err := s.core.Audit(tx, actor, core.ActionPasswordReset, account, details...); err != nil {
		return err
	}
	if choice.Credentials {
		return s.endFactors(tx, actor, account)
	}
	return s.Emergency.EndIn(tx, actor, account, false)
}

// confirmedReset returns an error if the actor has to confirm first who they are: for a SuperAdmin's password, and as a SuperAdmin before
// second factors are removed, as in [mfa.Service.Reset].
func (s *Service) confirmedReset(tx *models.Tx, actor core.Actor, kind models.Kind, choice PasswordChoice) error {
	if choice.Credentials {
		kind = actor.Kind
		if actor.Key != nil { // of any kind: a program removes no second factors
			return s.core.CheckConfirmed(tx, actor)
		}
	}
	return s.confirmedFor(tx, actor, kind)
}
