package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"latchkey/internal/testbrowser"
)

// download is a request that a page caused.
type download struct {
	url   string
	bytes int // of the answer as it was sent, headers included
}

// firstView loads an address without the cache and returns its requests, the document's first. Data URLs are left out.
func firstView(t *testing.T, p *testbrowser.Page, url string) []download {
	t.Helper()
	setCacheDisabled(t, p, true)
	defer setCacheDisabled(t, p, false)
	ctx, cancel := context.WithCancel(p.Ctx)
	defer cancel()
	seen := &traffic{open: map[network.RequestID]*download{}}
	if err := chromedp.Listen(ctx, seen.listen); err != nil {
		t.Fatalf("first view of %s: %v", url, err)
	}
	p.Goto(url)
	for deadline := time.Now().Add(time.Minute); seen.pending(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("first view of %s: not everything came: %v", url, seen.downloads())
		}
	}
	return seen.downloads()
}

func setCacheDisabled(t *testing.T, p *testbrowser.Page, disabled bool) {
	t.Helper()
	if _, err := chromedp.Call(p.Ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: disabled}); err != nil {
		t.Fatal(err)
	}
}

// traffic collects requests. Its listener runs in the goroutine that reads the browser's messages.
type traffic struct {
	mu   sync.Mutex
	all  []*download
	open map[network.RequestID]*download // without an answer yet
}

func (t *traffic) listen(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.RedirectResponse != nil { // goes on under the same id
			t.end(e.RequestID, e.RedirectResponse.EncodedDataLength)
		}
		if !strings.HasPrefix(e.Request.URL, "data:") {
			t.open[e.RequestID] = &download{url: e.Request.URL}
			t.all = append(t.all, t.open[e.RequestID])
		}
	case *network.EventLoadingFinished:
		t.end(e.RequestID, e.EncodedDataLength)
	case *network.EventLoadingFailed:
		t.end(e.RequestID, 0)
	}
}

func (t *traffic) end(id network.RequestID, size float64) {
	if request := t.open[id]; request != nil {
		request.bytes = int(size)
		delete(t.open, id)
	}
}

func (t *traffic) pending() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.open) > 0
}

func (t *traffic) downloads() (list []download) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, request := range t.all {
		list = append(list, *request)
	}
	return list
}

// layoutShift is what moved on a page since it was loaded.
type layoutShift struct {
	Sum   float64  // cumulative layout shift; up to 0.1 counts as good
	Parts []string // which elements moved, from where to where
}

func shiftOf(p *testbrowser.Page) layoutShift { return testbrowser.Eval[layoutShift](p, shifts) }

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

// loadInOrder lets style sheets take effect when the whole document was read, scripts and images after the first paint, as on a slow
// line. Otherwise the order depends on the moment, and layout shifts are seen only sometimes.
func loadInOrder(t *testing.T, p *testbrowser.Page) {
	t.Helper()
	held := &heldRequests{ctx: p.Ctx}
	if err := chromedp.Listen(p.Ctx, held.listen); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(p.Ctx, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{
		{ResourceType: network.ResourceTypeStylesheet}, {ResourceType: network.ResourceTypeScript}, {ResourceType: network.ResourceTypeImage},
	}}); err != nil {
		t.Fatal(err)
	}
}

// heldRequests releases requests in goroutines: its listener runs in the one that a command would wait for.
type heldRequests struct {
	ctx      context.Context
	mu       sync.Mutex
	document cdp.LoaderID
	painted  bool
	later    []fetch.RequestID
}

func (h *heldRequests) listen(event any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch e := event.(type) {
	case *page.EventFrameNavigated:
		if e.Frame.ParentID == "" {
			h.document, h.painted = e.Frame.LoaderID, false
		}
	case *page.EventLifecycleEvent:
		h.painted = h.painted || e.Name == "firstContentfulPaint" && e.LoaderID == h.document
	case *fetch.EventRequestPaused:
		if e.ResourceType == network.ResourceTypeStylesheet {
			go h.releaseStyle(e.RequestID)
		} else {
			h.later = append(h.later, e.RequestID)
		}
	}
	if h.painted {
		go h.release(h.later...)
		h.later = nil
	}
}

