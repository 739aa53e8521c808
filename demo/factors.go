package demo

import (
	"context"
	"fmt"

	"latchkey/accounts/core"
	"latchkey/accounts/mfa"
	"latchkey/accounts/session"
)

// Who has an authenticator app, besides people who had one. The sign-ins that the demo prints have none.
const (
	grace   = "grace.mensah"   // uses a recovery code
	siobhan = "siobhán.oneill" // loses her phone
)

// factors plans who sets up two-step verification, and what happens to it.
func (w *world) factors() {
	for i, name := range []string{matthias, priya, grace, siobhan, "thomas.okafor", "jürgen.weiß"} {
		w.on(11-i, 10, 5, w.setUpApp(w.people[name], "Phone"))
	}
	w.on(4, 11, 15, w.setUpApp(w.people[priya], "Tablet"))
	w.on(3, 12, 20, w.removeApp(w.people[priya], "Tablet"))
	w.on(3, 10, 40, w.atDesk(w.people[matthias], func(ctx context.Context, actor core.Actor) error {
		_, err := w.accounts.Factors.NewRecoveryCodes(ctx, actor, "")
		return err
	}))
	w.on(2, 12, 10, w.useRecoveryCode(w.people[grace]))
	w.on(1, 11, 20, w.act(brightwater, siobhan, func(ctx context.Context, actor core.Actor, id string) error {
		w.people[siobhan].app = ""
		return w.accounts.Factors.Reset(ctx, actor, id)
	}))
}

// setUpApp gives the person an authenticator app.
func (w *world) setUpApp(p *person, title string) action {
	return w.atDesk(p, func(ctx context.Context, actor core.Actor) error {
		begun, err := w.accounts.Factors.BeginTOTP(ctx, actor)
		if err != nil {
			return err
		}
		code, err := mfa.CodeAt(begun.Secret, w.now)
		if err != nil {
			return err
		}
		codes, err := w.accounts.Factors.ConfirmTOTP(ctx, actor, begun.ID, title, code)
		if len(codes) > 0 {
			p.app, p.recovery = begun.Secret, codes
		}
		return err
	})
}

// removeApp removes the person's app with the title.
func (w *world) removeApp(p *person, title string) action {
	return w.atDesk(p, func(ctx context.Context, actor core.Actor) error {
		factors, _, err := w.accounts.Factors.Factors(ctx, actor)
		for _, factor := range factors {
			if err == nil && factor.Title == title {
				err = w.accounts.Factors.Remove(ctx, actor, factor.ID)
			}
		}
		return err
	})
}

// useRecoveryCode signs in without the phone.
func (w *world) useRecoveryCode(p *person) action {
	return func(ctx context.Context) error {
		app := p.app
		p.app = ""
		defer func() { p.app = app }()
		in, err := w.signIn(ctx, p, p.phone)
		if err != nil {
			return err
		}
		in, err = w.prove(ctx, in, p.phone, mfa.Code{Recovery: p.recovery[0]})
		p.remember(p.phone.UserAgent, in.Device)
		return err
	}
}

// withCode completes a sign-in with a code of the person's app, if it has one.
func (w *world) withCode(ctx context.Context, p *person, in session.SignedIn, from core.ClientInfo) (session.SignedIn, error) {
	if in.Gate != core.GateFactor || p.app == "" {
		return in, nil
	}
	code, err := mfa.CodeAt(p.app, w.now)
	if err != nil {
		return in, err
	}
	return w.prove(ctx, in, from, mfa.Code{Code: code})
}

func (w *world) prove(ctx context.Context, in session.SignedIn, from core.ClientInfo, code mfa.Code) (session.SignedIn, error) {
	current, err := w.accounts.Sessions.Resolve(ctx, in.Token, from.Address)
	if err != nil {
		return in, err
	}
	if in, err = w.accounts.Factors.SignIn(ctx, current, from, code); err != nil {
		return in, fmt.Errorf("%s, second factor: %w", current.Account.Name, err)
	}
	return in, nil
}
