package words_test

import (
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/views/words"
)

func printerIn(t *testing.T, locale string) words.Printer {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return words.Printer{Words: wordsIn(t, locale), Zone: berlin, Now: testkit.Start}
}

// Future times are never shown nearer, and past times never longer ago, than they are.
func TestRelativeTimes(t *testing.T) {
	const day = 24 * time.Hour
	const most = 1<<63 - 1
	for _, test := range []struct {
		away   time.Duration
		en, de string
	}{
		{0, "just now", "gerade eben"},
		{1, "in less than a minute", "in weniger als einer Minute"},
		{59 * time.Second, "in less than a minute", "in weniger als einer Minute"},
		{60 * time.Second, "in 1 minute", "in 1 Minute"},
		{60*time.Second + 1, "in 2 minutes", "in 2 Minuten"},
		{61 * time.Second, "in 2 minutes", "in 2 Minuten"},
		{59 * time.Minute, "in 59 minutes", "in 59 Minuten"},
		{59*time.Minute + time.Second, "in 1 hour", "in 1 Stunde"},
		{time.Hour, "in 1 hour", "in 1 Stunde"},
		{time.Hour + time.Second, "in 2 hours", "in 2 Stunden"},
		{day - time.Second, "in 24 hours", "in 24 Stunden"},
		{day, "in 24 hours", "in 24 Stunden"},
		{day + time.Second, "in 2 days", "in 2 Tagen"},
		{47 * time.Hour, "in 2 days", "in 2 Tagen"},
		{47*time.Hour + time.Second, "in 2 days", "in 2 Tagen"},
		{2 * day, "in 2 days", "in 2 Tagen"},
		{2*day + time.Second, "in 3 days", "in 3 Tagen"},
		{63*day + time.Second, "in 64 days", "in 64 Tagen"},
		{64*day - time.Second, "in 64 days", "in 64 Tagen"},
		{64 * day, "in 64 days", "in 64 Tagen"},
		{most, "in 106,752 days", "in 106.752 Tagen"},

		{-59 * time.Second, "just now", "gerade eben"},
		{-60 * time.Second, "1 minute ago", "vor 1 Minute"},
		{-119 * time.Second, "1 minute ago", "vor 1 Minute"},
		{-2 * time.Minute, "2 minutes ago", "vor 2 Minuten"},
		{time.Second - time.Hour, "59 minutes ago", "vor 59 Minuten"},
		{-time.Hour, "1 hour ago", "vor 1 Stunde"},
		{time.Second - day, "23 hours ago", "vor 23 Stunden"},
		{-day, "1 day ago", "vor 1 Tag"},
		{time.Second - 2*day, "1 day ago", "vor 1 Tag"},
		{-2 * day, "2 days ago", "vor 2 Tagen"},
		{time.Second - 64*day, "63 days ago", "vor 63 Tagen"},
		{-64 * day, "64 days ago", "vor 64 Tagen"},
		{-1234 * day, "1,234 days ago", "vor 1.234 Tagen"},
		{-most, "106,751 days ago", "vor 106.751 Tagen"},
	} {
		at := testkit.Start.Add(test.away)
		if got := printerIn(t, "en").Relative(at); got != test.en {
			t.Errorf("%s: %q, want %q", test.away, got, test.en)
		}
		if got := printerIn(t, "de").Relative(at); got != test.de {
			t.Errorf("%s: %q, want %q", test.away, got, test.de)
		}
	}
}

func TestAmountsAreTranslated(t *testing.T) {
	for length, want := range map[time.Duration][2]string{
		30 * time.Second: {"30 seconds", "30 Sekunden"}, time.Minute: {"1 minute", "1 Minute"}, 90 * time.Minute: {"90 minutes", "90 Minuten"}, 60 * time.Hour: {"60 hours", "60 Stunden"}, 2 * time.Hour: {"2 hours", "2 Stunden"}, 168 * time.Hour: {"7 days", "7 Tage"},
	} {
		for i, locale := range []string{"en", "de"} {
			if got := printerIn(t, locale).Amount(length); got != want[i] {
				t.Errorf("%s in %s: %q, want %q", length, locale, got, want[i])
			}
		}
	}
}

// Days are those of the zone of the settings: it is past midnight in Berlin.
func TestDaysFollowTheZone(t *testing.T) {
	night := time.Date(2026, time.January, 31, 23, 30, 5, 0, time.UTC)
	for locale, want := range map[string][4]string{
		"en": {"1 February 2026, 00:30:05 CET", "1 Feb 2026, 00:30 CET", "1 Feb 2026", "1 Feb"},
		"de": {"1. Februar 2026, 00:30:05 CET", "1. Feb. 2026, 00:30 CET", "1. Feb. 2026", "1. Feb."},
	} {
		p := printerIn(t, locale)
		if got := [4]string{p.Exact(night), p.Day(night), p.Date(night), p.ShortDate(night)}; got != want {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
	}
}