// releaseStyle waits for the end of the document, which is parsed but not painted while its style sheet is missing.
func (h *heldRequests) releaseStyle(id fetch.RequestID) {
	const read = `new Promise(read => {
		if (document.readyState !== "loading") read(true);
		document.addEventListener("readystatechange", () => read(true), {once: true});
	})`
	_, _ = chromedp.Run(h.ctx, chromedp.Evaluate[bool](read, chromedp.EvalAwaitPromise)) // released in any case
	h.release(id)
}

func (h *heldRequests) release(ids ...fetch.RequestID) {
	for _, id := range ids {
		_, _ = chromedp.Call(h.ctx, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: id})
	}
}

// shiftingSite redirects to a page that moves when its script has run.
func shiftingSite(t *testing.T) string {
	mux := http.NewServeMux()
	mux.Handle("GET /old", http.RedirectHandler("/new", http.StatusSeeOther))
	mux.HandleFunc("GET /new", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<!doctype html><title>x</title><link rel="icon" href="data:,"><div id=top></div><p>`+strings.Repeat("text ", 100)+`</p><script src="/a.js"></script><script src="/a.js"></script><link rel="stylesheet" href="/b.css">`)
	})
	mux.HandleFunc("GET /a.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=3600")
		fmt.Fprint(w, `addEventListener("load", () => setTimeout(() => { document.getElementById("top").style.height = "200px" }, 100)) // `+strings.Repeat("x", 5000))
	})
	mux.HandleFunc("GET /b.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, "p { color: navy }")
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// The following tests are not parallel: what a page shows at a moment depends on how busy the browser is.

func TestFirstViewCountsRequestsAndBytes(t *testing.T) {
	p, base := testbrowser.Browser(t), shiftingSite(t)
	p.Goto(base + "/new") // fills the cache, which is not to be used
	requests := firstView(t, p, base+"/old")
	total := map[string]int{}
	for _, request := range requests {
		total[strings.TrimPrefix(request.url, base)] += request.bytes
	}
	if len(requests) != 4 || requests[0].url != base+"/old" {
		t.Errorf("the page took %v", requests)
	}
	for path, least := range map[string]int{"/old": 50, "/new": 600, "/a.js": 5000, "/b.css": 100} {
		if total[path] < least || total[path] > least+600 {
			t.Errorf("%s: %d bytes, want some more than %d", path, total[path], least)
		}
	}
}

func TestLayoutShiftIsMeasured(t *testing.T) {
	p, base := testbrowser.Browser(t), shiftingSite(t)
	p.Goto(base + "/new")
	p.WaitFor(`document.getElementById("top").style.height !== ""`)
	if shift := shiftOf(p); shift.Sum < 0.001 || len(shift.Parts) == 0 {
		t.Errorf("the page moved, and its shift is %v", shift)
	}
	p.Goto(base + "/b.css")
	if shift := shiftOf(p); shift.Sum != 0 || len(shift.Parts) > 0 {
		t.Errorf("nothing moves, and the shift is %v", shift)
	}
}

func TestShiftAfterFirstPaintIsSeenEachTime(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<!doctype html><title>x</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/b.css"><script src="/a.js" defer></script><div id=top></div><p>Moves</p>`)
	})
	mux.HandleFunc("GET /a.js", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `document.getElementById("top").style.height = "200px"`)
	})
	mux.HandleFunc("GET /b.css", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Type", "text/css") })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p := testbrowser.Browser(t)
	loadInOrder(t, p)
	for range 5 {
		requests := firstView(t, p, server.URL+"/")
		if shift := shiftOf(p); shift.Sum == 0 || len(requests) != 3 {
			t.Errorf("the shift is %v, after %v", shift, requests)
		}
	}
}
