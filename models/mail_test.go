package models_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// claim claims mails like a worker.
func (f *fixture) claim(db *models.DB, lease string, now time.Time, limit int) (rows []models.Mail) {
	f.Helper()
	return f.claimShared(db, lease, now, limit, 0)
}

// claimShared claims mails, and keeps places for those that are not urgent.
func (f *fixture) claimShared(db *models.DB, lease string, now time.Time, limit, reserved int) (rows []models.Mail) {
	f.Helper()
	err := db.Update(context.Background(), func(tx *models.Tx) (err error) {
		rows, err = tx.ClaimMails(lease, now, now.Add(time.Minute), limit, reserved)
		return err
	})
	if err != nil {
		f.Error(err)
	}
	return rows
}

func TestMailRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a := f.account(models.Account{})
		want := models.Mail{
			Template: "t", OnceKey: "k", AccountID: &a.ID, AccountName: "ada", PasswordID: "p", Recipient: "r@example.com",
			Locale: "de", State: models.MailFailed, Urgent: true, CreatedAt: base.Add(time.Millisecond), Tries: 3, NextTryAt: base,
			LeaseUntil: ptr(base.Add(1)), LeaseID: "l", LastTryAt: &base, LastAnswer: "550", MessageID: "<m@h>", DoneAt: &base, RetriedAt: &base,
			Subject: "s", TextBody: "t", HTMLBody: "h", DeletedAccountID: ptr("d"),
			Data: models.MailData{ExpiresAt: base, BlockedAt: base, BlockedUntil: base, Attempts: 10, Technical: true},
		}
		want.LeaseUntil = ptr(base.Add(time.Microsecond))
		want = f.mail(want)
		got := must(f.read().Mail(want.ID))(t)
		if fmt.Sprintf("%+v", flat(got)) != fmt.Sprintf("%+v", flat(want)) {
			t.Errorf("got  %+v\nwant %+v", flat(got), flat(want))
		}
		f.fails(models.ErrTaken, func(tx *models.Tx) error {
			return tx.QueueMail(&models.Mail{ID: f.id(), OnceKey: "k", State: models.MailWaiting})
		})
		if _, err := f.read().Mail("gone"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
}

// flat replaces a mail's pointers by their values.
func flat(m models.Mail) map[string]any {
	fields := map[string]any{}
	for name, value := range reflect.ValueOf(m).Fields() {
		fields[name.Name] = reflect.Indirect(value).Interface()
	}
	return fields
}

// TestClaimMailsOnce: many workers of two processes claim every mail once, whether urgent or not.
func TestClaimMailsOnce(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		const mails = 120
		for i := range mails {
			f.mail(models.Mail{Urgent: i%3 == 0})
		}
		late := f.mail(models.Mail{NextTryAt: base.Add(time.Microsecond)})
		for _, state := range models.MailStates() {
			if state != models.MailWaiting && state != models.MailSending {
				f.mail(models.Mail{State: state})
			}
		}
		processes := []*models.DB{f.DB, f.Again(t)}
		var mu sync.Mutex
		taken := map[string]int{}
		testkit.Together(16, func(i int) {
			for {
				rows := f.claimShared(processes[i%2], fmt.Sprint("worker ", i), base, 7, i%3)
				if len(rows) == 0 {
					return
				}
				mu.Lock()
				for _, row := range rows {
					taken[row.ID]++
				}
				mu.Unlock()
			}
		})
		if len(taken) != mails || taken[late.ID] != 0 {
			t.Errorf("%d mails were taken, want %d", len(taken), mails)
		}
		for id, times := range taken {
			if times != 1 {
				t.Errorf("%s was taken %d times", id, times)
			}
		}
	})
}

func TestClaimOrderAndLimit(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		third := f.mail(models.Mail{NextTryAt: base})
		first := f.mail(models.Mail{NextTryAt: base.Add(-500 * time.Millisecond)})
		second := f.mail(models.Mail{NextTryAt: base.Add(-time.Microsecond)})
		var got []string
		for _, row := range f.claim(f.DB, "a", base, 2) {
			got = append(got, row.ID)
		}
		if !sameSet(got, []string{first.ID, second.ID}) {
			t.Errorf("took %v, want the two that are due longest", got)
		}
		if rest := f.claim(f.DB, "b", base, 9); len(rest) != 1 || rest[0].ID != third.ID {
			t.Errorf("the rest is %+v", rest)
		}
	})
}

