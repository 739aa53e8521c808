package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// valid are a first and a last day; "" = no bound.
func valid(from, until string) accounts.ValidDates {
	return accounts.ValidDates{From: &from, Until: &until}
}

// editDates changes nothing but the first and the last day.
func (w *world) editDates(by core.Actor, a models.Account, from, until string) error {
	return w.Edit(w.Context(), by, a.ID, accounts.Edit{Email: a.Email, Locale: a.Locale, Technical: a.Technical, Valid: valid(from, until)})
}

// TestAccountIsOpenOnItsDays: whole days in the zone of the settings, the last one included.
func TestAccountIsOpenOnItsDays(t *testing.T) {
	berlin := must(time.LoadLocation("Europe/Berlin"))(t)
	scenario(t, func(t *testing.T, w *world) {
		ada := w.create(accounts.NewAccount{Name: "ada", Valid: valid("2026-03-04", "2026-03-05")})
		at := func(day, hour, minute int) { w.clock.Set(time.Date(2026, time.March, day, hour, minute, 0, 0, berlin)) }
		state := func() models.State { return w.Policies.Current().State(w.account(ada.ID)) }
		at(3, 23, 59)
		w.refused(1, "ada", secret)
		if got := state(); got != models.NotYetValid {
			t.Errorf("before the first day: %s", got)
		}
		at(4, 0, 0)
		w.signIn("ada", secret)
		at(5, 23, 30)
		token := w.signIn("ada", secret).Token
		at(5, 23, 59)
		if got := state(); got != models.Active || !w.holds(token) {
			t.Errorf("on the last day: %s", got)
		}
		_, actor := w.visitor("ada", secret)
		once := w.create(accounts.NewAccount{Name: "once", Valid: valid("", "2026-03-05"), Password: accounts.PasswordChoice{Text: secret, OneTime: true}})
		pending, byOnce := w.visitor("once", secret)
		at(6, 0, 0)
		if got := state(); got != models.Ended || w.holds(token) {
			t.Errorf("after the last day: %s", got)
		}
		w.refused(1, "ada", secret)
		if err := w.SetLocale(t.Context(), actor, "de"); !errors.Is(err, core.ErrSignedOut) {
			t.Errorf("a request in flight: %v", err)
		}
		if _, err := w.Sessions.ChangePassword(t.Context(), pending, byOnce, change("", newSecret)); !errors.Is(err, core.ErrSignedOut) || !w.account(once.ID).OneTime {
			t.Errorf("a password that was chosen in flight: %v", err)
		}
		if got := w.reasons(ada.ID); got["not-yet-valid"] != 1 || got["ended"] != 1 {
			t.Errorf("the log says %v", got)
		}
	}, func(o *accounts.Options) { o.Settings.Zone = berlin })
}

// TestClosedAccountRefusesCodes: recovery and emergency codes open nothing outside the account's days.
func TestClosedAccountRefusesCodes(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		codes := w.withCodes("ada")
		_, shown := w.withEmergency("ada", 0)
		w.enter("ada", shown)
		for _, days := range [][2]string{{"2026-03-03", ""}, {"", "2026-03-01"}} {
			w.tamper(ada.ID, func(a *models.Account) { a.ValidFrom, a.ValidUntil = days[0], days[1] })
			if _, err := w.Emergency.Enter(t.Context(), "ada", shown, visit); !errors.Is(err, core.ErrSignIn) {
				t.Errorf("%v: an emergency code: %v", days, err)
			}
			if _, err := w.Factors.Recover(t.Context(), "ada", codes[0], visit); !errors.Is(err, core.ErrSignIn) {
				t.Errorf("%v: a recovery code: %v", days, err)
			}
		}
		if got := w.reasons(ada.ID); got["not-yet-valid"] != 2 || got["ended"] != 2 {
			t.Errorf("the log says %v", got)
		}
	})
}

