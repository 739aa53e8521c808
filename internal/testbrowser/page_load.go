package testbrowser

import (
	"context"
	"errors"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// errSameDocument means that a step has loaded no document.
var errSameDocument = errors.New("no other document")

// Goto loads an address, unless it differs from the current one only in its fragment.
func (p *Page) Goto(url string) {
	p.tb.Helper()
	p.load("Goto "+url, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		result, err := cdp.Call(ctx, t, page.Navigate, page.NavigateParams{URL: url})
		switch {
		case err != nil:
			return err
		case result.ErrorText != "":
			return errors.New(result.ErrorText)
		case result.LoaderID == "":
			return errSameDocument
		}
		return nil
	}))
}

// Submit clicks and waits until the next document, after all redirects, is loaded.
func (p *Page) Submit(selector string) {
	p.tb.Helper()
	p.load("Submit "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Leave presses a key that loads another document, and waits like Submit.
func (p *Page) Leave(key string) {
	p.tb.Helper()
	p.load("Leave", keyEvents(key))
}

// Enter presses the Enter key where the focus is, and waits like Submit.
func (p *Page) Enter() {
	p.tb.Helper()
	p.Leave(kb.Enter)
}

// load does a step and waits until another document and what it needs are loaded. Each document, redirects included, has its own
// loader, which distinguishes it from another at the same address, and from changes of the history.
func (p *Page) load(what string, step chromedp.Action[chromedp.Void]) {
	p.tb.Helper()
	run(p, what, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		before, err := cdp.Call(ctx, t, page.GetFrameTree, cdp.Empty{})
		if err != nil {
			return err
		}
		events := chromedp.Events(ctx, page.LifecycleEvent) // before the step, so that no quick answer is missed
		if _, err := step(ctx, t); errors.Is(err, errSameDocument) {
			return nil
		} else if err != nil {
			return err
		}
		old := before.FrameTree.Frame
		for event, err := range events {
			if err != nil {
				return fmt.Errorf("no new document came: %w", err)
			}
			if event.Name == "load" && event.FrameID == old.ID && event.LoaderID != old.LoaderID {
				break
			}
		}
		after, err := cdp.Call(ctx, t, page.GetFrameTree, cdp.Empty{})
		if err == nil && after.FrameTree.Frame.UnreachableURL != "" {
			err = errors.New("the address cannot be loaded")
		}
		return err
	}))
	p.Status = Eval[int](p, `performance.getEntriesByType("navigation")[0].responseStatus`)
}
