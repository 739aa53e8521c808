package accounts

import (
	"context"
	"errors"
	"sync"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
	"latchkey/models"
)

// The reasons for which acts of signed-in accounts are refused, in addition to [lockout.ReasonAddress].
const (
	reasonForged    = "forged"
	reasonForbidden = "forbidden"
	reasonForeign   = "other-organization"
	reasonOwn       = "own-account"
	reasonEmergency = "emergency"
	reasonReadOnly  = "read-only"
)

// RefusalReason returns why a request of a signed-in account was refused, if that is recorded, or "". An unknown id is not
// recorded: a link may be old.
func RefusalReason(err error) string {
	for _, reason := range []struct {
		err  error
		name string
	}{
		{core.ErrForged, reasonForged}, {core.ErrOwnAccount, reasonOwn}, {core.ErrAddress, lockout.ReasonAddress},
		{core.ErrForbidden, reasonForbidden}, {core.ErrEmergencySession, reasonEmergency}, {core.ErrReadOnly, reasonReadOnly},
	} {
		if errors.Is(err, reason.err) {
			return reason.name
		}
	}
	if errors.As(err, new(core.ForeignError)) {
		return reasonForeign
	}
	if held := (core.GateError{}); errors.As(err, &held) {
		return held.Gate + "-first"
	}
	return ""
}

// RefusedAct is what a signed-in account requested and was refused. Target is the account that it was about; "" = none, and so is an id
// that no account has.
type RefusedAct struct{ Method, Route, Target string }

// RecordRefused records that an act was refused. It is for SuperAdmins alone: an organization could learn from it that what it
// asked for exists. If it cannot be recorded, the request stays refused.
func (s *Service) RecordRefused(ctx context.Context, actor core.Actor, act RefusedAct, err error) {
	reason := RefusalReason(err)
	if reason == "" || actor.ID == "" {
		return
	}
	target := models.Account{ID: act.Target}
	var foreign core.ForeignError
	if errors.As(err, &foreign) {
		target.ID = foreign.ID
	}
	event := s.core.Event(actor, core.ActionRefused, target, core.DetailReason.Text(reason), core.DetailRequest.Text(act.Method+" "+act.Route))
	if event, ok := s.refusals.take(event); ok {
		s.writeRefused(ctx, event)
	}
}

// recordSuppressed records refused acts that were only counted, if no later one of their actors has.
func (s *Service) recordSuppressed(ctx context.Context) {
	for _, event := range s.refusals.due(s.core.Now()) {
		event.ID = s.core.NewID() // or programs that follow events would have passed it
		s.writeRefused(ctx, event)
	}
}

func (s *Service) writeRefused(ctx context.Context, event models.AuditEvent) {
	ctx, cancel := core.Detached(ctx)
	defer cancel()
	target, err := s.core.DB.Read(ctx).Account(event.SubjectID)
	event.SubjectID, event.SubjectName = target.ID, target.Name
	if core.IgnoreNotFound(err) == nil {
		err = s.core.DB.Update(ctx, func(tx *models.Tx) error { return tx.Audit(event) })
	}
	if err = core.IgnoreNotFound(err); err != nil {
		s.core.Log.Warn("a refused act was not recorded", "actor", event.ActorName, "error", err)
	}
}

// refusedAMinute is how many refused acts of an actor are recorded a minute, by each process. The others are counted: a flood
// of them costs no writes, and does not fill the table.
const refusedAMinute = 5

// refusals counts refused acts by their actors' ids.
type refusals struct {
	mu     sync.Mutex
	actors map[string]*refusedLately
}

// refusedLately are an actor's refused acts within a minute.
type refusedLately struct {
	since      time.Time
	recorded   int
	suppressed int               // since the last that was recorded
	last       models.AuditEvent // of those
}

// take decides whether an event is recorded, and adds to it how many were not since the last one.
func (r *refusals) take(event models.AuditEvent) (_ models.AuditEvent, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	actor := event.ActorID + event.Detail[string(core.DetailActingPerson)] // who has an emergency code has a budget of their own
	lately := r.actors[actor]
	if lately == nil || lately.over(event.At) {
		next := &refusedLately{since: event.At}
		if lately != nil {
			addSuppressed(event, lately.suppressed)
		}
		r.actors[actor], lately = next, next
	}
	if lately.recorded == refusedAMinute {
		lately.suppressed++
		lately.last = event
		return event, false
	}
	lately.recorded++
	return event, true
}

// over reports whether the minute has passed; a clock that was set back ends it too.
func (l *refusedLately) over(now time.Time) bool {
	age := now.Sub(l.since)
	return age < 0 || age >= time.Minute
}

// due forgets the actors whose minute is over. Of each who has acts that were not recorded it returns the last one, with how
// many were before it.
func (r *refusals) due(now time.Time) (events []models.AuditEvent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, lately := range r.actors {
		if !lately.over(now) {
			continue
		}
		delete(r.actors, id)
		if lately.suppressed > 0 {
			addSuppressed(lately.last, lately.suppressed-1)
			events = append(events, lately.last)
		}
	}
	return events
}

// addSuppressed adds to an event how many before it were not recorded.
func addSuppressed(event models.AuditEvent, count int) {
	if count > 0 {
		core.DetailSuppressed.Count(count).AddTo(event)
	}
}
