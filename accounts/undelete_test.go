package accounts_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/handover"
	"latchkey/internal/testkit"
	"latchkey/models"
)

const undeleteFor = 30 * 24 * time.Hour

// undelete lets deleted accounts be restored.
func undelete(o *accounts.Options) { o.Settings.Undelete = undeleteFor }

// gone creates a customer and deletes it.
func (w *world) gone(name string) models.Account {
	w.Helper()
	account := w.customer(name)
	w.delete(w.root, account)
	return account
}

func (w *world) delete(by core.Actor, account models.Account) {
	w.Helper()
	if err := w.Delete(w.Context(), by, account.ID, account.Name); err != nil {
		w.Fatal(err)
	}
}

// deleted returns the accounts that the actor can restore.
func (w *world) deleted() (ids []string) {
	w.Helper()
	for _, row := range must(w.Deleted(w.Context(), w.root, "", "", 50))(w).Rows {
		ids = append(ids, row.AccountID)
	}
	return ids
}

// wantTaken wants an account with the name and e-mail address to be refused for these fields, with these codes.
func (w *world) wantTaken(by core.Actor, name, email, fields string, codes ...core.Code) {
	w.Helper()
	_, err := w.Create(w.Context(), by, fill(accounts.NewAccount{Name: name, Email: email}))
	var got []core.Code
	for _, wrong := range core.Describe(err) {
		got = append(got, wrong.Code)
	}
	if wrongFields(err) != fields || len(codes) > 0 && !slices.Equal(got, codes) {
		w.Errorf("%s by %s: %v, want %s %v", name, by.Name, err, fields, codes)
	}
}

// TestDeletedAccountIsRestored as it was, but disabled and without sessions, factors and codes.
func TestDeletedAccountIsRestored(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme := w.organization("acme")
		ada := w.create(accounts.NewAccount{Name: "ada", Organization: acme.ID, Locale: "de", Person: accounts.Person{DisplayName: new("Ada L."), Note: new("A note.")}})
		must(w.ResetPassword(t.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: newSecret}, ""))(t)
		w.exec("UPDATE accounts SET last_sign_in_at = '2026-02-03 04:05:06+00:00' WHERE id = '" + ada.ID + "'")
		token := must(w.Sessions.SignIn(t.Context(), "ada", newSecret, visit))(t).Token
		before := w.account(ada.ID)
		w.delete(as(acme), ada)
		if w.holds(token) || len(must(w.List(t.Context(), w.root, models.AccountFilter{Search: "ada", Limit: 9}))(t).Rows) > 0 {
			t.Error("a deleted account has a session or is found")
		}
		w.refused(1, "ada", newSecret)
		w.refused(1, "ada@example.com", newSecret)
		if got := w.deleted(); !slices.Equal(got, []string{ada.ID}) {
			t.Fatalf("deleted are %v", got)
		}

		w.clock.Advance(undeleteFor - time.Second)
		must(w.Restore(t.Context(), w.root, ada.ID))(t)
		after := w.account(ada.ID)
		if after.DisabledAt == nil || !after.DisabledAt.Equal(w.clock.Now()) {
			t.Errorf("disabled at %v", after.DisabledAt)
		}
		if after.DisabledAt = nil; !equal(before, after) {
			t.Errorf("was %+v, is %+v", before, after)
		}
		w.refused(1, "ada", newSecret)
		if err := w.Enable(t.Context(), as(acme), ada.ID); err != nil {
			t.Fatal(err)
		}
		w.exec("UPDATE accounts SET password_set_at = '" + w.clock.Now().Format(time.DateTime) + "+00:00'") // or it has expired
		who, actor := w.visitor("ADA@example.com", newSecret)
		if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, change(newSecret, secret)); wrongFields(err) != "password" {
			t.Errorf("a password of before can be used again: %v", err)
		}
		if w.holds(token) || len(w.deleted()) > 0 {
			t.Error("an old session holds, or the account is still listed")
		}
		if found := must(w.List(t.Context(), w.root, models.AccountFilter{Search: "ada", Limit: 9}))(t).Rows; len(found) != 1 {
			t.Errorf("found are %v", found)
		}
		w.wantNotices(ada.ID, models.PasswordReset, models.AccountDeleted, models.AccountRestored)
		for _, action := range []string{core.ActionDeleted, core.ActionRestored} {
			if events := w.events(models.AuditFilter{SubjectID: ada.ID, Action: action}); len(events) != 1 || events[0].OrganizationID != acme.ID {
				t.Errorf("%s: %+v", action, events)
			}
		}
		if _, err := w.Restore(t.Context(), w.root, ada.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("a second time: %v", err)
		}
	}, undelete)
}

