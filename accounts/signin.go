package accounts

import (
	"cmp"
	"context"
	"errors"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/identifier"
	"latchkey/accounts/lockout"
	"latchkey/models"
	"latchkey/password"
)

// SignedIn is who signed in or set a password of their own, why only the reset page is open to them ("" = everything is),
// and what their browser is to hold: the token of their session, and the one that it is known by ("" = none).
type SignedIn struct {
	Account models.Account
	Pending models.State
	Token   string
	Device  string
}

// SignIn opens a session for the account with the name or e-mail. Everything that the account or the password could be
// wrong about is the one [core.ErrSignIn], after the same work; only input that no account could have is a [core.ValidationError].
// Where too much has failed from the address, it is a [core.TooManyError].
func (s *Service) SignIn(ctx context.Context, nameOrEmail, secret string, from core.ClientInfo) (SignedIn, error) {
	in, err := s.trySignIn(ctx, nameOrEmail, secret, from)
	s.meter.SignedIn(outcome(in, err))
	return in, without(err)
}

// trySignIn resolves the identifier only after the rate limiter has let the request in, unless the browser is
// trusted by some account: that may be this one, whose trusted browsers have a budget of their own.
func (s *Service) trySignIn(ctx context.Context, nameOrEmail, secret string, from core.ClientInfo) (in SignedIn, err error) {
	trusted, err := s.holdsDevice(ctx, from.Actor())
	if err != nil {
		return in, err
	}
	who := loginSubject{Subject: lockout.Subject{Address: from.Address}}
	if trusted {
		if who, err = s.resolveSubject(ctx, nameOrEmail, from.Actor()); err != nil {
			return in, err
		}
	}
	err = s.limited(ctx, who.Subject, func(ctx context.Context) error {
		if !trusted {
			if who, err = s.resolveSubject(ctx, nameOrEmail, from.Actor()); err != nil {
				return err
			}
		}
		return s.pool.Do(ctx, who.queueKeys, func(ctx context.Context) error {
			in, err = s.signIn(ctx, who, nameOrEmail, secret, from)
			return err
		})
	})
	return in, err
}

// limited runs an attempt under the rate limit of its client's network. A browser that the account trusts is exempt: it has a budget of
// its own, which nobody behind the same address can use up.
func (s *Service) limited(ctx context.Context, who lockout.Subject, attempt func(context.Context) error) error {
	return s.pool.Bounded(ctx, func(ctx context.Context) error {
		if who.Trusted {
			return attempt(ctx)
		}
		return s.limiter.Do(ctx, who.Address, attempt)
	})
}

// holdsDevice reports whether the browser holds the token of any account's device.
func (s *Service) holdsDevice(ctx context.Context, actor core.Actor) (bool, error) {
	hashes := s.lockout.DeviceHashes(actor)
	if len(hashes) == 0 {
		return false, nil
	}
	return s.core.DB.Read(ctx).AnyDevice(hashes, s.core.Now())
}

func (s *Service) signIn(ctx context.Context, who loginSubject, nameOrEmail, secret string, from core.ClientInfo) (SignedIn, error) {
	normalized, err := normalizeSignIn(nameOrEmail, secret)
	if err != nil {
		return SignedIn{}, err
	}
	var in SignedIn
	err = s.authenticate(ctx, who, normalized, from.Actor(), func(tx *models.Tx, account *models.Account) (err error) {
		in, err = s.openSession(tx, account, from)
		return err
	})
	return in, err
}

const errSignInName core.Code = "sign_in.name_missing"

func normalizeSignIn(nameOrEmail, secret string) (string, error) {
	var wrong core.FieldErrors
	if len(nameOrEmail) <= identifier.MaxTyped && identifier.Trim(nameOrEmail) == "" {
		wrong.AddField("name", errSignInName)
	}
	normalized, err := password.Normalize(secret)
	if err != nil {
		_ = wrong.Add(credential.Problem("password", err))
	}
	return normalized, wrong.Err()
}

// resolveSubject finds whose the identifier is.
func (s *Service) resolveSubject(ctx context.Context, nameOrEmail string, actor core.Actor) (loginSubject, error) {
	keys, err := identifier.Keys(nameOrEmail)
	if err != nil {
		keys = []string{""} // which is nobody's, and costs the same query
	}
	id, err := s.core.DB.Read(ctx).IdentifierOwner(keys...)
	if err != nil && !errors.Is(err, models.ErrNotFound) {
		return loginSubject{}, err
	}
	who, err := s.subjectOf(ctx, id, cmp.Or(id, keys[len(keys)-1], nameOrEmail[:min(len(nameOrEmail), identifier.MaxTyped)]), actor)
	if !who.Trusted {
		who.queueKeys = append(who.queueKeys, core.ClientKey(actor.Address))
	}
	return who, err
}

// subjectOf says what is known of somebody who says that the account with the id ("" = none) is theirs. A browser that the
// account is known to takes turns of its own, so that a crowd of strangers does not keep it waiting.
func (s *Service) subjectOf(ctx context.Context, id, key string, actor core.Actor) (loginSubject, error) {
	who := loginSubject{
		Subject:   lockout.Subject{ID: id, Devices: s.lockout.DeviceHashes(actor), Address: actor.Address},
		queueKeys: []string{key},
	}
	if len(who.Devices) == 0 {
		return who, nil
	}
	trusted, err := s.lockout.TrustsDevice(s.core.DB.Read(ctx), s.Rules(), id, who.Devices)
	if trusted {
		who.queueKeys, who.Trusted = []string{"trusted " + id}, true
	}
	return who, err
}

// openSession starts the session of somebody who gave the right password, and notes it. Their browser is known from then on,
// unless they have to choose another password first.
func (s *Service) openSession(tx *models.Tx, account *models.Account, from core.ClientInfo) (SignedIn, error) {
	now := s.core.Now()
	account.LastSignInAt = &now
	in := SignedIn{Account: *account, Pending: s.Rules().Pending(*account)}
	details, err := s.endFormer(tx, in)
	if err != nil {
		return SignedIn{}, err
	}
	if in.Token, err = s.startSession(tx, in, from); err != nil {
		return SignedIn{}, err
	}
	if in.Pending != "" {
		details = append(details, core.DetailOpens.Text("reset-page"))
	} else if in.Device, err = s.lockout.TrustDevice(tx, *account, from.Actor()); err != nil {
		return SignedIn{}, err
	}
	return in, s.core.Audit(tx, from.By(*account), core.ActionSignedIn, *account, details...)
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
