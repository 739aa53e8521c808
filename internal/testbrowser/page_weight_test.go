package testbrowser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"latchkey/internal/testbrowser"
)

// heavy moves when its script has come, and is reached by a redirect.
func heavy(t *testing.T) string {
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

// The tests here run by themselves: what a page is seen to do at a moment depends on how busy the browser is.

func TestPageWeigh(t *testing.T) {
	p, base := testbrowser.Browser(t), heavy(t)
	p.Goto(base + "/new") // fills the cache, which is not to be used
	requests := p.Weigh(base + "/old")
	total := map[string]int{}
	for _, request := range requests {
		total[strings.TrimPrefix(request.URL, base)] += request.Bytes
	}
	if len(requests) != 4 || requests[0].URL != base+"/old" {
		t.Errorf("the page took %v", requests)
	}
	for path, least := range map[string]int{"/old": 50, "/new": 600, "/a.js": 5000, "/b.css": 100} {
		if total[path] < least || total[path] > least+600 {
			t.Errorf("%s: %d bytes, want some more than %d", path, total[path], least)
		}
	}
}

func TestPageShift(t *testing.T) {
	p, base := testbrowser.Browser(t), heavy(t)
	p.Goto(base + "/new")
	p.WaitFor(`document.getElementById("top").style.height !== ""`)
	if shift := p.Shift(); shift.Sum < 0.001 || len(shift.Parts) == 0 {
		t.Errorf("the page moved, and its shift is %v", shift)
	}
	p.Goto(base + "/b.css")
	if shift := p.Shift(); shift.Sum != 0 || len(shift.Parts) > 0 {
		t.Errorf("nothing moves, and the shift is %v", shift)
	}
}

// TestPageInTurn: what a script changes after the first paint is seen each time.
func TestPageInTurn(t *testing.T) {
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
	p.InTurn()
	for range 5 {
		requests := p.Weigh(server.URL + "/")
		if shift := p.Shift(); shift.Sum == 0 || len(requests) != 3 {
			t.Errorf("the shift is %v, after %v", shift, requests)
		}
	}
}
