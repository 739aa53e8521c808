package handlers_test

import (
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

// TestMain runs the garbage collector less often, since the tests create many short-lived pages.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(testkit.Main(m))
}

// each runs a scenario on the whole program, on SQLite; in the long mode on both engines, see [testkit.Long]. The test
// becomes parallel, so that it can call this once only.
func each(t *testing.T, run func(t *testing.T, app *testapp.App), change ...func(*testapp.AppOptions)) {
	t.Helper()
	if testkit.Long() {
		onBoth(t, run, change...)
		return
	}
	testkit.Parallel(t)
	run(t, testapp.NewApp(t, testdb.SQLite(t), change...))
}

// onBoth runs a scenario on both engines in every mode: for what goes through all routes, and for what writes.
func onBoth(t *testing.T, run func(t *testing.T, app *testapp.App), change ...func(*testapp.AppOptions)) {
	t.Helper()
	testdb.Engines(t, func(t *testing.T, db testdb.Database) { run(t, testapp.NewApp(t, db, change...)) })
}

// company is the same with the accounts that most scenarios need.
func company(t *testing.T, run func(t *testing.T, app *testapp.App, who testapp.Company), change ...func(*testapp.AppOptions)) {
	t.Helper()
	each(t, func(t *testing.T, app *testapp.App) { run(t, app, app.Company()) }, change...)
}

// companyOnBoth is the same on both engines in every mode.
func companyOnBoth(t *testing.T, run func(t *testing.T, app *testapp.App, who testapp.Company), change ...func(*testapp.AppOptions)) {
	t.Helper()
	onBoth(t, func(t *testing.T, app *testapp.App) { run(t, app, app.Company()) }, change...)
}

// unhurried leaves a test out in the short mode: it asks for one page after the other, which no race can come of.
func unhurried(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it only takes time")
	}
}

// unchanged fails the test if do writes anything except the refusal.
func unchanged(t *testing.T, app *testapp.App, what string, do func()) {
	t.Helper()
	before := app.DB.Dump(t)
	do()
	after := app.DB.Dump(t)
	for _, line := range missing(after, before) {
		if !aboutTheRequest(line) {
			t.Errorf("%s wrote %s", what, line)
		}
	}
	for _, line := range missing(before, after) {
		if !aboutTheRequest(line) {
			t.Errorf("%s removed %s", what, line)
		}
	}
}

// aboutTheRequest knows the rows that remember a request which changed nothing: its answer, and that it was refused.
func aboutTheRequest(line string) bool {
	return strings.HasPrefix(line, "answers: ") || strings.HasPrefix(line, "audit_events: action=access-refused ")
}

// missing returns the lines of list that other has not.
func missing(list, other []string) (lines []string) {
	known := map[string]bool{}
	for _, line := range other {
		known[line] = true
	}
	for _, line := range list {
		if !known[line] {
			lines = append(lines, line)
		}
	}
	return lines
}

// check fails the test if got is not want.
func check[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// must returns a function that returns the value, or fails the test.
func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
