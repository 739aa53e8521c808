package accounts_test

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/email"
	"latchkey/accounts/handover"
	"latchkey/accounts/session"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// requestEmail has the owner ask for an address, and returns the token in the mail to it.
func (w *world) requestEmail(by core.Actor, address string) (token string) {
	w.Helper()
	if err := w.Email.Request(w.Context(), by, address); err != nil {
		w.Fatal(err)
	}
	return w.emailToken(address)
}

// emailToken returns the token in the newest mail with a link to an address.
func (w *world) emailToken(address string) string {
	w.Helper()
	mails := w.mails(models.MailFilter{Recipient: strings.ToLower(address), Template: models.MailConfirmEmail})
	if len(mails) == 0 {
		w.Fatalf("no mail to %s", address)
	}
	return must(w.Sealing.Token(w.db.Read(w.Context()), mails[0].Data.LinkID))(w)
}

func (w *world) confirmEmail(token string) {
	w.Helper()
	if err := w.Email.Confirm(w.Context(), token, visit); err != nil {
		w.Fatal(err)
	}
}

// TestEmailIsChanged by the link in the mail to the new address, and taken back by that in the mail to the former one.
func TestEmailIsChanged(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		other := w.signIn("ada", secret).Token
		_, by := w.visitor("ada", secret)
		confirm := w.requestEmail(by, "New@example.com")
		if w.account(ada.ID).Email != "ada@example.com" {
			t.Error("it is changed before it is confirmed")
		}
		if address, _, err := w.Email.Pending(t.Context(), by); err != nil || address != "New@example.com" {
			t.Errorf("pending is %q, %v", address, err)
		}
		change, account, err := w.Email.Target(t.Context(), confirm, models.LinkConfirmEmail, visit)
		if err != nil || change.Email != "New@example.com" || account.ID != ada.ID {
			t.Errorf("the link is about %+v: %v", change, err)
		}
		if _, _, err := w.Email.Target(t.Context(), confirm, models.LinkUndoEmail, visit); !errors.Is(err, core.ErrLink) {
			t.Errorf("the link on the other page: %v", err)
		}
		w.clock.Advance(email.ConfirmFor - time.Second)
		w.confirmEmail(confirm)
		if got := w.account(ada.ID); got.Email != "New@example.com" || got.EmailKey != "new@example.com" {
			t.Errorf("became %s", got.Email)
		}
		w.signIn("new@example.com", secret)
		w.refused(1, "ada@example.com", secret)
		if err := w.Email.Confirm(t.Context(), confirm, visit); !errors.Is(err, core.ErrLink) {
			t.Errorf("a second time: %v", err)
		}
		w.wantTaken(w.root, "bob", "ada@example.com", "email", "email.taken")
		w.wantNotices(ada.ID) // the mail with the link is about it
		device := w.device("ada")

		undo := w.emailToken("ada@example.com")
		w.clock.Advance(email.UndoFor - time.Second)
		token := w.signIn("ada", secret).Token
		_, by = w.visitor("ada", secret)
		later := w.requestEmail(by, "third@example.com")
		if err := w.Email.Undo(t.Context(), undo, visit); err != nil {
			t.Fatal(err)
		}
		if got := w.account(ada.ID); got.Email != "ada@example.com" || got.PasswordHash != "" {
			t.Errorf("became %s, with a password: %t", got.Email, got.PasswordHash != "")
		}
		if w.holds(token) || w.holds(other) {
			t.Error("a session holds")
		}
		if known := must(w.Devices(t.Context(), w.account(ada.ID)))(t).Known; known > 0 || device == "" {
			t.Errorf("%d browsers are trusted", known)
		}
		if err := w.Email.Confirm(t.Context(), later, visit); !errors.Is(err, core.ErrLink) {
			t.Errorf("a later request goes on: %v", err)
		}
		w.refused(1, "new@example.com", secret)
		w.customer("new") // whose address is free
		if mails := w.wantNotices(ada.ID, models.EmailRestored); mails[0].Recipient != "New@example.com" {
			t.Errorf("the mail goes to %s", mails[0].Recipient)
		}
		if n := w.count("SELECT count(*) FROM reserved_keys"); n > 0 {
			t.Errorf("%d addresses are reserved", n)
		}
		for _, action := range []string{core.ActionEmailRequested, core.ActionEmailConfirmed, core.ActionEmailUndone} {
			if len(w.events(models.AuditFilter{SubjectID: ada.ID, Action: action})) == 0 {
				t.Errorf("the log has no %s", action)
			}
		}
	}, func(o *accounts.Options) { o.Settings.NoticesOff = []models.SecurityChange{models.NewBrowser} })
}

