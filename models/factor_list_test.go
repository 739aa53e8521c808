package models_test

import (
	"testing"

	"latchkey/models"
)

// factor writes a second factor of an account.
func (f *fixture) factor(accountID string, kind models.FactorKind, confirmed bool) models.Factor {
	f.Helper()
	factor := models.Factor{ID: f.id(), AccountID: accountID, Kind: kind, Secret: []byte{}, CreatedAt: base}
	if confirmed {
		factor.ConfirmedAt = ptr(base)
	}
	if kind == models.PasskeyFactor {
		factor.CredentialID, factor.RPID = &factor.ID, "host.test"
	}
	f.do(func(tx *models.Tx) error { return tx.CreateFactor(factor) })
	return factor
}

// wantFactors fails the test unless the lists by second factor have the accounts.
func (f *fixture) wantFactors(what string, none, app, passkey []string) {
	f.Helper()
	for kind, want := range map[models.FactorKind][]string{models.NoFactor: none, models.TOTPFactor: app, models.PasskeyFactor: passkey} {
		for _, filter := range []models.AccountFilter{{}, {Kind: models.Customer}, {OrganizationID: models.DefaultOrganizationID}, {Sort: models.Newest}} {
			filter.Factor = kind
			if got := f.list(filter); !sameSet(got, want) {
				f.Errorf("%s: %+v lists %v, want %v", what, filter, got, want)
			}
		}
	}
}

// TestListsByFactorFollowChanges of the factors that count. Technical accounts have none, and need none.
func TestListsByFactorFollowChanges(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a, b := f.account(models.Account{}).ID, f.account(models.Account{}).ID
		f.account(models.Account{Technical: true})
		f.wantFactors("at first", []string{a, b}, nil, nil)
		app := f.factor(a, models.TOTPFactor, false)
		f.wantFactors("an app that is set up", []string{a, b}, nil, nil)
		f.do(func(tx *models.Tx) error { return tx.ConfirmFactor(a, app.ID, "Phone", 1, base) })
		f.wantFactors("an app", []string{b}, []string{a}, nil)
		key := f.factor(a, models.PasskeyFactor, true)
		second := f.factor(a, models.PasskeyFactor, true)
		f.factor(b, models.PasskeyFactor, true)
		f.wantFactors("passkeys too", nil, []string{a}, []string{a, b})
		f.do(func(tx *models.Tx) error { return tx.DeleteFactor(a, key.ID) })
		f.wantFactors("one passkey less", nil, []string{a}, []string{a, b})
		f.do(func(tx *models.Tx) error { return tx.DeleteFactor(a, second.ID) })
		f.wantFactors("no passkey", nil, []string{a}, []string{b})
		f.do(func(tx *models.Tx) error { _, err := tx.DeleteFactors(a); return err })
		f.wantFactors("nothing", []string{a}, nil, []string{b})
	})
}

// TestFactorsAreNotedByTheMigration: accounts that have factors already are in the lists.
func TestFactorsAreNotedByTheMigration(t *testing.T) {
	older(t, func(t *testing.T, f *fixture) {
		ids := map[string]string{}
		for _, name := range []string{"none", "begun", "app", "passkey", "both"} {
			ids[name] = f.old(name, name, name+"@example.com", name+"@example.com")
		}
		if err := f.MigrateTo(t.Context(), 21); err != nil {
			t.Fatal(err)
		}
		const confirmed = "'2026-01-02 03:04:05+00:00'"
		for _, factor := range []struct{ account, kind, confirmed string }{
			{"begun", "totp", "NULL"}, {"app", "totp", confirmed}, {"passkey", "passkey", confirmed}, {"both", "totp", confirmed}, {"both", "passkey", confirmed},
		} {
			f.exec("INSERT INTO factors (id, account_id, kind, confirmed_at, title, secret, last_step, created_at) VALUES ('" +
				f.id() + "', '" + ids[factor.account] + "', '" + factor.kind + "', " + factor.confirmed + ", '', '', 0, " + confirmed + ")")
		}
		f.exec("UPDATE accounts SET has_factor = TRUE WHERE name IN ('app', 'passkey', 'both')")
		must(f.Migrate(t.Context()))(t)
		f.wantFactors("migrated", []string{ids["none"], ids["begun"]}, []string{ids["app"], ids["both"]}, []string{ids["passkey"], ids["both"]})
	})
}
