package accounts_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/handover"
	"latchkey/models"
)

// handOver resets the account's password, and makes a secret link with it.
func (w *world) handOver(by core.Actor, id string, form handover.Form, oneTime bool) (token string) {
	w.Helper()
	choice := accounts.PasswordChoice{Mode: accounts.Generated, OneTime: oneTime, HandOver: &form}
	reset := must(w.ResetPassword(w.Context(), by, id, choice, ""))(w)
	if reset.Password != "" {
		w.Error("the operator sees the password")
	}
	return reset.Link.Token
}

// secretLinks returns all secret links, the newest first.
func (w *world) secretLinks() []models.ListedSecretLink {
	w.Helper()
	return must(w.Handover.List(w.Context(), w.root, models.SecretLinkFilter{Limit: 100}))(w).Rows
}

// wantDead wants a link to open nothing, and to have no content, by now for this reason.
func (w *world) wantDead(what, token string, why models.SecretLinkState) {
	w.Helper()
	if _, err := w.Handover.Find(w.Context(), token); !errors.Is(err, core.ErrLink) {
		w.Errorf("%s: the page says %v", what, err)
	}
	if _, err := w.Handover.Read(w.Context(), token, "a passphrase", visit); !errors.Is(err, core.ErrLink) {
		w.Errorf("%s: reading it says %v", what, err)
	}
	if why == "" {
		return
	}
	if state := w.secretLinks()[0].State(w.clock.Now()); state != why {
		w.Errorf("%s: it is %s, want %s", what, state, why)
	}
	if n := w.count("SELECT count(*) FROM secret_links WHERE sealed IS NOT NULL"); n != 0 {
		w.Errorf("%s: %d contents are left", what, n)
	}
}

// TestSecretLink hands over a password, once, with a receipt.
func TestSecretLink(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.handOver(w.root, ada.ID, handover.Form{}, true)
		for range 3 { // as mail scanners do
			if seen := must(w.Handover.Find(t.Context(), token))(t); seen.Maker != "root" || seen.Passphrase {
				t.Errorf("before: %+v", seen)
			}
		}
		if link := w.secretLinks()[0]; link.ReadsLeft != 1 || len(link.Uses) != 0 || link.EndsAt.Sub(link.CreatedAt) != 24*time.Hour {
			t.Errorf("the page was counted: %+v", link)
		}
		w.clock.Advance(time.Hour)
		opened := must(w.Handover.Read(t.Context(), token, "", core.ClientInfo{Address: "198.51.100.4", UserAgent: "phone\x00"}))(t)
		if opened.Account.ID != ada.ID || opened.ReadsLeft != 0 {
			t.Errorf("%+v", opened)
		}
		if in := w.signIn("ada", opened.Password); in.Gate != core.GatePassword {
			t.Errorf("the password is at the gate %q", in.Gate)
		}
		w.wantDead("once more", token, models.SecretLinkRead)
		uses := w.secretLinks()[0].Uses
		if len(uses) != 1 || uses[0].Address != "198.51.100.4" || uses[0].UserAgent != "phone" || !uses[0].At.Equal(w.clock.Now()) {
			t.Errorf("receipt: %+v", uses)
		}
		mails := must(w.db.Read(t.Context()).ListMails(models.MailFilter{Template: models.MailOperator, Limit: 10}))(t).Rows
		if len(mails) != 1 || *mails[0].AccountID != w.root.ID || mails[0].Data.Subject != "ada" || mails[0].Data.Address != "198.51.100.4" {
			t.Errorf("mails: %+v", mails)
		}
		if made := w.events(models.AuditFilter{Action: core.ActionSecretLinkCreated}); len(made) != 1 || made[0].Detail["reads"] != "1" || made[0].Detail["passphrase"] != "no" {
			t.Errorf("%+v", made)
		}
		if read := w.events(models.AuditFilter{Action: core.ActionSecretLinkRead}); len(read) != 1 || read[0].ActorID != "" || read[0].SubjectID != ada.ID || read[0].Detail["reads-left"] != "0" {
			t.Errorf("%+v", read)
		}
		w.clock.Advance(90*24*time.Hour - time.Microsecond)
		w.purge()
		if n := w.count("SELECT count(*) FROM secret_link_reads"); n != 1 {
			t.Errorf("after 90 days less a moment there are %d receipts", n)
		}
		w.clock.Advance(time.Microsecond)
		w.purge()
		if n := w.count("SELECT count(*) FROM secret_links") + w.count("SELECT count(*) FROM secret_link_reads"); n != 0 {
			t.Errorf("after 90 days there are %d rows", n)
		}
	})
}

