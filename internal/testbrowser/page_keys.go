package testbrowser

import (
	"context"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Keys that a person presses who has no mouse, for Press and Leave.
const (
	Tab    = kb.Tab
	Enter  = kb.Enter
	Space  = " "
	Escape = kb.Escape
	Up     = kb.ArrowUp
	Down   = kb.ArrowDown
	Delete = kb.Delete // what stands behind the caret
)

// furthest is how many times a person is made to press Tab on one page; who has
// been around twice gives up earlier.
const furthest = 200

// theDocument is the name of what has the focus between the last element and the
// first.
const theDocument = "the document"

// Press presses keys, one after the other, wherever the focus is. A text is
// typed by its letters.
func (p *Page) Press(keys string) {
	p.tb.Helper()
	run(p, "Press "+keys, chromedp.KeyEvent(keys))
}

// Leave presses a key that brings another document, and waits like Submit.
func (p *Page) Leave(key string) {
	p.tb.Helper()
	p.load("Leave", func(ctx context.Context, t *chromedp.Target) (bool, error) {
		_, err := chromedp.KeyEvent(key)(ctx, t)
		return true, err
	})
}

// TabTo presses Tab until the element that has the focus matches the selector;
// an element that has it already need not be left. It fails the test when none
// does, or when somewhere on the way nobody could see what has the focus.
func (p *Page) TabTo(selector string) {
	p.tb.Helper()
	p.tabTo(selector, chromedp.KeyEvent(Tab))
}

// TabBackTo does so with Shift and Tab.
func (p *Page) TabBackTo(selector string) {
	p.tb.Helper()
	p.tabTo(selector, chromedp.KeyEvent(Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
}

func (p *Page) tabTo(selector string, press chromedp.Action[chromedp.Void]) {
	p.tb.Helper()
	var chain []string
	for rounds := 0; rounds < 3 && len(chain) < furthest; {
		at := p.focus(selector)
		if at.Hidden != "" {
			p.tb.Fatalf("TabTo %s: %s has the focus, but %s; %s", selector, at.Name, at.Hidden, p.whereabouts())
		}
		if at.Found {
			return
		}
		chain = append(chain, at.Name)
		if at.Name == theDocument {
			rounds++
		}
		run(p, "TabTo "+selector, press)
	}
	p.tb.Fatalf("TabTo %s: the focus was on none such, but on %s; %s", selector, strings.Join(chain, ", "), p.whereabouts())
}

// focused is the element that has the focus.
type focused struct {
	Name   string // as a person would name it in a message
	Found  bool   // it matches
	Hidden string // why nobody can see that it has the focus
}

func (p *Page) focus(selector string) focused {
	p.tb.Helper()
	return Eval[focused](p, fmt.Sprintf("(%s)(%q)", focusSeen, selector))
}

// focusSeen judges the element that has the focus: it must stand in the window,
// and be marked by an outline or a shadow, of its own or of what the style sheet
// draws before or after it, such as a row around a link. The document itself has the focus
// between the last element and the first, and a part of it (tabindex="-1") after
// a link to that part; neither takes a key.
const focusSeen = `selector => {
	const marks = style => style.content !== "none" && (style.boxShadow !== "none" || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1);
	const at = document.activeElement;
	if (at === document.body || at === null) return {Name: "` + theDocument + `", Found: false, Hidden: ""};
	if (at.tabIndex < 0) return {Name: "a part of the document", Found: at.matches(selector), Hidden: ""};
	const label = (at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || at.name || at.id || "").trim().slice(0, 40);
	const name = at.tagName.toLowerCase() + (at.type ? "[" + at.type + "]" : "") + " “" + label.replace(/\s+/g, " ") + "”";
	const box = at.getBoundingClientRect(), style = getComputedStyle(at);
	const inWindow = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
	let hidden = "";
	if (box.width < 2 || box.height < 2 || style.visibility !== "visible" || style.opacity === "0") hidden = "it cannot be seen";
	else if (!inWindow) hidden = "it stands outside the window";
	else if (!["", "::before", "::after"].some(part => marks(getComputedStyle(at, part)))) hidden = "nothing marks it";
	return {Name: name, Found: at.matches(selector), Hidden: hidden};
}`

// Scripts lets the documents that come run their scripts, or not. What a test
// asks of a page does not depend on it.
func (p *Page) Scripts(on bool) {
	p.tb.Helper()
	run(p, "Scripts", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	})
}
