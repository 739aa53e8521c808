package i18n_test

import (
	"testing"
	"time"

	"latchkey/i18n"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return location
}

func TestTimesInEveryLanguage(t *testing.T) {
	winter := time.Date(2026, time.March, 4, 9, 0, 5, 0, time.UTC)
	for locale, want := range map[string][]string{
		"en": {"4 March 2026, 10:00:05 CET", "4 Mar 2026, 10:00 CET", "4 Mar 2026", "4 Mar", "Wednesday, 4 March 2026, 10:00 CET (Europe/Berlin)"},
		"de": {"4. März 2026, 10:00:05 CET", "4. März 2026, 10:00 CET", "4. März 2026", "4. März", "Mittwoch, 4. März 2026, 10:00 CET (Europe/Berlin)"},
	} {
		times := load(t).For(locale, "").Times(zone(t, "Europe/Berlin"))
		for i, got := range []string{times.Second(winter), times.Minute(winter), times.Date(winter), times.ShortDate(winter), times.Long(winter)} {
			if got != want[i] {
				t.Errorf("%s: %q, want %q", locale, got, want[i])
			}
		}
	}
}

func TestShortMonths(t *testing.T) {
	for locale, want := range map[string]string{
		"en": "1 Jan, 1 Feb, 1 Mar, 1 Apr, 1 May, 1 Jun, 1 Jul, 1 Aug, 1 Sep, 1 Oct, 1 Nov, 1 Dec",
		"de": "1. Jan., 1. Feb., 1. März, 1. Apr., 1. Mai, 1. Juni, 1. Juli, 1. Aug., 1. Sept., 1. Okt., 1. Nov., 1. Dez.",
	} {
		got := ""
		for month := time.January; month <= time.December; month++ {
			got += ", " + load(t).For(locale, "").Times(time.UTC).ShortDate(time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC))
		}
		if got[2:] != want {
			t.Errorf("%s: %s", locale, got[2:])
		}
	}
}

// What is shown next to a heading or below a zone leaves out what those say.
func TestShortTimes(t *testing.T) {
	at := time.Date(2026, time.March, 4, 23, 5, 0, 0, time.UTC)
	for locale, want := range map[string]string{
		"en": "00:05 | 5 Mar, 00:05 | Thursday, 5 March | March 2026",
		"de": "00:05 | 5. März, 00:05 | Donnerstag, 5. März | März 2026",
	} {
		times := load(t).For(locale, "").Times(zone(t, "Europe/Berlin"))
		if got := times.Clock(at) + " | " + times.ShortMinute(at) + " | " + times.WeekdayDate(at) + " | " + times.Month(at); got != want {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
	}
}

// The zone decides the day, and is named: by its letters, or else by how far it is from UTC.
func TestTimesNameTheirZone(t *testing.T) {
	summer := time.Date(2026, time.July, 5, 22, 30, 0, 0, time.UTC)
	for name, want := range map[string]string{
		"UTC":               "Sunday, 5 July 2026, 22:30 UTC",
		"Europe/Berlin":     "Monday, 6 July 2026, 00:30 CEST (Europe/Berlin)",
		"America/Sao_Paulo": "Sunday, 5 July 2026, 19:30 UTC-03 (America/Sao_Paulo)",
	} {
		if got := load(t).For("en", "").Times(zone(t, name)).Long(summer); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := load(t).For(i18n.Locales[1], "").Times(zone(t, "America/Sao_Paulo")).Minute(summer); got != "5. Juli 2026, 19:30 UTC-03" {
		t.Errorf("a zone without letters: %q", got)
	}
}
