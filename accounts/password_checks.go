package accounts

import (
	"cmp"
	"context"
	"errors"
	"time"

	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/accounts/session"
	"latchkey/models"
)

// SignInTechnical makes a token for the name and password of a technical account, whose attempts are counted like any other's. A failure is
// [core.ErrSignIn] whatever the reason. If the password has expired it is a [core.GateError]: only operators set another one. admit may
// refuse the account another token.
func (s *Service) SignInTechnical(
	ctx context.Context, name, secret string, life time.Duration, from core.ClientInfo, admit func(models.Account) error,
) (token apikey.Token, account models.Account, err error) {
	var held error
	check := session.PasswordCheck{
		Name: name, Password: secret, Limit: from.Address, Actor: from.Actor(), Admits: func(a models.Account) bool { return a.Technical },
	}
	err = s.Sessions.CheckPassword(ctx, check, func(tx *models.Tx, a *models.Account) (complete bool, err error) {
		if s.Policies.For(ctx).Pending(*a) != "" {
			held = core.GateError{Gate: core.GatePassword, Code: core.ErrPasswordFirst}
			return true, nil
		}
		if err := admit(*a); err != nil {
			return false, err
		}
		now := s.core.Now()
		a.LastSignInAt, a.ActiveAt, account = &now, now, *a
		if token, err = s.Keys.IssueIn(tx, *a, life); err != nil {
			return false, err
		}
		return true, s.core.Audit(tx, from.By(*a), core.ActionSignedIn, *a, core.DetailOpens.Text(core.OpensAPI))
	})
	return token, account, withoutReason(cmp.Or(err, held))
}

// withoutReason hides why a sign-in failed.
func withoutReason(err error) error {
	if errors.Is(err, core.ErrSignIn) {
		return core.ErrSignIn
	}
	return err
}

const errClientIP core.Code = "client_ip.invalid"

// VerifyPassword reports to a program whether a password is that of an account that its key may look after. Attempts are counted, blocked and held
// up by gates as on the sign-in page: a right password that opens only a page is a [HeldPassword], also of an account that has or must have a
// second factor, which cannot be shown here. Any other failure is [core.ErrSignIn]. clientIP is the address of who signs in to the program; "" =
// not known.
func (s *Service) VerifyPassword(ctx context.Context, actor core.Actor, name, secret, clientIP string) (account models.Account, err error) {
	if actor.Key == nil || !actor.Key.Verify || !actor.MayOperate() {
		return account, apikey.ErrNoVerify
	}
	who := core.Actor{Address: clientIP, RequestID: actor.RequestID, Key: actor.Key}
	limit := "key " + actor.Key.ID + " " + core.ClientKey(clientIP) // of its own, or a program could use up what others have left
	if _, ok := core.ParseAddress(clientIP); clientIP != "" && !ok {
		return account, core.Invalid("client_ip", errClientIP)
	}
	var held error
	check := session.PasswordCheck{Name: name, Password: secret, Limit: limit, Actor: who, Admits: actor.Sees}
	err = s.Sessions.CheckPassword(ctx, check, func(tx *models.Tx, a *models.Account) (complete bool, err error) {
		held, account = s.gateOf(ctx, *a), *a
		if held == nil {
			a.ActiveAt = s.core.Now()
		}
		complete = !errors.Is(held, core.ErrFactorFirst)
		return complete, s.core.Audit(tx, core.Actor{ID: actor.ID, Name: actor.Name, Address: who.Address, RequestID: actor.RequestID, Key: actor.Key}, core.ActionVerified, *a)
	})
	return account, withoutReason(cmp.Or(err, held))
}

// HeldPassword is a right password that opens nothing by itself. It is no [core.GateError], which is about the account that sends a request.
type HeldPassword struct {
	Gate string
	code core.Code
}

func (h HeldPassword) Error() string {
	return "the password is right, and the gate " + h.Gate + " comes next"
}

// Unwrap returns the gate's code.
func (h HeldPassword) Unwrap() error { return h.code }

// gateOf returns the gate that a sign-in with the right password would meet first; nil = none.
func (s *Service) gateOf(ctx context.Context, account models.Account) error {
	switch {
	case !account.Technical && (account.HasFactor || account.MustSetFactor || s.core.RequiresFactor(account)):
		return HeldPassword{core.GateFactor, core.ErrFactorFirst}
	case s.Policies.For(ctx).Pending(account) != "":
		return HeldPassword{core.GatePassword, core.ErrPasswordFirst}
	default:
		return nil
	}
}
