package handlers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/handlers"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// asked is a request as the metrics record it.
type asked struct {
	method, route string
	status        int
}

// tally records the calls.
type tally struct {
	mu       sync.Mutex
	inFlight int
	ended    []asked
}

func (m *tally) RequestBegan() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inFlight++
}

func (m *tally) RequestEnded(method, route string, status int, _ time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inFlight--
	m.ended = append(m.ended, asked{method, route, status})
}

func (m *tally) take(t *testing.T) []asked {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	taken := m.ended
	m.ended = nil
	check(t, "requests in flight", m.inFlight, 0)
	return taken
}

// TestRequestsAreMeasured: every request has one of few labels, and never one that a client made up.
func TestRequestsAreMeasured(t *testing.T) {
	testkit.Parallel(t)
	m := &tally{}
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Metrics = m })
	app.Seed(models.SuperAdmin, "root")
	pages := handlers.New(app.Pages)
	for _, tc := range []struct {
		method, target string
		want           asked
	}{
		{"GET", "/healthz", asked{"GET", "/healthz", 200}},
		{"HEAD", "/sign-in?next=/canary", asked{"HEAD", "/sign-in", 200}},
		{"GET", "/accounts/canary", asked{"GET", "/accounts/:id", 303}},
		{"POST", "/accounts/canary/delete", asked{"POST", "/accounts/:id/delete", 401}},
		{"PUT", "/accounts/canary", asked{"other", "/accounts/:id", 405}},
		{"CANARY", "/accounts", asked{"other", "/accounts", 405}},
		{"GET", "/static/canary.css", asked{"GET", "/static/:name", 404}},
		{"GET", "/canary", asked{"GET", "unknown", 404}},
		{"GET", "/accounts/canary/b/c/d", asked{"GET", "unknown", 404}},
		{"GET", "/mail/canary/html/more", asked{"GET", "unknown", 404}},
		{"GET", "/me/", asked{"GET", "unknown", 404}},
		{"GET", "/a%00b", asked{"GET", "unknown", 400}},
		{"CANARY", "/canary", asked{"other", "unknown", 404}},
		{"GET", "/metrics", asked{"GET", "unknown", 404}},
	} {
		request := httptest.NewRequest(tc.method, tc.target, nil)
		request.Host = app.BaseURL.Host
		pages.ServeHTTP(httptest.NewRecorder(), request)
		if got := m.take(t); !slices.Equal(got, []asked{tc.want}) {
			t.Errorf("%s %s is %v, want %v", tc.method, tc.target, got, tc.want)
		}
	}
}

// TestEveryRouteIsMeasured: requests are counted under the pattern of their route.
func TestEveryRouteIsMeasured(t *testing.T) {
	testkit.Parallel(t)
	m := &tally{}
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Metrics = m })
	pages := handlers.New(app.Pages)
	for _, route := range app.Routes {
		request := httptest.NewRequest(route.Method, strings.ReplaceAll(route.Path, ":", "x"), nil)
		request.Host = app.BaseURL.Host
		pages.ServeHTTP(httptest.NewRecorder(), request)
		got := m.take(t)
		if len(got) != 1 || got[0].method != route.Method || got[0].route != route.Path {
			t.Errorf("%s is measured as %v", route, got)
		}
	}
}

// TestUnansweredRequests: they are not counted as successful.
func TestUnansweredRequests(t *testing.T) {
	testkit.Parallel(t)
	m := &tally{}
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Metrics = m })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/setup?token=x", nil)
	request.Host = app.BaseURL.Host
	handlers.New(app.Pages).ServeHTTP(httptest.NewRecorder(), request)
	if got := m.take(t); !slices.Equal(got, []asked{{"GET", "/setup", 0}}) {
		t.Errorf("a client that has gone is measured as %v", got)
	}
}