// TestReceiptsAreKeptNoLongerThanEvents if those are kept for less than 90 days.
func TestReceiptsAreKeptNoLongerThanEvents(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		token := w.handOver(w.root, w.customer("ada").ID, handover.Form{}, true)
		must(w.Handover.Read(t.Context(), token, "", visit))(t)
		for _, left := range []int{1, 0} {
			w.clock.Advance(15 * 24 * time.Hour)
			w.purge()
			if n := w.count("SELECT count(*) FROM secret_link_reads"); n != left {
				t.Errorf("%d receipts are left, want %d", n, left)
			}
		}
	}, func(o *accounts.Options) { o.Settings.AuditKeep = 30 * 24 * time.Hour })
}

// TestSecretLinkAtCreation: the new account's password is only in the link, for as many reads as were ordered, with one mail.
func TestSecretLinkAtCreation(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		created := must(w.Create(t.Context(), w.root, accounts.NewAccount{
			Kind: models.Customer, Name: "ada", Email: "ada@example.com",
			Password: accounts.PasswordChoice{Mode: accounts.Generated, HandOver: &handover.Form{Reads: "3", Minutes: "43200"}},
		}))(t)
		if created.Password != "" {
			t.Error("the operator sees the password")
		}
		for left := 2; left >= 0; left-- {
			opened := must(w.Handover.Read(t.Context(), created.Link.Token, "", visit))(t)
			if opened.ReadsLeft != left {
				t.Errorf("%d reads are left, want %d", opened.ReadsLeft, left)
			}
			if in := w.signIn("ada", opened.Password); in.Gate != "" {
				t.Errorf("the password is at the gate %q", in.Gate)
			}
		}
		w.wantDead("the fourth time", created.Link.Token, models.SecretLinkRead)
		if n := w.count("SELECT count(*) FROM mails WHERE template = '" + models.MailOperator + "'"); n != 1 {
			t.Errorf("%d mails", n)
		}
	})
}

// TestSecretLinkIsWorthless once what it holds is.
func TestSecretLinkIsWorthless(t *testing.T) {
	for what, tc := range map[string]struct {
		end func(w *world, id string) error
		why models.SecretLinkState // "" = the link is gone
	}{
		"reset": {func(w *world, id string) error {
			_, err := w.ResetPassword(w.Context(), w.root, id, accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}, "")
			return err
		}, models.SecretLinkWorthless},
		"disabled": {func(w *world, id string) error { return w.Disable(w.Context(), w.root, id) }, models.SecretLinkWorthless},
		"disabled and enabled": {func(w *world, id string) error {
			return errors.Join(w.Disable(w.Context(), w.root, id), w.Enable(w.Context(), w.root, id))
		}, models.SecretLinkWorthless},
		"deleted": {func(w *world, id string) error { return w.Delete(w.Context(), w.root, id, "ada") }, ""},
		"ended": {func(w *world, id string) error {
			w.tamper(id, func(a *models.Account) { a.ValidUntil = "2000-01-01" })
			w.purge()
			return nil
		}, models.SecretLinkWorthless},
		"interrupted tries": {func(w *world, _ string) error {
			err := w.db.Update(w.Context(), func(tx *models.Tx) error {
				for range handover.MaxTries {
					if err := tx.TrySecretLink(w.secretLinks()[0].ID, w.clock.Now()); err != nil {
						return err
					}
				}
				return nil
			})
			w.purge()
			return err
		}, models.SecretLinkGuessed},
		"revoked with all": {func(w *world, _ string) error {
			links, _, _, err := w.Links.EndAll(w.Context(), core.CommandLine)
			if links != 1 {
				w.Errorf("%d links were ended", links)
			}
			return err
		}, models.SecretLinkRevoked},
		"revoked": {func(w *world, _ string) error { return w.Handover.Revoke(w.Context(), w.root, w.secretLinks()[0].ID) }, models.SecretLinkRevoked},
		"expired": {func(w *world, _ string) error {
			w.clock.Advance(24 * time.Hour)
			w.purge()
			return nil
		}, models.SecretLinkExpired},
	} {
		t.Run(what, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ada := w.customer("ada")
				token := w.handOver(w.root, ada.ID, handover.Form{Passphrase: "a passphrase"}, true)
				if err := tc.end(w, ada.ID); err != nil {
					t.Fatal(err)
				}
				w.wantDead(what, token, tc.why)
				if n := w.count("SELECT count(*) FROM secret_links WHERE sealed IS NOT NULL"); n != 0 {
					t.Errorf("%d contents are left", n)
				}
			})
		})
	}
}