// TestConfirmedEmailEndsPasswordLinks, since others may read the mails to the former address.
func TestConfirmedEmailEndsPasswordLinks(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		link := w.sendLink(w.customer("ada"))
		_, by := w.visitor("ada", secret)
		token := w.requestEmail(by, "new@example.com")
		if _, err := w.Links.Target(t.Context(), w.token(link), visit); err != nil {
			t.Errorf("before it is confirmed: %v", err)
		}
		w.confirmEmail(token)
		if _, err := w.Links.SetPassword(t.Context(), w.token(link), chosen, visit); !errors.Is(err, core.ErrLink) {
			t.Errorf("after it is confirmed: %v", err)
		}
	})
}

// TestUndoShutsAStrangerOut who was in the account and knows its password, by every way in.
func TestUndoShutsAStrangerOut(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		_, armed := w.withEmergency("ada", 0)
		w.enter("ada", armed)
		_, unused := w.withEmergency("ada", 0)
		_, by := w.visitor("ada", secret)
		_, recovery := w.addPasskey(by)
		own := w.factors(ada.ID)
		w.clock.Advance(time.Second)
		confirm := w.requestEmail(by, "new@example.com")
		w.addPasskey(by)
		w.confirmEmail(confirm)
		before := w.account(ada.ID).PasswordID
		if err := w.Email.Undo(t.Context(), w.emailToken("ada@example.com"), visit); err != nil {
			t.Fatal(err)
		}

		for _, code := range []string{armed, unused} {
			if _, err := w.Emergency.Enter(t.Context(), "ada", code, visit); !withoutReason(err) {
				t.Errorf("an emergency code: %v", err)
			}
		}
		if got := w.factors(ada.ID); len(own) != 1 || len(got) != 1 || got[0].ID != own[0].ID || !w.account(ada.ID).HasPasskey {
			t.Errorf("left are the factors %+v of %+v", got, own)
		}
		if _, err := w.Factors.Recover(t.Context(), "ada", recovery[0], visit); !withoutReason(err) {
			t.Errorf("a recovery code: %v", err)
		}
		w.refused(1, "ada", secret)
		if got := w.account(ada.ID); got.PasswordHash != "" || got.PasswordID == before || got.PasswordFrom != "" {
			t.Errorf("the password is %+v", got)
		}
		links, mails := w.links(ada), w.mails(models.MailFilter{Template: models.MailSetPassword})
		if len(links) != 1 || links[0].Purpose != models.LinkAfterUndo || len(mails) != 1 || mails[0].Recipient != "ada@example.com" {
			t.Errorf("sent are %+v, %+v", links, mails)
		}
	})
}

// TestPasswordAfterUndo is set by the link in the mail, and differs from that which a stranger may know, also without a history.
func TestPasswordAfterUndo(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		_, by := w.visitor("ada", secret)
		w.confirmEmail(w.requestEmail(by, "new@example.com"))
		if err := w.Email.Undo(t.Context(), w.emailToken("ada@example.com"), visit); err != nil {
			t.Fatal(err)
		}
		if err := w.Links.Resend(t.Context(), w.root, ada.ID, w.links(ada)[0].ID); err != nil {
			t.Fatal(err)
		}
		link := w.links(ada)[0]
		if link.Purpose != models.LinkReset {
			t.Errorf("an account that has been used is sent the link %q", link.Purpose)
		}
		token := w.token(link)
		same := session.NewPassword{Password: secret, Confirmation: secret}
		if _, err := w.Links.SetPassword(t.Context(), token, same, visit); wrongFields(err) != "password" {
			t.Errorf("the former password: %v", err)
		}
		if in := must(w.Links.SetPassword(t.Context(), token, chosen, visit))(t); in.Gate != "" {
			t.Errorf("the session is at the gate %q", in.Gate)
		}
		w.signIn("ada", newSecret)
	})
}

