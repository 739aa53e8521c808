package mfa

import (
	"context"
	"io"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/identifier"
	"latchkey/accounts/sealing"
	"latchkey/accounts/session"
	"latchkey/models"
)

// Options are what a [Service] is made of.
type Options struct {
	Core     *core.Core
	Sessions *session.Service
	Pool     *credential.Pool // hashes recovery codes
	Sealing  *sealing.Service // of the secrets of authenticator apps
	Issuer   string           // the name under which apps list their codes, and passkeys the service
	BaseURL  *url.URL         // whose host passkeys are made for; nil = none are offered

	NoApps     bool // no authenticator app can be set up
	NoPasskeys bool // no passkey can be added
	NoRecovery bool // recovery codes are switched off: those that exist open nothing
}

// Service manages second factors and recovery codes, and signs in with them. It is safe for concurrent use.
type Service struct {
	core     *core.Core
	sessions *session.Service
	pool     *credential.Pool
	sealing  *sealing.Service
	issuer   string

	passkeys    *webauthn.WebAuthn
	passkeysOff error // why no passkeys are offered; nil = they are

	noApps, noPasskeys, noRecovery bool
}

// New makes a service.
func New(o Options) *Service {
	s := &Service{
		core: o.Core, sessions: o.Sessions, pool: o.Pool, sealing: o.Sealing, issuer: o.Issuer,
		noApps: o.NoApps, noPasskeys: o.NoPasskeys, noRecovery: o.NoRecovery,
	}
	s.passkeys, s.passkeysOff = relyingParty(o.BaseURL, o.Issuer)
	return s
}

// CheckApps returns why no authenticator app can be set up; nil = one can.
func (s *Service) CheckApps() error {
	if s.noApps {
		return core.OffError{Setting: SettingFactors}
	}
	return nil
}

// SettingFactors is the setting that limits which factors can be set up.
const SettingFactors = "ALLOWED_SECOND_FACTORS"

// maxFactors is how many second factors an account may have.
const maxFactors = 20

// Errors of second factors.
const (
	ErrTooMany      core.Code = "factor.too_many"
	errCodeForm     core.Code = "factor.code_invalid"
	errNotConfirmed core.Code = "factor.code_not_confirmed" // the first code of an app is wrong
	errLast         core.Code = "factor.last"
)

// RecoveryOff means that recovery codes are switched off.
var RecoveryOff = core.OffError{Setting: "COMPLIANCE_DISABLE_RECOVERY_CODES"}

// Factors returns the actor's factors and how many recovery codes are left.
func (s *Service) Factors(ctx context.Context, actor core.Actor) (factors []models.Factor, codes int, err error) {
	return s.Of(ctx, actor.ID)
}

// Of is the same for an account that the actor may see.
func (s *Service) Of(ctx context.Context, accountID string) (factors []models.Factor, codes int, err error) {
	tx := s.core.DB.Read(ctx)
	if factors, err = tx.Factors(accountID); err != nil {
		return nil, 0, err
	}
	left, err := tx.CountRecoveryCodes(accountID)
	return factors, int(left), err
}

// TOTP is an authenticator app that is being set up.
type TOTP struct {
	ID     string
	Secret string // in base32
	URI    string // for a QR code
}

// BeginTOTP makes the secret of an authenticator app. It does not count until [Service.ConfirmTOTP], and replaces one that was not
// confirmed.
func (s *Service) BeginTOTP(ctx context.Context, actor core.Actor) (begun TOTP, err error) {
	secret := make([]byte, secretSize)
	if _, err := io.ReadFull(s.core.Random(), secret); err != nil {
		return begun, err
	}
	begun = TOTP{ID: s.core.NewID(), Secret: secretText(secret), URI: keyURI(s.issuer, actor.Name, secret)}
	return begun, s.core.UpdateFactors(ctx, actor, func(tx *models.Tx) error {
		if err := s.CheckApps(); err != nil {
			return err
		}
		if err := s.core.CheckConfirmed(tx, actor); err != nil {
			return err
		}
		if err := s.checkCount(tx, actor.ID); err != nil {
			return err
		}
		if err := tx.DeleteUnconfirmedFactors(actor.ID); err != nil {
			return err
		}
		sealed, err := s.sealing.Seal(tx, secret, begun.ID)
		if err != nil {
			return err
		}
		return tx.CreateFactor(models.Factor{
			ID: begun.ID, AccountID: actor.ID, Kind: models.TOTPFactor, Secret: sealed, CreatedAt: s.core.Now(),
		})
	})
}