// TestSecretLinkOfAClosedAccount is not made, since it would open nothing.
func TestSecretLinkOfAClosedAccount(t *testing.T) {
	for state, do := range map[string]func(w *world, id string) error{
		"disabled": func(w *world, id string) error { return w.Disable(w.Context(), w.root, id) },
		"ended": func(w *world, id string) error {
			w.tamper(id, func(a *models.Account) { a.ValidUntil = "2000-01-01" })
			return nil
		},
	} {
		t.Run(state, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ada := w.customer("ada")
				if err := do(w, ada.ID); err != nil {
					t.Fatal(err)
				}
				before := w.account(ada.ID).PasswordID
				choice := accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true, HandOver: &handover.Form{How: handover.ByLink}}
				_, err := w.ResetPassword(t.Context(), w.root, ada.ID, choice, "")
				if wrongFields(err) != "hand_over" || w.account(ada.ID).PasswordID != before {
					t.Errorf("the password changed: %t, and the answer is %v", w.account(ada.ID).PasswordID != before, err)
				}
			})
		})
	}
}

// TestSecretLinkOfAChangedPassword: the owner's own choice ends a link that can still be read.
func TestSecretLinkOfAChangedPassword(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.handOver(w.root, ada.ID, handover.Form{Reads: "5"}, true)
		opened := must(w.Handover.Read(t.Context(), token, "", visit))(t)
		who, actor := w.visitor("ada", opened.Password)
		must(w.Sessions.ChangePassword(t.Context(), who, actor, change("", "Another horse 2")))(t)
		w.wantDead("afterwards", token, models.SecretLinkWorthless)
	})
}

// TestSecretLinkIsReadOnce by 20 at the same time.
func TestSecretLinkIsReadOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		for _, passphrase := range []string{"", "a passphrase"} {
			token := w.handOver(w.root, ada.ID, handover.Form{Passphrase: passphrase}, true)
			var all sync.WaitGroup
			var read atomic.Int64
			for range 20 {
				all.Go(func() {
					opened, err := w.Handover.Read(t.Context(), token, passphrase, visit)
					switch {
					case err == nil && opened.Password != "":
						read.Add(1)
					case !errors.Is(err, core.ErrLink):
						t.Errorf("%v", err)
					}
				})
			}
			all.Wait()
			if n := read.Load(); n != 1 {
				t.Errorf("with the passphrase %q it was read %d times", passphrase, n)
			}
		}
		if n := w.count("SELECT count(*) FROM secret_link_reads"); n != 2 {
			t.Errorf("%d receipts", n)
		}
	})
}

