package i18n_test

import (
	"testing"

	"latchkey/i18n"
)

func words(t *testing.T) i18n.Words {
	t.Helper()
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return catalogue.For("", "fr;q=0.9, *;q=0.1")
}

func TestWords(t *testing.T) {
	w := words(t)
	for _, test := range []struct{ name, got, want string }{
		{"its own id", w.T("Sign in"), "Sign in"},
		{"places", w.T("Hello {{.Name}}", "Name", "Ada <b>"), "Hello Ada <b>"},
		{"catalogue", w.T("state.expired"), "Expired"},
		{"one", w.Count("rule.minimumDigits", 1), "at least 1 digit"},
		{"other", w.Count("rule.minimumDigits", 2), "at least 2 digits"},
		{"none is other", w.Count("rule.minimumDigits", 0), "at least 0 digits"},
		{"two forms", w.N("{{.N}} account", "{{.N}} accounts", 1), "1 account"},
		{"two forms, many", w.N("{{.N}} account", "{{.N}} accounts", 3), "3 accounts"},
		{"more places", w.Count("broken.minimumDigits", 2, "Got", 0), "It needs at least 2 digits; it has 0."},
		{"unknown id of a count", w.Count("no.such.thing", 2), "no.such.thing"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", test.name, test.got, test.want)
		}
	}
}

func TestLanguage(t *testing.T) {
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ locale, header, want string }{
		{"en", "", "en"}, {"", "en-GB", "en"}, {"", "", "en"}, {"xx", "zz", "en"}, {"", "\x00;;q=", "en"},
	} {
		if got := catalogue.For(test.locale, test.header).Locale; got != test.want {
			t.Errorf("locale %q, header %q: %s, want %s", test.locale, test.header, got, test.want)
		}
	}
}
