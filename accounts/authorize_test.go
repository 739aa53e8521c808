package accounts_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
)

// operations are all use cases that an operator carries out on an account. ready prepares the account for it.
var operations = map[string]struct {
	ready func(w *world, a models.Account)
	do    func(w *world, by core.Actor, a models.Account) error
}{
	"edit": {nil, func(w *world, by core.Actor, a models.Account) error {
		return w.Edit(w.Context(), by, a.ID, accounts.Edit{Email: a.Name + "@new.example", Locale: "de"})
	}},
	"disable": {nil, func(w *world, by core.Actor, a models.Account) error { return w.Disable(w.Context(), by, a.ID) }},
	"enable": {func(w *world, a models.Account) {
		w.tamper(a.ID, func(a *models.Account) { a.DisabledAt = &a.CreatedAt })
	}, func(w *world, by core.Actor, a models.Account) error { return w.Enable(w.Context(), by, a.ID) }},
	"require change": {nil, func(w *world, by core.Actor, a models.Account) error {
		return w.RequireChange(w.Context(), by, a.ID)
	}},
	"withdraw change": {func(w *world, a models.Account) {
		w.tamper(a.ID, func(a *models.Account) { a.MustChange = true })
	}, func(w *world, by core.Actor, a models.Account) error { return w.WithdrawChange(w.Context(), by, a.ID) }},
	"unblock": {func(w *world, a models.Account) {
		w.tamper(a.ID, func(a *models.Account) { a.FailedAttempts = 1 })
	}, func(w *world, by core.Actor, a models.Account) error { return w.Unblock(w.Context(), by, a.ID) }},
	"reset password": {nil, func(w *world, by core.Actor, a models.Account) error {
		_, err := w.ResetPassword(w.Context(), by, a.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: "Reset horse 9"}, "")
		return err
	}},
	"end sessions": {nil, func(w *world, by core.Actor, a models.Account) error {
		return w.Sessions.EndAll(w.Context(), by, a.ID)
	}},
	"delete": {nil, func(w *world, by core.Actor, a models.Account) error {
		return w.Delete(w.Context(), by, a.ID, a.Name)
	}},
}

// TestWhoMayDoWhatToWhom goes through every kind of actor, use case and target. What is refused changes nothing, and what
// is not an organization's is to it as if it did not exist.
func TestWhoMayDoWhatToWhom(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, other := w.organization("acme"), w.organization("other")
		ours := w.create(accounts.NewAccount{Name: "ours", Organization: acme.ID})
		byName := map[string]core.Actor{
			"SuperAdmin": w.root, "command line": core.CommandLine, "organization": as(acme), "customer": as(ours), "nobody": {},
		}
		targets := map[string]models.Account{
			"ours": ours, "theirs": w.create(accounts.NewAccount{Name: "theirs", Organization: other.ID}), "acme": acme, "other": other,
			"root": w.account(w.root.ID), "second": w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "second"}),
			"Default": w.account(models.DefaultOrganizationID), "gone": {ID: w.NewID(), Name: "gone"}, "garbage": {ID: "\x00", Name: "x"},
		}
		for actorName, actor := range byName {
			for targetName, target := range targets {
				want := verdict(actorName, targetName)
				for name, operation := range operations {
					if want == nil {
						continue // below, on an account of its own
					}
					before, events := w.snapshot(target.ID), w.count("SELECT count(*) FROM audit_events")
					if err := operation.do(w, actor, target); !errors.Is(err, want) {
						t.Errorf("%s may %s %s: %v, want %v", actorName, name, targetName, err, want)
					}
					if !reflect.DeepEqual(w.snapshot(target.ID), before) || w.count("SELECT count(*) FROM audit_events") != events {
						t.Errorf("%s changed %s by %s", actorName, targetName, name)
					}
				}
			}
		}
		w.clock.Advance(1)
		for name, operation := range operations {
			for i, actor := range []core.Actor{w.root, core.CommandLine, as(acme)} {
				kinds := []models.Kind{models.Customer, models.Organization, models.SuperAdmin}
				for _, kind := range kinds {
					if actor.Kind == models.Organization && kind != models.Customer {
						continue
					}
					a := w.create(accounts.NewAccount{Kind: kind, Name: fmt.Sprintf("%s.%d", kind, w.clock.Advance(1).Nanosecond()), Organization: acme.ID})
					if operation.ready != nil {
						operation.ready(w, a)
					}
					if err := operation.do(w, actor, a); err != nil {
						t.Errorf("actor %d may not %s a %s: %v", i, name, kind, err)
					}
				}
			}
		}
	})
}

// verdict says who is refused what, by names of the test above.
func verdict(actor, target string) error {
	switch {
	case target == "gone" || target == "garbage":
		return core.ErrNotFound
	case actor == "customer" && target == "ours", actor == "organization" && target == "acme", actor == "SuperAdmin" && target == "root":
		return core.ErrOwnAccount
	case actor == "customer" || actor == "nobody":
		return core.ErrNotFound
	case actor == "organization" && target == "ours":
		return nil
	case actor == "organization":
		return core.ErrNotFound
	case target == "Default":
		return core.ErrDefaultOrganization
	default:
		return nil
	}
}

// snapshot returns an account as it stands, or the error of looking.
func (w *world) snapshot(id string) any {
	if !models.IsID(id) {
		return nil
	}
	a, err := w.db.Read(w.Context()).Account(id)
	return []any{a, err != nil}
}

