package handlers_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testkit"
)

// looks are the ways in which every page is looked at.
var looks = []struct {
	width, height int
	dark          bool
}{{1280, 800, false}, {1280, 800, true}, {390, 844, true}, {390, 844, false}}

// inspection is one person's browser, and what was found on the pages that it was led to.
type inspection struct {
	*testkit.Page
	t     *testing.T
	app   *testkit.App
	found map[string][]string // where, by what is wrong
}

// inspect opens a browser, and fails the test at its end for all that was found.
func inspect(t *testing.T, app *testkit.App) *inspection {
	t.Helper()
	testkit.AxeScript(t)
	i := &inspection{testkit.Browser(t), t, app, map[string][]string{}}
	t.Cleanup(i.report)
	return i
}

// report says each thing once, with the pages it is wrong on.
func (i *inspection) report() {
	for _, what := range slices.Sorted(maps.Keys(i.found)) {
		i.t.Errorf("%s\n    on %s", what, strings.Join(i.found[what], "; "))
	}
}

// at opens a page of the site, and looks at it.
func (i *inspection) at(status int, path string) {
	i.t.Helper()
	i.Goto(i.app.BaseURL.String() + path)
	i.here(status, path)
}

// send sends the form with the action, and looks at the page that comes.
func (i *inspection) send(status int, action, what string) {
	i.t.Helper()
	i.press(action)
	i.here(status, what)
}

// press sends a form by the Enter key. What the browser would refuse by itself is for the server to refuse here.
func (i *inspection) press(action string) {
	i.t.Helper()
	testkit.Eval[bool](i.Page, fmt.Sprintf(`(form => {
		form.noValidate = true;
		form.querySelector("input:is([type=text], [type=email], [type=password]):not([hidden])").focus();
		return true;
	})(document.querySelector("main form[action='%s']"))`, action))
	i.Enter()
}

// here looks at the page as it is, with all that can be unfolded, in every way.
func (i *inspection) here(status int, what string) {
	i.t.Helper()
	if i.Status != status {
		i.t.Errorf("%s: status %d, want %d", what, i.Status, status)
	}
	testkit.Eval[bool](i.Page, `(document.querySelectorAll("details").forEach(part => part.open = true), true)`)
	for n, look := range looks {
		if n == 0 || look.width != looks[n-1].width {
			i.Resize(look.width, look.height)
		}
		i.Scheme(look.dark)
		place := fmt.Sprintf("%s (%d px, dark %v)", what, look.width, look.dark)
		for _, line := range append(i.Axe(), i.reflow()...) {
			i.found[line] = append(i.found[line], place)
		}
	}
}

// reflow finds a page that has to be moved sideways to be read (WCAG 2.1, 1.4.10).
func (i *inspection) reflow() []string {
	i.t.Helper()
	if wide := testkit.Eval[int](i.Page, "document.documentElement.scrollWidth - innerWidth"); wide > 0 {
		return []string{"reflow: the page is wider than the window"}
	}
	return nil
}

// signIn signs in by the form.
func (i *inspection) signIn(name, secret string) {
	i.t.Helper()
	i.Goto(i.app.BaseURL.String() + "/sign-in")
	i.Fill("[name=name]", name)
	i.Fill("[name=password]", secret)
	i.press("/sign-in")
}
