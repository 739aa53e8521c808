package testbrowser

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// stepTimeout bounds each step on a page, so that the message names the step that waited in vain.
const stepTimeout = 60 * time.Second

// Page is a browser page of one user. Every method waits for what it needs, and fails the test if that does not come; a
// selector is CSS and means the first match. Use it only in the goroutine of the test.
type Page struct {
	Ctx    context.Context // for chromedp's own actions
	Status int             // of the document loaded last by Goto or Submit

	tb            testing.TB
	width, height int // set by Resize; 0 = the browser's own
	problems      problems
}

func openPage(browser context.Context, tb testing.TB) *Page {
	tb.Helper()
	p := &Page{tb: tb, problems: problems{documents: map[network.RequestID]bool{}}}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.listen))
	p.Ctx = ctx
	tb.Cleanup(func() { chromedp.Cancel(ctx) })
	late := time.AfterFunc(stepTimeout, cancel) // no deadline: the page lives as long as the context of its first step
	err := chromedp.Do(ctx)
	late.Stop()
	if err != nil {
		tb.Fatalf("opening a page: %v", err)
	}
	// Behave as if the window had the focus, which only one window can have.
	run(p, "opening a page", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	})
	return p
}

// Click clicks an element that does not load another document.
func (p *Page) Click(selector string) {
	p.tb.Helper()
	run(p, "Click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Fill replaces the value of a field by typing, or selects an option by its value, with the events that a person causes.
func (p *Page) Fill(selector, value string) {
	p.tb.Helper()
	what := "Fill " + selector
	run(p, what, chromedp.WaitVisible(chromedp.CSS(selector)))
	if choose := run(p, what, chromedp.Evaluate[string](fmt.Sprintf("(%s)(document.querySelector(%q), %q)", selectField, selector, value))); choose == "chosen" {
		return
	}
	run(p, what, func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: value})
	})
	if got := p.Value(selector); got != value {
		p.tb.Fatalf("%s: the field holds %q, want %q", what, got, value)
	}
}

// selectField empties and focuses a field, ready for typing.
const selectField = `(field, value) => {
	field.focus();
	if (field.tagName === "SELECT") {
		if (![...field.options].some(option => option.value === value)) throw new Error("no option " + value);
		field.value = value;
		field.dispatchEvent(new Event("input", {bubbles: true}));
		field.dispatchEvent(new Event("change", {bubbles: true}));
		return "chosen";
	}
	field.select();
	document.execCommand("delete");
	return "";
}`

// Choose selects a file for a field.
func (p *Page) Choose(selector, path string) {
	p.tb.Helper()
	run(p, "Choose "+selector, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{path}))
}

// Press presses keys, such as the letters of a text, in the element that has the focus.
func (p *Page) Press(keys string, options ...chromedp.KeyOption) {
	p.tb.Helper()
	run(p, "Press "+keys, keyEvents(keys, options...))
}

// keyEvents is [chromedp.KeyEvent], but as of a real keyboard: a key that a script of the page handles types nothing.
func keyEvents(keys string, options ...chromedp.KeyOption) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, key := range keys {
			events := kb.Encode(key)
			down, up := events[0], events[len(events)-1]
			for _, option := range options {
				option(down)
				option(up)
			}
			if len(events) == 3 && down.Modifiers&^int64(chromedp.ModifierShift) == 0 { // it types something
				down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
			}
			for _, event := range []*input.DispatchKeyEventParams{down, up} {
				if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, *event); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Downloads keeps the files of downloads in a directory, under the names that the server gives them.
func (p *Page) Downloads(dir string) {
	p.tb.Helper()
	run(p, "Downloads", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: browser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: chromedp.FromContext(ctx).BrowserContextID, DownloadPath: dir,
		})
	})
}

// Scripts switches the scripts of the following documents on or off. Methods of Page work without them.
func (p *Page) Scripts(on bool) {
	p.tb.Helper()
	run(p, "Scripts", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	})
}

// Wait returns when the element is visible.
func (p *Page) Wait(selector string) {
	p.tb.Helper()
	run(p, "Wait "+selector, chromedp.WaitVisible(chromedp.CSS(selector)))
}

// WaitFor returns when an expression of JavaScript is true.
func (p *Page) WaitFor(expression string) {
	p.tb.Helper()
	run(p, "WaitFor "+expression, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(0)))
}

// Text returns the visible text of an element.
func (p *Page) Text(selector string) string {
	p.tb.Helper()
	return run(p, "Text "+selector, chromedp.Text(chromedp.CSS(selector)))
}

// Value returns the value of a field.
func (p *Page) Value(selector string) string {
	p.tb.Helper()
	return run(p, "Value "+selector, chromedp.Value(chromedp.CSS(selector)))
}

// URL returns the address of the page.
func (p *Page) URL() string {
	p.tb.Helper()
	return run(p, "URL", chromedp.Location())
}

// Eval returns the value of an expression of JavaScript, awaited if a promise.
func Eval[T any](p *Page, expression string) T {
	p.tb.Helper()
	return run(p, "Eval", chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// run does one step. If it fails, the message names the step and the page.
func run[T any](p *Page, what string, action chromedp.Action[T]) T {
	p.tb.Helper()
	ctx, cancel := context.WithTimeout(p.Ctx, stepTimeout)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		p.tb.Fatalf("%s: %v\n%s", what, err, p.whereabouts())
	}
	return value
}

// whereabouts describes the page for messages.
func (p *Page) whereabouts() string {
	ctx, cancel := context.WithTimeout(p.Ctx, time.Second)
	defer cancel()
	const js = `location.href + " “" + document.title + "”: " + (document.body ? document.body.innerText.slice(0, 500) : "")`
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](js))
	if err != nil {
		return "(the page does not answer)"
	}
	return "at " + text
}
