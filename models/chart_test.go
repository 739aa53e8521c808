package models_test

import (
	"slices"
	"testing"
	"time"

	"latchkey/models"
)

// TestFailuresAreCountedPerSpan also when events are deleted, and counters are added up meanwhile.
func TestFailuresAreCountedPerSpan(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		at := base
		ids := models.NewIDs(func() time.Time { return at }, nil)
		write := func(after time.Duration, action, organization string) string {
			at = base.Add(after)
			event := models.AuditEvent{ID: ids.New(), At: at, Action: action, OrganizationID: organization}
			f.do(func(tx *models.Tx) error { return tx.Audit(event) })
			return event.ID
		}
		write(0, models.ActionSignInFailed, "")
		write(time.Hour-time.Microsecond, models.ActionSignInFailed, "o")
		write(time.Hour, models.ActionSignInFailed, "o")
		write(time.Hour+time.Minute, "other", "o")
		f.do((*models.Tx).AddUpCounts)
		write(2*time.Hour, models.ActionSignInFailed, "p")
		gone := write(2*time.Hour, models.ActionSignInFailed, "p")
		spans := []models.Span{
			{From: base, To: base.Add(time.Hour)}, {From: base.Add(time.Hour), To: base.Add(2 * time.Hour)},
			{From: base.Add(2 * time.Hour), To: base.Add(3 * time.Hour)},
		}
		compare := func(wants map[string][]int) {
			t.Helper()
			for organization, want := range wants {
				if got := must(f.read().CountFailures(organization, spans))(t); !slices.Equal(got, want) {
					t.Errorf("of %q: %v, want %v", organization, got, want)
				}
			}
		}
		compare(map[string][]int{"": {2, 1, 2}, "o": {1, 1, 0}, "p": {0, 0, 2}, "unknown": {0, 0, 0}})
		f.do(func(tx *models.Tx) error { return tx.DeleteEvents([]string{gone}) })
		compare(map[string][]int{"": {2, 1, 1}, "o": {1, 1, 0}, "p": {0, 0, 1}})
		f.do((*models.Tx).AddUpCounts)
		f.do(func(tx *models.Tx) error { _, err := tx.DeleteAudit(base.Add(90*time.Minute), 99); return err })
		compare(map[string][]int{"": {0, 0, 1}, "o": {0, 0, 0}, "p": {0, 0, 1}})
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
