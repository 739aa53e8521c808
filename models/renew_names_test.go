package models_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// older runs a test on a database of each engine whose schema is that before names were compared by full case folding.
func older(t *testing.T, run func(t *testing.T, f *fixture)) {
	t.Helper()
	testkit.Parallel(t)
	for engine, open := range map[models.Engine]func(*testing.T) *models.DB{
		models.SQLite:   func(t *testing.T) *models.DB { return must(models.OpenSQLite(filepath.Join(t.TempDir(), "old.db")))(t) },
		models.Postgres: func(t *testing.T) *models.DB { return must(models.OpenPostgres(testdb.EmptyPostgres(t)))(t) },
	} {
		t.Run(string(engine), func(t *testing.T) {
			testkit.Parallel(t)
			f := &fixture{TB: t, Database: testdb.Database{DB: open(t)}}
			t.Cleanup(func() { _ = f.Close() })
			if err := f.MigrateTo(t.Context(), 8); err != nil {
				t.Fatal(err)
			}
			run(t, f)
		})
	}
}

// old writes an account as earlier versions did, whose name keys were only lower-cased.
func (f *fixture) old(name, key, email, emailKey string) (id string) {
	f.Helper()
	id = f.id()
	f.exec(fmt.Sprintf(`INSERT INTO accounts (id, kind, name, name_key, email, email_key, organization_id, created_at)
		VALUES ('%s', 'customer', '%s', '%s', '%s', '%s', '%s', '2026-01-01 00:00:00+00:00')`, id, name, key, email, emailKey, models.DefaultOrganizationID))
	f.exec(fmt.Sprintf("INSERT INTO identifiers (key, account_id) VALUES ('%s', '%s')", key, id))
	if emailKey != key {
		f.exec(fmt.Sprintf("INSERT INTO identifiers (key, account_id) VALUES ('%s', '%s')", emailKey, id))
	}
	return id
}

func (f *fixture) exec(statement string) {
	f.Helper()
	if _, err := f.SQL().ExecContext(f.Context(), statement); err != nil {
		f.Fatal(err)
	}
}

// TestNameKeysAreRecomputed: the migration gives names their new keys. If names get equal keys, the oldest account gets the new
// key, and the others keep their old ones.
func TestNameKeysAreRecomputed(t *testing.T) {
	older(t, func(t *testing.T, f *fixture) {
		keys := map[string]string{} // by the account's id
		for _, a := range []struct{ name, old, now string }{
			{"Γιάννης", "γιάννης", "γιάννης"}, {"ΓΙΆΝΝΗΣ", "γιάννησ", "γιάννησ"}, // the second had it before
			{"Maßstraße", "maßstraße", "massstrasse"}, {"Massstraße", "massstraße", "massstraße"},
			{"Weiß", "weiß", "weiss"}, {"Νίκος", "νίκος", "νίκοσ"}, {"scope", "scope", "scope"}, {"ѕсоре", "ѕсоре", "ѕсоре"},
			{"anna1", "anna1", "anna1"}, {"annal", "annal", "annal"}, {"jörg1", "jörg1", "jörg1"}, {"jörgl", "jörgl", "jörgl"},
		} {
			id := f.old(a.name, a.old, "", fmt.Sprint(len(keys))+"@example.com")
			keys[id] = a.now
		}
		named := f.old("user@bücher.example", "user@xn--bcher-kva.example", "user@bücher.example", "user@xn--bcher-kva.example")
		keys[named] = "user@xn--bcher-kva.example"

		done := must(f.Migrate(t.Context()))(t)
		if done.Renewed != len(keys)+1 { // and Default
			t.Errorf("%d of %d were computed anew", done.Renewed, len(keys)+1)
		}
		for id, key := range keys {
			a := f.again(id)
			owner := must(f.read().IdentifierOwner(key))(t)
			if a.NameKey != key || owner != id {
				t.Errorf("%q has the key %q, which is %s's; want %q of %s", a.Name, a.NameKey, owner, key, id)
			}
		}
		if got := f.list(models.AccountFilter{Search: "bücher"}); !slices.Equal(got, []string{named}) {
			t.Errorf("searched for what is shown: %v", got)
		}
		want := []string{"true Maßstraße Massstraße", "true Γιάννης ΓΙΆΝΝΗΣ", "false scope ѕсоре", "false anna1 annal", "false jörg1 jörgl"}
		if got := f.conflicts(); !sameSet(got, want) {
			t.Errorf("conflicts are %q, want %q", got, want)
		}
		if again := must(f.Migrate(t.Context()))(t); again.Renewed != 0 {
			t.Errorf("the next start computes %d anew", again.Renewed)
		}
	})
}

func (f *fixture) conflicts() (all []string) {
	f.Helper()
	for _, conflict := range must(f.read().NameConflicts(99))(f) {
		parts := []string{fmt.Sprint(conflict.Same)}
		for _, account := range conflict.Accounts {
			parts = append(parts, account.Name)
		}
		all = append(all, strings.Join(parts, " "))
	}
	return all
}

// TestRecomputationResumesAfterInterruption: completed batches are kept, and the next start computes the rest.
func TestRecomputationResumesAfterInterruption(t *testing.T) {
	const count = 2500
	older(t, func(t *testing.T, f *fixture) {
		numbered := fmt.Sprintf("WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %d)", count)
		f.exec(fmt.Sprintf(`INSERT INTO accounts (id, kind, name, name_key, email, email_key, organization_id, created_at) %s
			SELECT 'id' || (10000 + n), 'customer', 'Weiß' || n, 'weiß' || n, '', n || '@example.com', '%s', '2026-01-01 00:00:00+00:00' FROM s`,
			numbered, models.DefaultOrganizationID))
		f.exec(fmt.Sprintf("INSERT INTO identifiers (key, account_id) %s SELECT 'weiß' || n, 'id' || (10000 + n) FROM s", numbered))
		if err := f.MigrateTo(t.Context(), 34); err != nil {
			t.Fatal(err)
		}
		f.do(func(tx *models.Tx) error { return tx.RenewSome() })
		if got := f.strings("SELECT name_key FROM accounts WHERE name_key LIKE 'weiss%'"); len(got) == 0 || len(got) == count {
			t.Fatalf("one batch computed %d of %d", len(got), count)
		}
		must(f.Migrate(t.Context()))(t)
		for table, want := range map[string]int{"accounts WHERE name_key LIKE 'weiss%'": count, "identifiers WHERE key LIKE 'weiss%'": count, "skeletons": count + 1} {
			if got := f.strings("SELECT 'row' FROM " + table); len(got) < want {
				t.Errorf("%s: %d rows, want %d", table, len(got), want)
			}
		}
	})
}

// TestConfusableNames: names that share a skeleton are confusable if they differ in more than ASCII, and are free again when the
// account is deleted.
func TestConfusableNames(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		scope := f.account(models.Account{NameKey: "scope"})
		confusable := func(name string) bool { return must(f.read().Confusable(name, name))(t) }
		if !confusable("ѕсоре") || confusable("sc0pe") || confusable("scope") {
			t.Errorf("confusable: Cyrillic %t, another in ASCII %t, itself %t", confusable("ѕсоре"), confusable("sc0pe"), confusable("scope"))
		}
		f.do(func(tx *models.Tx) error { return tx.DeleteAccount(scope.ID) })
		if confusable("ѕсоре") {
			t.Error("a name is confusable with that of a deleted account")
		}
	})
}
