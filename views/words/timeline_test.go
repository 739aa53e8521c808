package words_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

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