// TestRestoredAccountHasNoOtherCredentials: and who had a second factor sets up another.
func TestRestoredAccountHasNoOtherCredentials(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		device := w.device("ada")
		_, emergency := w.withEmergency("ada", 0)
		_, recovery := w.withApp("ada")
		w.delete(w.root, ada)
		for _, table := range []string{"sessions", "devices", "factors", "recovery_codes", "emergency_codes", "reservations"} {
			if n := w.count("SELECT count(*) FROM " + table + " WHERE account_id = '" + ada.ID + "'"); n > 0 {
				t.Errorf("%d %s of a deleted account", n, table)
			}
		}
		must(w.Restore(t.Context(), w.root, ada.ID))(t)
		if err := w.Enable(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Factors.Recover(t.Context(), "ada", recovery[0], visit); !errors.Is(err, core.ErrSignIn) {
			t.Errorf("a recovery code of before: %v", err)
		}
		if _, err := w.Emergency.Enter(t.Context(), "ada", emergency, visit); !errors.Is(err, core.ErrSignIn) {
			t.Errorf("an emergency code of before: %v", err)
		}
		in := must(w.Sessions.SignIn(t.Context(), "ada", secret, with(device)))(t)
		if in.Gate != core.GateFactorSetup {
			t.Errorf("the session is at the gate %q", in.Gate)
		}
	}, undelete)
}

// TestCustomerOfGoneOrganizationIsRestored into Default, unless the organization is restored first.
func TestCustomerOfGoneOrganizationIsRestored(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme := w.organization("acme")
		ada := w.create(accounts.NewAccount{Name: "ada", Organization: acme.ID})
		bob := w.create(accounts.NewAccount{Name: "bob", Organization: acme.ID})
		for _, account := range []models.Account{ada, bob, acme} {
			w.delete(w.root, account)
		}
		if got := must(w.Restore(t.Context(), w.root, ada.ID))(t); got.OwnerID() != models.DefaultOrganizationID {
			t.Errorf("belongs to %s", got.OwnerID())
		}
		if event := w.events(models.AuditFilter{Action: core.ActionRestored})[0]; event.Detail["from"] != "acme" {
			t.Errorf("the log says %+v", event.Detail)
		}
		must(w.Restore(t.Context(), w.root, acme.ID))(t)
		if got := must(w.Restore(t.Context(), w.root, bob.ID))(t); got.OwnerID() != acme.ID {
			t.Errorf("belongs to %s", got.OwnerID())
		}
	}, undelete)
}

