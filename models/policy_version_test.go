package models_test

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// ensure calls EnsurePolicyVersion with a version whose hash is its content.
func (f *fixture) ensure(rules string, at time.Time) (version models.PolicyVersion, made bool) {
	f.Helper()
	f.do(func(tx *models.Tx) (err error) {
		version, made, err = tx.EnsurePolicyVersion(models.PolicyVersion{Hash: rules, Rules: rules, Source: "f", InForceFrom: at})
		return err
	})
	return version, made
}

func TestPolicyVersions(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		if rows := must(f.read().PolicyVersions(9))(t); len(rows) != 0 {
			t.Errorf("there is a version before any policy: %v", rows)
		}
		var numbers []int
		for i, rules := range []string{"a", "a", "b", "a"} {
			version, made := f.ensure(rules, base.Add(time.Duration(i)*time.Hour))
			numbers = append(numbers, version.Number)
			if made != (i != 1) {
				t.Errorf("%d: made %v", i, made)
			}
		}
		if !slices.Equal(numbers, []int{1, 1, 2, 3}) {
			t.Errorf("numbers %v", numbers)
		}
		first := must(f.read().PolicyVersion(1))(t)
		if want := (models.PolicyVersion{Number: 1, Hash: "a", Rules: "a", Source: "f", InForceFrom: base}); first != want {
			t.Errorf("the first is %v", first)
		}
		if rows := must(f.read().PolicyVersions(2))(t); len(rows) != 2 || rows[0].Number != 3 || rows[1].Number != 2 {
			t.Errorf("the newest are %v", rows)
		}
		if rows := must(f.read().PolicyVersionsFrom(2, 9))(t); len(rows) != 2 || rows[0].Number != 2 || rows[1].Number != 3 {
			t.Errorf("from the second on there are %v", rows)
		}
		if _, err := f.read().PolicyVersion(4); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("a version that there is not: %v", err)
		}
	})
}

// TestConcurrentProcessesShareAPolicyVersion: processes that start at once create one version if their policies are the
// same, or else one each.
func TestConcurrentProcessesShareAPolicyVersion(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		const processes = 6
		databases := make([]*models.DB, processes)
		for i := range databases {
			databases[i] = f.Again(t)
		}
		for round, rules := range [][]string{{"a"}, {"b"}, {"c", "d"}} {
			var made atomic.Int64
			testkit.Together(processes, func(i int) {
				err := databases[i].Update(t.Context(), func(tx *models.Tx) error {
					content := rules[i%len(rules)]
					_, mine, err := tx.EnsurePolicyVersion(models.PolicyVersion{Hash: content, InForceFrom: base})
					if mine {
						made.Add(1)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
			rows := must(f.read().PolicyVersions(99))(t)
			if n := int(made.Load()); round < 2 && (n != 1 || len(rows) != round+1) || round == 2 && len(rows) != n+2 {
				t.Errorf("round %d: %d were made, there are %d", round, n, len(rows))
			}
		}
	})
}

// TestAccountKeepsItsPolicyVersion: the version of an account must exist.
func TestAccountKeepsItsPolicyVersion(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		version, _ := f.ensure("a", base)
		a := f.account(models.Account{PolicyVersion: &version.Number})
		if read := must(f.read().Account(a.ID))(t); read.PolicyVersion == nil || *read.PolicyVersion != 1 {
			t.Errorf("read %v", read.PolicyVersion)
		}
		a.PolicyVersion = new(7)
		f.fails(models.ErrReferenced, func(tx *models.Tx) error { return tx.SaveAccount(&a) })
	})
}
