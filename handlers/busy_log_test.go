package handlers_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/handlers"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

// TestBusyRefusalsAreLoggedTogether: requests that are refused because the hash queue is full are logged once in ten seconds, with their
// number.
func TestBusyRefusalsAreLoggedTogether(t *testing.T) {
	testkit.Parallel(t)
	var log bytes.Buffer
	app := testapp.NewApp(t, testdb.SQLite(t))
	options := app.Pages
	options.Page.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	site := handlers.WithError(options, "/busy", core.BusyError{RetryAfter: 5 * time.Second})
	flood := func(n int) {
		for range n {
			answer := askUnder(site, app.BaseURL.Host, http.MethodGet, "/busy")
			check(t, "status", answer.Code, http.StatusServiceUnavailable)
			check(t, "Retry-After", answer.Header().Get("Retry-After"), "5")
		}
	}
	flood(100)
	app.Clock.Advance(9 * time.Second)
	flood(50)
	app.Clock.Advance(time.Second)
	flood(20)
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || !strings.HasSuffix(lines[0], "requests=1") || !strings.HasSuffix(lines[1], "requests=150") {
		t.Errorf("logged:\n%s", log.String())
	}
}
