package demo

import (
	"context"
	"errors"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/handover"
	"latchkey/models"
)

// secretLinks plans whose passwords are handed over by secret links.
func (w *world) secretLinks() {
	w.on(11, 9, 10, w.handOver(olga, ines, handover.Form{Minutes: "60"}))
	w.on(11, 9, 14, w.revokeLink(olga)) // it was sent to a wrong address
	w.on(11, 9, 16, w.handOver(olga, ines, handover.Form{Minutes: "60", Passphrase: passphrase}))
	w.on(11, 9, 40, w.readLink(ines, passphrase))

	w.on(9, 16, 20, w.handOver(priya, isil, handover.Form{Passphrase: passphrase}))
	w.on(9, 22, 10, w.guessPassphrase(isil))
	w.on(8, 9, 30, w.helpOut(priya, isil))

	w.on(2, 15, 5, w.handOver(brightwater, amelia, handover.Form{Reads: "2", Minutes: "4320"}))
	w.on(2, 15, 45, w.readLink(amelia, ""))
}

// passphrase is what the phone was used for.
const passphrase = "Seven blue kettles" //nolint:gosec // of the demo

// handOver resets a password, and makes a secret link with it.
func (w *world) handOver(by, target string, form handover.Form) action {
	return w.act(by, target, func(ctx context.Context, actor core.Actor, id string) error {
		reset, err := w.accounts.ResetPassword(ctx, actor, id, accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true, HandOver: &form}, "")
		if err == nil {
			w.people[target].link = reset.Link.Token
		}
		return err
	})
}

// readLink reads the link of a person, who soon chooses a password.
func (w *world) readLink(target, passphrase string) action {
	return func(ctx context.Context) error {
		p := w.people[target]
		opened, err := w.accounts.Handover.Read(ctx, p.link, passphrase, p.phone)
		if err != nil {
			return err
		}
		p.password = opened.Password
		return w.renew(p, w.generated)(ctx)
	}
}

// guessPassphrase tries passphrases until the link ends.
func (w *world) guessPassphrase(target string) action {
	return func(ctx context.Context) error {
		stranger := core.ClientInfo{Address: "203.0.113.200", UserAgent: robot}
		for range handover.MaxTries {
			_, err := w.accounts.Handover.Read(ctx, w.people[target].link, "password", stranger)
			if !errors.As(err, new(*core.ValidationError)) && !errors.Is(err, core.ErrLink) {
				return err
			}
		}
		return nil
	}
}

// revokeLink revokes the newest link of an operator.
func (w *world) revokeLink(by string) action {
	return func(ctx context.Context) error {
		actor := w.actor(w.people[by])
		page, err := w.accounts.Handover.List(ctx, actor, models.SecretLinkFilter{MakerID: actor.ID, Limit: 1})
		for _, link := range page.Rows {
			err = errors.Join(err, w.accounts.Handover.Revoke(ctx, actor, link.ID))
		}
		return err
	}
}
