package accounts

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	"latchkey/models"
	"latchkey/password"
)

// SignedIn is who signed in, why only the reset page is open to them ("" = everything is), and the token of their session.
type SignedIn struct {
	Account models.Account
	Pending models.State
	Token   string
}

// SignIn opens a session for the account with the name or e-mail. Everything that the account or the password could be
// wrong about is the one [ErrSignIn], after the same work; only input that no account could have is a [ValidationError].
func (s *Service) SignIn(ctx context.Context, identifier, secret string, from Visit) (SignedIn, error) {
	normalized, err := normalizeSignIn(identifier, secret)
	if err != nil {
		return SignedIn{}, err
	}
	who, err := s.seek(ctx, identifier)
	if err != nil {
		return SignedIn{}, err
	}
	var in SignedIn
	err = s.authenticate(ctx, who, normalized, from.actor(), func(tx *models.Tx, account *models.Account) (err error) {
		in, err = s.welcome(tx, account, from)
		return err
	})
	return in, err
}

func normalizeSignIn(identifier, secret string) (string, error) {
	var wrong collector
	if identifier == "" {
		wrong.fields = append(wrong.fields, FieldError{Field: "name", Message: "Enter your name or e-mail address."})
	}
	normalized, err := password.Normalize(secret)
	if err != nil {
		wrong.fields = append(wrong.fields, FieldError{Field: "password", Message: PasswordProblem(err)})
	}
	return normalized, wrong.err()
}

// seek finds whose the identifier is.
func (s *Service) seek(ctx context.Context, identifier string) (sought, error) {
	key, err := IdentifierKey(identifier)
	if err != nil {
		key = "" // which is nobody's, and costs the same query
	}
	id, err := s.db.Read(ctx).IdentifierOwner(key)
	if errors.Is(err, models.ErrNotFound) {
		return sought{turn: cmp.Or(key, identifier)}, nil
	}
	return sought{id, id}, err
}

// welcome starts the session of somebody who gave the right password, and notes it.
func (s *Service) welcome(tx *models.Tx, account *models.Account, from Visit) (SignedIn, error) {
	now := s.now()
	account.LastSignInAt = &now
	in := SignedIn{Account: *account, Pending: s.Pending(*account)}
	var err error
	if in.Token, err = s.startSession(tx, in, from); err != nil {
		return SignedIn{}, err
	}
	more := detail{}
	if in.Pending != "" {
		more["opens"] = "reset-page"
	}
	return in, s.audit(tx, from.as(*account), ActionSignedIn, *account, more)
}

// SignOut ends the actor's session.
func (s *Service) SignOut(ctx context.Context, actor Actor) error {
	return s.db.Update(ctx, func(tx *models.Tx) error {
		account, err := tx.Account(actor.ID)
		if err != nil {
			return err
		}
		if _, err := tx.EndSession(actor.ID, actor.SessionID); err != nil {
			return notFound(err)
		}
		return s.audit(tx, actor, ActionSignedOut, account, nil)
	})
}

func itoa(n int) string { return strconv.Itoa(n) }
