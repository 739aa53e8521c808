package testkit_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"latchkey/internal/testkit"
)

// TestSideways: a part that is too wide is named, unless it is scrolled by itself.
func TestSideways(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<!doctype html><meta name="viewport" content="width=device-width"><style>body { margin: 0 }</style>
			<div style="overflow-x: %s"><p id="wide" style="width: 500px">Wide.</p></div>`, r.URL.Query().Get("overflow"))
	}))
	t.Cleanup(server.Close)
	p := testkit.Browser(t)
	for _, tc := range []struct {
		overflow string
		width    int
		found    bool
	}{{"visible", 390, true}, {"visible", 1280, false}, {"auto", 390, false}} {
		p.Goto(server.URL + "/?overflow=" + tc.overflow)
		p.Look(testkit.Look{Width: tc.width, Height: 800})
		got := p.Sideways()
		if found := len(got) == 1 && strings.Contains(got[0], "p#wide"); found != tc.found || len(got) > 1 {
			t.Errorf("%s at %d px: %q", tc.overflow, tc.width, got)
		}
	}
}
