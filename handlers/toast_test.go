package handlers_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
)

// TestToast: what was just done is a toast for 8 s, and a banner in browsers that run no scripts.
func TestToast(t *testing.T) {
	testkit.Parallel(t)
	i := inspect(t, dev(t))
	i.toastEndsByItself()
	i.toastIsDismissed()
	i.toastLeavesControlsFree()
	i.toastWithoutScripts()
}

// openToast opens the sample with a toast that offers Undo.
func (i *inspection) openToast(width, height int) {
	i.t.Helper()
	i.Goto(i.app.BaseURL.String() + "/dev/pages/account-undo?lang=en")
	i.Resize(width, height)
	check(i.t, "what was done", i.Text(".toast [role=status]"), "Account disabled and signed out.")
}

const (
	toastTimer = `(() => { const [timer] = document.querySelector(".toast").getAnimations(); return timer.playState + " " + timer.effect.getComputedTiming().endTime; })()`
	toastShown = `document.querySelector(".toast").checkVisibility({visibilityProperty: true})`
	// layoutOf returns the height of the page and where everything on it is.
	layoutOf = `JSON.stringify([document.documentElement.scrollHeight, ...[...document.querySelectorAll("main > *:not(.toast) *")].map(part => part.getBoundingClientRect().y)])`
)

// toastEndsByItself: after 8 s, without moving anything. While it has the focus or the mouse, its time stands still.
func (i *inspection) toastEndsByItself() {
	i.t.Helper()
	i.openToast(1280, 800)
	timer := func(what, want string) {
		i.t.Helper()
		check(i.t, what, testbrowser.Eval[string](i.Page, toastTimer), want)
	}
	timer("at first", "running 8000")
	testbrowser.Eval[bool](i.Page, `(document.querySelector(".toast form button").focus(), true)`)
	timer("with the focus", "paused 8000")
	testbrowser.Eval[bool](i.Page, `(document.activeElement.blur(), true)`)
	timer("without it", "running 8000")
	point := func(x, y float64) {
		i.t.Helper()
		if _, err := chromedp.Run(i.Ctx, chromedp.MouseEvent(chromedp.MouseMoved, x, y)); err != nil {
			i.t.Fatal(err)
		}
	}
	middle := testbrowser.Eval[[2]float64](i.Page, `(() => { const {x, y, width, height} = document.querySelector(".toast").getBoundingClientRect(); return [x + width / 2, y + height / 2]; })()`)
	point(middle[0], middle[1])
	i.WaitFor(`document.querySelector(".toast").matches(":hover")`)
	timer("under the mouse", "paused 8000")
	point(600, 100)
	i.WaitFor(`!document.querySelector(".toast").matches(":hover")`)
	timer("away from the mouse", "running 8000")

	before := testbrowser.Eval[string](i.Page, layoutOf)
	testbrowser.Eval[bool](i.Page, `(document.querySelector(".toast").getAnimations()[0].finish(), true)`)
	check(i.t, "shown after its time", testbrowser.Eval[bool](i.Page, toastShown), false)
	check(i.t, "places", testbrowser.Eval[string](i.Page, layoutOf), before)
}

// toastIsDismissed by its button and by Escape. The focus goes to the content.
func (i *inspection) toastIsDismissed() {
	i.t.Helper()
	for _, tc := range []struct {
		what string
		do   func(*inspection)
	}{
		{"the button", func(i *inspection) { i.Click(".toast [data-dismiss]") }},
		{"Escape", func(i *inspection) {
			testbrowser.Eval[bool](i.Page, `(document.querySelector(".toast form button").focus(), true)`)
			i.Press(kb.Escape)
		}},
	} {
		i.openToast(1280, 800)
		before := testbrowser.Eval[string](i.Page, layoutOf)
		i.Press(kb.Escape)
		check(i.t, "shown after Escape elsewhere", testbrowser.Eval[bool](i.Page, toastShown), true)
		tc.do(i)
		check(i.t, "shown after "+tc.what, testbrowser.Eval[bool](i.Page, toastShown), false)
		check(i.t, "focus after "+tc.what, testbrowser.Eval[string](i.Page, `document.activeElement.id`), "main")
		check(i.t, "places after "+tc.what, testbrowser.Eval[string](i.Page, layoutOf), before)
	}
}

// toastLeavesControlsFree: on a phone, what has the focus or is at the end of the page is not behind a toast.
func (i *inspection) toastLeavesControlsFree() {
	i.t.Helper()
	i.openToast(390, 500)
	const covered = `(() => {
		const toast = document.querySelector(".toast").getBoundingClientRect(), found = [];
		for (const part of document.querySelectorAll("a, button, summary")) {
			if (part.closest(".toast") || !part.checkVisibility()) continue;
			part.focus();
			const box = part.getBoundingClientRect();
			if (document.activeElement === part && box.height > 1 && box.bottom > toast.top && box.top < toast.bottom) found.push(part.innerText || part.ariaLabel);
		}
		return found;
	})()`
	check(i.t, "behind it", fmt.Sprint(testbrowser.Eval[[]string](i.Page, covered)), "[]")
}

// toastWithoutScripts: it is a banner that stays, and only offers what works.
func (i *inspection) toastWithoutScripts() {
	i.t.Helper()
	i.Scripts(false)
	i.openToast(390, 844)
	const banner = `(() => {
		const style = getComputedStyle(document.querySelector(".toast"));
		return [style.position, style.animationName, ...[...document.querySelectorAll(".toast button")].filter(button => button.checkVisibility()).map(button => button.innerText)].join(", ");
	})()`
	check(i.t, "banner", testbrowser.Eval[string](i.Page, banner), "static, none, Undo")
}
