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

// Keys for Press and Leave.
const (
	Tab    = kb.Tab
	Enter  = kb.Enter
	Space  = " "
	Escape = kb.Escape
	Up     = kb.ArrowUp
	Down   = kb.ArrowDown
	Delete = kb.Delete // forward
)

// furthest is how often Tab is pressed on one page at most. After two rounds TabTo gives up earlier.
const furthest = 200

// theDocument has the focus between the last element and the first.
const theDocument = "the document"

// Press presses keys, such as the letters of a text, in the element that has the focus.
func (p *Page) Press(keys string) {
	p.tb.Helper()
	run(p, "Press "+keys, chromedp.KeyEvent(keys))
}

// Leave presses a key that loads another document, and waits like Submit.
func (p *Page) Leave(key string) {
	p.tb.Helper()
	p.load("Leave", func(ctx context.Context, t *chromedp.Target) (bool, error) {
		_, err := chromedp.KeyEvent(key)(ctx, t)
		return true, err
	})
}

// TabTo presses Tab until the focus is on an element that matches the selector. The test fails if no element does, or if the
// focus is invisible on the way.
func (p *Page) TabTo(selector string) {
	p.tb.Helper()
	p.tabTo(selector, chromedp.KeyEvent(Tab))
}

// TabBackTo is TabTo with Shift and Tab.
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
	Name   string // for messages
	Found  bool   // it matches the selector
	Hidden string // why its focus is invisible; "" = visible
}

func (p *Page) focus(selector string) focused {
	p.tb.Helper()
	return Eval[focused](p, fmt.Sprintf("(%s)(%q)", focusSeen, selector))
}

// focusSeen checks that the focused element is in the window and marked by an outline or a shadow, of its own or of its ::before
// or ::after. The document itself, and parts of it with tabindex="-1", take no keys and need no mark.
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

// Scripts switches the scripts of the following documents on or off. Methods of Page work without them.
func (p *Page) Scripts(on bool) {
	p.tb.Helper()
	run(p, "Scripts", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	})
}
