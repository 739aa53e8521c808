package accounts_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/dashboard"
	"latchkey/internal/testdb"
	"latchkey/models"
)

// The charts' days begin and end at midnight of the zone, also when its clocks change.
func TestChartsFollowTheZone(t *testing.T) {
	berlin := must(time.LoadLocation("Europe/Berlin"))(t)
	w := newWorld(t, testdb.SQLite(t))
	root := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "root"})
	w.clock.Set(time.Date(2026, 3, 28, 22, 30, 0, 0, time.UTC)) // 23:30 there, and the clocks go forward in the night
	w.tamper(root.ID, func(a *models.Account) { a.PasswordSetAt = at(w.clock.Now().Add(-64*24*time.Hour + 20*time.Minute)) })
	w.refused(1, "root", "wrong")
	w.clock.Set(time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC)) // 0:30 of the next day
	w.refused(2, "nobody", "wrong")

	overview := w.overview(as(root), berlin)
	last := overview.Failures[len(overview.Failures)-1]
	if last.Count != 2 || overview.Failures[len(overview.Failures)-2].Count != 1 {
		t.Errorf("failures of the last two days: %+v", overview.Failures[len(overview.Failures)-2:])
	}
	if got := last.To.Sub(last.From); got != 23*time.Hour {
		t.Errorf("the day on which clocks go forward has %s", got)
	}
	if got := last.From.In(berlin).Format("2 Jan 15:04"); got != "29 Mar 00:00" {
		t.Errorf("today begins at %s", got)
	}
	for i, week := range overview.Weeks[1:] {
		if week.From != overview.Weeks[i].To || week.From.In(berlin).Hour() != 0 {
			t.Errorf("week %d begins at %s, the one before ends at %s", i+1, week.From, overview.Weeks[i].To)
		}
	}
	if len(overview.Weeks) != dashboard.ChartWeeks || len(overview.Failures) != dashboard.ChartDays {
		t.Errorf("%d weeks, %d days", len(overview.Weeks), len(overview.Failures))
	}
}

func at(when time.Time) *time.Time { return &when }

// The overview counts only what the actor may see, and what has not expired yet.
func TestOverviewIsNarrowed(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		if overview := w.overview(w.root, time.UTC); !overview.Empty() {
			t.Error("without a customer it is not said to be empty")
		}
		acme, other := w.organization("acme"), w.organization("other")
		for name, owner := range map[string]models.Account{"ours": acme, "theirs": other} {
			w.create(accounts.NewAccount{Name: name, Organization: owner.ID})
			w.refused(10, name, "wrong")
		}
		w.create(accounts.NewAccount{Name: "machine", Organization: acme.ID, Technical: true})
		w.refused(1, "nobody", "wrong")

		all, ours := w.overview(w.root, time.UTC), w.overview(as(acme), time.UTC)
		if got, want := sum(all.Weeks), 5; got != want { // root, two organizations, two customers; technical ones do not expire
			t.Errorf("%d passwords expire, want %d: %+v", got, want, all.Weeks)
		}
		if all.Weeks[9].Count != 5 || sum(ours.Weeks) != 1 || all.Empty() || ours.Empty() {
			t.Errorf("by week: %+v; the organization's: %+v", all.Weeks, ours.Weeks)
		}
		if got := sum(all.Failures); got != 21 || all.Failures[dashboard.ChartDays-1].Count != got {
			t.Errorf("%d failures: %+v", got, all.Failures)
		}
		if got := sum(ours.Failures); got != 10 {
			t.Errorf("the organization sees %d failures", got)
		}
		for name, actor := range map[string]core.Actor{"a customer": {ID: w.root.ID, Kind: models.Customer}, "nobody": {}} {
			if seen := w.overview(actor, time.UTC); sum(seen.Weeks)+sum(seen.Failures) > 0 {
				t.Errorf("%s sees %+v", name, seen)
			}
		}
		w.clock.Advance(64*24*time.Hour - time.Minute)
		if first := w.overview(w.root, time.UTC).Weeks[0]; first.Count != 5 {
			t.Errorf("in the last minute: %+v", first)
		}
		w.clock.Advance(time.Minute)
		if got := sum(w.overview(w.root, time.UTC).Weeks); got != 0 {
			t.Errorf("%d expired passwords are still to expire", got)
		}
	})
}

func sum(bars []dashboard.Bar) (sum int) {
	for _, bar := range bars {
		sum += bar.Count
	}
	return sum
}