// TestUndoEndsSecretLinks with the account's password.
func TestUndoEndsSecretLinks(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		_, by := w.visitor("ada", secret)
		w.confirmEmail(w.requestEmail(by, "new@example.com"))
		undo := w.emailToken("ada@example.com")
		handedOver := w.handOver(w.root, ada.ID, handover.Form{}, true)
		if err := w.Email.Undo(t.Context(), undo, visit); err != nil {
			t.Fatal(err)
		}
		w.wantDead("after the change was taken back", handedOver, models.SecretLinkWorthless)
	})
}

// TestOperatorEndsUndo: by another address, or by disabling the account, also if it is enabled again.
func TestOperatorEndsUndo(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for name, end := range map[string]func(models.Account) error{
			"edited": func(a models.Account) error {
				return w.Edit(t.Context(), w.root, a.ID, accounts.Edit{Email: "third@example.com"})
			},
			"disabled": func(a models.Account) error {
				return errors.Join(w.Disable(t.Context(), w.root, a.ID), w.Enable(t.Context(), w.root, a.ID))
			},
		} {
			account := w.customer(name)
			_, by := w.visitor(name, secret)
			w.confirmEmail(w.requestEmail(by, name+"-new@example.com"))
			undo := w.emailToken(account.Email)
			if err := end(account); err != nil {
				t.Fatal(err)
			}
			if err := w.Email.Undo(t.Context(), undo, visit); !errors.Is(err, core.ErrLink) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := w.count("SELECT count(*) FROM reserved_keys"); n > 0 {
			t.Errorf("%d addresses are reserved", n)
		}
	})
}

// TestDeleteAfterChangeOfEmail: nothing is erased while the former owner can take the change back, who is notified.
func TestDeleteAfterChangeOfEmail(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		_, by := w.visitor("ada", secret)
		w.confirmEmail(w.requestEmail(by, "new@example.com"))
		if _, err := w.DeleteOwn(t.Context(), by, "ada", true); !errors.Is(err, core.Code("account.erase_later")) {
			t.Fatalf("at once: %v", err)
		}
		must(w.DeleteOwn(t.Context(), by, "ada", false))(t)
		for _, address := range []string{"ada@example.com", "new@example.com"} {
			mails := w.mails(models.MailFilter{Recipient: address, Template: models.MailSecurity})
			if len(mails) == 0 || mails[0].Data.Change != models.AccountDeleted || mails[0].Data.RestorableUntil.IsZero() {
				t.Errorf("%s gets %+v", address, mails)
			}
		}
	}, undelete)
}

// TestDeadRequestIsNotShown as one that waits.
func TestDeadRequestIsNotShown(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		who, by := w.visitor("ada", secret)
		w.requestEmail(by, "new@example.com")
		must(w.Sessions.ChangePassword(t.Context(), who, by, change(secret, newSecret)))(t)
		if address, _, err := w.Email.Pending(t.Context(), by); address != "" || err != nil {
			t.Errorf("pending is %q, %v", address, err)
		}
	})
}

