package testbrowser

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Request is one of those that a page took.
type Request struct {
	URL   string
	Bytes int // of the answer as it was sent, headers included
}

// Weigh loads an address as a browser does that has never been there, and gives
// the requests that this took, the document's first. What stands in the page
// itself (data:) is none.
func (p *Page) Weigh(url string) []Request {
	p.tb.Helper()
	p.cache(false)
	defer p.cache(true)
	ctx, cancel := context.WithCancel(p.Ctx)
	defer cancel()
	taken := &traffic{open: map[network.RequestID]*Request{}}
	if err := chromedp.Listen(ctx, taken.listen); err != nil {
		p.tb.Fatalf("Weigh %s: %v", url, err)
	}
	p.Goto(url)
	for deadline := time.Now().Add(stepTimeout); taken.waits(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.tb.Fatalf("Weigh %s: not everything came: %v", url, taken.requests())
		}
	}
	return taken.requests()
}

func (p *Page) cache(on bool) {
	p.tb.Helper()
	run(p, "Weigh", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: !on})
	})
}

// traffic collects requests. Its listener runs in the goroutine that reads the
// browser's messages.
type traffic struct {
	mu    sync.Mutex
	taken []*Request
	open  map[network.RequestID]*Request // those without an answer yet
}

func (t *traffic) listen(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.RedirectResponse != nil { // goes on under the same id
			t.end(e.RequestID, e.RedirectResponse.EncodedDataLength)
		}
		t.begin(e.RequestID, e.Request.URL)
	case *network.EventLoadingFinished:
		t.end(e.RequestID, e.EncodedDataLength)
	case *network.EventLoadingFailed:
		t.end(e.RequestID, 0)
	}
}

func (t *traffic) begin(id network.RequestID, url string) {
	if strings.HasPrefix(url, "data:") {
		return
	}
	t.open[id] = &Request{URL: url}
	t.taken = append(t.taken, t.open[id])
}

func (t *traffic) end(id network.RequestID, size float64) {
	if request := t.open[id]; request != nil {
		request.Bytes = int(size)
		delete(t.open, id)
	}
}

func (t *traffic) waits() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.open) > 0
}

func (t *traffic) requests() []Request {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]Request, len(t.taken))
	for i, request := range t.taken {
		list[i] = *request
	}
	return list
}

// Shift is what moved on the page by itself since it was loaded.
type Shift struct {
	Sum   float64  // of its layout shifts (cumulative layout shift; 0.1 is what people bear)
	Parts []string // which elements moved, from where to where
}

// Shift gives what has moved so far.
func (p *Page) Shift() Shift {
	p.tb.Helper()
	return Eval[Shift](p, shifts)
}

// shifts waits for two frames, after which the last one has been judged.
const shifts = `new Promise(resolve => {
	const shift = {Sum: 0, Parts: []};
	const name = node => node === null ? "what is gone" : (node.id || node.className || node.nodeName) + "";
	const box = rect => [rect.x, rect.y, rect.width, rect.height].map(Math.round).join(",");
	const add = entries => entries.forEach(entry => {
		shift.Sum += entry.value;
		for (const part of entry.sources) {
			shift.Parts.push(Math.round(entry.startTime) + " ms: " + name(part.node) + " " + box(part.previousRect) + " → " + box(part.currentRect));
		}
	});
	const observer = new PerformanceObserver(list => add(list.getEntries()));
	observer.observe({type: "layout-shift", buffered: true});
	requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => { add(observer.takeRecords()); resolve(shift); }, 50)));
})`
