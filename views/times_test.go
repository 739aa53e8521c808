package views_test

import (
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/views"
)

func frameIn(t *testing.T, locale string) views.Frame {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return views.Frame{Words: wordsOf(t, locale), Zone: berlin, Now: testkit.Start}
}

func TestRelativeTimes(t *testing.T) {
	const day = 24 * time.Hour
	for away, want := range map[time.Duration][2]string{
		0: {"just now", "gerade eben"}, 59 * time.Second: {"in less than a minute", "in weniger als einer Minute"}, -59 * time.Second: {"just now", "gerade eben"},
		time.Minute: {"in 1 minute", "in 1 Minute"}, -2 * time.Minute: {"2 minutes ago", "vor 2 Minuten"}, 59 * time.Minute: {"in 59 minutes", "in 59 Minuten"},
		time.Hour: {"in 1 hour", "in 1 Stunde"}, -time.Hour: {"1 hour ago", "vor 1 Stunde"}, 47 * time.Hour: {"in 47 hours", "in 47 Stunden"},
		2 * day: {"in 2 days", "in 2 Tagen"}, -64 * day: {"64 days ago", "vor 64 Tagen"}, -1234 * day: {"1,234 days ago", "vor 1.234 Tagen"},
	} {
		for i, locale := range []string{"en", "de"} {
			if got := frameIn(t, locale).Relative(testkit.Start.Add(away)); got != want[i] {
				t.Errorf("%s in %s: %q, want %q", locale, away, got, want[i])
			}
		}
	}
}

func TestAmounts(t *testing.T) {
	for length, want := range map[time.Duration][2]string{
		30 * time.Second: {"30 seconds", "30 Sekunden"}, time.Minute: {"1 minute", "1 Minute"}, 90 * time.Minute: {"90 minutes", "90 Minuten"}, 60 * time.Hour: {"60 hours", "60 Stunden"}, 2 * time.Hour: {"2 hours", "2 Stunden"}, 168 * time.Hour: {"7 days", "7 Tage"},
	} {
		for i, locale := range []string{"en", "de"} {
			if got := frameIn(t, locale).Amount(length); got != want[i] {
				t.Errorf("%s in %s: %q, want %q", length, locale, got, want[i])
			}
		}
	}
}

// Days are those of the zone of the settings: it is past midnight in Berlin.
func TestDaysAreThoseOfTheZone(t *testing.T) {
	night := time.Date(2026, time.January, 31, 23, 30, 5, 0, time.UTC)
	for locale, want := range map[string][4]string{
		"en": {"1 February 2026, 00:30:05 CET", "1 Feb 2026, 00:30 CET", "1 Feb 2026", "1 Feb"},
		"de": {"1. Februar 2026, 00:30:05 CET", "1. Feb. 2026, 00:30 CET", "1. Feb. 2026", "1. Feb."},
	} {
		f := frameIn(t, locale)
		if got := [4]string{f.Exact(night), f.Day(night), f.Date(night), f.ShortDate(night)}; got != want {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
	}
}