// TestUrgentMailsAreClaimedFirst: an urgent mail comes before all others, however many were due before it, and before those of dead
// workers. The reserved places are for others as long as there are others.
func TestUrgentMailsAreClaimedFirst(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		const reminders, urgents = 1000, 12
		queued := make([]models.Mail, reminders)
		for i := range queued {
			id := f.id()
			queued[i] = models.Mail{ID: id, OnceKey: id, State: models.MailWaiting, CreatedAt: base, NextTryAt: base.Add(time.Duration(i-reminders) * time.Second)}
		}
		f.do(func(tx *models.Tx) error { _, err := tx.QueueNotices(queued); return err })
		dead := f.claim(f.DB, "dead", base.Add(-time.Minute), 1)[0].ID // whose lease has ended
		for i := range urgents {
			f.mail(models.Mail{ID: fmt.Sprintf("urgent %02d", i), Urgent: true, NextTryAt: base.Add(time.Duration(i-urgents) * time.Microsecond)})
		}
		retried := f.mail(models.Mail{Urgent: true, NextTryAt: base.Add(time.Microsecond)})
		wants := func(limit, reserved int, want ...string) {
			t.Helper()
			var got []string
			for _, row := range f.claimShared(f.DB, "lease", base, limit, reserved) {
				got = append(got, row.ID)
			}
			if !sameSet(got, want) {
				t.Errorf("of %d places %d are reserved: %v, want %v", limit, reserved, got, want)
			}
		}
		wants(1, 0, "urgent 00")
		wants(2, 0, "urgent 01", "urgent 02")
		wants(1, 1, dead)
		wants(5, 3, "urgent 03", "urgent 04", queued[1].ID, queued[2].ID, queued[3].ID)
		f.Exec(t, "UPDATE mails SET state = 'sent' WHERE state = 'waiting' AND NOT urgent AND id <> '"+queued[500].ID+"'")
		wants(6, 3, "urgent 05", "urgent 06", "urgent 07", queued[500].ID, "urgent 08", "urgent 09")
		wants(9, 3, "urgent 10", "urgent 11")
		if m := must(f.read().Mail(retried.ID))(t); m.State != models.MailWaiting {
			t.Error("a mail was claimed before its next try is due")
		}
	})
}

// TestQueuedMailsBecomeUrgent: the migration makes those urgent that wait or can be sent again, by their template.
func TestQueuedMailsBecomeUrgent(t *testing.T) {
	older(t, func(t *testing.T, f *fixture) {
		if err := f.MigrateTo(t.Context(), 20); err != nil {
			t.Fatal(err)
		}
		for i, row := range [][3]string{
			{models.MailReminder, "waiting", "a"}, {models.MailExpiration, "waiting", "b"}, {models.MailBlacklisted, "waiting", "c"},
			{models.MailSecurity, "sending", "d"}, {models.MailSecurity, "failed", "e"}, {models.MailReminder, "failed", models.TestMailKey("f")},
			{models.MailSecurity, "sent", "g"},
		} {
			f.exec(fmt.Sprintf(`INSERT INTO mails (id, template, once_key, account_name, recipient, locale, data, message_id, state, created_at, next_try_at)
				VALUES ('%d', '%s', '%s', '', '', '', '{}', '', '%s', '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00')`, i, row[0], row[2], row[1]))
		}
		must(f.Migrate(t.Context()))(t)
		if got := f.strings("SELECT id FROM mails WHERE urgent ORDER BY id"); !slices.Equal(got, []string{"2", "3", "4", "5"}) {
			t.Errorf("urgent are %v", got)
		}
	})
}

func TestLeases(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		id := f.mail(models.Mail{Data: models.MailData{Attempts: 10}}).ID
		first := f.claim(f.DB, "first", base, 1)[0]
		if first.ID != id || first.Tries != 1 || first.State != models.MailSending || !first.LeaseUntil.Equal(base.Add(time.Minute)) ||
			first.LastTryAt == nil || first.Data.Attempts != 10 {
			t.Errorf("claimed %+v", first)
		}
		if early := f.claim(f.DB, "second", base.Add(time.Minute-time.Microsecond), 1); len(early) != 0 {
			t.Error("a mail was taken before its lease ended")
		}
		again := f.claim(f.DB, "second", base.Add(time.Minute), 1)
		if len(again) != 1 || again[0].Tries != 2 {
			t.Fatalf("after the lease got %+v", again)
		}
		first.State, first.LastAnswer = models.MailSent, "by the first"
		f.settles(first, false)
		second := again[0]
		second.State, second.DoneAt, second.Subject, second.LastAnswer = models.MailSent, &base, "subject", "250"
		f.settles(second, true)
		got := must(f.read().Mail(id))(t)
		if got.State != models.MailSent || got.LeaseID != "" || got.LeaseUntil != nil || got.LastAnswer != "250" || got.Subject != "subject" {
			t.Errorf("settled as %+v", got)
		}
		second.LeaseID = "second"
		f.settles(second, false)
		if rows := f.claim(f.DB, "third", base.Add(time.Hour), 1); len(rows) != 0 {
			t.Error("a mail that was sent is taken again")
		}
	})
}

// settles stores an outcome, and checks whether the worker still had the lease.
func (f *fixture) settles(mail models.Mail, want bool) {
	f.Helper()
	f.do(func(tx *models.Tx) error {
		settled, err := tx.SettleMails([]models.Mail{mail})
		if settled[mail.ID] != want {
			f.Errorf("lease %q: settled is %t", mail.LeaseID, !want)
		}
		return err
	})
}