// TestNamesOfDeletedAccountsAreReserved: only who could have deleted the account learns why, and can erase it.
func TestNamesOfDeletedAccountsAreReserved(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, other := w.organization("acme"), w.organization("other")
		ada := w.create(accounts.NewAccount{Name: "ada", Organization: acme.ID})
		w.gone("horner")
		live := w.create(accounts.NewAccount{Name: "live", Organization: acme.ID})
		bot := w.create(accounts.NewAccount{Name: "bot", Email: "shared@example.com", Organization: acme.ID, Technical: true})
		w.delete(w.root, ada)
		w.delete(w.root, bot)
		const name, email, nameOf, emailOf core.Code = "name.taken", "email.taken", "name.of_deleted", "email.of_deleted"
		w.wantTaken(w.root, "Ada", "ADA@example.com", "name email", nameOf, emailOf)
		w.wantTaken(as(acme), "ada", "new@example.com", "name", nameOf)
		w.wantTaken(as(acme), "new", "ada@example.com", "email", emailOf)
		w.wantTaken(as(other), "ada", "ada@example.com", "name email", name, email)
		w.wantTaken(as(other), "homer", "new@example.com", "name", "name.too_similar")
		w.wantTaken(w.root, "bot", "shared@example.com", "name", nameOf) // its address was not its own
		if err := w.Edit(t.Context(), w.root, live.ID, accounts.Edit{Email: "ada@example.com"}); wrongFields(err) != "email" {
			t.Errorf("the address is given to another: %v", err)
		}

		again := fill(accounts.NewAccount{Name: "ada", EraseDeleted: true})
		if _, err := w.Create(t.Context(), as(other), again); wrongFields(err) != "name email" {
			t.Errorf("another organization erases it: %v", err)
		}
		again.Locale = "fr"
		if _, err := w.Create(t.Context(), as(acme), again); wrongFields(err) != "locale" || len(w.deleted()) != 3 {
			t.Errorf("with another mistake: %v, deleted are %v", err, w.deleted())
		}
		again.Locale = ""
		must(w.Create(t.Context(), as(acme), again))(t)
		if event := w.events(models.AuditFilter{Action: core.ActionErased})[0]; event.SubjectID != ada.ID || event.SubjectName != "ada" || event.ActorName != "acme" {
			t.Errorf("the log says %+v", event)
		}
		if got := w.deleted(); !slices.Contains(got, bot.ID) || slices.Contains(got, ada.ID) {
			t.Errorf("deleted are %v", got)
		}
		both := w.gone("both")
		more := w.gone("more")
		must(w.Create(t.Context(), w.root, fill(accounts.NewAccount{Name: "both", Email: "more@example.com", EraseDeleted: true})))(t)
		if got := w.deleted(); slices.Contains(got, both.ID) || slices.Contains(got, more.ID) {
			t.Errorf("deleted are %v", got)
		}
	}, undelete)
}

// TestErasedAccountLeavesOnlyTheAuditLog: and the mail about its deletion, until it is sent and a week longer.
func TestErasedAccountLeavesOnlyTheAuditLog(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.failedMail(ada)
		must(w.ResetPassword(t.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: newSecret}, ""))(t)
		now := w.clock.Now()
		w.do(func(tx *models.Tx) error {
			task := models.Task{ID: w.NewID(), Kind: "k", OnceKey: "k", Params: "{}", State: models.TaskDone, CreatedAt: now, NextTryAt: now, DoneAt: &now}
			task.ActorID, task.ActorName = w.root.ID, "root"
			task.Report = fmt.Sprintf(`{"failed": {"id": "%s", "name": "ada"}, "rows": [{"id": "other"}, {"id": "%[1]s"}], "done": 12345678901234567890}`, ada.ID)
			_, err := tx.AddTask(task)
			return err
		})
		w.delete(w.root, ada)
		if n := len(w.mails(models.MailFilter{})); n != 3 {
			t.Errorf("%d mails while it can be restored", n)
		}
		if err := w.Erase(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		mails := w.mails(models.MailFilter{})
		if len(mails) != 1 || mails[0].Data.Change != models.AccountDeleted || !mails[0].Data.RestorableUntil.IsZero() || mails[0].Recipient != ada.Email {
			t.Errorf("left are %+v", mails)
		}
		w.exec("UPDATE mails SET state = 'sent', done_at = '" + w.clock.Now().Format(time.DateTime) + "+00:00'")
		for _, table := range []string{"deleted_accounts", "reserved_keys", "reserved_skeletons", "former_passwords", "tasks WHERE report LIKE '%ada%' OR report LIKE '%" + ada.ID + "%'"} {
			if n := w.count("SELECT count(*) FROM " + table); n > 0 {
				t.Errorf("%d rows of %s are left", n, table)
			}
		}
		w.do(func(tx *models.Tx) error {
			tasks, err := tx.Tasks(1)
			if want := `{"done":12345678901234567890,"rows":[{"id":"other"}]}`; tasks[0].Report != want || tasks[0].ActorName != "root" || tasks[0].Params != "{}" {
				t.Errorf("the report of another person's task is %+v", tasks[0])
			}
			return err
		})
		w.clock.Advance(6 * 24 * time.Hour)
		if err := w.PurgeExpired(t.Context()); err != nil || len(w.mails(models.MailFilter{})) != 1 {
			t.Errorf("after 6 days: %v, %v", err, w.mails(models.MailFilter{}))
		}
		w.clock.Advance(2 * 24 * time.Hour)
		if err := w.PurgeExpired(t.Context()); err != nil || len(w.mails(models.MailFilter{})) != 0 {
			t.Errorf("after 8 days: %v, %v", err, w.mails(models.MailFilter{}))
		}
		if events := w.events(models.AuditFilter{SubjectID: ada.ID}); events[0].Action != core.ActionErased || events[0].SubjectName != "ada" {
			t.Errorf("the log keeps %+v", events)
		}
		if _, err := w.Restore(t.Context(), w.root, ada.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("it is restored: %v", err)
		}
		w.customer("ada")
	}, undelete)
}

