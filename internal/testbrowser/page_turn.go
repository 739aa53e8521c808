package testbrowser

import (
	"context"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// InTurn lets the parts of the documents that come take effect one after the
// other, as they do on a slow line: the style sheet when the whole document has
// been read, the script when something has been painted. Otherwise it depends on
// the moment what is painted first, and what then moves is seen only at times.
func (p *Page) InTurn() {
	p.tb.Helper()
	turn := &turn{ctx: p.Ctx}
	if err := chromedp.Listen(p.Ctx, turn.listen); err != nil {
		p.tb.Fatalf("InTurn: %v", err)
	}
	run(p, "InTurn", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{
			{ResourceType: network.ResourceTypeStylesheet}, {ResourceType: network.ResourceTypeScript},
		}})
	})
}

// turn holds requests. Its listener runs in the goroutine that reads the
// browser's messages, which a command would wait for.
type turn struct {
	ctx     context.Context
	mu      sync.Mutex
	shown   cdp.LoaderID // the document
	painted bool
	scripts []fetch.RequestID
}

func (t *turn) listen(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := event.(type) {
	case *page.EventFrameNavigated:
		if e.Frame.ParentID == "" {
			t.shown, t.painted = e.Frame.LoaderID, false
		}
	case *page.EventLifecycleEvent:
		t.painted = t.painted || e.Name == "firstContentfulPaint" && e.LoaderID == t.shown
	case *fetch.EventRequestPaused:
		if e.ResourceType == network.ResourceTypeStylesheet {
			go t.releaseStyle(e.RequestID)
		} else {
			t.scripts = append(t.scripts, e.RequestID)
		}
	}
	if t.painted {
		go t.release(t.scripts...)
		t.scripts = nil
	}
}

// releaseStyle waits for the end of the document, which is read on while its
// style sheet is awaited, though nothing is painted.
func (t *turn) releaseStyle(id fetch.RequestID) {
	const read = `new Promise(read => {
		if (document.readyState !== "loading") read(true);
		document.addEventListener("readystatechange", () => read(true), {once: true});
	})`
	// Whatever comes of it: a request that is held for ever tells nobody anything.
	_, _ = chromedp.Run(t.ctx, chromedp.Evaluate[bool](read, chromedp.EvalAwaitPromise))
	t.release(id)
}

func (t *turn) release(held ...fetch.RequestID) {
	for _, id := range held {
		_, _ = chromedp.Call(t.ctx, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: id})
	}
}
