package accounts

import (
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
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
	self, err := s.subjectOf(ctx, who.Account.ID, acting(who.Account.ID), actor)
	if err != nil {
		return in, err
	}
	err = s.limited(ctx, self, func(ctx context.Context) error {
		var checked checkedPassword
		err := s.withQueueSlot(ctx, self.queueKeys, func(ctx context.Context) (err error) {
			checked, err = s.checkOwnPassword(ctx, rules, who, self, actor, input)
			return err
		})
		if err != nil {
			return err
		}
		in, err = s.setOwnPassword(ctx, who, actor, checked) // needs no place in the room, which could be lost in the middle
		return err
	})
	return in, err
}

func (s *Service) checkOwnPassword(
	ctx context.Context, rules *policy.Rules, who Visitor, self loginSubject, actor core.Actor, input NewPassword,
) (next checkedPassword, err error) {
	if err := s.checkChoice(rules, who.Account, input); err != nil {
		return next, err
	}
	if err := s.proveOwner(ctx, who, self, actor, input.Current); err != nil {
		return next, err
	}
	err = s.takeTurn(ctx, self.Key, func(ctx context.Context) error {
		next, err = s.checkPassword(ctx, rules, who.Account, input.Password, who.Pending != "")
		return err
	})
	return next, err
}

// checkChoice says everything that is wrong with the form, as far as that costs no hash.
func (s *Service) checkChoice(rules *policy.Rules, account models.Account, input NewPassword) error {
	var wrong core.FieldErrors
	_, err := s.checkComposition(rules, account, input.Password)
	if err := wrong.Add(err); err != nil {
		return err
	}
	if !samePassword(input.Password, input.Confirmation) {
		_ = wrong.Add(core.Invalid("confirmation", "The two passwords are not the same."))
	}
	return wrong.Err()
}

// samePassword compares two passwords in the form in which they are hashed.
func samePassword(a, b string) bool {
	first, err := password.Normalize(a)
	if err != nil {
		return a == b // it is refused for another reason
	}
	second, err := password.Normalize(b)
	return err == nil && first == second
}

func (s *Service) proveOwner(ctx context.Context, who Visitor, self loginSubject, actor core.Actor, current string) error {
	if !who.NeedsCurrent() {
		return nil
	}
	normalized, err := password.Normalize(current)
	if err != nil {
		return &core.ValidationError{Fields: []core.FieldError{PasswordProblem("current", err)}}
	}
	err = s.authenticate(ctx, self, normalized, actor, func(*models.Tx, *models.Account) error { return nil })
	if errors.Is(err, core.ErrSignIn) {
		return core.Invalid("current", "This is not your current password, or your account is refused for a while after several failures.")
	}
	return err
}