// Outcomes are stored together, except those of mails that another worker has taken over.
func TestSettleMails(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		var ids []string
		for range 3 {
			ids = append(ids, f.mail(models.Mail{}).ID)
		}
		mails := f.claim(f.DB, "first", base, 3)
		slices.SortFunc(mails, func(a, b models.Mail) int { return strings.Compare(a.ID, b.ID) })
		f.do(func(tx *models.Tx) error { return tx.ReleaseMails("first", ids[1:2]) })
		f.claim(f.DB, "second", base, 1)
		done, next := base.Add(time.Second), base.Add(time.Hour)
		mails[0].State, mails[0].DoneAt, mails[0].LastAnswer = models.MailSent, &done, "250"
		mails[1].State, mails[1].DoneAt = models.MailSent, &done
		mails[2].State, mails[2].NextTryAt, mails[2].LastAnswer = models.MailWaiting, next, "451"
		f.do(func(tx *models.Tx) error {
			settled, err := tx.SettleMails(mails)
			if len(settled) != 2 || settled[ids[1]] {
				t.Errorf("settled %v", settled)
			}
			return err
		})
		sent, taken, later := must(f.read().Mail(ids[0]))(t), must(f.read().Mail(ids[1]))(t), must(f.read().Mail(ids[2]))(t)
		if sent.State != models.MailSent || !sent.DoneAt.Equal(done) || sent.LastAnswer != "250" || sent.LeaseID != "" {
			t.Errorf("sent: %+v", sent)
		}
		if taken.State != models.MailSending || taken.LeaseID != "second" {
			t.Errorf("taken over: %+v", taken)
		}
		if later.State != models.MailWaiting || !later.NextTryAt.Equal(next) || later.DoneAt != nil || later.LastAnswer != "451" {
			t.Errorf("tried again later: %+v", later)
		}
	})
}

func TestRetryMail(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		for _, state := range models.MailStates() {
			id := f.mail(models.Mail{State: state, DoneAt: &base, NextTryAt: base, Tries: 4}).ID
			err := f.Update(t.Context(), func(tx *models.Tx) error { return tx.RetryMail(id, base.Add(time.Hour)) })
			got := must(f.read().Mail(id))(t)
			if state != models.MailFailed {
				if !errors.Is(err, models.ErrNotFound) || got.State != state {
					t.Errorf("%s: became %s, %v", state, got.State, err)
				}
			} else if err != nil || got.State != models.MailWaiting || got.DoneAt != nil || !got.NextTryAt.Equal(base.Add(time.Hour)) {
				t.Errorf("%s: became %+v, %v", state, got, err)
			}
		}
	})
}

func TestListAndCountMails(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a := f.account(models.Account{})
		var ids []string
		for i := range 7 {
			ids = append(ids, f.mail(models.Mail{Template: "t", AccountID: &a.ID, TextBody: "b", CreatedAt: base.Add(time.Duration(i) * time.Second)}).ID)
		}
		held := f.mail(models.Mail{Template: "t", AccountID: &a.ID, State: models.MailHeldBack, Recipient: "r", CreatedAt: base.Add(time.Hour)})
		slices.Reverse(ids)
		all := append([]string{held.ID}, ids...)
		var walked []string
		for filter, more := (models.MailFilter{Limit: 3}), true; more; {
			page := must(f.read().ListMails(filter))(t)
			for _, row := range page.Rows {
				walked = append(walked, row.ID)
				if row.TextBody != "" {
					t.Error("a list has bodies")
				}
			}
			filter.After, more = walked[len(walked)-1], page.More
		}
		if !slices.Equal(walked, all) {
			t.Errorf("walked %v, want %v", walked, all)
		}
		back := must(f.read().ListMails(models.MailFilter{Before: all[5], Limit: 2}))(t)
		if len(back.Rows) != 2 || back.Rows[0].ID != all[3] || back.Rows[1].ID != all[4] || !back.More {
			t.Errorf("backwards got %+v", back)
		}
		for name, filter := range map[string]models.MailFilter{
			"state": {State: models.MailHeldBack}, "recipient": {Recipient: "r"}, "both": {AccountID: a.ID, State: models.MailHeldBack, Template: "t"},
		} {
			filter.Limit = 9
			if got := must(f.read().ListMails(filter))(t).Rows; len(got) != 1 || got[0].ID != held.ID {
				t.Errorf("%s: got %+v", name, got)
			}
		}
		if got := must(f.read().CountMails(a.ID, "t", base))(t); got != 6 {
			t.Errorf("counted %d, want those after the time that were not held back", got)
		}
		if got := must(f.read().CountMailsIn(models.MailWaiting, 5))(t); got != 5 {
			t.Errorf("counted to %d, want 5", got)
		}
		if got := must(f.read().CountMailsIn(models.MailHeldBack, 5))(t); got != 1 {
			t.Errorf("counted %d", got)
		}
	})
}
