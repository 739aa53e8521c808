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

// atATime is how many samples one browser page is led to, so that several pages are looked at side by side.
const atATime = 8

// TestAxe looks at every sample for what keeps people from using it, in light and dark, wide and narrow.
func TestAxe(t *testing.T) {
	testkit.Parallel(t)
	if testing.Short() {
		t.Skip("what a page looks like is no matter of speed or races")
	}
	testbrowser.AxeScript(t)
	app := dev(t)
	for _, locale := range i18n.Locales[:testkit.Times(1, len(i18n.Locales))] {
		for _, list := range []string{"/dev/pages?lang=" + locale, "/dev/mails?lang=" + locale} {
			links := append([]string{list}, samplesOf(app.Client().Get(list).Want(200))...)
			for some := range slices.Chunk(links, atATime) {
				t.Run(some[0], func(t *testing.T) {
					t.Parallel()
					inspect(t, app).each(some)
				})
			}
		}
	}
}

// inspection is one person's browser, and what was found on the pages that it was led to.
type inspection struct {
	*testbrowser.Page
	t     *testing.T
	app   *testapp.App
	found map[string][]string // where, by what is wrong
}

// inspect opens a browser, and fails the test at its end for all that was found.
func inspect(t *testing.T, app *testapp.App) *inspection {
	t.Helper()
	i := &inspection{testbrowser.Browser(t), t, app, map[string][]string{}}
	t.Cleanup(i.report)
	return i
}

// report says each thing once, with the pages it is wrong on.
func (i *inspection) report() {
	for _, what := range slices.Sorted(maps.Keys(i.found)) {
		i.t.Errorf("%s\n    on %s", what, strings.Join(i.found[what], "; "))
	}
}

// each opens pages of the site, and looks at them.
func (i *inspection) each(paths []string) {
	i.t.Helper()
	for _, path := range paths {
		i.Goto(i.app.BaseURL.String() + path)
		check(i.t, path, i.Status, 200)
		i.unfold()
		i.here(path)
	}
}

// unfold opens what can be opened, and takes the focus from where the page puts it: the browser's own list of passwords
// may cover something there.
func (i *inspection) unfold() {
	i.t.Helper()
	testbrowser.Eval[bool](i.Page, `(document.querySelectorAll("details").forEach(part => part.open = true), document.activeElement?.blur(), true)`)
}

// here looks at the page as it is.
func (i *inspection) here(what string) {
	i.t.Helper()
	for _, look := range testbrowser.Looks() {
		i.Look(look)
		i.note(what, look, append(i.Axe(), i.Sideways()...))
	}
	if testkit.Long() {
		i.narrowest(what)
	}
}

// narrowest are the smallest windows that each arrangement of the style sheet is for; 320 px are 640 at 200 %.
func (i *inspection) narrowest(what string) {
	i.t.Helper()
	for _, width := range []int{1101, 801, 320} {
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