// TestReopenedAccountStaysSignedOut: sessions and emergency access from before the account was closed end for good.
func TestReopenedAccountStaysSignedOut(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		_, shown := w.withEmergency("ada", 24)
		w.enter("ada", shown)
		token := w.signIn("ada", secret).Token
		if err := w.editDates(w.root, ada, "", "2026-03-02"); err != nil || !w.holds(token) {
			t.Fatalf("a last day that has not passed ends the session: %v", err)
		}
		w.clock.Advance(14*time.Hour + 59*time.Minute)
		token = w.signIn("ada", secret).Token
		w.clock.Advance(2 * time.Minute)
		if err := w.editDates(w.root, ada, "", "2026-04-01"); err != nil {
			t.Fatal(err)
		}
		if w.holds(token) {
			t.Error("a session of before the end holds again")
		}
		if _, err := w.Emergency.Enter(t.Context(), "ada", shown, visit); !errors.Is(err, core.ErrSignIn) {
			t.Errorf("the armed code: %v", err)
		}
		w.signIn("ada", secret)
	})
}

func TestEditDates(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		for _, test := range []struct{ from, until, fields string }{
			{"2026-3-1", "", "valid_from"}, {"", "31.12.2026", "valid_until"}, {"x", "2026-02-30", "valid_from valid_until"},
			{"1969-12-31", "3000-01-01", "valid_from valid_until"}, {"2026-03-02", "2026-03-01", "valid_until"},
			{"", "2026-03-01\x00", "valid_until"}, {"", fmt.Sprintf("%70s", "2026-03-01"), "valid_until"},
		} {
			before := w.snapshot(ada.ID)
			err := w.editDates(w.root, ada, test.from, test.until)
			if got := wrongFields(err); got != test.fields {
				t.Errorf("%q %q: %v, want %s", test.from, test.until, err, test.fields)
			}
			if _, err := w.Create(t.Context(), w.root, fill(accounts.NewAccount{Name: "new", Valid: valid(test.from, test.until)})); wrongFields(err) == "" {
				t.Errorf("%q %q: created: %v", test.from, test.until, err)
			}
			if after := w.snapshot(ada.ID); !equal(before, after) {
				t.Errorf("became %+v", after)
			}
		}
		if err := w.editDates(w.root, ada, " 2026-03-01 ", "2026-12-31"); err != nil {
			t.Fatal(err)
		}
		if err := w.Edit(t.Context(), w.root, ada.ID, accounts.Edit{Email: ada.Email, Locale: "de"}); err != nil {
			t.Fatal(err)
		}
		if a := w.account(ada.ID); a.ValidFrom != "2026-03-01" || a.ValidUntil != "2026-12-31" || a.Locale != "de" {
			t.Errorf("days that were not sent became %q %q", a.ValidFrom, a.ValidUntil)
		}
		events := w.events(models.AuditFilter{SubjectID: ada.ID, Action: core.ActionEdited})
		if d := events[len(events)-1].Detail; d["valid-from"] != "2026-03-01" || d["valid-until"] != "2026-12-31" {
			t.Errorf("the log says %v", d)
		}
		if err := w.editDates(w.root, ada, "", ""); err != nil || w.account(ada.ID).ValidUntil != "" {
			t.Errorf("the days stay: %v", err)
		}
	})
}