// TestPassphraseOfSecretLink: the fifth wrong one ends the link, also if they come at the same time, and right ones do not count.
func TestPassphraseOfSecretLink(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.handOver(w.root, ada.ID, handover.Form{Reads: "100", Passphrase: "Ünlösbar 7"}, true)
		if !must(w.Handover.Find(t.Context(), token))(t).Passphrase {
			t.Error("it asks for no passphrase")
		}
		for range 7 {
			for _, none := range []string{"", strings.Repeat("x", 257)} { // which cannot be right
				if _, err := w.Handover.Read(t.Context(), token, none, visit); wrongFields(err) != "passphrase" {
					t.Errorf("%v", err)
				}
			}
			if _, err := w.Handover.Read(t.Context(), token, "U\u0308nlösbar 7", visit); err != nil {
				t.Errorf("the right one: %v", err)
			}
		}
		for left := 4; left > 0; left-- {
			_, err := w.Handover.Read(t.Context(), token, "wrong", visit)
			if wrong := core.Describe(err); len(wrong) != 1 || wrong[0].Field != "passphrase" || wrong[0].Params["left"] != left {
				t.Errorf("%d left: %v", left, err)
			}
		}
		if _, err := w.Handover.Read(t.Context(), token, "wrong", visit); !errors.Is(err, core.ErrLink) {
			t.Errorf("the last: %v", err)
		}
		w.wantDead("afterwards", token, models.SecretLinkGuessed)
		if events := w.events(models.AuditFilter{Action: core.ActionSecretLinkGuessed}); len(events) != 1 || events[0].SubjectID != ada.ID || events[0].Address != visit.Address {
			t.Errorf("%+v", events)
		}

		token = w.handOver(w.root, ada.ID, handover.Form{Passphrase: "a passphrase"}, true)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { _, _ = w.Handover.Read(t.Context(), token, "wrong", visit) })
		}
		all.Wait()
		w.wantDead("after 20 at once", token, models.SecretLinkGuessed)
	})
}

// TestSecretLinkForm refuses what is out of bounds, and makes neither account nor link then.
func TestSecretLinkForm(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		for _, tc := range []struct {
			form    handover.Form
			lasting bool
			wrong   string
		}{
			{handover.Form{Reads: "0"}, false, "reads"},
			{handover.Form{Reads: "101"}, false, "reads"},
			{handover.Form{Reads: "-1"}, false, "reads"},
			{handover.Form{Reads: "1.5"}, false, "reads"},
			{handover.Form{Reads: strings.Repeat("1", 40)}, false, "reads"},
			{handover.Form{Reads: " 100 "}, false, ""},
			{handover.Form{Minutes: "9"}, false, "valid_minutes"},
			{handover.Form{Minutes: "-10"}, false, "valid_minutes"},
			{handover.Form{Minutes: "10"}, false, ""},
			{handover.Form{Minutes: "10080"}, false, ""},
			{handover.Form{Minutes: "10081"}, false, "valid_minutes"}, // beyond the end of the one-time password
			{handover.Form{Minutes: "43200"}, true, ""},
			{handover.Form{Minutes: "43201"}, true, "valid_minutes"},
			{handover.Form{Minutes: "9223372036854775807"}, true, "valid_minutes"},
			{handover.Form{Passphrase: strings.Repeat("x", 256)}, false, ""},
			{handover.Form{Passphrase: strings.Repeat("x", 257)}, false, "passphrase"},
			{handover.Form{Passphrase: "a\x00b"}, false, "passphrase"},
			{handover.Form{Reads: "0", Minutes: "0", Passphrase: "\n"}, false, "reads valid_minutes passphrase"},
		} {
			choice := accounts.PasswordChoice{Mode: accounts.Generated, OneTime: !tc.lasting, HandOver: &tc.form}
			before := w.account(ada.ID).PasswordID
			_, err := w.ResetPassword(t.Context(), w.root, ada.ID, choice, "")
			if got := wrongFields(err); got != tc.wrong || tc.wrong == "" && err != nil {
				t.Errorf("%+v: %q, %v", tc.form, got, err)
			}
			if changed := w.account(ada.ID).PasswordID != before; changed != (tc.wrong == "") {
				t.Errorf("%+v: the password was changed: %t", tc.form, changed)
			}
		}
	})
}

