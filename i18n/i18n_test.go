package i18n_test

import (
	"slices"
	"strings"
	"testing"

	"latchkey/i18n"
)

func load(t *testing.T) *i18n.Catalogue {
	t.Helper()
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return catalogue
}

func TestWords(t *testing.T) {
	w := load(t).For("", "fr;q=0.9, *;q=0.1")
	for _, test := range []struct{ name, got, want string }{
		{"its own id", w.T("Sign in"), "Sign in"},
		{"places", w.T("Hello {{.Name}}", "Name", "Ada <b>"), "Hello Ada <b>"},
		{"catalogue", w.T("state.expired"), "Expired"},
		{"one", w.Count("rule.minimumDigits", 1), "at least 1 digit"},
		{"other", w.Count("rule.minimumDigits", 2), "at least 2 digits"},
		{"none is other", w.Count("rule.minimumDigits", 0), "at least 0 digits"},
		{"two forms", w.N("{{.N}} account", "{{.N}} accounts", 1), "1 account"},
		{"two forms, many", w.N("{{.N}} account", "{{.N}} accounts", 3), "3 accounts"},
		{"thousands", w.N("{{.N}} account", "{{.N}} accounts", 12345), "12,345 accounts"},
		{"a number in a place", w.T("{{.N}} or more", "N", int64(1000)), "1,000 or more"},
		{"a text in a place", w.T("{{.N}} or more", "N", "1000"), "1000 or more"},
		{"nothing", w.T(""), ""},
		{"more places", w.Count("error.password.too_few_digits", 2, "limit", 2, "got", 0), "The password needs at least 2 digits; it has 0."},
		{"unknown id of a count", w.Count("no.such.thing", 2), "no.such.thing"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", test.name, test.got, test.want)
		}
	}
}

func TestWordsInGerman(t *testing.T) {
	w := load(t).For("de", "")
	ago := func(n int) string { return w.N("{{.N}} day ago", "{{.N}} days ago", n) }
	for _, test := range []struct{ name, got, want string }{
		{"its own id", w.T("Sign in"), "Anmelden"},
		{"places", w.T("Type {{.Name}} to confirm", "Name", "<b>"), "Geben Sie zur Bestätigung <b> ein"},
		{"value", w.T("state.expired"), "Abgelaufen"},
		{"none", ago(0), "vor 0 Tagen"},
		{"one", ago(1), "vor 1 Tag"},
		{"two", ago(2), "vor 2 Tagen"},
		{"thousands", ago(12345), "vor 12.345 Tagen"},
		{"count of none", w.Count("rule.minimumDigits", 0), "mindestens 0 Ziffern"},
		{"count of one", w.Count("rule.minimumDigits", 1), "mindestens 1 Ziffer"},
		{"count of two", w.Count("rule.minimumDigits", 2), "mindestens 2 Ziffern"},
		{"a word that is missing is English", w.T("Never translated"), "Never translated"},
		{"a plural that is missing is English", w.N("{{.N}} thing", "{{.N}} things", 1), "1 thing"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", test.name, test.got, test.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for locale, want := range map[string]string{"en": "0 999 1,000 -1,234,567", "de": "0 999 1.000 -1.234.567"} {
		var got []string
		for _, n := range []int64{0, 999, 1000, -1234567} {
			got = append(got, load(t).For(locale, "").Number(n))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", locale, got, want)
		}
	}
}

// Each lookup of a missing message, or without the value of a placeholder, calls Missing once.
func TestMissingMessagesAreReported(t *testing.T) {
	catalogue := load(t)
	var missing []string
	catalogue.Missing = func(locale, id string) { missing = append(missing, locale+" "+id) }
	for _, locale := range i18n.Locales {
		w := catalogue.For(locale, "")
		w.T("Sign in")
		w.T("")
		w.T("Never translated")
		w.T("state.unknown")
		w.Count("rule.unknown", 1)
		w.N("{{.N}} thing", "{{.N}} things", 2)
		w.T("Need help? {{.Contact}}", "Help", "+49 40 1234")
	}
	want := []string{
		"en state.unknown", "en rule.unknown", "en Need help? {{.Contact}}",
		"de Never translated", "de state.unknown", "de rule.unknown", "de {{.N}} things", "de Need help? {{.Contact}}",
	}
	if !slices.Equal(missing, want) {
		t.Errorf("missing %q, want %q", missing, want)
	}
}

func TestLanguage(t *testing.T) {
	catalogue := load(t)
	for _, test := range []struct{ locale, header, want string }{
		{"en", "", "en"}, {"", "en-GB", "en"}, {"", "", "en"}, {"xx", "zz", "en"}, {"", "\x00;;q=", "en"}, {"", "fr, ja;q=0.5", "en"},
		{"de", "", "de"}, {"", "de", "de"}, {"", "de-AT", "de"}, {"", "de-CH-1996, en;q=0.9", "de"}, {"", "fr, de;q=0.5", "de"},
		{"", "fr, de;q=0.3, en;q=0.7", "en"}, {"", "de;q=0, en", "en"}, {"de", "en", "de"}, {"en", "de", "en"}, {"xx", "de", "de"},
	} {
		if got := catalogue.For(test.locale, test.header).Locale; got != test.want {
			t.Errorf("locale %q, header %q: %s, want %s", test.locale, test.header, got, test.want)
		}
	}
}

// TestTextsAreRemembered: a text that was asked for before is that of its language and number.
func TestTextsAreRemembered(t *testing.T) {
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for locale, want := range map[string]string{"en": "Accounts: 1 time, 2 times, 2,000 times", "de": "Konten: 1 Mal, 2 Mal, 2.000 Mal"} {
			words := catalogue.For(locale, "")
			times := func(n int) string { return words.N("{{.N}} time", "{{.N}} times", n) }
			if got := words.T("Accounts") + ": " + times(1) + ", " + times(2) + ", " + times(2000); got != want {
				t.Errorf("%s: %q, want %q", locale, got, want)
			}
		}
	}
}
