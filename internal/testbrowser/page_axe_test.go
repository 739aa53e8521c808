package testbrowser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
)

const (
	soundPage = `<!doctype html><html lang="en"><title>Sound</title>
<style>:root { color-scheme: light dark } body { background: light-dark(#fff, #000) } p { color: light-dark(#222, #eee) }</style>
<main><h1>Sound</h1><p>Everybody can read this.</p></main>`
	faultyPage = `<!doctype html><html><title>Faulty</title>
<style>:root { color-scheme: light dark } body { background: light-dark(#fff, #000) } p { color: light-dark(#222, #444) }</style>
<main><h1>Faulty</h1><p>Not in the dark.</p><input name="what"></main>`
)

// TestAxe: what is wrong is found, under a policy that lets no script in, and only where it is wrong.
func TestAxe(t *testing.T) {
	testkit.Parallel(t)
	testbrowser.AxeScript(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		fmt.Fprint(w, map[string]string{"/sound": soundPage, "/faulty": faultyPage}[r.URL.Path])
	}))
	t.Cleanup(server.Close)
	p := testbrowser.Browser(t)
	for _, tc := range []struct {
		path string
		dark bool
		want []string
	}{
		{"/sound", false, nil},
		{"/sound", true, nil},
		{"/faulty", false, []string{"html-has-lang", "label"}},
		{"/faulty", true, []string{"color-contrast", "html-has-lang", "label"}},
	} {
		p.Scheme(tc.dark)
		p.Goto(server.URL + tc.path)
		got := p.Axe()
		if again := p.Axe(); len(again) != len(got) {
			t.Errorf("%s: %d findings, then %d", tc.path, len(got), len(again))
		}
		if rules := rulesOf(got); !slices.Equal(rules, tc.want) {
			t.Errorf("%s, dark %v: %q, want %q", tc.path, tc.dark, got, tc.want)
		}
	}
}

func rulesOf(lines []string) (rules []string) {
	for _, line := range lines {
		rule, rest, _ := strings.Cut(line, " (")
		if !strings.Contains(rest, ") ") || !strings.Contains(rest, ": ") {
			rule = line
		}
		rules = append(rules, rule)
	}
	slices.Sort(rules)
	return rules
}
