package session

import (
	"cmp"
	"context"
	"errors"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/identifier"
	"latchkey/accounts/lockout"
	"latchkey/accounts/policy"
	"latchkey/models"
	"latchkey/password"
)

// SignedIn is an account that has a new session or a new password.
type SignedIn struct {
	Account models.Account
	Gate    string // the first of [core.Gates] that the session has to pass; "" = none
	Token   string // of the session
	Device  string // token of the trusted browser; "" = none
}

const errNameMissing core.Code = "sign_in.name_missing"

// SignIn opens a session for the account with the name or e-mail address. A failure is [core.ErrSignIn] whatever the reason, after the
// same work. Input that no account can have is a [core.ValidationError]. It returns a [core.TooManyError] if too many attempts from the
// client's network have failed.
func (s *Service) SignIn(ctx context.Context, nameOrEmail, secret string, from core.ClientInfo) (in SignedIn, err error) {
	defer func() {
		s.metrics.SignedIn(outcome(in, err))
		if errors.Is(err, core.ErrSignIn) {
			err = core.ErrSignIn // without the reason
		}
	}()
	actor, rules := from.Actor(), s.policies.For(ctx)
	who, found, err := s.findTrusting(ctx, rules, nameOrEmail, actor)
	if err != nil {
		return in, err
	}
	err = s.limited(ctx, who, func(ctx context.Context) error {
		wrong := CheckName(nameOrEmail)
		normalized, err := password.Normalize(secret)
		if err != nil {
			_ = wrong.Add(credential.Problem("password", err))
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		if !found {
			if who, err = s.findSubject(ctx, rules, nameOrEmail, actor); err != nil {
				return err
			}
		}
		return s.pool.Do(ctx, who.queueKeys, func(ctx context.Context) error {
			return s.authenticate(ctx, rules, who, normalized, actor, func(tx *models.Tx, account *models.Account) (complete bool, err error) {
				in, complete, err = s.enter(tx, rules, account, from)
				return complete, err
			})
		})
	})
	return in, err
}

// findTrusting finds the account with the name or e-mail address if some account trusts the browser: that may be this account, and trusted
// browsers have a budget of their own. Otherwise the account is found only after the rate limiter has admitted the request.
func (s *Service) findTrusting(
	ctx context.Context, rules *policy.Rules, nameOrEmail string, actor core.Actor,
) (who subject, found bool, err error) {
	who = subject{Subject: lockout.Subject{Address: actor.Address}}
	hashes := s.lockout.DeviceHashes(actor)
	if len(hashes) == 0 {
		return who, false, nil
	}
	if found, err = s.core.DB.Read(ctx).AnyDevice(hashes, s.lockout.Trusted()); err != nil || !found {
		return who, false, err
	}
	who, err = s.findSubject(ctx, rules, nameOrEmail, actor)
	return who, true, err
}

// CheckName collects the error of a name that no account can have.
func CheckName(nameOrEmail string) (wrong core.FieldErrors) {
	if len(nameOrEmail) <= identifier.MaxTyped && identifier.Trim(nameOrEmail) == "" {
		wrong.AddField("name", errNameMissing)
	}
	return wrong
}

// How an attempt to sign in ends, in addition to the reasons for a failed one.
const (
	outcomeSuccess = "success"
	outcomePending = "pending"  // a gate has to be passed first
	outcomeInvalid = "invalid"  // a field is empty, or has a value that no account can have
	outcomeTooMany = "too-many" // too many failed attempts from the network
	outcomeBusy    = "busy"     // too many passwords are being verified
	outcomeLeft    = "left"     // the client went away
	outcomeError   = "error"    // most often the database's
)

// Outcomes returns all ends of an attempt to sign in. For failed ones they are the reasons in the audit log.
func Outcomes() []string {
	return []string{
		lockout.ReasonUnknown, lockout.ReasonWrong, lockout.ReasonCode, reasonTechnical, lockout.ReasonChanged, lockout.ReasonAddress,
		string(models.Disabled), string(models.NotYetValid), string(models.Ended), string(models.Blacklisted), string(models.NoPassword), string(models.OneTimeLapsed),
		outcomeSuccess, outcomePending, outcomeInvalid, outcomeTooMany, outcomeBusy, outcomeLeft, outcomeError,
	}
}

// outcome returns how an attempt to sign in ended.
func outcome(in SignedIn, err error) string {
	var failed lockout.Failure
	var invalid *core.ValidationError
	var tooMany core.TooManyError
	var busy core.BusyError
	switch {
	case err == nil && in.Gate == "":
		return outcomeSuccess
	case err == nil:
		return outcomePending
	case errors.As(err, &failed):
		return failed.Reason
	case errors.As(err, &invalid):
		return outcomeInvalid
	case errors.As(err, &tooMany):
		return outcomeTooMany
	case errors.As(err, &busy):
		return outcomeBusy
	case errors.Is(err, context.Canceled):
		return outcomeLeft
	default:
		return outcomeError
	}
}

// findSubject finds the account with the name or e-mail address. Unknown ones cost the same queries.
func (s *Service) findSubject(ctx context.Context, rules *policy.Rules, nameOrEmail string, actor core.Actor) (subject, error) {
	keys, err := identifier.Keys(nameOrEmail)
	if err != nil {
		keys = []string{""} // which no account has
	}
	id, err := s.core.DB.Read(ctx).IdentifierOwner(keys...)
	if err != nil && !errors.Is(err, models.ErrNotFound) {
		return subject{}, err
	}
	queueKey := credential.AccountKey(id)
	if id == "" {
		queueKey = credential.NameKey(cmp.Or(keys[len(keys)-1], nameOrEmail[:min(len(nameOrEmail), identifier.MaxTyped)]))
	}
	who, err := s.subjectOf(ctx, rules, id, queueKey, actor)
	if !who.Trusted {
		who.queueKeys = append(who.queueKeys, credential.NetworkKey(actor.Address))
	}
	return who, err
}

// reasonTechnical is why the correct password of a technical account opens no session.
const reasonTechnical = "technical"

// subject is the account that a request claims, with the keys of its place in the queue of [credential.Pool.Do].
type subject struct {
	lockout.Subject
	queueKeys []string
}

// subjectOf describes a client that claims the account with the id; "" = there is none. Browsers that the account trusts wait under a
// key of their own, so that a flood of untrusted clients does not delay them.
func (s *Service) subjectOf(ctx context.Context, rules *policy.Rules, id, queueKey string, actor core.Actor) (subject, error) {
	who := subject{
		Subject:   lockout.Subject{ID: id, Devices: s.lockout.DeviceHashes(actor), Address: actor.Address},
		queueKeys: []string{queueKey},
	}
	if len(who.Devices) == 0 {
		return who, nil
	}
	trusted, err := s.lockout.TrustsDevice(s.core.DB.Read(ctx), rules, id, who.Devices)
	if trusted {
		who.queueKeys, who.Trusted = []string{credential.TrustedKey(id)}, true
	}
	return who, err
}

// limited runs an attempt under the rate limit of its client's network. A browser that the account trusts is exempt: it has a budget of
// its own, which other clients behind the same address cannot use up.
func (s *Service) limited(ctx context.Context, who subject, attempt func(context.Context) error) error {
	return s.pool.Bounded(ctx, func(ctx context.Context) error {
		if who.Trusted {
			return attempt(ctx)
		}
		return s.limiter.Do(ctx, who.Address, attempt)
	})
}

// authenticate verifies an account's current password as one of its attempts, within [credential.Pool.Do], and then calls onSuccess; see
// [lockout.Service.Attempt]. A hash with former parameters is renewed.
func (s *Service) authenticate(
	ctx context.Context, rules *policy.Rules, who subject, normalized string, actor core.Actor, onSuccess lockout.OnSuccess,
) error {
	renewed := ""
	verify := func(ctx context.Context, account models.Account) (bool, error) {
		match, outdated, err := s.pool.Verify(ctx, account.PasswordHash, normalized)
		if err == nil && match && outdated {
			hash, err := s.pool.Hash(ctx, normalized)
			if err != nil {
				s.core.Log.Warn("renewing a password hash failed; the next sign-in tries again", "error", err)
			}
			renewed = hash
		}
		return match, err
	}
	if who.Refuse == nil {
		who.Refuse = refuseTechnical
	}
	return s.lockout.Attempt(ctx, rules, who.Subject, actor, verify, func(tx *models.Tx, account *models.Account) (bool, error) {
		if renewed != "" {
			account.PasswordHash = renewed
		}
		return onSuccess(tx, account)
	})
}

// refuseTechnical is why a right proof of a technical account opens no session.
func refuseTechnical(account models.Account) string {
	if account.Technical {
		return reasonTechnical
	}
	return ""
}

// enter opens a session after the right password: a full one, or one that waits for the second factor, and is then not complete.
func (s *Service) enter(
	tx *models.Tx, rules *policy.Rules, account *models.Account, from core.ClientInfo,
) (in SignedIn, complete bool, err error) {
	needed, err := s.needsFactor(tx, *account, from.Actor())
	if err != nil {
		return in, false, err
	}
	if needed {
		in, err = s.openHalf(tx, *account, from, given{by: models.ByPassword})
		return in, false, err
	}
	in, err = s.Open(tx, rules, account, from)
	return in, true, err
}

// needsFactor reports whether the account has a second factor, for which its browser has to be asked.
func (s *Service) needsFactor(tx *models.Tx, account models.Account, actor core.Actor) (bool, error) {
	if !account.HasFactor {
		return false, nil
	}
	device, err := s.lockout.FindDevice(tx, account.ID, s.lockout.DeviceHashes(actor))
	return device.FactorUntil == nil || !device.FactorUntil.After(s.core.Now()), err
}

// factorTime is how long a session waits for the second factor.
const factorTime = 10 * time.Minute

// openHalf opens a session that only asks for the second factor, after the right password, or a recovery code or link in its place.
// Nothing is credited to the account until then: its counts of failures stay, no browser becomes trusted, and no other session ends.
func (s *Service) openHalf(tx *models.Tx, account models.Account, from core.ClientInfo, proofs given) (in SignedIn, err error) {
	opened, token := s.newSession(account, models.FullSession, from)
	opened.NeedsFactor, opened.OpenedBy, opened.LinkID = true, proofs.by, proofs.link
	action := map[models.OpenedBy]string{
		models.ByPassword: core.ActionPasswordAccepted, models.ByRecoveryCode: core.ActionRecoveryUsed, models.ByLink: core.ActionLinkOpened,
	}[proofs.by]
	if proofs.by == models.ByPassword {
		opened.PasswordAt = &opened.CreatedAt
	}
	opened.AbsoluteEnd = opened.CreatedAt.Add(min(factorTime, s.settings.Max))
	if err := tx.CreateSession(opened); err != nil {
		return in, err
	}
	in = SignedIn{Account: account, Token: token, Gate: core.GateFactor}
	return in, s.core.Audit(tx, from.By(account), action, account)
}

// Open starts a session of an account whose owner has given the correct password, and the second factor if there is one, and audits the
// sign-in. From then on the account trusts the browser, unless a new password has to be chosen first. The caller saves the account.
func (s *Service) Open(tx *models.Tx, rules *policy.Rules, account *models.Account, from core.ClientInfo) (in SignedIn, err error) {
	now := s.core.Now()
	return s.open(tx, rules, account, from, given{by: models.ByPassword, password: &now})
}

// given is what opens a session, and when the password and a second factor were given; nil = they were not.
type given struct {
	by               models.OpenedBy
	link             *string // its id, if by is a link
	password, factor *time.Time
}

func (s *Service) open(
	tx *models.Tx, rules *policy.Rules, account *models.Account, from core.ClientInfo, proofs given,
) (in SignedIn, err error) {
	now, details := s.core.Now(), []core.Detail{}
	account.LastSignInAt, account.ActiveAt = &now, now
	opened, token := s.newSession(*account, models.FullSession, from)
	opened.OpenedBy, opened.LinkID, opened.PasswordAt, opened.FactorAt = proofs.by, proofs.link, proofs.password, proofs.factor
	if rules.Pending(*account) != "" || opened.WithoutPassword() {
		opened.Kind = models.PendingSession
		details = append(details, core.DetailOpens.Text("reset-page"))
	} else if s.settings.Single {
		ended, err := tx.EndSessions(account.ID, "")
		if err != nil {
			return in, err
		}
		details = append(details, core.DetailSessions.Count(ended))
	}
	if err := tx.CreateSession(opened); err != nil {
		return in, err
	}
	in = SignedIn{Account: *account, Token: token}
	if held := (core.GateError{}); errors.As(s.core.CheckGates(opened, *account), &held) {
		in.Gate = held.Gate
	}
	if opened.Kind == models.FullSession {
		var isNew bool
		if in.Device, isNew, err = s.lockout.TrustDevice(tx, *account, from.Actor()); err != nil {
			return in, err
		}
		if isNew {
			details = append(details, core.DetailBrowser.Text(core.BrowserNew))
		}
	}
	action := core.ActionSignedIn
	if proofs.by == models.ByRecoveryCode && proofs.factor == nil {
		action = core.ActionRecoveryUsed // which opened the session
	}
	return in, s.core.Audit(tx, from.By(*account), action, *account, details...)
}

// newSession makes a session that is not stored yet, and its token.
func (s *Service) newSession(account models.Account, kind models.SessionKind, from core.ClientInfo) (opened models.Session, token string) {
	token, hash := s.core.Token()
	now := s.core.Now()
	return models.Session{
		ID: s.core.NewID(), TokenHash: hash, AccountID: account.ID, PasswordID: account.PasswordID, Kind: kind,
		CreatedAt: now, LastUsedAt: now, AbsoluteEnd: now.Add(s.settings.Max), IdleEnd: now.Add(s.settings.Idle),
		Address: from.Address, UserAgent: from.Browser(),
	}, token
}

// SignOut ends the actor's session.
func (s *Service) SignOut(ctx context.Context, actor core.Actor) error {
	return s.core.DB.Update(ctx, func(tx *models.Tx) error {
		account, err := tx.Account(actor.ID)
		if err != nil {
			return err
		}
		if _, err := tx.EndSession(actor.ID, actor.SessionID); err != nil {
			return core.NotFound(err)
		}
		return s.core.Audit(tx, actor, core.ActionSignedOut, account)
	})
}
