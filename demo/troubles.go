package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latchkey/accounts/core"
	"latchkey/password"
)

// troubles are sign-ins that fail, and what comes of them.
func (s *stage) troubles() {
	s.at(s.ago(12, 8, 20), s.holiday)
	s.burst(s.ago(5, 3, 10))
	s.at(s.ago(8, 17, 30), s.mistype(s.cast[youssef], accountAttempts, 30*time.Second))
	s.at(s.ago(6, 9, 20), s.capsLock(s.cast["yuki.tanaka"]))
	for night := range nights {
		s.guess(s.ago(4-2*night, 1, 15))
	}
	end := s.clock.end
	s.at(end.Add(-9*time.Minute), s.mistype(s.cast["scanner-gate-3"], technicalAttempts, 2*time.Second))
	s.at(end.Add(-5*time.Minute), s.mistype(s.cast[miguel], accountAttempts, 12*time.Second))
}

// How many failed attempts in a row blacklist, by the built-in policy.
var (
	accountAttempts   = password.Default().Account.MaxLoginAttempts
	technicalAttempts = password.Default().Technical.MaxLoginAttempts
)

// fail is a sign-in with a password that is nobody's.
func (s *stage) fail(ctx context.Context, name string, from core.ClientInfo) error {
	_, err := s.accounts.SignIn(ctx, name, "Nobody-Has-This-1", s.visit(from))
	if errors.Is(err, core.ErrSignIn) {
		return nil
	}
	return fmt.Errorf("a sign-in as %s that was to fail: %w", name, err)
}

// typo is a slip at the keyboard.
func (s *stage) typo(m *member) func(context.Context) error {
	return s.miss(m, m.desk)
}

// miss is a failed sign-in at an account that there is.
func (s *stage) miss(m *member, from core.ClientInfo) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := s.fail(ctx, m.name, from); err != nil {
			return err
		}
		return s.follow(ctx, m)
	}
}

// mistype fails so often in a row.
func (s *stage) mistype(m *member, times int, pause time.Duration) func(context.Context) error {
	return func(context.Context) error {
		for i := range times {
			s.in(time.Duration(i)*pause, s.typo(m))
		}
		return nil
	}
}

// capsLock is somebody who mistypes where they have signed in before, until that browser has no attempts left, and then
// gets in as a stranger does.
func (s *stage) capsLock(m *member) func(context.Context) error {
	return func(context.Context) error {
		for i := range accountAttempts {
			s.in(time.Duration(i)*8*time.Second, func(ctx context.Context) error {
				from := m.desk
				from.Devices = m.known[from.UserAgent]
				return s.fail(ctx, m.name, from)
			})
		}
		s.in(3*time.Minute, s.stay(m, m.desk))
		return nil
	}
}

// holiday is somebody who comes back without the password, is blacklisted, calls, and is helped.
func (s *stage) holiday(ctx context.Context) error {
	m, by := s.cast[tomasz], s.cast[wisla]
	s.in(22*time.Minute, s.act(by, tomasz, s.accounts.Unblock))
	s.in(26*time.Minute, s.reissue(by, m))
	return s.mistype(m, accountAttempts, 35*time.Second)(ctx)
}

// usual are the names that strangers try.
var usual = []string{
	"admin", "administrator", "root", "test", "info@example.com", "support", "user", "oracle", "postgres", "hollenbeck",
	"backup", "svc-backup", "ftp", "guest", "webmaster@example.org", "sales@hollenbeck.example",
}

// strangers try some names on every day, at any hour.
func (s *stage) strangers(day int) {
	for range 6 + s.dice.IntN(5) {
		name := usual[s.dice.IntN(len(usual))]
		from := core.ClientInfo{Address: fmt.Sprintf("203.0.113.%d", 60+s.dice.IntN(12)), UserAgent: robot}
		s.at(s.ago(day, 0, s.dice.IntN(24*60)), func(ctx context.Context) error { return s.fail(ctx, name, from) })
	}
}

// burst is one address that tries many names within minutes, some of them right.
func (s *stage) burst(at time.Time) {
	from := core.ClientInfo{Address: "203.0.113.66", UserAgent: robot}
	names := append([]string{olga, brightwater, "erp-sync", clara}, usual...)
	for i := range 70 {
		name := names[i%len(names)]
		s.at(at, func(ctx context.Context) error { return s.fail(ctx, name, from) })
		at = at.Add(time.Duration(4+s.dice.IntN(14)) * time.Second)
	}
}

// Somebody guesses at one account on several nights, again each time when its block has ended, until there is no end any
// more. Its owner gets only so many mails about it.
const (
	nights  = 2
	persist = 25 * time.Minute
)

// guess is one such night.
func (s *stage) guess(at time.Time) {
	from := core.ClientInfo{Address: "2001:db8:bad::1", UserAgent: robot}
	for range AttemptsCap / accountAttempts / nights {
		for i := range accountAttempts {
			pause := time.Duration(9*i+s.dice.IntN(8)) * time.Second
			s.at(at.Add(pause), s.miss(s.cast[portOffice], from))
		}
		at = at.Add(persist)
	}
}
