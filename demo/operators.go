package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/notify"
	"latchkey/mailer"
	"latchkey/models"
)

// operators is what those who look after accounts did, beside creating them.
func (s *stage) operators() {
	o, ma, pr := s.cast[olga], s.cast[matthias], s.cast[priya]
	s.at(s.ago(25, 16, 10), s.act(o, altmuehl, s.accounts.Disable))
	s.at(s.ago(24, 9, 40), s.act(o, josef, s.accounts.Disable))
	s.at(s.ago(18, 11, 5), s.act(pr, isil, s.accounts.Disable))
	s.at(s.ago(15, 8, 50), s.act(pr, isil, s.accounts.Enable))
	s.at(s.ago(13, 13, 20), s.deleteAccount(ma, intern))
	s.at(s.ago(12, 9, 20), s.tryMail)
	s.at(s.ago(12, 10, 45), s.edit(pr, amelia, accounts.Edit{Email: "a.hart@brightwater.example", Locale: "en"}))
	s.at(s.ago(10, 14, 30), s.move(o, ines, atlas))
	s.at(s.ago(10, 15, 5), s.openInVain(s.cast[brightwater], ines))
	s.at(s.ago(9, 9, 15), s.correctAddress)
	s.at(s.ago(8, 16, 0), s.act(ma, rosa, s.accounts.Disable))
	s.at(s.ago(7, 12, 30), s.renew(s.cast[bea], s.some))
	s.at(s.ago(6, 10, 0), s.loseLaptop)
	s.at(s.ago(4, 12, 40), s.endOthers)
	s.at(s.ago(3, 15, 20), s.edit(ma, "label-printer-hall-b", accounts.Edit{Email: "facility@hollenbeck.example", Technical: true}))
	s.at(s.ago(3, 9, 25), s.reissue(s.cast[brightwater], s.cast[amelia]))
	s.at(s.ago(2, 11, 15), s.act(s.cast[wisla], kasia, s.accounts.RequireChange))
	s.at(s.ago(1, 16, 45), s.act(o, petra, s.accounts.RequireChange))
	s.at(s.ago(1, 12, 5), s.speakGerman)
}

// act is a deed of an operator that needs nothing but the account.
func (s *stage) act(
	by *member, on string, do func(context.Context, core.Actor, string) error,
) func(context.Context) error {
	return func(ctx context.Context) error {
		m := s.cast[on]
		if err := do(ctx, s.as(by), m.id); err != nil {
			return fmt.Errorf("%s deals with %s: %w", by.name, on, err)
		}
		return s.follow(ctx, m)
	}
}

func (s *stage) deleteAccount(by *member, on string) func(context.Context) error {
	return s.act(by, on, func(ctx context.Context, actor core.Actor, id string) error {
		return s.accounts.Delete(ctx, actor, id, on)
	})
}

func (s *stage) edit(by *member, on string, input accounts.Edit) func(context.Context) error {
	return s.act(by, on, func(ctx context.Context, actor core.Actor, id string) error {
		return s.accounts.Edit(ctx, actor, id, input)
	})
}

func (s *stage) move(by *member, on, to string) func(context.Context) error {
	return s.act(by, on, func(ctx context.Context, actor core.Actor, id string) error {
		return s.accounts.Move(ctx, actor, id, s.cast[to].id, false)
	})
}

// openInVain follows a link that was sent by mistake, to an account of another organization.
func (s *stage) openInVain(by *member, on string) func(context.Context) error {
	return func(ctx context.Context) error {
		id := s.cast[on].id
		_, err := s.accounts.Find(ctx, s.as(by), id)
		if !errors.Is(err, core.ErrNotFound) {
			return fmt.Errorf("%s can open %s: %w", by.name, on, err)
		}
		s.accounts.RecordRefused(ctx, s.as(by), accounts.RefusedAct{Method: "GET", Route: "/accounts/:id", Target: id}, err)
		return nil
	}
}

// issue gives an account a generated password, which its owner is told.
func (s *stage) issue(by, m *member, oneTime bool) func(context.Context) error {
	return s.act(by, m.name, func(ctx context.Context, actor core.Actor, id string) error {
		issue := accounts.Issue{Mode: accounts.Generated, OneTime: oneTime}
		issued, err := s.accounts.IssuePassword(ctx, actor, id, issue, "")
		m.password = issued.Password
		return err
	})
}

// reissue helps somebody who forgot a password: a one-time one, and soon an own one.
func (s *stage) reissue(by, m *member) func(context.Context) error {
	return func(ctx context.Context) error {
		s.in(35*time.Minute, s.renew(m, s.some))
		return s.issue(by, m, true)(ctx)
	}
}

// tryMail has a mail sent to whoever set the mail server up the day before.
func (s *stage) tryMail(ctx context.Context) error {
	sample := mailer.Samples(models.MailReminder, s.clock.Now())[0]
	_, err := s.accounts.Mail.SendTestMessage(ctx, s.as(s.cast[olga]), notify.TestMessage{Template: models.MailReminder, Locale: "en", Data: sample.Mail.Data})
	return err
}

// correctAddress mends an address to which a mail could not be sent, and sends the mail again.
func (s *stage) correctAddress(ctx context.Context) error {
	m, by := s.cast[henrik], s.cast[olga]
	mended := accounts.Edit{Email: "henrik.lindqvist@hollenbeck.example", Locale: m.locale}
	if err := s.edit(by, henrik, mended)(ctx); err != nil {
		return err
	}
	failed, err := s.db.Read(ctx).ListMails(models.MailFilter{AccountID: m.id, State: models.MailFailed, Limit: most})
	for i := 0; i < len(failed.Rows) && err == nil; i++ {
		err = s.accounts.Mail.Retry(ctx, s.as(by), failed.Rows[i].ID)
	}
	return err
}

// loseLaptop ends the sessions of somebody whose laptop was left in a train.
func (s *stage) loseLaptop(ctx context.Context) error {
	s.in(25*time.Minute, s.act(s.cast[nordkai], katharina, s.accounts.EndSessions))
	return s.drop(ctx, s.cast[katharina])
}

// drop signs in and leaves it at that.
func (s *stage) drop(ctx context.Context, m *member) error {
	_, err := s.signIn(ctx, m, m.desk)
	return err
}

// endOthers is somebody who ends the session on the phone from the desk.
func (s *stage) endOthers(ctx context.Context) error {
	m := s.cast[zoe]
	if _, err := s.signIn(ctx, m, m.phone); err != nil {
		return err
	}
	s.in(4*time.Minute, s.atDesk(m, s.accounts.EndOtherSessions))
	return nil
}

// speakGerman is somebody who chooses a language.
func (s *stage) speakGerman(ctx context.Context) error {
	return s.atDesk(s.cast["ольга.петрова"], func(ctx context.Context, actor core.Actor) error {
		return s.accounts.SetLocale(ctx, actor, "de")
	})(ctx)
}

// atDesk signs in at the desk and does something there.
func (s *stage) atDesk(m *member, do func(context.Context, core.Actor) error) func(context.Context) error {
	return func(ctx context.Context) error {
		in, err := s.signIn(ctx, m, m.desk)
		if err != nil {
			return err
		}
		s.inSession(m, in.Token, func(ctx context.Context, _ accounts.Visitor, actor core.Actor) error {
			return do(ctx, actor)
		})
		return nil
	}
}
