package handlers_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"latchkey/i18n"
	"latchkey/internal/testapp"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
)

// tabs is how many browser pages look at samples side by side.
const tabs = 2

// TestAxe checks the accessibility of every sample, in light and dark, wide and narrow. Samples without parts of their own are only
// checked for fitting into a narrow window. The long mode checks all of them completely.
func TestAxe(t *testing.T) {
	testkit.Parallel(t)
	if testing.Short() {
		t.Skip("what a page looks like is no matter of speed or races")
	}
	testbrowser.AxeScript(t)
	app := dev(t)
	full, others := splitSamples(t, app)
	t.Logf("%d samples, %d looked at in full", len(full)+len(others), len(full))
	check(t, "some show nothing of their own", len(others) > 0, !testkit.Long())
	work := make(chan func(*inspection), len(full)+len(others))
	for _, path := range full {
		work <- func(i *inspection) { i.full(path) }
	}
	for _, path := range others {
		work <- func(i *inspection) { i.fits(path) }
	}
	close(work)
	for tab := range tabs {
		t.Run(fmt.Sprintf("tab %d", tab+1), func(t *testing.T) {
			t.Parallel()
			i := inspect(t, app)
			for look := range work {
				look(i)
			}
		})
	}
}

// splitSamples splits the addresses of all samples, and of the lists of them, into those to inspect in full and those whose parts
// are all on one of the first, see [partsOf]. The page with the most new parts comes first, so that the first list is
// short. In the long mode it has all.
func splitSamples(t *testing.T, app *testapp.App) (full, others []string) {
	t.Helper()
	pages := allSamples(t, app.Client())
	for len(pages) > 0 {
		richest := slices.MaxFunc(pages, func(a, b samplePage) int { return len(a.parts) - len(b.parts) })
		if len(richest.parts) == 0 && !testkit.Long() {
			break
		}
		full = append(full, richest.path)
		pages = slices.DeleteFunc(pages, func(s samplePage) bool { return s.path == richest.path })
		for _, page := range pages {
			maps.DeleteFunc(page.parts, func(part string, _ bool) bool { return richest.parts[part] })
		}
	}
	for _, page := range pages {
		others = append(others, page.path)
	}
	return full, others
}

// samplePage is a page with its parts.
type samplePage struct {
	path  string
	parts map[string]bool
}

// allSamples returns all samples, and the lists of them.
func allSamples(t *testing.T, browser *testapp.Client) (pages []samplePage) {
	t.Helper()
	for _, locale := range i18n.Locales[:testkit.Times(1, len(i18n.Locales))] {
		for _, list := range []string{"/dev/pages?lang=" + locale, "/dev/mails?lang=" + locale} {
			for _, path := range append([]string{list}, sampleLinks(browser.Get(list).Want(200))...) {
				pages = append(pages, samplePage{path, partsOf(t, browser.Get(path).Want(200).Body)})
			}
		}
	}
	return pages
}

// inspection is a user's browser with the findings on the pages that it opened.
type inspection struct {
	*testbrowser.Page
	t     *testing.T
	app   *testapp.App
	found map[string][]string // where, by what is wrong
}

// inspect opens a browser, and reports all findings when the test ends.
func inspect(t *testing.T, app *testapp.App) *inspection {
	t.Helper()
	i := &inspection{testbrowser.Browser(t), t, app, map[string][]string{}}
	t.Cleanup(i.report)
	return i
}

// report lists each finding once, with the pages it was found on.
func (i *inspection) report() {
	for _, what := range slices.Sorted(maps.Keys(i.found)) {
		i.t.Errorf("%s\n    on %s", what, strings.Join(i.found[what], "; "))
	}
}

// full opens a page of the site and inspects all of it.
func (i *inspection) full(path string) {
	i.t.Helper()
	i.open(path)
	i.here(path)
}

// fits opens a page of the site in the narrowest window, and checks that it needs no horizontal scrolling.
func (i *inspection) fits(path string) {
	i.t.Helper()
	i.Look(narrowestLook)
	i.open(path)
	i.narrowest(path)
}

func (i *inspection) open(path string) {
	i.t.Helper()
	i.Goto(i.app.BaseURL.String() + path)
	check(i.t, path, i.Status, 200)
	i.unfold()
}

// unfold opens what can be opened, and takes the focus from where the page puts it: the browser's own list of passwords
// may cover something there. Menus push the page aside, of which they would hide a part.
func (i *inspection) unfold() {
	i.t.Helper()
	testbrowser.Eval[bool](i.Page, `(document.querySelectorAll("details").forEach(part => part.open = true),
		document.querySelectorAll("details.menu > div").forEach(menu => menu.style.position = "static"), document.activeElement?.blur(), true)`)
}

// here looks at the page as it is: in the first look by all rules, in the others by those that a look matters to, or, in the
// long mode, by all again.
func (i *inspection) here(what string) {
	i.t.Helper()
	for n, look := range testbrowser.Looks() {
		i.Look(look)
		rules := i.AxeOfLook
		if n == 0 || testkit.Long() {
			rules = i.Axe
		}
		i.note(what, look, slices.Concat(rules(), i.Sideways(), i.system()))
	}
	if testkit.Long() {
		i.between(what)
	}
	i.narrowest(what)
	i.forcedColours(what)
}

// between are the smallest windows that each arrangement of the style sheet is for.
func (i *inspection) between(what string) {
	i.t.Helper()
	for _, width := range []int{1101, 801} {
		look := testbrowser.Look{Width: width, Height: 640}
		i.Look(look)
		i.note(what, look, i.Sideways())
	}
}

func (i *inspection) note(what string, look testbrowser.Look, lines []string) {
	for _, line := range lines {
		i.found[line] = append(i.found[line], fmt.Sprintf("%s (%s)", what, look))
	}
}