// TestInvitationFollowsFirstDay: it is sent on the first day, wherever that was moved, and ends as long after it.
func TestInvitationFollowsFirstDay(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		today := w.clock.Now()
		on := func(days int) string { return today.AddDate(0, 0, days).Format(time.DateOnly) }
		for name, test := range map[string]struct{ before, after string }{
			"later":   {on(3), on(20)},
			"earlier": {on(20), on(3)},
			"today":   {on(3), on(0)},
			"never":   {on(3), ""},
			"closed":  {"", on(3)}, // the mail was not sent yet
		} {
			ada := w.create(accounts.NewAccount{Name: name, Valid: valid(test.before, ""), Password: accounts.PasswordChoice{Mode: accounts.ByLink}})
			former := w.links(ada)[0]
			must(0, w.editDates(w.root, ada, test.after, ""))(t)
			due := today
			if test.after > on(0) {
				due = must(time.Parse(time.DateOnly, test.after))(t)
			}
			links := w.links(ada)
			if len(links) != 2 || links[0].Purpose != models.LinkInvitation || !links[0].EndsAt.Equal(due.Add(168*time.Hour)) || w.state(former) != models.LinkRevoked {
				t.Fatalf("%s: the links are %+v", name, links)
			}
			mail := w.mails(models.MailFilter{AccountID: ada.ID, Template: models.MailSetPassword})[0]
			if mail.Data.LinkID != links[0].ID || !mail.NextTryAt.Equal(due) {
				t.Errorf("%s: the mail is due at %v", name, mail.NextTryAt)
			}
			w.clock.Set(due)
			if !w.Mail.StillDue(mail, w.account(ada.ID)) {
				t.Errorf("%s: the mail is dropped when it is due", name)
			}
			must(w.Links.Target(t.Context(), w.token(links[0]), visit))(t)
			w.clock.Set(today)
		}
	})
}

// TestSentInvitationStays when the first day is moved; one whose account gets another address, or is technical now, is not replaced.
func TestSentInvitationStays(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		first := w.clock.Now().AddDate(0, 0, 3).Format(time.DateOnly)
		sent, invitation := w.invited("sent")
		w.do(func(tx *models.Tx) error { return tx.LinkSent(invitation.ID, w.clock.Now()) })
		must(0, w.editDates(w.root, sent, first, ""))(t)
		if links := w.links(sent); len(links) != 1 || links[0].RevokedAt != nil {
			t.Errorf("the links are %+v", links)
		}
		for name, edit := range map[string]accounts.Edit{
			"moved": {Email: "other@example.com"}, "bot": {Email: "bot@example.com", Technical: true}, "over": {Email: "over@example.com", Valid: valid("", "2026-03-01")},
		} {
			account, _ := w.invited(name)
			edit.Valid.From = &first
			if name == "over" {
				edit.Valid.From = new("2026-03-01")
			}
			must(0, w.Edit(t.Context(), w.root, account.ID, edit))(t)
			if links := w.links(account); len(links) != 1 {
				t.Errorf("%s: the links are %+v", name, links)
			}
		}
	})
}

// TestLastSuperAdminDoesNotEnd: on every day to come a SuperAdmin can sign in.
func TestLastSuperAdminDoesNotEnd(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		second := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "second"})
		root := w.account(w.root.ID)
		bySecond := as(second)
		must(0, w.editDates(w.root, second, "", "2026-12-31"))(t)
		// Now only root stays for ever.
		for name, do := range map[string]func() error{
			"disable":    func() error { return w.Disable(t.Context(), bySecond, root.ID) },
			"delete":     func() error { return w.Delete(t.Context(), core.CommandLine, root.ID, "root") },
			"ends later": func() error { return w.editDates(bySecond, root, "", "2027-12-31") },
			"a gap":      func() error { return w.editDates(bySecond, root, "2027-01-02", "") },
		} {
			if err := do(); !errors.Is(err, core.ErrLastSuperAdmin) && wrongFields(err) != "valid_until" {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(0, w.editDates(bySecond, root, "2027-01-01", ""))(t) // follows without a gap
		w.refused(1, "root", secret)
		if err := w.Disable(t.Context(), core.CommandLine, second.ID); !errors.Is(err, core.ErrLastSuperAdmin) {
			t.Errorf("the only one until the other begins: %v", err)
		}
	})
}

