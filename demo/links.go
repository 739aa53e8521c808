package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/session"
	"latchkey/models"
)

// links plans who is sent a link to set a password, and who uses it.
func (w *world) links() {
	w.on(20, 10, 15, w.sendLink(olga, "jan.devries")) // who never uses it
	w.on(2, 10, 20, w.sendLink(olga, "ingrid.falk"))
	w.on(2, 10, 22, w.act(olga, "ingrid.falk", w.lookAtLink)) // there is no mail server any more

	w.on(9, 13, 10, w.forget(w.people[katharina]))
	w.on(9, 13, 24, w.useLink(w.people[katharina]))

	w.on(2, 13, 40, w.sendLink(olga, "jürgen.weiß"))
	w.on(2, 14, 10, w.useLink(w.people["jürgen.weiß"])) // after the second factor

	w.on(6, 15, 30, w.sendLink(priya, amelia))
	w.on(6, 15, 33, w.act(priya, amelia, func(ctx context.Context, actor core.Actor, id string) error { // it was meant for another
		links, err := w.newestLinks(ctx, id)
		if err != nil {
			return err
		}
		return w.accounts.Links.Revoke(ctx, actor, id, links[0].ID)
	}))
}

// sendLink sends the owner of an account a link to set a password.
func (w *world) sendLink(by, target string) action {
	return w.act(by, target, func(ctx context.Context, actor core.Actor, id string) error {
		_, err := w.accounts.ResetPassword(ctx, actor, id, accounts.PasswordChoice{Mode: accounts.ByLink}, "")
		return errors.Join(err, w.deliver(ctx))
	})
}

// lookAtLink shows the newest link in a mail that was not sent.
func (w *world) lookAtLink(ctx context.Context, actor core.Actor, id string) error {
	links, err := w.newestLinks(ctx, id)
	if err != nil {
		return err
	}
	mail, err := w.db.Read(ctx).MailByOnceKey(models.MailSetPassword + ":" + links[0].ID)
	if err != nil {
		return err
	}
	_, _, err = w.accounts.Links.Captured(ctx, actor, mail.ID)
	return err
}

// forget asks for a link, since the person has forgotten the password.
func (w *world) forget(p *person) action {
	return func(ctx context.Context) error {
		if err := w.accounts.Links.Forgot(ctx, p.email, p.phone); err != nil {
			return err
		}
		_, err := w.accounts.Links.AnswerForgotten(ctx)
		return errors.Join(err, w.deliver(ctx))
	}
}

// newestLinks returns the account's links, of which there is at least one.
func (w *world) newestLinks(ctx context.Context, id string) ([]models.Link, error) {
	links, err := w.db.Read(ctx).PasswordLinks(id)
	if err == nil && len(links) == 0 {
		err = fmt.Errorf("%s has no link", id)
	}
	return links, err
}

// useLink sets a new password by the person's newest link.
func (w *world) useLink(p *person) action {
	return func(ctx context.Context) error {
		links, err := w.newestLinks(ctx, p.id)
		if err != nil {
			return err
		}
		token, err := w.accounts.Sealing.Token(w.db.Read(ctx), links[0].ID)
		if err != nil {
			return err
		}
		secret, err := w.final(p)
		if err != nil {
			return err
		}
		from := p.phone
		from.RequestID = w.accounts.NewID()
		in, err := w.accounts.Links.SetPassword(ctx, token, session.NewPassword{Password: secret, Confirmation: secret}, from)
		if err != nil {
			return fmt.Errorf("%s uses a link: %w", p.name, err)
		}
		if in.Gate != core.GateFactor {
			p.password = secret
			p.remember(from.UserAgent, in.Device)
			return w.planSweeps(ctx, p)
		}
		if in, err = w.withCode(ctx, p, in, from); err != nil {
			return err
		}
		w.in(time.Minute, func(ctx context.Context) error {
			current, err := w.accounts.Sessions.Resolve(ctx, in.Token, from.Address)
			if err != nil {
				return err
			}
			_, err = w.accounts.Sessions.ChangePassword(ctx, current, current.Actor(from), session.NewPassword{Password: secret, Confirmation: secret})
			p.password = secret
			return errors.Join(err, w.planSweeps(ctx, p))
		})
		return nil
	}
}