// TestEarlierChangeCanBeUndone after a later one was: its link belongs to the owner, that of the later one may be a stranger's.
func TestEarlierChangeCanBeUndone(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for name, laterFirst := range map[string]bool{"ada": true, "bob": false} {
			account := w.customer(name)
			_, by := w.visitor(name, secret)
			w.confirmEmail(w.requestEmail(by, name+"@evil.example"))
			earlier := w.emailToken(account.Email)
			w.confirmEmail(w.requestEmail(by, name+"@worse.example"))
			later := w.emailToken(name + "@evil.example")
			if laterFirst {
				if err := w.Email.Undo(t.Context(), later, visit); err != nil {
					t.Fatal(err)
				}
				w.wantTaken(w.root, "eve", account.Email, "email", "email.taken")
				w.create(accounts.NewAccount{Name: "worse", Email: name + "@worse.example"}) // which is free
			}
			if err := w.Email.Undo(t.Context(), earlier, visit); err != nil {
				t.Fatal(err)
			}
			if got := w.account(account.ID).Email; got != account.Email {
				t.Errorf("%s has the address %s", name, got)
			}
			if err := w.Email.Undo(t.Context(), later, visit); !errors.Is(err, core.ErrLink) {
				t.Errorf("%s: the later link after the earlier one: %v", name, err)
			}
		}
		if n := w.count("SELECT count(*) FROM reserved_keys"); n > 0 {
			t.Errorf("%d addresses are reserved", n)
		}
	})
}

// TestFormerEmailIsReservedForAWeek, then the change can no longer be taken back.
func TestFormerEmailIsReservedForAWeek(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		_, by := w.visitor("ada", secret)
		w.confirmEmail(w.requestEmail(by, "new@example.com"))
		undo := w.emailToken("ada@example.com")
		w.clock.Advance(email.UndoFor - time.Second)
		if err := w.PurgeExpired(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.wantTaken(w.root, "bob", "ada@example.com", "email", "email.taken")
		w.clock.Advance(time.Second)
		if err := w.Email.Undo(t.Context(), undo, visit); !errors.Is(err, core.ErrLink) {
			t.Errorf("after a week: %v", err)
		}
		if err := w.PurgeExpired(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.create(accounts.NewAccount{Name: "bob", Email: "ada@example.com"})
		if got := w.account(ada.ID).Email; got != "new@example.com" {
			t.Errorf("the address is %s", got)
		}
	})
}

// TestConfirmationDuringThePurge keeps the way back: the purge had found the request when it had ended, and ends it only if it still has.
func TestConfirmationDuringThePurge(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		_, by := w.visitor("ada", secret)
		confirm := w.requestEmail(by, "new@example.com")
		found := w.clock.Now().Add(email.ConfirmFor)
		ended := must(w.db.Read(t.Context()).EndedEmailChanges(found, 10))(t)
		w.confirmEmail(confirm)
		w.do(func(tx *models.Tx) error { return tx.EndEmailChange(ended[0], found) })
		if err := w.Email.Undo(t.Context(), w.emailToken("ada@example.com"), visit); err != nil {
			t.Errorf("the change cannot be taken back: %v", err)
		}
	})
}

// TestEmailLinksEnd: with time, with another request, with the password, with an operator's change, with the account.
func TestEmailLinksEnd(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for name, end := range map[string]func(models.Account, core.Actor){
			"time":    func(models.Account, core.Actor) { w.clock.Advance(email.ConfirmFor) },
			"another": func(_ models.Account, by core.Actor) { w.requestEmail(by, "another@example.com") },
			"password": func(a models.Account, _ core.Actor) {
				must(w.ResetPassword(t.Context(), w.root, a.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: newSecret, OneTime: true}, ""))(t)
			},
			"operator": func(a models.Account, _ core.Actor) {
				if err := w.Edit(t.Context(), w.root, a.ID, accounts.Edit{Email: "operator@example.com"}); err != nil {
					t.Fatal(err)
				}
			},
			"disabled": func(a models.Account, _ core.Actor) { must(0, w.Disable(t.Context(), w.root, a.ID))(t) },
			"deleted":  func(a models.Account, _ core.Actor) { w.delete(w.root, a) },
		} {
			account := w.customer("a-" + name)
			_, by := w.visitor(account.Name, secret)
			token := w.requestEmail(by, name+"-new@example.com")
			end(account, by)
			if err := w.Email.Confirm(t.Context(), token, visit); !errors.Is(err, core.ErrLink) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, token := range []string{"", "x", strings.Repeat("A", 64), strings.Repeat("A", 65), strings.Repeat("x", 10_000)} {
			for _, use := range []func() error{
				func() error { return w.Email.Confirm(t.Context(), token, visit) },
				func() error { return w.Email.Undo(t.Context(), token, visit) },
			} {
				if err := use(); !errors.Is(err, core.ErrLink) {
					t.Errorf("%q: %v", token, err)
				}
			}
		}
	}, undelete)
}

