package demo

import (
	"context"
	"errors"

	"latchkey/accounts/core"
)

// emergencies plans who can get into an account in an emergency, and who does.
func (w *world) emergencies() {
	away, absent, long, ill := w.people[matthias], w.people[priya], w.people["thomas.okafor"], w.people[grace]
	w.on(30, 15, 10, w.makeEmergencyCode(away, "Safe in Bremen", "12"))
	w.on(24, 7, 45, w.enterEmergency(away))
	w.on(23, 9, 20, w.enterEmergency(away)) // opens the account

	w.on(20, 15, 10, w.makeEmergencyCode(absent, "Jonas Weber", "48"))
	w.on(12, 7, 45, w.enterEmergency(absent))
	w.on(12, 10, 30, w.endEmergency(absent, w.accounts.Emergency.Stop))

	w.on(28, 15, 10, w.makeEmergencyCode(long, "Ann Okafor", "24"))
	w.on(24, 8, 5, w.enterEmergency(long))
	w.on(13, 4, 0, w.accounts.Emergency.PurgeEnded) // it was not used in time

	w.on(40, 16, 30, w.makeEmergencyCode(w.people[siobhan], "Niamh O’Neill", "24"))
	w.on(38, 16, 40, w.endEmergency(w.people[siobhan], w.accounts.Emergency.Delete))

	w.on(5, 15, 10, w.makeEmergencyCode(ill, "Kofi Mensah", "72"))
	w.on(1, 7, 45, w.enterEmergency(ill)) // the lead time still runs
}

// makeEmergencyCode gives the person's account an emergency code for another one.
func (w *world) makeEmergencyCode(p *person, holder, leadHours string) action {
	return w.atDesk(p, func(ctx context.Context, actor core.Actor) (err error) {
		_, p.emergency, err = w.accounts.Emergency.Add(ctx, actor, holder, leadHours, "")
		return err
	})
}

// enterEmergency uses the account's newest emergency code, elsewhere.
func (w *world) enterEmergency(p *person) action {
	return func(ctx context.Context) error {
		_, err := w.accounts.Emergency.Enter(ctx, p.name, p.emergency, core.ClientInfo{Address: "203.0.113.87", UserAgent: p.phone.UserAgent})
		return err
	}
}

// endEmergency ends the person's codes.
func (w *world) endEmergency(p *person, end func(context.Context, core.Actor, string) error) action {
	return w.atDesk(p, func(ctx context.Context, actor core.Actor) error {
		codes, err := w.accounts.Emergency.Own(ctx, actor)
		for _, code := range codes {
			err = errors.Join(err, end(ctx, actor, code.ID))
		}
		return err
	})
}
