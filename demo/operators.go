package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/mfa"
	"latchkey/accounts/notify"
	"latchkey/mailer"
	"latchkey/models"
)

// operators plans what operators and some owners do with accounts, besides creating them.
func (w *world) operators() {
	w.on(25, 16, 10, w.act(olga, altmuehl, w.accounts.Disable))
	w.on(24, 9, 40, w.act(olga, josef, w.accounts.Disable))
	w.on(18, 11, 5, w.act(priya, isil, w.accounts.Disable))
	w.on(15, 8, 50, w.act(priya, isil, w.accounts.Enable))
	w.on(13, 13, 20, w.delete(matthias, intern))
	w.on(12, 9, 20, w.sendTestMail)
	w.on(12, 10, 45, w.edit(priya, amelia, accounts.Edit{Email: "a.hart@brightwater.example", Locale: "en"}))
	w.on(10, 14, 30, w.act(olga, ines, func(ctx context.Context, actor core.Actor, id string) error {
		return w.accounts.Move(ctx, actor, id, w.people[atlas].id, false)
	}))
	w.on(10, 15, 5, w.openForeignAccount)
	w.on(9, 9, 15, w.correctAddress)
	w.on(8, 16, 0, w.act(matthias, rosa, w.accounts.Disable))
	w.on(7, 12, 30, w.renew(w.people[bea], w.generated))
	w.on(6, 10, 0, w.loseLaptop)
	w.on(5, 11, 30, w.act(priya, amelia, w.accounts.RequireChange))
	w.on(5, 11, 31, w.act(priya, amelia, w.accounts.WithdrawChange)) // it was meant for another
	w.on(4, 12, 40, w.endOtherSessions)
	w.on(3, 15, 20, w.edit(matthias, "label-printer-hall-b", accounts.Edit{Email: "facility@hollenbeck.example", Technical: true}))
	w.on(3, 9, 25, w.helpOut(brightwater, amelia))
	w.on(2, 11, 15, w.act(wisla, kasia, w.accounts.RequireChange))
	w.on(1, 16, 45, w.act(olga, petra, w.accounts.RequireChange))
	w.on(1, 12, 5, w.atDesk(w.people["ольга.петрова"], func(ctx context.Context, actor core.Actor) error {
		return w.accounts.SetLocale(ctx, actor, "de")
	}))
}

// act applies a use case to an account.
func (w *world) act(by, target string, do func(ctx context.Context, actor core.Actor, id string) error) action {
	return func(ctx context.Context) error {
		p := w.people[target]
		if err := do(ctx, w.actor(w.people[by]), p.id); err != nil {
			return fmt.Errorf("%s acts on %s: %w", by, target, err)
		}
		return w.planSweeps(ctx, p)
	}
}

func (w *world) edit(by, target string, input accounts.Edit) action {
	return w.act(by, target, func(ctx context.Context, actor core.Actor, id string) error {
		return w.accounts.Edit(ctx, actor, id, input)
	})
}

// resetPassword gives an account a generated password.
func (w *world) resetPassword(by, target string, oneTime bool) action {
	return w.act(by, target, func(ctx context.Context, actor core.Actor, id string) error {
		reset, err := w.accounts.ResetPassword(ctx, actor, id, accounts.PasswordChoice{Mode: accounts.Generated, OneTime: oneTime}, "")
		w.people[target].password = reset.Password
		return err
	})
}

// helpOut resets a forgotten password, which its owner soon changes.
func (w *world) helpOut(by, target string) action {
	return func(ctx context.Context) error {
		w.in(35*time.Minute, w.renew(w.people[target], w.generated))
		return w.resetPassword(by, target, true)(ctx)
	}
}

// openForeignAccount follows a link to an account of another organization.
func (w *world) openForeignAccount(ctx context.Context) error {
	actor, id := w.actor(w.people[brightwater]), w.people[ines].id
	_, err := w.accounts.Find(ctx, actor, id)
	if !errors.Is(err, core.ErrNotFound) {
		return fmt.Errorf("%s can open %s: %w", brightwater, ines, err)
	}
	w.accounts.RecordRefused(ctx, actor, accounts.RefusedAct{Method: "GET", Route: "/accounts/:id", Target: id}, err)
	return nil
}

// sendTestMail sends a mail to the operator who set up the mail server the day before.
func (w *world) sendTestMail(ctx context.Context) error {
	sample := mailer.Samples(models.MailReminder, w.now)[0]
	_, err := w.accounts.Mail.SendTestMessage(ctx, w.actor(w.people[olga]), notify.TestMessage{Template: models.MailReminder, Locale: "en", Data: sample.Mail.Data})
	return err
}

// correctAddress corrects an address to which mails failed, and sends them again.
func (w *world) correctAddress(ctx context.Context) error {
	p := w.people[henrik]
	if err := w.edit(olga, henrik, accounts.Edit{Email: "henrik.lindqvist@hollenbeck.example", Locale: p.locale})(ctx); err != nil {
		return err
	}
	failed, err := w.db.Read(ctx).ListMails(models.MailFilter{AccountID: p.id, State: models.MailFailed, Limit: most})
	for i := 0; i < len(failed.Rows) && err == nil; i++ {
		err = w.accounts.Mail.Retry(ctx, w.actor(w.people[olga]), failed.Rows[i].ID)
	}
	return err
}

// loseLaptop leaves a session open, which the organization ends.
func (w *world) loseLaptop(ctx context.Context) error {
	w.in(25*time.Minute, w.act(nordkai, katharina, w.accounts.Sessions.EndAll))
	_, err := w.signIn(ctx, w.people[katharina], w.people[katharina].desk)
	return err
}

// confirmed applies a use case to an account after the password was asked for again.
func (w *world) confirmed(by, target string, do func(ctx context.Context, actor core.Actor, id string) error) action {
	return func(ctx context.Context) error {
		p := w.people[by]
		in, err := w.signIn(ctx, p, p.desk)
		if err != nil {
			return err
		}
		visitor, err := w.accounts.Sessions.Resolve(ctx, in.Token, p.desk.Address)
		if err != nil {
			return err
		}
		if _, err := w.accounts.Factors.Confirm(ctx, visitor, p.desk, p.password, mfa.Code{}); err != nil {
			return err
		}
		return w.act(by, target, func(ctx context.Context, actor core.Actor, id string) error {
			actor.SessionID = visitor.Session.ID
			return do(ctx, actor, id)
		})(ctx)
	}
}

// deletions plans what becomes of accounts that were deleted. It decides nothing by chance.
func (w *world) deletions() {
	w.at(w.day(12, 14), w.confirmed(olga, intern, w.restore)) // payroll had a question
	w.at(w.day(11, 14), w.delete(olga, intern))
	w.at(w.day(10, 17), w.confirmed(olga, intern, w.accounts.Erase))
	w.at(w.day(8, 17), w.delete(olga, rosa))
}

// delete deletes an account.
func (w *world) delete(by, target string) action {
	return w.confirmed(by, target, func(ctx context.Context, actor core.Actor, id string) error {
		return w.accounts.Delete(ctx, actor, id, target)
	})
}

// restore restores a deleted account.
func (w *world) restore(ctx context.Context, actor core.Actor, id string) error {
	_, err := w.accounts.Restore(ctx, actor, id)
	return err
}

// endOtherSessions ends the session on the phone from the desk.
func (w *world) endOtherSessions(ctx context.Context) error {
	p := w.people[zoe]
	_, err := w.signIn(ctx, p, p.phone)
	w.in(4*time.Minute, w.atDesk(p, w.accounts.Sessions.EndOthers))
	return err
}
