package models_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

func TestAccountRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		elsewhere := time.FixedZone("", -3*60*60)
		at := func(d time.Duration) *time.Time { return ptr(base.Add(d).In(elsewhere)) }
		want := models.Account{
			ID: f.id(), Kind: models.Customer, Name: "Ada", NameKey: "ada", Email: "Ada@example.com",
			EmailKey: "ada@example.com", OrganizationID: ptr(models.DefaultOrganizationID), Technical: true, Locale: "de",
			CreatedAt: *at(time.Microsecond), DisabledAt: at(time.Second), PasswordID: "p", PasswordHash: "h",
			PasswordSetAt: at(123456 * time.Microsecond), OneTime: true, MustChange: true, ExpiryNotice: models.Reminded,
			FailedAttempts: 3, FailedInRow: 4, DeviceFailures: 5, BlockedAt: at(0), BlockedUntil: at(999999 * time.Microsecond),
			LastSignInAt: at(500 * time.Millisecond), ActiveAt: *at(time.Second), ValidFrom: "2026-03-01", ValidUntil: "2026-12-31", EndNotice: "2026-12-31",
			DisabledFor: models.DisabledInactive, InactiveNoticeAt: at(time.Minute),
		}
		f.account(want)
		got := f.again(want.ID)
		for _, when := range times(got) {
			if _, offset := when.Zone(); offset != 0 {
				t.Errorf("%v is not UTC", when)
			}
		}
		if !reflect.DeepEqual(inUTC(got), inUTC(want)) {
			t.Errorf("got  %+v\nwant %+v", inUTC(got), inUTC(want))
		}
	})
}

// TestDeletedAccountRoundTrip: an account that was deleted is restored with every field, its names, password history and mails.
func TestDeletedAccountRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		at := func(d time.Duration) *time.Time { return ptr(base.Add(d)) }
		a := f.account(models.Account{
			Name: "Ada", NameKey: "ada", Email: "Ada@example.com", EmailKey: "ada@example.com", Technical: true, Locale: "de", DisplayName: "Ada L.",
			ExternalID: "7", Phone: "1", Note: "n", CreatedAt: base, DisabledAt: at(time.Second), PasswordID: "p", PasswordHash: "h",
			PasswordSetAt: at(123456 * time.Microsecond), OneTime: true, MustChange: true, ExpiryNotice: models.Reminded, OwnChangeAt: at(0),
			FailedAttempts: 3, FailedInRow: 4, DeviceFailures: 5, BlockedAt: at(0), BlockedUntil: at(time.Microsecond), LastSignInAt: at(0),
			HasFactor: true, HasApp: true, HasPasskey: true, MustSetFactor: true, Emergency: true,
		})
		for i := range 3 {
			f.do(func(tx *models.Tx) error {
				return tx.AddFormerPassword(models.FormerPassword{ID: f.id(), AccountID: a.ID, Hash: "h", SetAt: base, ReplacedAt: base.Add(time.Duration(i))}, 9)
			})
		}
		mail := f.mail(models.Mail{AccountID: &a.ID, State: models.MailSent})
		before := must(f.read().FormerPasswords(a.ID, 9))(t)
		f.do(func(tx *models.Tx) error {
			return tx.KeepDeleted(models.DeletedAccount{ID: f.id(), AccountID: a.ID, DeletedAt: base, DeletedBy: "root", Account: a})
		})
		if keys := must(f.read().ReservedKeys("ada", "ada@example.com", "x"))(t); len(keys) != 2 || keys[0].AccountID != a.ID {
			t.Errorf("reserved are %v", keys)
		}
		if !must(f.read().Confusable("аda", "аda"))(t) {
			t.Error("a name that looks like it is free")
		}
		f.do(func(tx *models.Tx) error {
			kept, err := tx.DeletedAccountForUpdate(a.ID)
			if err != nil {
				return err
			}
			restored := kept.Account
			return tx.RestoreDeleted(kept, &restored)
		})
		if got := f.again(a.ID); !reflect.DeepEqual(inUTC(got), inUTC(a)) {
			t.Errorf("got  %+v\nwant %+v", inUTC(got), inUTC(a))
		}
		if got := must(f.read().FormerPasswords(a.ID, 9))(t); !reflect.DeepEqual(got, before) {
			t.Errorf("its passwords were %+v, are %+v", before, got)
		}
		if got := must(f.read().AccountByIdentifier("ada@example.com"))(t); got.ID != a.ID {
			t.Error("its address does not find it")
		}
		if got := must(f.read().Mail(mail.ID))(t); got.AccountID == nil || *got.AccountID != a.ID || got.DeletedAccountID != nil {
			t.Errorf("its mail is %+v", got)
		}
		if keys := must(f.read().ReservedKeys("ada", "ada@example.com"))(t); len(keys) > 0 {
			t.Errorf("still reserved are %v", keys)
		}
	})
}

