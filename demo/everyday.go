package demo

import (
	"context"
	"errors"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/session"
)

// busy is how many people come on each day of the week, compared with a Monday.
var busy = [...]float64{
	time.Sunday: 0.12, time.Monday: 1, time.Tuesday: 0.8, time.Wednesday: 0.75, time.Thursday: 0.75, time.Friday: 0.6,
	time.Saturday: 0.3,
}

// everyday plans the sign-ins of the last two weeks: in the morning, and for some also in the afternoon, perhaps on the phone.
func (w *world) everyday() {
	for day := 14; day >= 0; day-- {
		share := busy[w.day(day, 12).Weekday()]
		for _, name := range w.names {
			p := w.people[name]
			if w.rand.Float64()*100 >= float64(p.comes)*share || day >= p.joined-1 || day < p.until {
				continue
			}
			morning := w.ago(day, 7, w.rand.IntN(60)+w.rand.IntN(100))
			if w.rand.IntN(12) == 0 {
				w.at(morning.Add(-time.Minute), w.mistype(p))
			}
			w.at(morning, w.work(p, p.desk))
			if w.rand.Float64() < 0.35*share {
				from := p.desk
				if w.rand.IntN(3) == 0 {
					from = p.phone
				}
				w.on(day, 12, 40+w.rand.IntN(260), w.work(p, from))
			}
		}
		w.unknownNames(day)
	}
}

// work signs in, chooses a new password if required, and sometimes signs out. The account may be blocked at the time.
func (w *world) work(p *person, from core.ClientInfo) action {
	return func(ctx context.Context) error {
		in, err := w.signIn(ctx, p, from)
		switch {
		case errors.Is(err, core.ErrSignIn):
			return nil
		case err != nil:
			return err
		case in.Gate != "":
			w.choosePassword(p, in.Token, w.generated)
		case w.rand.IntN(4) == 0:
			w.in(time.Duration(5+w.rand.IntN(40))*time.Minute, func(context.Context) error {
				w.inSession(p, in.Token, func(ctx context.Context, _ session.Current, actor core.Actor) error {
					return w.accounts.Sessions.SignOut(ctx, actor)
				})
				return nil
			})
		}
		return nil
	}
}

// lastHour plans who is signed in at the end.
func (w *world) lastHour() {
	for i, name := range []string{
		olga, matthias, nordkai, wisla, clara, "søren.kjær", "thomas.okafor", "yuki.tanaka", "łukasz.wójcik", "nguyễn.lan",
	} {
		p := w.people[name]
		from := p.desk
		if i%4 == 1 {
			from = p.phone
		}
		w.at(w.end.Add(-time.Duration(48-4*i)*time.Minute), w.stay(p, from))
	}
}

// stay signs in and uses the session again shortly before the end.
func (w *world) stay(p *person, from core.ClientInfo) action {
	return func(ctx context.Context) error {
		in, err := w.signIn(ctx, p, from)
		if err != nil {
			return ignore(err, core.ErrSignIn)
		}
		w.at(w.end.Add(-time.Duration(20+w.rand.IntN(400))*time.Second), func(ctx context.Context) error {
			_, err := w.accounts.Sessions.Resolve(ctx, in.Token, p.desk.Address)
			return ignore(err, core.ErrNotFound)
		})
		if in.Gate != "" {
			w.choosePassword(p, in.Token, w.generated)
		}
		return nil
	}
}