// TestErasedNameIsNotKeptByOthers: neither in mails to others, nor where the account handed over a password, deleted an account or
// started a task.
func TestErasedNameIsNotKeptByOthers(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		op := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "op.erased"})
		ada, bob := w.customer("ada"), w.customer("bob")
		w.handOver(as(op), ada.ID, handover.Form{}, true)
		token := w.handOver(w.root, op.ID, handover.Form{}, true)
		must(w.Handover.Read(t.Context(), token, "", visit))(t)
		other := w.handOver(w.root, ada.ID, handover.Form{Reads: "2"}, true)
		must(w.Handover.Read(t.Context(), other, "", visit))(t)
		_, byOp := w.visitor("op.erased", must(w.Handover.Read(t.Context(), w.handOver(w.root, op.ID, handover.Form{}, false), "", visit))(t).Password)
		w.delete(byOp, bob)
		now := w.clock.Now()
		w.do(func(tx *models.Tx) error {
			_, err := tx.AddTask(models.Task{
				ID: w.NewID(), Kind: "k", OnceKey: "k", Params: "{}", State: models.TaskWaiting, CreatedAt: now, NextTryAt: now, ActorID: op.ID, ActorName: op.Name,
			})
			return err
		})
		w.delete(w.root, w.account(op.ID))
		named := func() (n int) {
			for _, where := range []string{
				"mails WHERE account_name = 'root' AND data LIKE '%op.erased%'", "secret_links WHERE maker_name = 'op.erased'",
				"deleted_accounts WHERE deleted_by = 'op.erased'", "tasks WHERE actor_name = 'op.erased'",
			} {
				if w.count("SELECT count(*) FROM "+where) > 0 {
					n++
				}
			}
			return n
		}
		if n := named(); n != 4 {
			t.Errorf("while it can be restored, %d tables of 4 have the name", n)
		}
		must(0, w.Erase(t.Context(), w.root, op.ID))(t)
		if n := named(); n != 0 {
			t.Errorf("%d tables keep the name", n)
		}
		if n := w.count("SELECT count(*) FROM mails WHERE template = 'latchkey-operatorNotice'"); n != 1 {
			t.Errorf("%d mails about others are left, want 1", n)
		}
	}, undelete)
}