func (s *Service) setOwnPassword(ctx context.Context, who Visitor, actor core.Actor, checked checkedPassword) (in SignedIn, err error) {
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

func (s *Service) replaceOwn(tx *models.Tx, who Visitor, checked checkedPassword) (models.Account, error) {
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
	if err := checkAge(checked.rules, who, account); err != nil { // another session may have changed it meanwhile
		return account, err
	}
	if err := s.replacePassword(tx, &account, checked, false); err != nil {
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
	return s.core.Audit(tx, actor, core.ActionPasswordOwn, account, core.Detail{"sessions": itoa(ended)})
}

// checkedPassword is a password that passed the one check, ready to be stored. It replaces the password with the id replaces.
type checkedPassword struct {
	hash     string
	replaces string
	rules    *policy.Rules // by which it was checked
}

// checkPassword is the one check for every password that is set: the composition first, and the history, whose every comparison
// costs a hash, only when the composition holds. The caller has a place in the waiting room. With mustDiffer the present
// password is refused even where the history is off.
func (s *Service) checkPassword(ctx context.Context, rules *policy.Rules, account models.Account, raw string, mustDiffer bool) (checkedPassword, error) {
	normalized, err := s.checkComposition(rules, account, raw)
	if err != nil {
		return checkedPassword{}, err
	}
	if err := s.checkHistory(ctx, rules, account, normalized, mustDiffer); err != nil {
		return checkedPassword{}, err
	}
	hash, err := s.hashes.hash(ctx, normalized)
	return checkedPassword{hash, account.PasswordID, rules}, err
}

// checkComposition normalises a password and says every rule of composition that it breaks.
func (s *Service) checkComposition(rules *policy.Rules, account models.Account, raw string) (string, error) {
	normalized, err := password.Normalize(raw)
	if err != nil {
		return "", &core.ValidationError{Fields: []core.FieldError{PasswordProblem("password", err)}}
	}
	if broken := rules.Policy(account).Check(account.Name, normalized); len(broken) > 0 {
		s.logTimedOut(broken)
		return "", &core.ValidationError{Fields: []core.FieldError{{Field: "password", Broken: broken}}}
	}
	return normalized, nil
}

func (s *Service) logTimedOut(broken []password.Violation) {
	for _, violation := range broken {
		if violation.TimedOut {
			s.core.Log.Warn("allowedRegex took too long, which counts as not matching; simplify it", "rule", violation.Rule)
		}
	}
}

func (s *Service) checkHistory(ctx context.Context, rules *policy.Rules, account models.Account, normalized string, mustDiffer bool) error {
	last := rules.Policy(account).History()
	if mustDiffer {
		last = max(last, 1)
	}
	hashes, err := s.lastHashes(ctx, account, last)
	if err != nil {
		return err
	}
	for _, hash := range hashes {
		same, _, err := s.hashes.verify(ctx, hash, normalized)
		if err != nil {
			return err
		}
		if same {
			broken := password.Violation{Rule: password.RuleForbiddenLastPasswords, Want: last}
			return &core.ValidationError{Fields: []core.FieldError{{Field: "password", Broken: []password.Violation{broken}}}}
		}
	}
	return nil
}

// lastHashes are the account's last passwords, the present one included.
func (s *Service) lastHashes(ctx context.Context, account models.Account, last int) (hashes []string, err error) {
	if last < 1 || account.PasswordHash == "" {
		return nil, nil
	}
	former, err := s.core.DB.Read(ctx).FormerPasswords(account.ID, last-1)
	hashes = append(hashes, account.PasswordHash)
	for _, row := range former {
		hashes = append(hashes, row.Hash)
	}
	return hashes, err
}

// replacePassword makes a judged password the account's present one, and keeps as much history as the policy needs. It ends a
// block and resets every count of failures. It is refused if another password was set since the check, so that of parallel
// changes one wins.
func (s *Service) replacePassword(tx *models.Tx, account *models.Account, next checkedPassword, oneTime bool) error {
	if account.PasswordID != next.replaces {
		return core.ErrPasswordMeanwhile
	}
	if account.PasswordHash != "" {
		former := models.FormerPassword{
			ID: s.core.NewID(), AccountID: account.ID, Hash: account.PasswordHash,
			SetAt: *account.PasswordSetAt, ReplacedAt: s.core.Now(),
		}
		if err := tx.AddFormerPassword(former, next.rules.Policy(*account).History()-1); err != nil {
			return err
		}
	}
	now := s.core.Now()
	account.PasswordID, account.PasswordHash, account.PasswordSetAt = s.core.NewID(), next.hash, &now
	account.OneTime, account.MustChange, account.ExpiryNotice = oneTime, false, models.NotNotified
	account.PolicyVersion, account.OwnChangeAt = next.rules.RecordedVersion(), nil
	lockout.Reset(account) // failures at the former password say nothing of this one
	return nil
}

// PasswordProblem says why a text cannot be a password at all, by the error of [password.Normalize].
func PasswordProblem(field string, err error) core.FieldError {
	var refused *password.RefusedError
	switch {
	case errors.As(err, &refused) && refused.Code != "":
		return core.SymbolProblem(field, refused.Refused)
	case errors.Is(err, password.ErrEmpty):
		return core.FieldError{Field: field, Message: "Enter a password."}
	case errors.Is(err, password.ErrTooLong):
		return core.FieldError{Field: field, Message: "This password is too long: at most 4,096 bytes are taken."}
	case errors.Is(err, password.ErrNotUTF8):
		return core.FieldError{Field: field, Message: "This password is not valid text."}
	default:
		return core.FieldError{Field: field, Message: "This password has symbols that cannot be compared reliably. Leave out what is not a letter, digit or common symbol."}
	}
}
