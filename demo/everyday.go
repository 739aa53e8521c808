package demo

import (
	"context"
	"errors"
	"time"

	"latchkey/accounts/core"
)

// fortnight is for how many days the story tells of every sign-in.
const fortnight = 14

// busy is how many of those who come on a Monday come on each day of the week.
var busy = [...]float64{
	time.Sunday: 0.12, time.Monday: 1, time.Tuesday: 0.8, time.Wednesday: 0.75, time.Thursday: 0.75, time.Friday: 0.6,
	time.Saturday: 0.3,
}

// everyday lets people come to work.
func (s *stage) everyday() {
	for day := fortnight; day >= 0; day-- {
		share := busy[s.dayAt(day, 12).Weekday()]
		for _, name := range s.names {
			m := s.cast[name]
			if s.dice.Float64()*100 < float64(m.comes)*share && day < m.joined-1 {
				s.day(m, day, share)
			}
		}
		s.strangers(day)
	}
}

// day is one person's day: the morning, and for some also the afternoon, from the desk or on the road.
func (s *stage) day(m *member, day int, share float64) {
	morning := s.ago(day, 7, s.dice.IntN(60)+s.dice.IntN(100))
	if s.dice.IntN(12) == 0 {
		s.at(morning.Add(-time.Minute), s.typo(m))
	}
	s.at(morning, s.come(m, m.desk))
	if s.dice.Float64() < 0.35*share {
		from := m.desk
		if s.dice.IntN(3) == 0 {
			from = m.phone
		}
		s.at(s.ago(day, 12, 40+s.dice.IntN(260)), s.come(m, from))
	}
}

// come is a sign-in. Whoever has to choose a new password does; some sign out when they are done. That the account is
// refused just then is a part of life.
func (s *stage) come(m *member, from core.ClientInfo) func(context.Context) error {
	return func(ctx context.Context) error {
		in, err := s.signIn(ctx, m, from)
		switch {
		case errors.Is(err, core.ErrSignIn):
			return nil
		case err != nil:
			return err
		case in.Pending != "":
			s.choose(m, in.Token, s.some)
		case s.dice.IntN(4) == 0:
			s.in(time.Duration(5+s.dice.IntN(40))*time.Minute, s.leave(m, in.Token))
		}
		return nil
	}
}

// leave signs out, unless the session has ended before.
func (s *stage) leave(m *member, token string) func(context.Context) error {
	return func(ctx context.Context) error {
		who, err := s.accounts.Visitor(ctx, token, m.desk.Address)
		if err != nil {
			return forgiven(err, core.ErrNotFound)
		}
		actor := s.as(m)
		actor.SessionID = who.Session.ID
		return s.accounts.SignOut(ctx, actor)
	}
}

// lastHour is who is signed in when the story ends.
func (s *stage) lastHour() {
	for i, name := range []string{
		olga, matthias, nordkai, wisla, clara, "søren.kjær", "thomas.okafor", "yuki.tanaka", "łukasz.wójcik", "nguyễn.lan",
	} {
		m := s.cast[name]
		from := m.desk
		if i%4 == 1 {
			from = m.phone
		}
		s.at(s.clock.end.Add(-time.Duration(48-4*i)*time.Minute), s.stay(m, from))
	}
}

// stay signs in and looks at a page again shortly before the story ends.
func (s *stage) stay(m *member, from core.ClientInfo) func(context.Context) error {
	return func(ctx context.Context) error {
		in, err := s.signIn(ctx, m, from)
		if err != nil {
			return forgiven(err, core.ErrSignIn)
		}
		s.at(s.clock.end.Add(-time.Duration(20+s.dice.IntN(400))*time.Second), func(ctx context.Context) error {
			_, err := s.accounts.Visitor(ctx, in.Token, m.desk.Address)
			return forgiven(err, core.ErrNotFound)
		})
		if in.Pending != "" {
			s.choose(m, in.Token, s.some)
		}
		return nil
	}
}
