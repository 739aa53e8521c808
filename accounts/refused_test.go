package accounts_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
)

var nothingDone = accounts.RefusedAct{Method: "POST", Route: "/accounts/:id/disable"}

// refusedBy lists, for each recorded refusal of an actor, the oldest first, how many before it were not recorded.
func (w *world) refusedBy(actor core.Actor) (suppressed string) {
	w.Helper()
	for _, event := range w.events(models.AuditFilter{Action: core.ActionRefused}) {
		if event.ActorID == actor.ID {
			suppressed = " +" + event.Detail["suppressed"] + suppressed
		}
	}
	return strings.TrimSpace(suppressed)
}

// TestRefusedActsAreBounded: five a minute and actor are recorded, the others are counted by the next one or by the sweep.
func TestRefusedActsAreBounded(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, ada := as(w.organization("acme")), as(w.customer("ada"))
		refuse := func(n int, actor core.Actor) {
			var all sync.WaitGroup
			for range n {
				all.Go(func() { w.RecordRefused(t.Context(), actor, nothingDone, core.ErrForbidden) })
			}
			all.Wait()
		}
		inTurn := func(n int, actor core.Actor) { // so that the last one has the last place in the log
			for range n {
				refuse(1, actor)
			}
		}
		sweep := func() {
			if _, err := w.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, step := range []struct {
			do   func()
			want string
		}{
			{func() { refuse(5, acme) }, "+ + + + +"},
			{func() { refuse(37, acme); sweep() }, "+ + + + +"},
			{func() { w.clock.Advance(time.Minute - time.Microsecond); refuse(1, acme); sweep() }, "+ + + + +"},
			{func() { w.clock.Advance(time.Microsecond); refuse(1, acme) }, "+ + + + + +38"},
			{func() { refuse(4, acme); w.clock.Advance(time.Hour); sweep(); sweep() }, "+ + + + + +38 + + + +"},
			{func() { inTurn(8, acme); w.clock.Advance(time.Minute); sweep(); sweep() }, "+ + + + + +38 + + + + + + + + + +2"},
			{func() { refuse(6, ada); w.clock.Advance(time.Minute); sweep(); sweep() }, "+ + + + + +38 + + + + + + + + + +2"},
		} {
			step.do()
			if got := w.refusedBy(acme); got != step.want {
				t.Fatalf("recorded are %s, want %s", got, step.want)
			}
		}
		if got := w.refusedBy(ada); got != "+ + + + + +" {
			t.Errorf("of another actor: %s", got)
		}
	})
}

// TestWhatIsRecordedOfRefusals: each reason is recorded, with its target if that exists. An organization sees none of these
// events, and other errors are not recorded.
func TestWhatIsRecordedOfRefusals(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, bond := w.organization("acme"), w.organization("bond")
		bob := w.create(accounts.NewAccount{Name: "bob", Organization: bond.ID})
		_, foreign := w.Find(t.Context(), as(acme), bob.ID)
		_, unknown := w.Find(t.Context(), as(acme), w.NewID())
		if !errors.Is(foreign, core.ErrNotFound) || foreign.Error() != unknown.Error() {
			t.Errorf("another's is %v, what does not exist %v", foreign, unknown)
		}
		for _, test := range []struct {
			err             error
			target          string
			reason, subject string
		}{
			{foreign, "", "other-organization", "bob"},
			{fmt.Errorf("wrapped: %w", foreign), "x", "other-organization", "bob"},
			{core.ErrForbidden, bob.ID, "forbidden", "bob"},
			{core.ErrForbidden, w.NewID(), "forbidden", ""},
			{core.ErrForged, "", "forged", ""},
			{core.ErrOwnAccount, acme.ID, "own-account", "acme"},
			{core.GateError{Gate: core.GatePassword, Code: core.ErrPasswordFirst}, "", "password-first", ""},
			{core.ErrAddress, "", "address", ""},
			{unknown, bob.ID, "", ""},
			{core.ErrSignedOut, bob.ID, "", ""},
			{core.ErrLastSuperAdmin, bob.ID, "", ""},
			{errors.New("any other"), bob.ID, "", ""},
			{nil, bob.ID, "", ""},
		} {
			w.clock.Advance(time.Minute)
			before := len(w.events(models.AuditFilter{}))
			w.RecordRefused(t.Context(), as(acme), accounts.RefusedAct{Method: "GET", Route: "/x/:id", Target: test.target}, test.err)
			events := w.events(models.AuditFilter{})
			events = events[:len(events)-before]
			switch {
			case test.reason == "" && len(events) == 0:
			case len(events) != 1 || events[0].Detail["reason"] != test.reason || events[0].Detail["request"] != "GET /x/:id" ||
				events[0].SubjectName != test.subject || events[0].ActorID != acme.ID || events[0].OrganizationID != "":
				t.Errorf("%v about %q is recorded as %+v", test.err, test.target, events)
			}
		}
		w.RecordRefused(t.Context(), core.Actor{}, nothingDone, core.ErrForbidden)
		for _, organization := range []models.Account{acme, bond} {
			log := must(w.Audit(t.Context(), as(organization), models.AuditFilter{Action: core.ActionRefused, Limit: 99}))(t)
			if len(log.Rows) != 0 {
				t.Errorf("%s sees %+v", organization.Name, log.Rows)
			}
		}
		timeline := must(w.Dashboard.Timeline(t.Context(), w.root, w.account(bob.ID)))(t)
		for _, event := range timeline.Events {
			if event.Action == core.ActionRefused {
				t.Error("refused acts crowd the account's time line")
			}
		}
	})
}
