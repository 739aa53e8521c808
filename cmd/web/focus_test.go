package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
)

// furthest is how often Tab is pressed on one page at most. After two rounds tabTo gives up earlier.
const furthest = 200

// theDocument has the focus between the last element and the first.
const theDocument = "the document"

// TabTo presses Tab until the focus is on an element that matches the selector. The test fails if no element does, or if the
// focus is invisible on the way.
func (p typist) TabTo(selector string) {
	p.w.t.Helper()
	tabTo(p.w.t, p.Page, selector)
}

// TabBackTo is TabTo with Shift and Tab.
func (p typist) TabBackTo(selector string) {
	p.w.t.Helper()
	tabTo(p.w.t, p.Page, selector, chromedp.KeyModifiers(chromedp.ModifierShift))
}

func tabTo(tb testing.TB, p *testbrowser.Page, selector string, options ...chromedp.KeyOption) {
	tb.Helper()
	var chain []string
	for rounds := 0; rounds < 3 && len(chain) < furthest; {
		at := testbrowser.Eval[focused](p, fmt.Sprintf("(%s)(%q)", focusSeen, selector))
		if at.Hidden != "" {
			tb.Fatalf("TabTo %s: %s has the focus, but %s; at %s", selector, at.Name, at.Hidden, p.URL())
		}
		if at.Found {
			return
		}
		chain = append(chain, at.Name)
		if at.Name == theDocument {
			rounds++
		}
		p.Press(kb.Tab, options...)
	}
	tb.Fatalf("TabTo %s: the focus was on none such, but on %s; at %s", selector, strings.Join(chain, ", "), p.URL())
}

// focused is the element that has the focus.
type focused struct {
	Name   string // for messages
	Found  bool   // it matches the selector
	Hidden string // why its focus is invisible; "" = visible
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

const keysPage = `<!doctype html><html lang="en"><title>Keys</title><meta name="viewport" content="width=device-width">
<style>#bare:focus, summary:focus { outline: none } summary:focus::after { content: ""; outline: 2px solid } #away { position: absolute; left: -999px } #tiny { position: absolute; width: 1px; height: 1px; padding: 0; border: 0 }</style>
<main id="main" tabindex="-1"><a href="#main">Skip</a>
<form action="/keys"><input name="text"><input type="checkbox" name="box">
<label><input type="radio" name="one" value="a" checked>A</label><label><input type="radio" name="one" value="b">B</label>
<details><summary>More</summary><button name="go" value="yes">Go</button></details>
<button id="plain" type="button">Plain</button>%s</form></main>`

func keysSite(t *testing.T) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, keysPage, r.FormValue("more"))
	}))
	t.Cleanup(server.Close)
	return server.URL + "/keys"
}

// TestKeyboardReachesEveryControl: keys alone reach and use each kind of control, and send the form.
func TestKeyboardReachesEveryControl(t *testing.T) {
	testkit.Parallel(t)
	p, at := typist{person{testbrowser.Browser(t), &walker{t: t}}}, keysSite(t)
	p.Goto(at)
	p.TabTo(`a[href="#main"]`)
	p.Press(kb.Enter)
	p.TabTo("#main")
	p.TabTo("[name=text]")
	p.Press("Zoë 7!")
	p.TabTo("[name=box]")
	p.Press(" ")
	p.TabTo("[name=one]")
	p.Press(kb.ArrowDown)
	p.TabTo("#plain")
	p.TabBackTo("summary")
	p.Press(kb.Enter)
	p.TabTo("[name=go]")
	p.Leave(" ")
	if got := strings.TrimPrefix(p.URL(), at); got != "?text=Zo%C3%AB+7%21&box=on&one=b&go=yes" {
		t.Errorf("the form was sent to %s", got)
	}
}

// failure records what a test fails with.
type failure struct {
	testing.TB
	text string
}

func (f *failure) Fatalf(format string, args ...any) {
	f.text = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// TestTypistSeesTheFocus: TabTo fails if the focus cannot be seen, or never reaches the element.
func TestTypistSeesTheFocus(t *testing.T) {
	testkit.Parallel(t)
	testbrowser.Browser(t) // skips the test itself, not the goroutines below, if there is no Chromium
	at := keysSite(t)
	for more, want := range map[string]string{
		"<button id=bare>Bare</button>": "button[submit] “Bare” has the focus, but nothing marks it",
		"<button id=away>Away</button>": "outside the window",
		"<input id=tiny>":               "cannot be seen",
		"<p>":                           "was on none such, but on the document, a “Skip”",
	} {
		r, done := &failure{TB: t}, make(chan struct{})
		go func() {
			defer close(done)
			p := testbrowser.Browser(r)
			p.Goto(at + "?more=" + strings.ReplaceAll(more, " ", "+"))
			tabTo(r, p, "#nowhere")
		}()
		<-done
		if !strings.Contains(r.text, want) {
			t.Errorf("%s: %q, want %q", more, r.text, want)
		}
	}
}
