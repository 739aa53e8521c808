package accounts_test

import (
	"errors"
	"slices"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/notify"
	"latchkey/accounts/session"
	"latchkey/models"
)

// audited are the use cases that change something, with the event that each writes. Those of operators come from
// operations.
var audited = map[string]struct {
	action string
	own    bool // by the account's owner, in a session
	do     func(w *world, by core.Actor, a models.Account) error
}{
	"edit": {action: core.ActionEdited}, "disable": {action: core.ActionDisabled}, "enable": {action: core.ActionEnabled},
	"require change": {action: core.ActionRequireChange}, "withdraw change": {action: core.ActionWithdrawChange}, "unblock": {action: core.ActionUnblocked},
	"reset password": {action: core.ActionPasswordReset}, "end sessions": {action: core.ActionSessionsEnded},
	"delete": {action: core.ActionDeleted},
	"move": {action: core.ActionMoved, do: func(w *world, by core.Actor, a models.Account) error {
		return w.Move(w.Context(), by, a.ID, models.DefaultOrganizationID, false)
	}},
	"sign in": {core.ActionSignedIn, true, func(w *world, _ core.Actor, a models.Account) error {
		_, err := w.Sessions.SignIn(w.Context(), a.Name, secret, visit)
		return err
	}},
	"sign out": {core.ActionSignedOut, true, func(w *world, by core.Actor, _ models.Account) error {
		return w.Sessions.SignOut(w.Context(), by)
	}},
	"change password": {core.ActionPasswordOwn, true, func(w *world, by core.Actor, a models.Account) error {
		who := session.Current{Account: a, Session: models.Session{ID: by.SessionID}}
		_, err := w.Sessions.ChangePassword(w.Context(), who, by, change(secret, "Another horse 2"))
		return err
	}},
	"language": {core.ActionEdited, true, func(w *world, by core.Actor, _ models.Account) error {
		return w.SetLocale(w.Context(), by, "de")
	}},
	"end own sessions": {core.ActionSessionsEnded, true, func(w *world, by core.Actor, _ models.Account) error {
		return w.Sessions.EndOthers(w.Context(), by)
	}},
}

// TestEveryChangeIsWrittenDown: one event each, of the right actor, subject, organization and address; and where the event
// cannot be written, nothing is changed.
func TestEveryChangeIsWrittenDown(t *testing.T) {
	for name := range operations {
		if audited[name].action == "" {
			t.Errorf("%s is not audited", name)
		}
	}
	for name, use := range audited {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				acme := w.organization("acme")
				ada := w.create(accounts.NewAccount{Name: "ada", Organization: acme.ID})
				by, do := w.root, use.do
				if do == nil {
					do = operations[name].do
				}
				if ready := operations[name].ready; ready != nil {
					ready(w, ada)
				}
				if use.own {
					_, by = w.visitor("ada", secret)
				}
				ada = w.account(ada.ID)
				before, sessions := len(w.events(models.AuditFilter{})), w.count("SELECT count(*) FROM sessions")
				w.exec("ALTER TABLE audit_events RENAME TO audit_events_hidden")
				if err := do(w, by, ada); err == nil {
					t.Error("it is done without the log")
				}
				w.exec("ALTER TABLE audit_events_hidden RENAME TO audit_events")
				if !equal(w.account(ada.ID), ada) || w.count("SELECT count(*) FROM sessions") != sessions {
					t.Errorf("without the log it changed\n%+v to\n%+v", ada, w.account(ada.ID))
				}
				w.exec("DELETE FROM reservations") // of an attempt whose outcome could not be written
				if err := do(w, by, ada); err != nil {
					t.Fatal(err)
				}
				events := w.events(models.AuditFilter{})
				if len(events) != before+1 {
					t.Fatalf("%d events were written: %+v", len(events)-before, events[:len(events)-before])
				}
				want := models.AuditEvent{
					Action: use.action, ActorID: by.ID, ActorName: by.Name, SubjectID: ada.ID, SubjectName: "ada", OrganizationID: acme.ID,
					Address: visit.Address, RequestID: visit.RequestID,
				}
				if name == "move" {
					want.OrganizationID = models.DefaultOrganizationID
				}
				got := events[0]
				if !got.At.Equal(w.clock.Now()) || !slices.Contains(core.Actions(), got.Action) {
					t.Errorf("at %v: %s", got.At, got.Action)
				}
				got.ID, got.At, got.Detail = "", want.At, nil
				if !equal(got, want) {
					t.Errorf("got  %+v\nwant %+v", got, want)
				}
			})
		})
	}
}

// TestMailsOfTheLedger: what has failed can be tried again by a SuperAdmin, once.
func TestMailsOfTheLedger(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		mail := w.failedMail(ada)
		if err := w.Mail.Retry(t.Context(), as(ada), mail.ID); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("by a customer: %v", err)
		}
		if err := w.Mail.Retry(t.Context(), w.root, mail.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Mail.Retry(t.Context(), w.root, mail.ID); !errors.Is(err, notify.ErrNotFailed) {
			t.Errorf("twice: %v", err)
		}
		for _, id := range []string{w.NewID(), "", "\x00"} {
			if err := w.Mail.Retry(t.Context(), w.root, id); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("%q: %v", id, err)
			}
		}
		if events := w.events(models.AuditFilter{Action: core.ActionMailRetried}); len(events) != 1 || events[0].SubjectID != ada.ID || w.wakes.Load() != 1 {
			t.Errorf("%d wakes, events %+v", w.wakes.Load(), events)
		}
	})
}