// TestEndIsNoticedOnce: 14 days before the last day, once in two processes, and anew after the day was moved.
func TestEndIsNoticedOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		other := w.another()
		ada := w.create(accounts.NewAccount{Name: "ada", Valid: valid("", "2026-03-20")})
		bot := w.create(accounts.NewAccount{Name: "bot", Technical: true, Valid: valid("", "2026-03-20")})
		off := w.create(accounts.NewAccount{Name: "off", Valid: valid("", "2026-03-20")})
		must(0, w.Disable(t.Context(), w.root, off.ID))(t)
		w.create(accounts.NewAccount{Name: "early", Valid: valid("2026-03-19", "2026-03-20")})
		w.create(accounts.NewAccount{Name: "over", Valid: valid("", "2026-03-01")})
		deadlines := func(a models.Account) (days []string) {
			for _, mail := range w.mails(models.MailFilter{AccountID: a.ID, Template: models.MailDeadline}) {
				if mail.Data.Deadline != models.DeadlineEnd || mail.Urgent {
					t.Errorf("the mail is %+v", mail)
				}
				days = append(days, mail.Data.Day)
			}
			slices.Sort(days)
			return days
		}
		sweepTogether := func() {
			testkit.Together(4, func(i int) {
				if _, err := []*world{w, other}[i%2].Sweep(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		w.clock.Set(time.Date(2026, time.March, 5, 23, 59, 59, 0, time.UTC))
		w.sweeps("15 days before", nothing)
		w.clock.Advance(time.Second)
		sweepTogether()
		w.sweeps("again", nothing)
		if got := w.count("SELECT count(*) FROM mails WHERE template = 'latchkey-deadline'"); got != 2 || !equal(deadlines(ada), []string{"2026-03-20"}) || len(deadlines(bot)) != 1 {
			t.Fatalf("%d mails, to ada %v, to bot %v", got, deadlines(ada), deadlines(bot))
		}
		mail := w.mails(models.MailFilter{AccountID: ada.ID, Template: models.MailDeadline})[0]
		must(0, w.editDates(w.root, w.account(ada.ID), "", "2026-04-20"))(t)
		if w.Mail.StillDue(mail, w.account(ada.ID)) {
			t.Error("the mail about the former day is still true")
		}
		w.sweeps("moved away", nothing)
		must(0, w.editDates(w.root, w.account(ada.ID), "", "2026-03-18"))(t)
		sweepTogether()
		if got := deadlines(ada); !equal(got, []string{"2026-03-18", "2026-03-20"}) {
			t.Errorf("after the day was moved: %v", got)
		}
		must(0, w.Enable(t.Context(), w.root, off.ID))(t)
		sweepTogether()
		if len(deadlines(off)) != 1 {
			t.Error("the owner of an account that was enabled again is not notified")
		}
		w.clock.Set(time.Date(2026, time.March, 19, 0, 0, 0, 0, time.UTC))
		w.sweeps("the first day is near the last one", map[string]int{models.MailDeadline: 1}) // of which the operators know
	})
}

// TestOperatorsAreNotifiedOfEnds: one mail to each operator about a day, not one for each account, and none if the days were moved.
func TestOperatorsAreNotifiedOfEnds(t *testing.T) {
	const many = 510 // more than one transaction takes
	scenario(t, func(t *testing.T, w *world) {
		acme, other := w.organization("acme"), w.organization("other")
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "second", Valid: valid("", "2026-03-20")})
		w.many(many)
		w.exec("UPDATE accounts SET valid_until = '2026-03-20' WHERE kind = 'organization' AND email LIKE '%@x.example'")
		var ending []models.Account
		for _, name := range []string{"ada", "bob"} {
			ending = append(ending, w.create(accounts.NewAccount{Name: name, Organization: acme.ID, Valid: valid("", "2026-03-20")}))
		}
		w.create(accounts.NewAccount{Name: "carl", Valid: valid("", "2026-03-20")})
		w.create(accounts.NewAccount{Name: "dora", Organization: other.ID, Valid: valid("", "2026-03-21")})
		w.clock.Set(time.Date(2026, time.March, 6, 0, 0, 0, 0, time.UTC))
		processes := []*world{w, w.another()}
		for range 2 {
			testkit.Together(4, func(i int) { must(processes[i%2].Sweep(context.Background()))(t) })
		}
		got := map[string]string{}
		notices := w.mails(models.MailFilter{Template: models.MailOperator})
		for _, mail := range notices {
			got[mail.AccountName] += fmt.Sprint(mail.Data.Day, " ", mail.Data.Count)
		}
		if want := map[string]string{"root": fmt.Sprint("2026-03-20 ", many+4), "second": fmt.Sprint("2026-03-20 ", many+3), "acme": "2026-03-20 2"}; !equal(got, want) {
			t.Fatalf("notified: %v, want %v", got, want)
		}
		if owners := len(w.mails(models.MailFilter{Template: models.MailDeadline})); owners != many+4 {
			t.Errorf("%d owners are notified", owners)
		}
		for _, a := range ending {
			for _, mail := range notices {
				if mail.AccountName != "acme" {
					continue
				}
				if still := must(w.Mail.StillEnd(t.Context(), mail, acme))(t); !still {
					t.Error("the mail is not true while an account ends")
				}
			}
			must(0, w.editDates(w.root, w.account(a.ID), "", "2026-12-31"))(t)
		}
		for _, mail := range notices {
			still := must(w.Mail.StillEnd(t.Context(), mail, w.account(*mail.AccountID)))(t)
			if want := mail.AccountName != "acme"; still != want {
				t.Errorf("the mail to %s: %t", mail.AccountName, still)
			}
		}
		w.exec("UPDATE accounts SET valid_until = '' WHERE name <> 'second'")
		for _, mail := range notices {
			if still := must(w.Mail.StillEnd(t.Context(), mail, w.account(*mail.AccountID)))(t); still != (mail.AccountName == "root") {
				t.Errorf("only the account of second ends, and the mail to %s: %t", mail.AccountName, still)
			}
		}
	})
}

