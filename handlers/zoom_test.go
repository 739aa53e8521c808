package handlers_test

import (
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
)

// TestZoomLosesNothing: at 200 %, where a window of 1280 px is 640 px wide, lists say in each row what they say in a wide window
// (WCAG 2.1, 1.4.10). Nothing needs horizontal scrolling at 320 px.
func TestZoomLosesNothing(t *testing.T) {
	testkit.Parallel(t)
	i := inspect(t, dev(t))
	const rows = `[...document.querySelectorAll("tbody tr")].map(row => row.innerText.replaceAll("\n", "\t"))`
	for _, sample := range []string{"accounts", "audit", "mails", "mails-failed"} {
		i.open("/dev/pages/" + sample + "?lang=en")
		i.Resize(1280, 800)
		wide := testbrowser.Eval[[]string](i.Page, rows)
		i.Resize(640, 800)
		narrow := testbrowser.Eval[[]string](i.Page, rows)
		if len(wide) == 0 || len(narrow) != len(wide) {
			t.Fatalf("%s: %d rows in a wide window, %d in a narrow one", sample, len(wide), len(narrow))
		}
		for n, row := range wide {
			for cell := range strings.SplitSeq(row, "\t") {
				if cell = strings.TrimSpace(cell); cell != "–" && !strings.Contains(narrow[n], cell) {
					t.Errorf("%s: row %d loses %q; it says %q", sample, n, cell, narrow[n])
				}
			}
		}
		i.Resize(320, 640)
		for _, line := range i.Sideways() {
			t.Errorf("%s at 320 px: %s", sample, line)
		}
	}
}

// TestForcedColoursMarkTheCurrent: with the system's own colours, without shadows and backgrounds, one entry of the navigation and
// one tab are drawn differently from the others.
func TestForcedColoursMarkTheCurrent(t *testing.T) {
	testkit.Parallel(t)
	i := inspect(t, dev(t))
	i.ForceColours()
	i.open("/dev/pages/accounts?lang=en")
	for _, links := range []string{".rail nav a", ".tabs a"} {
		edges := testbrowser.Eval[[]string](i.Page, `[...document.querySelectorAll("`+links+`")].map(link =>
			(link.hasAttribute("aria-current") ? "current " : "other ") + getComputedStyle(link).borderBottomColor)`)
		var current string
		others := map[string]bool{}
		for _, edge := range edges {
			if colour, ok := strings.CutPrefix(edge, "current "); ok {
				current = colour
			} else {
				others[strings.TrimPrefix(edge, "other ")] = true
			}
		}
		if current == "" || others[current] || len(others) != 1 || slices.Contains(edges, "other ") {
			t.Errorf("%s have the edges %q", links, edges)
		}
	}
}