// TestDeletedAccountsArePurged when their time is up, each with an event.
func TestDeletedAccountsArePurged(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		first := w.gone("first")
		w.clock.Advance(time.Hour)
		second := w.gone("second")
		w.clock.Advance(undeleteFor - time.Hour)
		if got := w.deleted(); !slices.Equal(got, []string{second.ID}) {
			t.Errorf("listed are %v", got)
		}
		if _, err := w.Restore(t.Context(), w.root, first.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("restored when the time is up: %v", err)
		}
		processes := []*world{w, w.another()}
		testkit.Together(2, func(i int) {
			if err := processes[i].PurgeExpired(t.Context()); err != nil {
				t.Error(err)
			}
		})
		events := w.events(models.AuditFilter{Action: core.ActionErased})
		if len(events) != 1 || events[0].SubjectID != first.ID || events[0].ActorID != "" {
			t.Errorf("the log says %+v", events)
		}
		w.customer("first")
		w.options.Settings.Undelete = time.Hour // a shorter time applies at once
		w.Service = accounts.New(w.options)
		w.clock.Advance(time.Second)
		if err := w.PurgeExpired(t.Context()); err != nil {
			t.Error(err)
		}
		if n := w.count("SELECT count(*) FROM deleted_accounts"); n > 0 {
			t.Errorf("%d are left", n)
		}
	}, undelete)
}

// TestDeletionIsFinalIfSwitchedOff: nothing can be restored, and the name is free. What was deleted before goes with the next purge.
func TestDeletionIsFinalIfSwitchedOff(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		old := w.gone("old")
		w.options.Settings.Undelete = 0
		w.Service = accounts.New(w.options)
		ada := w.gone("ada")
		if n := w.count("SELECT count(*) FROM deleted_accounts WHERE account_id = '" + ada.ID + "'"); n > 0 {
			t.Error("it is kept")
		}
		if event := w.events(models.AuditFilter{SubjectID: ada.ID})[0]; event.Action != core.ActionDeleted || event.Detail["final"] != "yes" || event.Detail["until"] != "" {
			t.Errorf("the log says %+v", event)
		}
		_, err := w.Restore(t.Context(), w.root, old.ID)
		_, err2 := w.Deleted(t.Context(), w.root, "", "", 9)
		if !errors.Is(err, core.ErrOff) || !errors.Is(err2, core.ErrOff) {
			t.Errorf("restore: %v, list: %v", err, err2)
		}
		if mails := w.mails(models.MailFilter{Recipient: ada.Email}); len(mails) != 1 || !mails[0].Data.RestorableUntil.IsZero() || mails[0].State != models.MailWaiting {
			t.Errorf("the owner gets %+v", mails)
		}
		w.customer("ada")
		if err := w.PurgeExpired(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.customer("old")
	}, undelete)
}

// TestOnlySuperAdminsUndelete, and confirm first who they are.
func TestOnlySuperAdminsUndelete(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "admin"})
		acme := w.organization("acme")
		ada := w.create(accounts.NewAccount{Name: "ada", Organization: acme.ID})
		w.delete(as(acme), ada)
		acts := map[string]func(core.Actor) error{
			"restore": func(by core.Actor) error { _, err := w.Restore(t.Context(), by, ada.ID); return err },
			"erase":   func(by core.Actor) error { return w.Erase(t.Context(), by, ada.ID) },
			"create": func(by core.Actor) error {
				_, err := w.Create(t.Context(), by, fill(accounts.NewAccount{Name: "ada", EraseDeleted: true}))
				return err
			},
		}
		_, admin := w.visitor("admin", secret)
		w.clock.Advance(core.ConfirmedFor)
		for name, do := range acts {
			if err := do(admin); !asksFirst(err) {
				t.Errorf("%s after ten minutes: %v", name, err)
			}
			if err := do(as(ada)); !errors.Is(err, core.ErrForbidden) {
				t.Errorf("%s by the account itself: %v", name, err)
			}
		}
		delete(acts, "create")
		for name, do := range acts {
			if err := do(as(acme)); !errors.Is(err, core.ErrForbidden) {
				t.Errorf("%s by its organization: %v", name, err)
			}
		}
		if _, err := w.Deleted(t.Context(), as(acme), "", "", 9); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("listed for its organization: %v", err)
		}
		for _, id := range []string{"", "x", acme.ID, w.NewID()} {
			_, err := w.Restore(t.Context(), w.root, id)
			if !errors.Is(err, core.ErrNotFound) || !errors.Is(w.Erase(t.Context(), w.root, id), core.ErrNotFound) {
				t.Errorf("%q: %v", id, err)
			}
		}
		must(w.Create(t.Context(), as(acme), fill(accounts.NewAccount{Name: "ada", EraseDeleted: true})))(t)
	}, undelete)
}