func TestWhoMayCreateWhat(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme := w.organization("acme")
		for actor, may := range map[*core.Actor][]models.Kind{
			&w.root:                     {models.SuperAdmin, models.Organization, models.Customer},
			ptr(as(acme)):               {models.Customer},
			ptr(as(w.customer("carl"))): nil, {}: nil,
		} {
			for i, kind := range []models.Kind{models.SuperAdmin, models.Organization, models.Customer, "", "root"} {
				input := fill(accounts.NewAccount{Name: fmt.Sprintf("%s%d", actor.Name, i)})
				input.Kind = kind
				_, err := w.Create(t.Context(), *actor, input)
				allowed := slices.Contains(may, kind)
				if allowed && err != nil || !allowed && err == nil {
					t.Errorf("%q creates %q: %v", actor.Kind, kind, err)
				}
			}
		}
	})
}

func ptr[T any](value T) *T { return &value }

// TestWhoSeesWhat: lists, counts, the log and single accounts show an organization its own customers only, and others
// nothing at all.
func TestWhoSeesWhat(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, other := w.organization("acme"), w.organization("other")
		ours := w.create(accounts.NewAccount{Name: "ours", Organization: acme.ID, Password: accounts.PasswordChoice{Text: secret, OneTime: true}})
		theirs := w.create(accounts.NewAccount{Name: "theirs", Organization: other.ID, Password: accounts.PasswordChoice{Text: secret, OneTime: true}})
		by := as(acme)
		for name, f := range map[string]models.AccountFilter{
			"all": {}, "theirs": {OrganizationID: other.ID}, "search": {Search: "t"}, "state": {State: models.OneTimeWaiting},
		} {
			f.Limit = 99
			for _, row := range must(w.List(t.Context(), by, f))(t).Rows {
				if row.ID != ours.ID {
					t.Errorf("%s shows %s", name, row.Name)
				}
			}
		}
		if got := w.overview(by, time.UTC); got.Of(models.OneTimeWaiting, "", false) != 1 || got.FailedMails != 0 {
			t.Errorf("counted %+v", got)
		}
		for _, event := range must(w.Audit(t.Context(), by, models.AuditFilter{OrganizationID: other.ID, Limit: 99}))(t).Rows {
			if event.OrganizationID != acme.ID {
				t.Errorf("the log shows %+v", event)
			}
		}
		if _, err := w.Find(t.Context(), by, theirs.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("found: %v", err)
		}
		if _, err := w.Dashboard.Timeline(t.Context(), by, theirs); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("told: %v", err)
		}
		if _, err := w.Mail.List(t.Context(), by, models.MailFilter{Limit: 9}); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("mails: %v", err)
		}
		if err := w.Move(t.Context(), by, ours.ID, other.ID, false); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("moved: %v", err)
		}
		for name, actor := range map[string]core.Actor{"a customer": as(ours), "nobody": {}, "an organization without id": {Kind: models.Organization}} {
			list, err := w.List(t.Context(), actor, models.AccountFilter{Limit: 99})
			if len(list.Rows) > 0 {
				t.Errorf("%s lists %d accounts, %v", name, len(list.Rows), err)
			}
			if counts, err := w.Dashboard.Counts(t.Context(), actor); err != nil || counts.Of("", "", false) > 0 || counts.FailedMails > 0 {
				t.Errorf("%s counts %+v, %v", name, counts, err)
			}
			if seen := w.overview(actor, time.UTC); seen.Expiring > 0 || len(seen.Waiting.Blocked)+len(seen.Waiting.Lapsed) > 0 {
				t.Errorf("%s has the overview %+v", name, seen)
			}
			if log, _ := w.Audit(t.Context(), actor, models.AuditFilter{Limit: 99}); len(log.Rows) > 0 {
				t.Errorf("%s reads %d events", name, len(log.Rows))
			}
			if _, err := w.Find(t.Context(), actor, ours.ID); !errors.Is(err, core.ErrNotFound) && !errors.Is(err, core.ErrOwnAccount) {
				t.Errorf("%s finds: %v", name, err)
			}
		}
	})
}

// TestAMovedCustomersPast: the new organization of a customer cannot see which operators managed it before.
func TestAMovedCustomersPast(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		before, now := w.organization("before"), w.organization("now")
		moved := must(w.Create(t.Context(), as(before), fill(accounts.NewAccount{Name: "moved"})))(t).Account
		w.refused(10, "moved", "wrong") // which queues a mail
		if err := w.Move(t.Context(), core.CommandLine, moved.ID, now.ID, false); err != nil {
			t.Fatal(err)
		}
		if timeline := must(w.Dashboard.Timeline(t.Context(), as(now), w.account(moved.ID)))(t); len(timeline.Mails) > 0 {
			t.Errorf("it reads a mail of the time before: %+v", timeline.Mails)
		}
		w.clock.Advance(time.Hour)
		w.refused(10, "moved", "wrong")
		w.clock.Advance(time.Hour)
		timeline := must(w.Dashboard.Timeline(t.Context(), as(now), w.account(moved.ID)))(t)
		if first := len(timeline.Events) - 1; first != 12 || timeline.Events[first].Action != core.ActionMoved || len(timeline.Mails) != 1 {
			t.Errorf("it reads %+v and the mails %+v", timeline.Events, timeline.Mails)
		}
		all := must(w.Dashboard.Timeline(t.Context(), core.CommandLine, w.account(moved.ID)))(t)
		if len(all.Events) != 25 || len(all.Mails) != 2 {
			t.Errorf("a SuperAdmin reads %+v and the mails %+v", all.Events, all.Mails)
		}
	})
}
