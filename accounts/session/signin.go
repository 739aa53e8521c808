package session

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/identifier"
	"latchkey/accounts/lockout"
	"latchkey/models"
	"latchkey/password"
)

// SignedIn is an account that has a new session or a new password.
type SignedIn struct {
	Account models.Account
	Pending models.State // why the session opens only the reset page; "" = it opens everything
	Token   string       // of the session
	Device  string       // token of the trusted browser; "" = none
}

// SignIn opens a session for the account with the name or e-mail address. A failure is [core.ErrSignIn] whatever the reason, after the
// same work. Input that no account can have is a [core.ValidationError]. It returns a [core.TooManyError] if too many attempts from the
// client's network have failed.
func (s *Service) SignIn(ctx context.Context, nameOrEmail, secret string, from core.ClientInfo) (SignedIn, error) {
	in, err := s.signIn(ctx, nameOrEmail, secret, from)
	s.metrics.SignedIn(outcome(in, err))
	if errors.Is(err, core.ErrSignIn) {
		err = core.ErrSignIn // without the reason
	}
	return in, err
}

// signIn finds the account only after the rate limiter has admitted the request, unless some account trusts the browser: that may be
// this account, and trusted browsers have a budget of their own.
func (s *Service) signIn(ctx context.Context, nameOrEmail, secret string, from core.ClientInfo) (in SignedIn, err error) {
	trusted, err := s.holdsDevice(ctx, from.Actor())
	if err != nil {
		return in, err
	}
	who := subject{Subject: lockout.Subject{Address: from.Address}}
	if trusted {
		if who, err = s.findSubject(ctx, nameOrEmail, from.Actor()); err != nil {
			return in, err
		}
	}
	err = s.limited(ctx, who, func(ctx context.Context) error {
		if !trusted {
			if who, err = s.findSubject(ctx, nameOrEmail, from.Actor()); err != nil {
				return err
			}
		}
		return s.pool.Do(ctx, who.queueKeys, func(ctx context.Context) error {
			normalized, err := normalizeSignIn(nameOrEmail, secret)
			if err != nil {
				return err
			}
			return s.authenticate(ctx, who, normalized, from.Actor(), func(tx *models.Tx, account *models.Account) (err error) {
				in, err = s.Open(tx, account, from)
				return err
			})
		})
	})
	return in, err
}

// holdsDevice reports whether any account trusts the browser.
func (s *Service) holdsDevice(ctx context.Context, actor core.Actor) (bool, error) {
	hashes := s.lockout.DeviceHashes(actor)
	if len(hashes) == 0 {
		return false, nil
	}
	return s.core.DB.Read(ctx).AnyDevice(hashes, s.core.Now())
}

const errNameMissing core.Code = "sign_in.name_missing"

func normalizeSignIn(nameOrEmail, secret string) (string, error) {
	var wrong core.FieldErrors
	if len(nameOrEmail) <= identifier.MaxTyped && identifier.Trim(nameOrEmail) == "" {
		wrong.AddField("name", errNameMissing)
	}
	normalized, err := password.Normalize(secret)
	if err != nil {
		_ = wrong.Add(credential.Problem("password", err))
	}
	return normalized, wrong.Err()
}

// maxUserAgent is how many bytes of the User-Agent header are kept.
const maxUserAgent = 300

// Open starts a session of an account whose owner has given the right password, and audits the sign-in. From then on the account trusts
// the browser, unless a new password has to be chosen first. The caller saves the account.
func (s *Service) Open(tx *models.Tx, account *models.Account, from core.ClientInfo) (SignedIn, error) {
	now, details := s.core.Now(), []core.Detail{}
	account.LastSignInAt = &now
	in := SignedIn{Account: *account, Pending: s.policies.Current().Pending(*account)}
	kind := models.FullSession
	if in.Pending != "" {
		kind = models.PendingSession
		details = append(details, core.DetailOpens.Text("reset-page"))
	} else if s.settings.Single {
		ended, err := tx.EndSessions(account.ID, "")
		if err != nil {
			return SignedIn{}, err
		}
		details = append(details, core.DetailSessions.Count(ended))
	}
	token, hash := s.core.Token()
	in.Token = token
	userAgent := from.UserAgent[:min(len(from.UserAgent), maxUserAgent)]
	err := tx.CreateSession(models.Session{
		ID: s.core.NewID(), TokenHash: hash, AccountID: account.ID, PasswordID: account.PasswordID, Kind: kind,
		CreatedAt: now, LastUsedAt: now, AbsoluteEnd: now.Add(s.settings.Max), IdleEnd: now.Add(s.settings.Idle),
		Address: from.Address, UserAgent: strings.ToValidUTF8(strings.ReplaceAll(userAgent, "\x00", ""), ""),
	})
	if err != nil {
		return SignedIn{}, err
	}
	if in.Pending == "" {
		if in.Device, err = s.lockout.TrustDevice(tx, *account, from.Actor()); err != nil {
			return SignedIn{}, err
		}
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

// findSubject finds the account with the name or e-mail address. Unknown ones cost the same queries.
func (s *Service) findSubject(ctx context.Context, nameOrEmail string, actor core.Actor) (subject, error) {
	keys, err := identifier.Keys(nameOrEmail)
	if err != nil {
		keys = []string{""} // which no account has
	}
	id, err := s.core.DB.Read(ctx).IdentifierOwner(keys...)
	if err != nil && !errors.Is(err, models.ErrNotFound) {
		return subject{}, err
	}
	who, err := s.subjectOf(ctx, id, cmp.Or(id, keys[len(keys)-1], nameOrEmail[:min(len(nameOrEmail), identifier.MaxTyped)]), actor)
	if !who.Trusted {
		who.queueKeys = append(who.queueKeys, core.ClientKey(actor.Address))
	}
	return who, err
}
