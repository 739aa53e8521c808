package main

import (
	"context"
	"database/sql"
	"net/http"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestUnavailableDatabase: with the database refused, cut in mid-request, silent or slow, people get a page that says so, nothing
// is half-written, and when the database is back the same process goes on.
func TestUnavailableDatabase(t *testing.T) {
	testkit.Parallel(t)
	impatient := quickTimings() // since the test waits for the end of them
	if !testkit.Long() {
		impatient.Request, impatient.Ready = 4*time.Second, 500*time.Millisecond
	}
	troubles := []struct {
		name    string
		timings timings
		is      func(*away)
	}{
		{"silent", impatient, func(a *away) { a.fails(testkit.Hanging) }},
		{"refused", quickTimings(), func(a *away) { a.fails(testkit.Refusing) }},
		{"slow", quickTimings(), (*away).isSlow},
		{"cut while creating an account", quickTimings(), func(a *away) { a.cutEverywhere(a.creates) }},
		{"cut while blacklisting", quickTimings(), func(a *away) { a.cutEverywhere(a.blacklists) }},
	}
	for _, trouble := range troubles {
		t.Run(trouble.name, func(t *testing.T) {
			testkit.Parallel(t)
			trouble.is(newAway(t, trouble.timings))
		})
	}
	t.Run("locked", func(t *testing.T) {
		testkit.Parallel(t)
		lockedOut(t)
	})
}

// away is a process whose PostgreSQL goes away.
type away struct {
	*process
	t       *testing.T
	proxy   *testkit.Proxy
	all     *visitors
	session string // the SuperAdmin's
	tables  *sql.DB
}

func newAway(t *testing.T, timings timings) *away {
	p := newProgram(t, models.Postgres)
	proxy := testkit.NewProxy(t, p.env["LATCHKEY_DATABASE"])
	p.timings = timings
	p.seed("root", "eve")
	a := &away{process: p.process("LATCHKEY_DATABASE", proxy.Address), t: t, proxy: proxy}
	a.tables = a.DB.Raw(t)
	a.all, a.session = a.visitors(t, 8), a.SignIn("root").Session()
	return a
}

// count asks the database itself.
func (a *away) count(query string) (n int) {
	a.t.Helper()
	if err := a.tables.QueryRowContext(a.t.Context(), query).Scan(&n); err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// fails takes the database away, and gives it back.
func (a *away) fails(mode testkit.ProxyMode) {
	a.proxy.Set(mode)
	wantBusy(a.t, a.all, a.session, "/accounts", "/me", "/setup?token=x", createForm("nobody"), signInForm("root"))
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 503} {
		if got := a.all.get(a.t.Context(), path, ""); got.status != want {
			a.t.Errorf("%s: %d, want %d", path, got.status, want)
		}
	}
	a.proxy.Set(testkit.Passing)
	a.wellAgain()
	if n := a.count("SELECT count(*) FROM accounts WHERE name = 'nobody'"); n != 0 {
		a.t.Error("an account was made while the database was away")
	}
}

// isSlow checks that everything works, slowly, with a slow database.
func (a *away) isSlow() {
	a.proxy.Set(testkit.Slow)
	for path, want := range map[string]int{"/accounts": 200, "/readyz": 200, createForm("slow"): 303} {
		if got := a.all.ask(a.t.Context(), path, a.session); got.status != want {
			a.t.Errorf("%s: %d, %v; want %d", path, got.status, got.err, want)
		}
	}
	if got := a.all.signIn(a.t.Context(), "root", testapp.Secret); got.status != http.StatusSeeOther {
		a.t.Errorf("signing in: %d, %v", got.status, got.err)
	}
}

// wellAgain waits until the process says so itself, and holds it to that.
func (a *away) wellAgain() {
	a.t.Helper()
	back := time.Now()
	a.awaitReady(a.t, a.all)
	if took := time.Since(back); testkit.Long() && took > 10*time.Second {
		a.t.Errorf("well again after %s", took)
	}
	for path, want := range map[string]int{"/accounts": 200, "/setup?token=x": 404} {
		if got := a.all.get(a.t.Context(), path, a.session); got.status != want {
			a.t.Errorf("%s after the database was back: %d, %v", path, got.status, got.err)
		}
	}
	if got := a.all.signIn(a.t.Context(), "root", testapp.Secret); got.status != http.StatusSeeOther {
		a.t.Errorf("signing in after the database was back: %d, %v", got.status, got.err)
	}
}

// awaitReady polls until the database can be used.
func (r *process) awaitReady(t *testing.T, all *visitors) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longestAnswer)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for all.get(ctx, "/readyz", "").status != http.StatusOK {
		select {
		case <-ctx.Done():
			t.Fatal("the program did not find its database again")
		case <-again.C:
		}
	}
}

// lockedOut keeps a process from writing to its SQLite for longer than it waits. Who only reads is not kept.
func lockedOut(t *testing.T) {
	p := newProgram(t, models.SQLite)
	p.seed("root")
	if !testkit.Long() {
		p.timings.SQLiteLock = time.Second
	}
	r := p.process()
	all, session := r.visitors(t, 8), r.SignIn("root").Session()
	lockTable(t, r.DB, "accounts", func(*sql.Conn) {
		wantBusy(t, all, session, createForm("nobody"), signInForm("root"))
		if got := all.get(t.Context(), "/accounts", session); got.status != http.StatusOK {
			t.Errorf("reading while another writes: %d, %v", got.status, got.err)
		}
	})
	for _, form := range []string{createForm("somebody"), signInForm("root")} {
		if got := all.ask(t.Context(), form, session); got.status != http.StatusSeeOther {
			t.Errorf("%s after it: %d, %v", form, got.status, got.err)
		}
	}
}

// wantBusy asks for all of these at the same moment, and wants the page that says to come back.
func wantBusy(t *testing.T, all *visitors, session string, addresses ...string) {
	t.Helper()
	testkit.Together(len(addresses), func(i int) {
		got := all.ask(t.Context(), addresses[i], session)
		if got.status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d, %v; want 503", addresses[i], got.status, got.err)
		}
		wantEither(t, addresses[i], got)
	})
}

// wantEither wants an answer of one of the statuses, or the page that says to come back.
func wantEither(t *testing.T, what string, got answer, statuses ...int) {
	t.Helper()
	for _, status := range statuses {
		if got.status == status && got.err == nil {
			return
		}
	}
	busy := strings.Contains(got.body, "<h1>The service is busy</h1>") && got.header.Get("Retry-After") != ""
	if got.err != nil || got.status != http.StatusServiceUnavailable || !busy {
		t.Errorf("%s: %d, %v, Retry-After %q: %.300s", what, got.status, got.err, got.header.Get("Retry-After"), got.body)
	}
}

// lockTable keeps others from writing to the table, on SQLite to any table, while do runs with the connection that has the lock.
func lockTable(tb testing.TB, db testdb.Database, table string, do func(*sql.Conn)) {
	tb.Helper()
	begin := "BEGIN IMMEDIATE"
	if db.Engine() == models.Postgres {
		begin = "BEGIN; LOCK TABLE " + table + " IN EXCLUSIVE MODE"
	}
	pool := db.Raw(tb)
	defer pool.Close()
	conn, err := pool.Conn(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(context.Background(), begin); err != nil {
		tb.Fatalf("%s: %v", begin, err)
	}
	defer conn.ExecContext(context.Background(), "ROLLBACK")
	do(conn)
}