// TestRequestedEmailIsChecked: but not whether another account has it, which is seen only when its owner confirms it.
func TestRequestedEmailIsChecked(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("bob")
		w.customer("ada")
		_, by := w.visitor("ada", secret)
		for _, address := range []string{"", "x", "ada@example.com", strings.Repeat("x", 10_000)} {
			if err := w.Email.Request(t.Context(), by, address); wrongFields(err) != "email" {
				t.Errorf("%q: %v", address, err)
			}
		}
		token := w.requestEmail(by, "Bob@example.com")
		if err := w.Email.Confirm(t.Context(), token, visit); wrongFields(err) != "email" {
			t.Errorf("another's address: %v", err)
		}
		w.requestEmail(by, "second@example.com")
		w.requestEmail(by, "third@example.com")
		if err := w.Email.Request(t.Context(), by, "fourth@example.com"); wrongFields(err) != "email" {
			t.Errorf("a fourth within the hour: %v", err)
		}
		person := by
		person.Person = "Ben"
		if err := w.Email.Request(t.Context(), person, "ben@example.com"); !errors.Is(err, core.ErrEmergencySession) {
			t.Errorf("by a person with an emergency code: %v", err)
		}
		w.create(accounts.NewAccount{Name: "eve@example.com", Email: "eve@example.com"})
		_, eve := w.visitor("eve@example.com", secret)
		if err := w.Email.Request(t.Context(), eve, "other@example.com"); wrongFields(err) != "email" {
			t.Errorf("of an account named by its address: %v", err)
		}
		w.clock.Advance(core.ConfirmedFor)
		if err := w.Email.Request(t.Context(), eve, "EVE@example.com"); !asksFirst(err) {
			t.Errorf("after ten minutes: %v", err)
		}
	})
}

// TestEmailRaces: of two uses of a link, or two accounts that confirm one address, in two processes, one wins.
func TestEmailRaces(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		processes := []*world{w, w.another()}
		for name, same := range map[string]bool{"one link": true, "one address": false} {
			var tokens []string
			for _, account := range []string{name[:5] + "1", name[:5] + "2"} {
				account = strings.ReplaceAll(account, " ", "-")
				w.customer(account)
				_, by := w.visitor(account, secret)
				tokens = append(tokens, w.requestEmail(by, name[4:]+"@example.com"))
			}
			if same {
				tokens[1] = tokens[0]
			}
			var done atomic.Int64
			testkit.Together(2, func(i int) {
				switch err := processes[i].Email.Confirm(t.Context(), tokens[i], visit); {
				case err == nil:
					done.Add(1)
				case !errors.Is(err, core.ErrLink) && wrongFields(err) != "email":
					t.Error(err)
				}
			})
			if done.Load() != 1 {
				t.Errorf("%s: %d succeeded", name, done.Load())
			}
		}
	})
}

// TestEmailLinksDoTheSameWork, whatever is wrong with them.
func TestEmailLinksDoTheSameWork(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		_, by := w.visitor("ada", secret)
		used := w.requestEmail(by, "new@example.com")
		w.confirmEmail(used)
		open := w.requestEmail(by, "third@example.com")
		forged := open[:len(open)-1] + "A"
		if forged == open {
			forged = open[:len(open)-1] + "Q"
		}
		did := func(token string) []string {
			return w.work(func(w *world) {
				if err := w.Email.Confirm(t.Context(), token, visit); !errors.Is(err, core.ErrLink) {
					t.Errorf("%s: %v", token, err)
				}
			})
		}
		unknown := did("x")
		for name, token := range map[string]string{"used": used, "forged": forged, "unknown": strings.Repeat("A", 64)} {
			if got := did(token); !slices.Equal(got, unknown) {
				t.Errorf("%s runs %q, one that cannot be a token %q", name, got, unknown)
			}
		}
	})
}