func times(a models.Account) []*time.Time {
	return []*time.Time{&a.CreatedAt, a.DisabledAt, a.PasswordSetAt, a.BlockedAt, a.BlockedUntil, a.LastSignInAt, a.InactiveNoticeAt, &a.ActiveAt}
}

func inUTC(a models.Account) models.Account {
	a.CreatedAt, a.ActiveAt = a.CreatedAt.UTC(), a.ActiveAt.UTC()
	for _, when := range []**time.Time{&a.DisabledAt, &a.PasswordSetAt, &a.BlockedAt, &a.BlockedUntil, &a.LastSignInAt, &a.InactiveNoticeAt} {
		if *when != nil {
			*when = ptr((**when).UTC())
		}
	}
	return a
}

func TestAccountSavesEveryColumn(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		full := f.account(models.Account{
			Locale: "de", DisabledAt: &base, PasswordHash: "h", PasswordSetAt: &base, OneTime: true, MustChange: true,
			FailedAttempts: 3, FailedInRow: 4, DeviceFailures: 5, BlockedAt: &base, BlockedUntil: &base, LastSignInAt: &base,
		})
		bare := models.Account{ID: full.ID}
		f.fill(&bare)
		f.do(func(tx *models.Tx) error { return tx.SaveAccount(&bare) })
		if got := f.again(full.ID); !reflect.DeepEqual(inUTC(got), inUTC(bare)) {
			t.Errorf("got  %+v\nwant %+v", got, bare)
		}
	})
}

func TestAccountConstraints(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ada := f.account(models.Account{NameKey: "ada", EmailKey: "ada@example.com"})
		organization := f.account(models.Account{Kind: models.Organization})
		f.account(models.Account{OrganizationID: &organization.ID})
		create := func(a models.Account, keys ...string) func(*models.Tx) error {
			f.fill(&a)
			return func(tx *models.Tx) error { return tx.CreateAccount(&a, keys...) }
		}
		before := len(must(f.read().ListAccounts(models.AccountFilter{Limit: 99}))(t).Rows)
		f.fails(models.ErrTaken, create(models.Account{}, "new", "ada@example.com"))
		f.fails(models.ErrTaken, create(models.Account{}, "same", "same"))
		f.fails(models.ErrTaken, create(models.Account{ID: ada.ID}, "other"))
		f.fails(models.ErrReferenced, create(models.Account{OrganizationID: ptr("nobody")}, "lost"))
		f.fails(models.ErrReferenced, func(tx *models.Tx) error { return tx.DeleteAccount(organization.ID) })
		f.fails(models.ErrTaken, func(tx *models.Tx) error { return tx.ReplaceIdentifiers(organization.ID, "ada") })
		for name, broken := range map[string]models.Account{
			"unknown kind":                    {Kind: "root", OrganizationID: ptr(models.DefaultOrganizationID)},
			"technical organization":          {Kind: models.Organization, Technical: true},
			"organization of an organization": {Kind: models.Organization, OrganizationID: &organization.ID},
			"SuperAdmin of an organization":   {Kind: models.SuperAdmin, OrganizationID: &organization.ID},
		} {
			if err := f.Update(t.Context(), create(broken, name)); err == nil || errors.Is(err, models.ErrTaken) {
				t.Errorf("%s: got %v, want a broken check", name, err)
			}
		}
		if after := len(must(f.read().ListAccounts(models.AccountFilter{Limit: 99}))(t).Rows); after != before {
			t.Errorf("%d rows were left by failed transactions", after-before)
		}
		if got := must(f.read().IdentifierOwner("ada"))(t); got != ada.ID {
			t.Errorf("ada is %s's", got)
		}
	})
}

func TestAccountNotFound(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		gone := models.Account{ID: f.id(), Kind: models.SuperAdmin}
		for name, query := range map[string]func(*models.Tx) error{
			"Account":             func(tx *models.Tx) error { _, err := tx.Account(gone.ID); return err },
			"AccountForUpdate":    func(tx *models.Tx) error { _, err := tx.AccountForUpdate(gone.ID); return err },
			"AccountByIdentifier": func(tx *models.Tx) error { _, err := tx.AccountByIdentifier("gone"); return err },
			"IdentifierOwner":     func(tx *models.Tx) error { _, err := tx.IdentifierOwner("gone"); return err },
			"SaveAccount":         func(tx *models.Tx) error { return tx.SaveAccount(&gone) },
			"SaveAccount of none": func(tx *models.Tx) error { return tx.SaveAccount(&models.Account{}) },
			"DeleteAccount":       func(tx *models.Tx) error { return tx.DeleteAccount(gone.ID) },
		} {
			t.Run(name, func(t *testing.T) { f.fails(models.ErrNotFound, query) })
		}
	})
}

