package demo_test

import (
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestCrowd: further accounts are in every state, have a history, and leave the jobs nothing to do.
func TestCrowd(t *testing.T) {
	testkit.Parallel(t)
	for _, end := range ends[:2] { // a Wednesday and a Sunday
		t.Run(end.Format(time.RFC3339), func(t *testing.T) {
			testkit.Parallel(t)
			const size = 500
			c := playWith(t, end, size)
			if n := len(c.accounts); n < size+55 || n > size+70 {
				t.Errorf("%d accounts", n)
			}
			states, kinds := map[models.State]int{}, map[models.Kind]int{}
			for _, a := range c.accounts {
				states[c.state(a)]++
				kinds[a.Kind]++
				if a.CreatedAt.After(end) || a.LastSignInAt != nil && (a.LastSignInAt.After(end) || a.LastSignInAt.Before(a.CreatedAt)) {
					t.Errorf("%s was created at %v and signed in at %v", a.Name, a.CreatedAt, a.LastSignInAt)
				}
			}
			for state, least := range map[models.State]int{
				models.Active: 350, models.Blacklisted: 8, models.Expired: 8, models.OneTimeWaiting: 6, models.OneTimeLapsed: 3,
				models.MustChange: 3, models.NoPassword: 3, models.Disabled: 12,
			} {
				if states[state] < least {
					t.Errorf("%d accounts are %s, want %d at least", states[state], state, least)
				}
			}
			if kinds[models.Organization] < 9 {
				t.Errorf("%d organizations", kinds[models.Organization])
			}
			c.isOfThePast()
			created := map[string]bool{}
			for _, e := range c.events {
				created[e.SubjectID] = created[e.SubjectID] || e.Action == "account-created"
			}
			for _, a := range c.accounts {
				if !created[a.ID] && !a.Builtin() {
					t.Errorf("no event says who created %s", a.Name)
				}
			}
			before := len(c.mails)
			if queued, err := c.service(func() time.Time { return end }).Sweep(t.Context()); err != nil || queued > 0 {
				t.Errorf("the jobs find %d mails that are missing of %d: %v", queued, before, err)
			}
		})
	}
}