// TestUndeleteRaces: of two concurrent acts on a deleted account one wins, in two processes, and nothing is left of the other.
func TestUndeleteRaces(t *testing.T) {
	type act = func(w *world, gone models.Account) error
	restore := func(w *world, gone models.Account) error {
		_, err := w.Restore(w.Context(), w.root, gone.ID)
		return err
	}
	erase := func(w *world, gone models.Account) error { return w.Erase(w.Context(), w.root, gone.ID) }
	create := func(erase bool) act {
		return func(w *world, gone models.Account) error {
			_, err := w.Create(w.Context(), w.root, fill(accounts.NewAccount{Name: gone.Name, EraseDeleted: erase}))
			return err
		}
	}
	similar := func(w *world, gone models.Account) error {
		name := strings.Replace(gone.Name, "rn", "m", 1)
		_, err := w.Create(w.Context(), w.root, fill(accounts.NewAccount{Name: name, Email: "similar@example.com"}))
		return err
	}
	take := func(w *world, gone models.Account) error {
		return w.Edit(w.Context(), w.root, must(w.FindByIdentifier(w.Context(), "taker"))(w).ID, accounts.Edit{Email: gone.Email})
	}
	for name, race := range map[string]struct {
		one, other act
		alive      bool // before
		live       int  // accounts with the name or e-mail address in the end, at most
		both       bool // may succeed, one after the other
	}{
		"two restores":                  {restore, restore, false, 1, false},
		"restore and erase":             {restore, erase, false, 1, false},
		"two erasures":                  {erase, erase, false, 0, false},
		"restore and create":            {restore, create(false), false, 1, false},
		"restore and create over it":    {restore, create(true), false, 1, true},
		"erase and create":              {erase, create(false), false, 1, true},
		"two created over it":           {create(true), create(true), false, 1, false},
		"restore and a similar name":    {restore, similar, false, 1, false},
		"restore and its address taken": {restore, take, false, 1, false},
		"delete and create": {func(w *world, gone models.Account) error {
			return w.Delete(w.Context(), w.root, gone.ID, gone.Name)
		}, create(false), true, 0, false},
		"delete and its address taken": {func(w *world, gone models.Account) error {
			return w.Delete(w.Context(), w.root, gone.ID, gone.Name)
		}, take, true, 0, false},
		"delete and a similar name": {func(w *world, gone models.Account) error {
			return w.Delete(w.Context(), w.root, gone.ID, gone.Name)
		}, similar, true, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				w.customer("taker")
				processes := []*world{w, w.another()}
				for round := range 5 {
					gone := w.customer("horner" + "abcde"[round:round+1])
					if !race.alive {
						w.delete(w.root, gone)
					}
					var wins atomic.Int64
					testkit.Together(2, func(i int) {
						err := []act{race.one, race.other}[i](processes[i], gone)
						switch {
						case err == nil:
							wins.Add(1)
						case wrongFields(err) == "" && !errors.Is(err, core.ErrNotFound):
							t.Error(err)
						}
					})
					if n := wins.Load(); n < 1 || n > 1 && !race.both {
						t.Errorf("%d won", n)
					}
					live := w.count("SELECT count(*) FROM identifiers WHERE key IN ('" + gone.Name + "', '" + gone.Email + "', 'similar@example.com')")
					if live > 2*race.live {
						t.Errorf("%d names and addresses are in use", live)
					}
					if n := w.count("SELECT count(*) FROM identifiers i JOIN reserved_keys r ON r.key = i.key"); n > 0 {
						t.Errorf("%d names and addresses are in use and reserved", n)
					}
				}
			}, undelete)
		})
	}
}