// TestSecretLinksOfOthers: an organization sees and revokes the links that it made for its customers, a SuperAdmin all.
func TestSecretLinksOfOthers(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, other := w.organization("acme"), w.organization("other")
		ada := w.create(accounts.NewAccount{Name: "ada", Organization: acme.ID})
		bea := w.create(accounts.NewAccount{Name: "bea", Organization: acme.ID})
		w.handOver(as(acme), ada.ID, handover.Form{}, true)
		w.handOver(w.root, bea.ID, handover.Form{}, true)
		for _, tc := range []struct {
			who   core.Actor
			names string
		}{{w.root, "bea ada"}, {as(acme), "ada"}, {as(other), ""}} {
			var names []string
			for _, link := range must(w.Handover.List(t.Context(), tc.who, models.SecretLinkFilter{Limit: 10}))(t).Rows {
				names = append(names, link.Account.Name)
			}
			if got := strings.Join(names, " "); got != tc.names {
				t.Errorf("%s sees %q, want %q", tc.who.Name, got, tc.names)
			}
		}
		if _, err := w.Handover.List(t.Context(), as(ada), models.SecretLinkFilter{Limit: 10}); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("a customer: %v", err)
		}
		beas, adas := w.secretLinks()[0].ID, w.secretLinks()[1].ID
		for _, refused := range []error{
			w.Handover.Revoke(t.Context(), as(acme), beas), w.Handover.Revoke(t.Context(), as(other), adas),
			w.Handover.Revoke(t.Context(), as(ada), adas), w.Handover.Revoke(t.Context(), w.root, w.NewID()), w.Handover.Revoke(t.Context(), w.root, "x"),
		} {
			if !errors.Is(refused, core.ErrNotFound) {
				t.Errorf("%v", refused)
			}
		}
		for range 2 { // the second time nothing happens
			if err := w.Handover.Revoke(t.Context(), as(acme), adas); err != nil {
				t.Error(err)
			}
		}
		if events := w.events(models.AuditFilter{Action: core.ActionSecretLinkRevoked}); len(events) != 1 || events[0].ActorID != acme.ID || events[0].SubjectID != ada.ID {
			t.Errorf("%+v", events)
		}
	})
}

// TestSecretLinksOff: off means off, also for links that exist.
func TestSecretLinksOff(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.handOver(w.root, ada.ID, handover.Form{}, true)
		off := w.another(func(o *accounts.Options) { o.Settings.NoSecretLinks = true })
		off.wantDead("an older one", token, "")
		before := w.account(ada.ID).PasswordID
		_, err := off.ResetPassword(t.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Generated, HandOver: &handover.Form{}}, "")
		if !errors.Is(err, handover.Off) || w.account(ada.ID).PasswordID != before {
			t.Errorf("a new one: %v", err)
		}
		if _, err := off.Handover.List(t.Context(), w.root, models.SecretLinkFilter{Limit: 10}); !errors.Is(err, handover.Off) {
			t.Errorf("the list: %v", err)
		}
		if err := off.Handover.Revoke(t.Context(), w.root, w.secretLinks()[0].ID); !errors.Is(err, handover.Off) {
			t.Errorf("revoking: %v", err)
		}
		if opened := must(w.Handover.Read(t.Context(), token, "", visit))(t); opened.Password == "" {
			t.Error("switched on again, it holds nothing")
		}
	})
}

// TestUnknownSecretLinks are the same as those that have ended.
func TestUnknownSecretLinks(t *testing.T) {
	scenario(t, func(_ *testing.T, w *world) {
		token := w.handOver(w.root, w.customer("ada").ID, handover.Form{}, true)
		for _, wrong := range []string{"", "x", token[1:], token + "x", strings.ToUpper(token), strings.Repeat("x", 10_000), "\xff"} {
			w.wantDead(wrong, wrong, "")
		}
	})
}
