package words_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/views/words"
)

// Events of the last seven days are under their day, which begins at midnight in the zone of the settings; older ones are under
// their month.
func TestEventsAreGroupedByDayThenByMonth(t *testing.T) {
	const day = 24 * time.Hour
	p := printerIn(t, "en")
	midnight := time.Date(2026, time.March, 1, 23, 0, 0, 0, time.UTC) // in Berlin
	var events []words.Event
	for _, at := range []time.Time{
		midnight.Add(time.Hour), midnight, midnight.Add(-time.Minute), midnight.Add(-2 * day), midnight.Add(-6 * day),
		midnight.Add(-6*day - time.Minute), midnight.Add(-20 * day), midnight.AddDate(-1, 0, -3),
	} {
		events = append(events, words.Event{At: at})
	}
	var got []string
	for _, group := range words.EventGroups(p, events) {
		line := group.Heading + ":"
		for _, event := range group.Events {
			line += fmt.Sprintf(" %s;", group.Time(p, event))
		}
		got = append(got, line)
	}
	want := []string{
		"Today: 01:00; 00:00;", "Yesterday: 23:59;", "Saturday, 28 February: 00:00;", "Tuesday, 24 February: 00:00;",
		"February 2026: 23 Feb, 23:59; 10 Feb, 00:00;", "February 2025: 27 Feb, 00:00;",
	}
	if !slices.Equal(got, want) {
		t.Errorf("groups:\n%q, want\n%q", got, want)
	}
}

// A right password is shown only if no second factor followed: then another person may know it.
func TestRightPasswordIsShownIfItWasStopped(t *testing.T) {
	testkit.Parallel(t)
	p := printerIn(t, "en")
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	event := func(ago time.Duration, action, address string) models.AuditEvent {
		return models.AuditEvent{ID: fmt.Sprint(1000 - ago), At: now.Add(-ago), Action: action, Address: address, Detail: map[string]string{}}
	}
	var got []string
	for _, line := range words.OwnTimeline(p, []models.AuditEvent{ // the newest first
		event(1*time.Minute, core.ActionPasswordAccepted, "192.0.2.7"), // nothing followed yet
		event(2*time.Minute, core.ActionSignedIn, "192.0.2.7"),
		event(3*time.Minute, core.ActionPasswordAccepted, "203.0.113.9"), // from elsewhere
		event(4*time.Minute, core.ActionPasswordAccepted, "192.0.2.7"),
		event(13*time.Minute, core.ActionPasswordAccepted, "192.0.2.7"), // its session had ended
	}, nil) {
		got = append(got, fmt.Sprint(line.Action, " ", now.Sub(line.At)))
	}
	if want := []string{"password-accepted 1m0s", "signed-in 2m0s", "password-accepted 3m0s", "password-accepted 13m0s"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