// TestDeleteOwn: only by the owner, with the name, and never what others depend on.
func TestDeleteOwn(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme := w.organization("acme")
		ada := w.create(accounts.NewAccount{Name: "ada", Organization: acme.ID})
		_, by := w.visitor("ada", secret)
		for _, confirm := range []string{"", "acme", strings.Repeat("x", 10_000)} {
			if _, err := w.DeleteOwn(t.Context(), by, confirm, false); wrongFields(err) != "confirm" {
				t.Errorf("confirmed by %q: %v", confirm, err)
			}
		}
		bot := w.create(accounts.NewAccount{Name: "bot", Technical: true})
		_, organization := w.visitor("acme", secret)
		_, root := w.visitor("root", secret)
		person := by
		person.Person = "Ben"
		for name, test := range map[string]struct {
			actor core.Actor
			want  error
		}{
			"ada": {person, core.ErrEmergencySession}, "acme": {organization, core.ErrHasCustomers}, "bot": {as(bot), core.ErrForbidden},
			"root": {root, core.ErrLastSuperAdmin},
		} {
			if _, err := w.DeleteOwn(t.Context(), test.actor, name, true); !errors.Is(err, test.want) {
				t.Errorf("%s: %v, want %v", name, err, test.want)
			}
		}

		if final, err := w.DeleteOwn(t.Context(), by, "Ada", false); err != nil || final {
			t.Fatal(final, err)
		}
		if event := w.events(models.AuditFilter{SubjectID: ada.ID})[0]; event.Action != core.ActionDeleted || event.ActorID != ada.ID || event.Detail["until"] == "" {
			t.Errorf("the log says %+v", event)
		}
		if mails := w.mails(models.MailFilter{Recipient: ada.Email, Template: models.MailSecurity}); len(mails) != 1 || mails[0].Data.ByOperator {
			t.Errorf("the owner gets %+v", mails)
		}
		if _, err := w.DeleteOwn(t.Context(), by, "ada", true); !errors.Is(err, core.ErrSignedOut) {
			t.Errorf("a second time: %v", err)
		}
		must(w.Restore(t.Context(), w.root, ada.ID))(t)

		w.customer("bob")
		_, bob := w.visitor("bob", secret)
		w.clock.Advance(core.ConfirmedFor)
		if _, err := w.DeleteOwn(t.Context(), bob, "bob", true); !asksFirst(err) {
			t.Errorf("after ten minutes: %v", err)
		}
		_, bob = w.visitor("bob", secret)
		if final, err := w.DeleteOwn(t.Context(), bob, "bob", true); err != nil || !final || len(w.deleted()) > 0 {
			t.Errorf("for good: %t, %v, kept are %v", final, err, w.deleted())
		}
		w.customer("bob")
		w.options.Settings.NoDeleteOwn = true
		w.Service = accounts.New(w.options)
		_, bob = w.visitor("bob", secret)
		if _, err := w.DeleteOwn(t.Context(), bob, "bob", true); !errors.Is(err, core.ErrOff) {
			t.Errorf("switched off: %v", err)
		}
	}, undelete)
}

// TestSuperAdminsDeleteThemselves at the same moment, in two processes: one remains.
func TestSuperAdminsDeleteThemselves(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "deputy"})
		names, processes := []string{"root", "deputy"}, []*world{w, w.another()}
		_, root := w.visitor("root", secret)
		_, deputy := w.visitor("deputy", secret)
		actors := []core.Actor{root, deputy}
		var done atomic.Int64
		testkit.Together(2, func(i int) {
			switch _, err := processes[i].DeleteOwn(t.Context(), actors[i], names[i], true); {
			case err == nil:
				done.Add(1)
			case !errors.Is(err, core.ErrLastSuperAdmin):
				t.Error(err)
			}
		})
		if n := w.count("SELECT count(*) FROM accounts WHERE kind = 'superadmin'"); done.Load() != 1 || n != 1 {
			t.Errorf("%d deleted themselves, %d are left", done.Load(), n)
		}
	}, undelete)
}
