package testkit

import (
	"context"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// ScriptsLate holds the scripts of the documents that come back until something
// has been painted, as a slow line does. On a quick one a page's script may be
// there before or after that, and what it moves is seen only at times.
func (p *Page) ScriptsLate() {
	p.tb.Helper()
	late := &late{ctx: p.Ctx}
	if err := chromedp.Listen(p.Ctx, late.listen); err != nil {
		p.tb.Fatalf("ScriptsLate: %v", err)
	}
	run(p, "ScriptsLate", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, fetch.Enable, fetch.EnableParams{
			Patterns: []*fetch.RequestPattern{{ResourceType: network.ResourceTypeScript}},
		})
	})
}

// late holds requests. Its listener runs in the goroutine that reads the
// browser's messages, which a command would wait for.
type late struct {
	ctx     context.Context
	mu      sync.Mutex
	shown   cdp.LoaderID // the document
	painted bool
	held    []fetch.RequestID
}

func (l *late) listen(event any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e := event.(type) {
	case *page.EventFrameNavigated:
		if e.Frame.ParentID == "" {
			l.shown, l.painted = e.Frame.LoaderID, false
		}
	case *page.EventLifecycleEvent:
		l.painted = l.painted || e.Name == "firstContentfulPaint" && e.LoaderID == l.shown
	case *fetch.EventRequestPaused:
		l.held = append(l.held, e.RequestID)
	}
	if l.painted {
		go l.release(l.held)
		l.held = nil
	}
}

func (l *late) release(held []fetch.RequestID) {
	for _, id := range held {
		_, _ = chromedp.Call(l.ctx, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: id})
	}
}