func TestAccountLookUps(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a := f.account(models.Account{Kind: models.SuperAdmin, NameKey: "ada", EmailKey: "ada@example.com"})
		for _, key := range []string{"ada", "ada@example.com"} {
			if got := must(f.read().AccountByIdentifier(key))(t); got.ID != a.ID || got.NameKey != "ada" {
				t.Errorf("%s is %+v", key, got)
			}
		}
		f.do(func(tx *models.Tx) error { return tx.ReplaceIdentifiers(a.ID, "ada", "new@example.com") })
		if _, err := f.read().IdentifierOwner("ada@example.com"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("the old identifier still leads somewhere: %v", err)
		}
		names := must(f.read().Names([]string{a.ID, models.DefaultOrganizationID, "nobody"}))(t)
		if want := map[string]string{a.ID: "ada", models.DefaultOrganizationID: "Default"}; !reflect.DeepEqual(names, want) {
			t.Errorf("got %v, want %v", names, want)
		}
	})
}

func TestDeleteRemovesAccountData(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a := f.account(models.Account{NameKey: "ada"})
		mail := f.mail(models.Mail{AccountID: &a.ID, AccountName: "ada"})
		f.reserve(models.Reservation{ID: f.id(), AccountID: &a.ID, LapsesAt: base})
		f.do(func(tx *models.Tx) error {
			return errors.Join(
				tx.AddFormerPassword(models.FormerPassword{ID: f.id(), AccountID: a.ID, SetAt: base, ReplacedAt: base}, 9),
				tx.CreateDevice(models.Device{ID: f.id(), TokenHash: "d", AccountID: a.ID, CreatedAt: base, LastUsedAt: base, EndsAt: base}),
				tx.CreateSession(models.Session{ID: f.id(), AccountID: a.ID, Kind: models.FullSession}))
		})
		f.do(func(tx *models.Tx) error { return tx.DeleteAccount(a.ID) })
		for _, table := range []string{"identifiers", "former_passwords", "reservations", "devices", "sessions"} {
			var count int
			row := f.SQL().QueryRowContext(t.Context(), "SELECT count(*) FROM "+table+" WHERE account_id = '"+a.ID+"'")
			if err := row.Scan(&count); err != nil || count != 0 {
				t.Errorf("%d rows of %s are left, %v", count, table, err)
			}
		}
		if kept := must(f.read().Mail(mail.ID))(t); kept.AccountID != nil || kept.AccountName != "ada" {
			t.Errorf("the ledger says %+v", kept)
		}
		f.account(models.Account{NameKey: "ada"})
	})
}

func TestSuperAdmins(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		if must(f.read().HasSuperAdmin())(t) {
			t.Error("a fresh database has a SuperAdmin")
		}
		second := f.account(models.Account{Kind: models.SuperAdmin, NameKey: "b"})
		f.account(models.Account{Kind: models.SuperAdmin, NameKey: "off", DisabledAt: &base})
		third := f.account(models.Account{Kind: models.SuperAdmin, NameKey: "a"})
		f.account(models.Account{Kind: models.Organization, NameKey: "acme", Name: "Acme"})
		if !must(f.read().HasSuperAdmin())(t) {
			t.Error("there is a SuperAdmin")
		}
		ended := f.account(models.Account{Kind: models.SuperAdmin, NameKey: "ended", ValidUntil: "2020-01-01"})
		var locked []models.Account
		f.do(func(tx *models.Tx) (err error) { locked, err = tx.LockEnabledSuperAdmins(); return err })
		if want := []string{second.ID, third.ID, ended.ID}; !slices.Equal(idsOf(locked), want) {
			t.Errorf("locked %v, want %v", idsOf(locked), want)
		}
	})
}

// TestConcurrentUpdatesAreNotLost: each of many writers reads a count, adds one and saves it.
func TestConcurrentUpdatesAreNotLost(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a := f.account(models.Account{})
		processes := []*models.DB{f.DB, f.Again(t)}
		const writers = 50
		testkit.Together(writers, func(i int) {
			err := processes[i%2].Update(context.Background(), func(tx *models.Tx) error {
				got, err := tx.AccountForUpdate(a.ID)
				if err != nil {
					return err
				}
				got.FailedAttempts++
				return tx.SaveAccount(&got)
			})
			if err != nil {
				t.Error(err)
			}
		})
		if got := f.again(a.ID).FailedAttempts; got != writers {
			t.Errorf("%d of %d changes are left", got, writers)
		}
	})
}
