package testbrowser

import (
	"context"
	"errors"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// loads follows which document the page shows. Each document, redirects included, has its own loader, which distinguishes it
// from another at the same address, and from changes of the history.
type loads struct {
	mu       sync.Mutex
	current  cdp.LoaderID
	complete bool                 // the current document and what it needs are there
	failed   bool                 // the current document is the browser's own error page
	statuses map[cdp.LoaderID]int // of the documents, frames included
	changed  chan struct{}        // closed and replaced at each change
}

// listen runs in the goroutine that reads the browser's messages.
func (l *loads) listen(event any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e := event.(type) {
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			l.setStatus(e.LoaderID, int(e.Response.Status))
		}
	case *page.EventFrameNavigated:
		if e.Frame.ParentID == "" {
			l.current, l.complete, l.failed = e.Frame.LoaderID, false, e.Frame.UnreachableURL != ""
		}
	case *page.EventLifecycleEvent:
		if e.Name == "load" && e.LoaderID == l.current {
			l.complete = true
			l.notify()
		}
	}
}

func (l *loads) setStatus(loader cdp.LoaderID, status int) {
	if l.statuses == nil {
		l.statuses = map[cdp.LoaderID]int{}
	}
	l.statuses[loader] = status
}

func (l *loads) notify() {
	if l.changed != nil {
		close(l.changed)
	}
	l.changed = nil
}

// state returns the current loader, whether all is loaded, and a channel that is closed at the next change.
func (l *loads) state() (current cdp.LoaderID, complete bool, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return l.current, l.complete, l.changed
}

// await waits until another document than that of the given loader is loaded.
func (l *loads) await(ctx context.Context, before cdp.LoaderID) error {
	for {
		current, complete, changed := l.state()
		if complete && current != before {
			return l.result()
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return errors.Join(errors.New("no new document came"), ctx.Err())
		}
	}
}

func (l *loads) result() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed {
		return errors.New("the address cannot be loaded")
	}
	return nil
}

func (l *loads) status() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.statuses[l.current]
}

// Goto loads an address, unless it differs from the current one only in its fragment.
func (p *Page) Goto(url string) {
	p.tb.Helper()
	p.load("Goto "+url, func(ctx context.Context, t *chromedp.Target) (bool, error) {
		result, err := cdp.Call(ctx, t, page.Navigate, page.NavigateParams{URL: url})
		if err == nil && result.ErrorText != "" {
			err = errors.New(result.ErrorText)
		}
		return result.LoaderID != "", err
	})
}

// Submit clicks and waits until the next document, after all redirects, is loaded.
func (p *Page) Submit(selector string) {
	p.tb.Helper()
	p.load("Submit "+selector, func(ctx context.Context, t *chromedp.Target) (bool, error) {
		_, err := chromedp.Click(chromedp.CSS(selector))(ctx, t)
		return true, err
	})
}

// Enter presses the Enter key where the focus is, and waits like Submit.
func (p *Page) Enter() {
	p.tb.Helper()
	p.Leave(Enter)
}

// load does a step that reports whether it loads a document. It reads the current loader first, so that no quick answer is
// missed.
func (p *Page) load(what string, step chromedp.Action[bool]) {
	p.tb.Helper()
	run(p, what, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		before, _, _ := p.loads.state()
		brings, err := step(ctx, t)
		if err != nil || !brings {
			return chromedp.Void{}, err
		}
		return chromedp.Void{}, p.loads.await(ctx, before)
	})
	p.Status = p.loads.status()
}