// TestSuperAdminsEndEachOther: two SuperAdmins give each other a last day concurrently, in two processes; one stays without.
func TestSuperAdminsEndEachOther(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		processes := []*world{w, w.another()}
		first := w.account(w.root.ID)
		second := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "second"})
		both := []models.Account{first, second}
		for round := range 5 {
			var done, refused atomic.Int64
			testkit.Together(2, func(i int) {
				switch err := processes[i].editDates(as(both[i]), both[1-i], "", "2026-12-31"); {
				case err == nil:
					done.Add(1)
				case wrongFields(err) == "valid_until":
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
			if done.Load() != 1 || refused.Load() != 1 {
				t.Fatalf("round %d: %d have an end, %d were refused", round, done.Load(), refused.Load())
			}
			w.exec("UPDATE accounts SET valid_until = '' WHERE kind = 'superadmin'")
		}
	})
}

// TestOneTimePasswordLastsFromTheFirstDay of the account: before that it cannot be used.
func TestOneTimePasswordLastsFromTheFirstDay(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		first := w.clock.Now().AddDate(0, 0, 10).Truncate(24 * time.Hour)
		created := must(w.Create(t.Context(), w.root, fill(accounts.NewAccount{
			Name: "ada", Valid: accounts.ValidDates{From: new(first.Format(time.DateOnly))},
			Password: accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true},
		})))(t)
		rules := w.Policies.Current()
		if at, ok := rules.LapsesAt(created.Account); !ok || !at.Equal(first.Add(168*time.Hour)) {
			t.Errorf("it lapses at %v", at)
		}
		for after, want := range map[time.Duration]models.State{0: models.OneTimeWaiting, 168*time.Hour - time.Second: models.OneTimeWaiting, 168 * time.Hour: models.OneTimeLapsed} {
			w.clock.Set(first.Add(after))
			if got := rules.State(w.account(created.Account.ID)); got != want {
				t.Errorf("%v after the first day it is %s, want %s", after, got, want)
			}
			list, err := w.List(t.Context(), w.root, models.AccountFilter{State: want, Limit: 10, Sort: models.ByName})
			if err != nil || len(list.Rows) != 1 {
				t.Errorf("%v after: %d accounts in the list of %s, %v", after, len(list.Rows), want, err)
			}
		}
	})
}