// Blocks without an end are listed first, of each list the first five, and only what the actor may see.
func TestWaitingLists(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, other := w.organization("acme"), w.organization("other")
		for _, name := range []string{"ada", "bea", "cem", "dan", "eve", "fay", "zoe"} {
			account := w.create(accounts.NewAccount{Name: name, Organization: acme.ID})
			w.tamper(account.ID, func(a *models.Account) {
				if a.BlockedAt = at(w.clock.Now()); name != "zoe" {
					a.BlockedUntil = at(w.clock.Now().Add(time.Minute))
				}
			})
		}
		names := func(actor core.Actor) (list []string) {
			for _, account := range w.overview(actor, time.UTC).Waiting.Blocked {
				list = append(list, account.Name)
			}
			return list
		}
		for _, actor := range []core.Actor{w.root, as(acme)} {
			if got := strings.Join(names(actor), " "); got != "zoe ada bea cem dan" {
				t.Errorf("%s is shown %q", actor.Name, got)
			}
		}
		if got := names(as(other)); len(got) > 0 {
			t.Errorf("another organization is shown %v", got)
		}
		w.clock.Advance(time.Minute)
		if got := strings.Join(names(as(acme)), " "); got != "zoe" {
			t.Errorf("after the others' blocks: %q", got)
		}
	})
}

func TestWaiting(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme := w.organization("acme")
		w.create(accounts.NewAccount{Name: "never", Organization: acme.ID, Password: accounts.PasswordChoice{Text: secret, OneTime: true}})
		w.clock.Advance(168 * time.Hour)
		w.customer("blocked")
		w.refused(10, "blocked", "wrong")
		failed := w.mails(models.MailFilter{})[0]
		w.do(func(tx *models.Tx) error {
			claimed, err := tx.ClaimMails("lease", w.clock.Now(), w.clock.Now(), 1, 0)
			if err != nil {
				return err
			}
			claimed[0].State = models.MailFailed
			_, err = tx.SettleMails(claimed)
			return err
		})
		if got := must(w.Dashboard.Counts(t.Context(), w.root))(t); got.Waiting() != 2 || got.FailedMails != 1 {
			t.Errorf("%d accounts and %d mails wait for the SuperAdmin (%s)", got.Waiting(), got.FailedMails, failed.Template)
		}
		if got := must(w.Dashboard.Counts(t.Context(), as(acme)))(t); got.Waiting() != 1 || got.FailedMails != 0 {
			t.Errorf("%d accounts and %d mails wait for the organization", got.Waiting(), got.FailedMails)
		}
	})
}

// An operator ends one session and no other, and only of accounts that are theirs.
func TestEndOneSession(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, other := w.organization("acme"), w.organization("other")
		ann := w.create(accounts.NewAccount{Name: "ann", Organization: acme.ID})
		bob := w.create(accounts.NewAccount{Name: "bob", Organization: other.ID})
		first, second, bobs := w.signIn("ann", secret).Token, w.signIn("ann", secret).Token, w.signIn("bob", secret).Token
		id := func(token string) string {
			return must(w.Sessions.Resolve(t.Context(), token, visit.Address))(t).Session.ID
		}
		for _, try := range []struct {
			actor       core.Actor
			id, session string
			want        error
		}{
			{as(acme), ann.ID, "x", core.ErrNotFound}, {as(acme), ann.ID, id(bobs), core.ErrNotFound},
			{as(acme), bob.ID, id(bobs), core.ErrNotFound}, {as(ann), ann.ID, id(first), core.ErrOwnAccount},
			{as(other), ann.ID, id(first), core.ErrNotFound},
		} {
			if err := w.Sessions.End(t.Context(), try.actor, try.id, try.session); !errors.Is(err, try.want) {
				t.Errorf("%s ends a session: %v, want %v", try.actor.Name, err, try.want)
			}
		}
		if !w.holds(first) || !w.holds(second) || !w.holds(bobs) {
			t.Fatal("a refused attempt ended a session")
		}
		if err := w.Sessions.End(t.Context(), as(acme), ann.ID, id(first)); err != nil || w.holds(first) || !w.holds(second) {
			t.Errorf("ended: %v; the first holds: %t, the second: %t", err, w.holds(first), w.holds(second))
		}
		if events := w.events(models.AuditFilter{SubjectID: ann.ID, Action: core.ActionSessionsEnded}); len(events) != 1 || events[0].ActorName != "acme" ||
			events[0].Detail["address"] != visit.Address {
			t.Errorf("the log tells %+v", events)
		}
	})
}