func (s *Service) checkCount(tx *models.Tx, accountID string) error {
	factors, err := tx.Factors(accountID)
	if err == nil && len(factors) >= maxFactors {
		return ErrTooMany
	}
	return err
}

// SetUp returns an app that the actor is setting up, so that its page can be shown again.
func (s *Service) SetUp(ctx context.Context, actor core.Actor, id string) (begun TOTP, err error) {
	if !models.IsID(id) {
		return begun, core.ErrNotFound
	}
	if err := actor.CheckOwner(); err != nil {
		return begun, err
	}
	factor, err := s.core.DB.Read(ctx).Factor(actor.ID, id)
	if err != nil {
		return begun, core.NotFound(err)
	}
	if factor.ConfirmedAt != nil || s.expired(factor) {
		return begun, core.ErrNotFound
	}
	secret, err := s.sealing.Open(factor.Secret, factor.ID)
	if err != nil {
		return begun, err
	}
	return TOTP{ID: id, Secret: secretText(secret), URI: keyURI(s.issuer, actor.Name, secret)}, nil
}

// setUpTime is how long an app may be set up.
const setUpTime = time.Hour

func (s *Service) expired(factor models.Factor) bool {
	return s.core.Now().Sub(factor.CreatedAt) > setUpTime
}

// ConfirmTOTP makes an authenticator app a second factor, if the code shows that it was set up. With the account's first factor it
// returns new recovery codes, which are shown once.
func (s *Service) ConfirmTOTP(ctx context.Context, actor core.Actor, id, title, typed string) (codes []string, err error) {
	if !models.IsID(id) {
		return nil, core.ErrNotFound
	}
	var wrong core.FieldErrors
	code, ok := parseTOTP(typed)
	if !ok {
		wrong.AddField("code", errCodeForm)
	}
	title, err = identifier.ParseTitle(title)
	if err := wrong.Add(err); err != nil {
		return nil, err
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	err = s.withCodes(ctx, actor, func(tx *models.Tx, set recoverySet) error {
		codes, err = s.confirm(tx, actor, id, title, code, set)
		return err
	})
	return codes, err
}

// confirm makes an app a factor if the code is the one it shows.
func (s *Service) confirm(tx *models.Tx, actor core.Actor, id, title, code string, set recoverySet) (codes []string, err error) {
	if err := s.CheckApps(); err != nil {
		return nil, err
	}
	factor, err := tx.Factor(actor.ID, id)
	if err != nil {
		return nil, core.NotFound(err)
	}
	if factor.ConfirmedAt != nil { // its recovery codes may have been shown then
		return nil, core.AlreadyDoneError{AccountID: actor.ID}
	}
	if s.expired(factor) {
		return nil, core.ErrNotFound
	}
	if err := s.core.CheckConfirmed(tx, actor); err != nil { // again: the account may have got another factor since
		return nil, err
	}
	secret, err := s.sealing.Open(factor.Secret, factor.ID)
	if err != nil {
		return nil, err
	}
	step, ok := matchTOTP(secret, code, factor.LastStep, s.core.Now())
	if !ok {
		return nil, core.Invalid("code", errNotConfirmed)
	}
	another, err := tx.HasFactor(actor.ID)
	if err != nil {
		return nil, err
	}
	if err := s.checkCount(tx, actor.ID); err != nil {
		return nil, err
	}
	if err := tx.ConfirmFactor(actor.ID, id, title, step, s.core.Now()); err != nil {
		return nil, core.NotFound(err)
	}
	return s.added(tx, actor, factor.Kind, !another, set)
}

// added audits a new factor of the actor. With the first one it returns new recovery codes, those of the set.
func (s *Service) added(tx *models.Tx, actor core.Actor, kind models.FactorKind, first bool, set recoverySet) (codes []string, err error) {
	if err := tx.DeleteUnconfirmedFactors(actor.ID); err != nil { // another session may have begun them
		return nil, err
	}
	if err := s.changed(tx, actor, core.ActionFactorAdded, core.DetailFactor.Text(string(kind))); err != nil {
		return nil, err
	}
	if err := tx.FactorShown(actor.SessionID, s.core.Now()); err != nil {
		return nil, err
	}
	if !first {
		return nil, nil
	}
	return s.first(tx, actor, set)
}

// first makes recovery codes with the actor's first factor, which may be one that had to be set up.
func (s *Service) first(tx *models.Tx, actor core.Actor, set recoverySet) (codes []string, err error) {
	account, err := tx.AccountForUpdate(actor.ID)
	if err != nil {
		return nil, err
	}
	account.MustSetFactor = false
	if err := tx.SaveAccount(&account); err != nil || s.noRecovery {
		return nil, err
	}
	return s.replaceCodes(tx, actor, set)
}

// Remove removes one of the actor's factors. The recovery codes stay, since they also replace a lost password.
func (s *Service) Remove(ctx context.Context, actor core.Actor, id string) error {
	if !models.IsID(id) {
		return core.ErrNotFound
	}
	return s.core.UpdateFactors(ctx, actor, func(tx *models.Tx) error {
		if err := s.core.CheckConfirmed(tx, actor); err != nil {
			return err
		}
		factor, err := tx.Factor(actor.ID, id)
		if err != nil {
			return core.NotFound(err)
		}
		if err := tx.DeleteFactor(actor.ID, id); err != nil {
			return core.NotFound(err)
		}
		if err := s.checkLeft(tx, actor.ID); factor.ConfirmedAt != nil && err != nil {
			return err
		}
		return s.changed(tx, actor, core.ActionFactorRemoved, core.DetailFactor.Text(string(factor.Kind)))
	})
}

// checkLeft refuses to remove the last factor of an account that has to have one.
func (s *Service) checkLeft(tx *models.Tx, accountID string) error {
	account, err := tx.Account(accountID)
	if err == nil && !account.HasFactor && s.core.RequiresFactor(account) {
		err = errLast
	}
	return err
}

// NewRecoveryCodes replaces the actor's recovery codes, and returns the new ones, which are shown once. Submission is the id of the
// form, which is good for one set; "" = it has none.
func (s *Service) NewRecoveryCodes(ctx context.Context, actor core.Actor, submission string) (codes []string, err error) {
	if s.noRecovery {
		return nil, RecoveryOff
	}
	if submission != "" && !models.IsID(submission) {
		return nil, core.Invalid("submission", core.ErrFormInvalid)
	}
	err = s.withCodes(ctx, actor, func(tx *models.Tx, set recoverySet) error {
		if err := s.core.CheckConfirmed(tx, actor); err != nil {
			return err
		}
		if err := s.core.Submit(tx, submission, actor.ID); err != nil {
			return err
		}
		codes, err = s.replaceCodes(tx, actor, set)
		return err
	})
	return codes, err
}

// changed audits a change of the actor's own factors, after which all browsers are asked for a factor again.
func (s *Service) changed(tx *models.Tx, actor core.Actor, action string, details ...core.Detail) error {
	account, err := tx.Account(actor.ID)
	if err != nil {
		return err
	}
	if err := tx.AskForFactor(actor.ID); err != nil {
		return err
	}
	return s.core.Audit(tx, actor, action, account, details...)
}

// Reset removes all second factors and recovery codes of an account that the actor may change, such as of a lost phone, and signs it out.
func (s *Service) Reset(ctx context.Context, actor core.Actor, id string) error {
	return s.core.Change(ctx, actor, id, func(tx *models.Tx, account *models.Account) error {
		if actor.Kind == models.SuperAdmin {
			if err := s.core.CheckConfirmed(tx, actor); err != nil {
				return err
			}
		}
		return s.ResetIn(tx, actor, *account)
	})
}

// ResetIn is [Service.Reset] in the transaction of another change of the account, which is locked. It returns [ErrNoFactor] if there is
// nothing to remove.
func (s *Service) ResetIn(tx *models.Tx, actor core.Actor, account models.Account) error {
	codes, err := tx.CountRecoveryCodes(account.ID)
	if err != nil {
		return err
	}
	removed, err := tx.DeleteFactors(account.ID)
	if err != nil {
		return err
	}
	if removed == 0 && codes == 0 {
		return ErrNoFactor
	}
	if err := tx.ReplaceRecoveryCodes(account.ID, nil); err != nil {
		return err
	}
	if err := tx.AskForFactor(account.ID); err != nil {
		return err
	}
	ended, err := tx.EndSessions(account.ID, "")
	if err != nil {
		return err
	}
	return s.core.Audit(tx, actor, core.ActionFactorsReset, account, core.DetailSessions.Count(ended))
}

// EndSince removes the factors that the account, which is locked, was given since a time, and all recovery codes, whose age is not known.
func (s *Service) EndSince(tx *models.Tx, actor core.Actor, account models.Account, since time.Time) error {
	factors, err := tx.Factors(account.ID)
	if err != nil {
		return err
	}
	if err := tx.DeleteUnconfirmedFactors(account.ID); err != nil {
		return err
	}
	if err := tx.ReplaceRecoveryCodes(account.ID, nil); err != nil {
		return err
	}
	for _, factor := range factors {
		if factor.ConfirmedAt.Before(since) {
			continue
		}
		if err := tx.DeleteFactor(account.ID, factor.ID); err != nil {
			return err
		}
		if err := s.core.Audit(tx, actor, core.ActionFactorRemoved, account, core.DetailFactor.Text(string(factor.Kind))); err != nil {
			return err
		}
	}
	return nil
}

// ErrNoFactor means that an account has no second factor.
const ErrNoFactor core.Code = "factor.none"

// Code is what is sent to show a second factor: one of the three.
type Code struct {
	Code       string // of an authenticator app
	Recovery   string
	Credential string // what the browser answered to [Service.BeginProof], as JSON
	Remember   bool   // do not ask this browser again
}

// SignIn completes a sign-in with a code; see [session.Service.Complete].
func (s *Service) SignIn(ctx context.Context, current session.Current, from core.ClientInfo, typed Code) (session.SignedIn, error) {
	read := func() (session.Proof, error) { return s.proof(ctx, current, from, typed) }
	return s.sessions.Complete(ctx, current, from, read, typed.Remember)
}

// Recover opens a session with a recovery code in place of a lost password; see [session.Service.Recover].
func (s *Service) Recover(ctx context.Context, nameOrEmail, typed string, from core.ClientInfo) (session.SignedIn, error) {
	read := func() (session.Proof, error) {
		code, ok := recoveryForm.Parse(typed)
		if !ok {
			return session.Proof{}, core.Invalid("code", errCodeForm)
		}
		return s.recoveryOf(code, "code"), nil
	}
	return s.sessions.Recover(ctx, nameOrEmail, from, read, s.noRecovery)
}

// Confirm shows that the owner of the session's account still uses it; see [session.Service.Confirm]. A recovery code does not show it.
func (s *Service) Confirm(
	ctx context.Context, current session.Current, from core.ClientInfo, secret string, typed Code,
) (session.SignedIn, error) {
	typed.Recovery = ""
	read := func() (session.Proof, error) { return s.proof(ctx, current, from, typed) }
	return s.sessions.Confirm(ctx, current, from, secret, read)
}

// proof reads a code. One that does not have the form of a code is not an attempt.
func (s *Service) proof(ctx context.Context, current session.Current, from core.ClientInfo, typed Code) (session.Proof, error) {
	switch {
	case typed.Credential != "":
		return s.passkeyProof(ctx, current, typed.Credential)
	case typed.Recovery != "":
		if s.noRecovery {
			return session.Proof{}, RecoveryOff
		}
		code, ok := recoveryForm.Parse(typed.Recovery)
		if !ok {
			return session.Proof{}, core.Invalid("recovery_code", errCodeForm)
		}
		return s.recoveryProof(code, from.By(current.Account)), nil
	}
	code, ok := parseTOTP(typed.Code)
	if !ok {
		return session.Proof{}, core.Invalid("code", errCodeForm)
	}
	return s.totpProof(code), nil
}

func (s *Service) totpProof(code string) session.Proof {
	var matched models.Factor
	return session.Proof{
		Field: "code",
		Verify: func(ctx context.Context, account models.Account) (bool, error) {
			factors, err := s.core.DB.Read(ctx).Factors(account.ID)
			if err != nil {
				return false, err
			}
			for _, factor := range factors {
				if factor.Kind != models.TOTPFactor {
					continue
				}
				secret, err := s.sealing.Open(factor.Secret, factor.ID)
				if err != nil {
					return false, err
				}
				if step, ok := matchTOTP(secret, code, factor.LastStep, s.core.Now()); ok {
					matched, matched.LastStep = factor, step
				}
			}
			return matched.ID != "", nil
		},
		Spend: func(tx *models.Tx) (bool, error) { return tx.UseFactor(matched.ID, matched.LastStep, s.core.Now()) },
	}
}

// recoveryProof is a recovery code in place of the second factor of the actor's account.
func (s *Service) recoveryProof(code string, actor core.Actor) session.Proof {
	proof, owner := s.recoveryOf(code, "recovery_code"), actor.ID
	spend := proof.Spend
	proof.Spend = func(tx *models.Tx) (bool, error) {
		spent, err := spend(tx)
		if err != nil || !spent {
			return false, err
		}
		account, err := tx.Account(owner)
		if err != nil {
			return false, err
		}
		return true, s.core.Audit(tx, actor, core.ActionRecoveryUsed, account)
	}
	return proof
}
