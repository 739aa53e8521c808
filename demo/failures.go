package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latchkey/accounts/core"
	"latchkey/password"
)

// How many failed attempts block an account under the built-in policy.
var (
	accountAttempts   = password.Default().Account.MaxLoginAttempts
	technicalAttempts = password.Default().Technical.MaxLoginAttempts
)

// failures plans failed sign-ins and their consequences.
func (w *world) failures() {
	w.on(12, 8, 20, w.forgetPassword)
	w.tryNames(w.ago(5, 3, 10))
	w.block(w.ago(8, 17, 30), youssef, accountAttempts, 30*time.Second)
	w.on(6, 9, 20, w.useUpTrustedBrowser)
	for night := range nights {
		w.guess(w.ago(4-2*night, 1, 15))
	}
	w.block(w.end.Add(-9*time.Minute), "scanner-gate-3", technicalAttempts, 2*time.Second)
	w.block(w.end.Add(-5*time.Minute), miguel, accountAttempts, 12*time.Second)
}

// fail signs in with a wrong password.
func (w *world) fail(ctx context.Context, name string, from core.ClientInfo) error {
	from.RequestID = w.accounts.NewID()
	_, err := w.accounts.Sessions.SignIn(ctx, name, "Nobody-Has-This-1", from)
	if errors.Is(err, core.ErrSignIn) {
		return nil
	}
	return fmt.Errorf("a sign-in as %s did not fail: %w", name, err)
}

// failAs fails to sign in to an existing account.
func (w *world) failAs(p *person, from core.ClientInfo) action {
	return func(ctx context.Context) error {
		if err := w.fail(ctx, p.name, from); err != nil {
			return err
		}
		return w.planSweeps(ctx, p)
	}
}

func (w *world) mistype(p *person) action { return w.failAs(p, p.desk) }

// block plans so many failed sign-ins in a row that the account is blocked.
func (w *world) block(begin time.Time, name string, attempts int, pause time.Duration) {
	for i := range attempts {
		w.at(begin.Add(time.Duration(i)*pause), w.mistype(w.people[name]))
	}
}

// useUpTrustedBrowser fails in a trusted browser until it has no attempts left, and then signs in like an unknown browser.
func (w *world) useUpTrustedBrowser(context.Context) error {
	p := w.people["yuki.tanaka"]
	for i := range accountAttempts {
		w.in(time.Duration(i)*8*time.Second, func(ctx context.Context) error {
			from := p.desk
			from.Devices = p.devices[from.UserAgent]
			return w.fail(ctx, p.name, from)
		})
	}
	w.in(3*time.Minute, w.stay(p, p.desk))
	return nil
}

// forgetPassword ends in a block, which the organization ends with a new password.
func (w *world) forgetPassword(context.Context) error {
	w.block(w.now, tomasz, accountAttempts, 35*time.Second)
	w.in(22*time.Minute, w.act(wisla, tomasz, w.accounts.Unblock))
	w.in(26*time.Minute, w.helpOut(wisla, tomasz))
	return nil
}

// commonNames are the names that attackers try.
var commonNames = []string{
	"admin", "administrator", "root", "test", "info@example.com", "support", "user", "oracle", "postgres", "hollenbeck",
	"backup", "svc-backup", "ftp", "guest", "webmaster@example.org", "sales@hollenbeck.example",
}

// unknownNames plans a few attempts on a day with names that do not exist.
func (w *world) unknownNames(day int) {
	for range 6 + w.rand.IntN(5) {
		name := commonNames[w.rand.IntN(len(commonNames))]
		from := core.ClientInfo{Address: fmt.Sprintf("203.0.113.%d", 60+w.rand.IntN(12)), UserAgent: robot}
		w.on(day, 0, w.rand.IntN(24*60), func(ctx context.Context) error { return w.fail(ctx, name, from) })
	}
}

// tryNames plans attempts with many names from one address within minutes. Some of the names exist.
func (w *world) tryNames(at time.Time) {
	from := core.ClientInfo{Address: "203.0.113.66", UserAgent: robot}
	names := append([]string{olga, brightwater, "erp-sync", clara}, commonNames...)
	for i := range 70 {
		name := names[i%len(names)]
		w.at(at, func(ctx context.Context) error { return w.fail(ctx, name, from) })
		at = at.Add(time.Duration(4+w.rand.IntN(14)) * time.Second)
	}
}

const nights = 2

// guess plans a night of attempts at one account, again whenever its block ends. After the nights the block has no end.
func (w *world) guess(at time.Time) {
	from := core.ClientInfo{Address: "2001:db8:bad::1", UserAgent: robot}
	for range AttemptsCap / accountAttempts / nights {
		for i := range accountAttempts {
			w.at(at.Add(time.Duration(9*i+w.rand.IntN(8))*time.Second), w.failAs(w.people[portOffice], from))
		}
		at = at.Add(25 * time.Minute)
	}
}
