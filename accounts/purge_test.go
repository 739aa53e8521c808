package accounts_test

import (
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
)

// failures inserts n failed sign-ins as ada, one a second, without the use cases.
func (w *world) failures(n int, more map[string]string) {
	w.Helper()
	events := make([]models.AuditEvent, n)
	for i := range events {
		w.clock.Advance(time.Second)
		events[i] = models.AuditEvent{ID: w.NewID(), At: w.clock.Now(), Action: core.ActionSignInFailed, SubjectName: "ada", Detail: more}
	}
	w.do(func(tx *models.Tx) error { return tx.Audit(events...) })
}

// TestFailedSignInsAreForgotten: those of unknown browsers go when they are too old or too many, over any number of batches;
// those of trusted browsers, and what else happened, stay.
func TestFailedSignInsAreForgotten(t *testing.T) {
	unknown, trusted := map[string]string{"reason": "wrong-password"}, map[string]string{"reason": "wrong-password", "browser": "known"}
	tests := map[string]struct {
		keep                time.Duration
		most                int
		wantUnknown, logged int
	}{
		"kept":         {0, 0, 1230, 0},
		"by age":       {24 * time.Hour, 0, 30, 0},
		"by number":    {0, 20, 20, 1},
		"both, fewer":  {24 * time.Hour, 20, 20, 1},
		"both, as old": {24 * time.Hour, 1000, 30, 0},
		"few enough":   {0, 2000, 1230, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				var log strings.Builder
				w.options.Log = slog.New(slog.NewTextHandler(&log, nil))
				w.Service = accounts.New(w.options)
				w.failures(1100, unknown)
				w.failures(5, trusted)
				w.failures(100, unknown)
				ada := w.customer("ada")
				w.refused(10, "ada", "wrong") // which blocks the account
				w.exec("DELETE FROM audit_events WHERE action = 'sign-in-failed' AND subject_id = '" + ada.ID + "'")
				w.clock.Advance(25 * time.Hour)
				w.failures(30, unknown)
				others := w.count("SELECT count(*) FROM audit_events WHERE action <> 'sign-in-failed'")
				var both sync.WaitGroup
				for range 2 {
					both.Go(func() {
						if err := w.PurgeExpired(t.Context()); err != nil {
							t.Error(err)
						}
					})
				}
				both.Wait()
				if err := w.PurgeExpired(t.Context()); err != nil {
					t.Error(err)
				}
				var left [2]int
				for _, event := range w.events(models.AuditFilter{Action: core.ActionSignInFailed}) {
					if event.Detail["browser"] == "known" {
						left[1]++
					} else {
						left[0]++
					}
				}
				if left != [2]int{test.wantUnknown, 5} {
					t.Errorf("%d of unknown and %d of trusted browsers are left, want %d and 5", left[0], left[1], test.wantUnknown)
				}
				if n := w.count("SELECT count(*) FROM audit_events WHERE action <> 'sign-in-failed'"); n != others {
					t.Errorf("%d other events are left of %d", n, others)
				}
				if n := strings.Count(log.String(), "removed the oldest failed sign-ins"); min(n, 1) != test.logged {
					t.Errorf("logged %d times: %s", n, log.String())
				}
			}, func(o *accounts.Options) {
				o.Settings.FailedSignInKeep, o.Settings.FailedSignInMost = test.keep, test.most
			})
		})
	}
}
