package models_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"latchkey/models"
)

// TestCountExpiring: the bars agree with a count over all accounts, for random accounts.
func TestCountExpiring(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		r := rand.New(rand.NewPCG(3, 4))
		tenant := f.account(models.Account{Kind: models.Organization})
		var all []models.Account
		f.do(func(tx *models.Tx) error {
			for i := range 500 {
				a := drawAccount(r)
				if a.Kind == models.Customer && i%2 == 0 {
					a.OrganizationID = &tenant.ID
				}
				f.fill(&a)
				all = append(all, a)
				if err := tx.CreateAccount(&a, a.NameKey); err != nil {
					return err
				}
			}
			return nil
		})
		groups := []models.PasswordGroup{
			{Kind: models.Customer, Technical: true, Lifetime: time.Hour},
			{Kind: models.Customer, Lifetime: 48 * time.Hour}, {Kind: models.Organization, Lifetime: 48 * time.Hour},
		}
		edges := []time.Time{base, base.Add(time.Second), base.Add(47 * time.Hour), base.Add(48 * time.Hour), base.Add(49*time.Hour + 1000)}
		var spans []models.Span
		for i := range len(edges) - 1 {
			spans = append(spans, models.Span{From: edges[i], To: edges[i+1]})
		}
		for _, organization := range []string{"", tenant.ID} {
			want := make([]int, len(spans))
			for _, a := range all {
				for i, span := range spans {
					want[i] += countsIn(a, organization, groups, span)
				}
			}
			if slices.Max(want) < 5 {
				t.Fatalf("the accounts drawn show nothing: %v", want)
			}
			if got := must(f.read().CountExpiring(organization, today, groups, spans, 1000))(t); !slices.Equal(got, want) {
				t.Errorf("of %q: %v, want %v", organization, got, want)
			}
			if got := must(f.read().CountExpiring(organization, today, groups, spans, 2))(t); slices.Max(got) != 2 {
				t.Errorf("counting goes on above 2: %v", got)
			}
		}
		if got := must(f.read().CountExpiring("", today, nil, spans, 9))(t); slices.Max(got) != 0 {
			t.Errorf("nothing expires, and still: %v", got)
		}
	})
}

func countsIn(a models.Account, organization string, groups []models.PasswordGroup, span models.Span) int {
	if a.Closed(today) != "" || a.OneTime || a.PasswordHash == "" || a.PasswordSetAt == nil {
		return 0
	}
	if organization != "" && (a.OrganizationID == nil || *a.OrganizationID != organization) {
		return 0
	}
	for _, group := range groups {
		expires := a.PasswordSetAt.Add(group.Lifetime)
		if a.Kind == group.Kind && a.Technical == group.Technical && !expires.Before(span.From) && expires.Before(span.To) {
			return 1
		}
	}
	return 0
}

func TestEventsAreCountedPerSpan(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		at := base
		ids := models.NewIDs(func() time.Time { return at }, nil)
		write := func(after time.Duration, action, organization string) {
			at = base.Add(after)
			f.do(func(tx *models.Tx) error {
				return tx.Audit(models.AuditEvent{ID: ids.New(), At: at, Action: action, OrganizationID: organization})
			})
		}
		write(0, "failed", "")
		write(time.Hour-time.Millisecond, "failed", "o")
		write(time.Hour, "failed", "o")
		write(time.Hour+time.Minute, "other", "o")
		write(2*time.Hour, "failed", "p")
		spans := []models.Span{
			{From: base, To: base.Add(time.Hour)}, {From: base.Add(time.Hour), To: base.Add(2 * time.Hour)},
			{From: base.Add(2 * time.Hour), To: base.Add(3 * time.Hour)},
		}
		for organization, want := range map[string][]int{"": {2, 1, 1}, "o": {1, 1, 0}, "nobody": {0, 0, 0}} {
			if got := must(f.read().CountEvents(organization, "failed", spans, 9))(t); !slices.Equal(got, want) {
				t.Errorf("of %q: %v, want %v", organization, got, want)
			}
		}
		if got := must(f.read().CountEvents("", "failed", spans, 1))(t); !slices.Equal(got, []int{1, 1, 1}) {
			t.Errorf("counting goes on above 1: %v", got)
		}
	})
}

func TestFirstID(t *testing.T) {
	at := base
	ids := models.NewIDs(func() time.Time { return at }, nil)
	before := ids.New()
	at = base.Add(time.Millisecond)
	if first := models.FirstID(at); !models.IsID(first) || before >= first || ids.New() < first {
		t.Errorf("%s is not between the ids of %s and of a millisecond later", first, base)
	}
}
