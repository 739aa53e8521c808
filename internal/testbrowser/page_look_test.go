package testbrowser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
)

// TestSideways: an element that is too wide is reported, unless its container scrolls.
func TestSideways(t *testing.T) {
	testkit.Parallel(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<!doctype html><meta name="viewport" content="width=device-width"><style>body { margin: 0 }</style>
			<div style="overflow-x: %s"><p id="wide" style="width: 500px; position: %s">Wide.</p></div>`, r.URL.Query().Get("overflow"), r.URL.Query().Get("position"))
	}))
	t.Cleanup(server.Close)
	p := testbrowser.Browser(t)
	for _, tc := range []struct {
		overflow, position string
		width              int
		found              bool
	}{
		{"visible", "static", 390, true},
		{"visible", "static", 1280, false},
		{"auto", "static", 390, false},
		{"auto", "absolute", 390, true},
	} {
		p.Goto(server.URL + "/?overflow=" + tc.overflow + "&position=" + tc.position)
		p.Look(testbrowser.Look{Width: tc.width, Height: 800})
		got := p.Sideways()
		if found := len(got) == 1 && strings.Contains(got[0], "p#wide"); found != tc.found || len(got) > 1 {
			t.Errorf("%+v: %q", tc, got)
		}
	}
}
