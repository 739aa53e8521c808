package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestKillWhileAttemptsAreInFlight: attempts of a killed process stay reserved until they lapse, so a crash wins no attempt. Then
// the account is as before.
func TestKillWhileAttemptsAreInFlight(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		p.timings.Hash = productionTimings.Hash // since attempts are in flight for as long as one is computed
		for run := range testkit.Times(1, 20) {
			ada := p.seed(fmt.Sprint("ada-", run))[0]
			left := p.killInFlight(ada)
			t.Logf("%d attempts were in flight", left)
			p.guessBesideReserved(ada, left)
		}
	})
}

// killInFlight kills a process while people sign in to the account, and counts the attempts that it leaves.
func (p *program) killInFlight(ada models.Account) (left int) {
	p.t.Helper()
	r := p.process("GOMAXPROCS", "8") // as many sign in to one account at the same moment
	ctx, cancel := context.WithCancel(p.t.Context())
	defer cancel()
	all, gone := r.visitors(p.t, 16), make(chan struct{})
	go func() {
		defer close(gone)
		testkit.Together(16, func(int) {
			for ctx.Err() == nil && all.signIn(ctx, ada.Name, testapp.Secret).err == nil {
				continue
			}
		})
	}()
	for left == 0 {
		left = r.killIfReserved(ada)
	}
	cancel()
	<-gone
	return left
}

// killIfReserved kills the process if the account has attempts in flight. The table is locked meanwhile, so their number is exact.
func (r *process) killIfReserved(ada models.Account) (reserved int) {
	r.Helper()
	lockTable(r, r.DB, "reservations", func(conn *sql.Conn) {
		query := "SELECT count(*) FROM reservations WHERE account_id = '" + ada.ID + "'"
		if err := conn.QueryRowContext(r.Context(), query).Scan(&reserved); err != nil {
			r.Fatal(err)
		}
		if reserved > 0 {
			r.Kill()
		}
	})
	return reserved
}

// guessBesideReserved guesses in another process: what is reserved and what failed are never more than the policy's ten.
func (p *program) guessBesideReserved(ada models.Account, reserved int) {
	p.t.Helper()
	r := p.process()
	defer r.stops(p.t)
	all := r.visitors(p.t, 1)
	for i := range 10 - reserved {
		if got := all.signIn(p.t.Context(), ada.Name, fmt.Sprint("Wrong-Guess-", i)); got.status != http.StatusUnprocessableEntity {
			p.t.Errorf("guess %d with %d reserved: %d, %v", i, reserved, got.status, got.err)
		}
	}
	r.waits(p.t, ada, 10-reserved)
	r.DB.Exec(p.t, "UPDATE reservations SET lapses_at = '2001-01-01 00:00:00+00:00'")
	if got := all.signIn(p.t.Context(), ada.Name, testapp.Secret); got.status != http.StatusSeeOther {
		p.t.Errorf("the right password when they have lapsed: %d, %v", got.status, got.err)
	}
	if a := p.stored(ada.Name); a.BlockedAt != nil || a.FailedAttempts != 0 {
		p.t.Errorf("after it: blocked %v, %d failed", a.BlockedAt, a.FailedAttempts)
	}
}

// patience is how long a visitor waits for what must not come. On a slow machine that shows less, and is never wrong.
const patience = 300 * time.Millisecond

// waits wants one more guess not to be looked at.
func (r *process) waits(t *testing.T, ada models.Account, evaluated int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if got := r.visitors(t, 1).signIn(ctx, ada.Name, "Wrong-Guess-More"); !errors.Is(got.err, context.DeadlineExceeded) {
		t.Errorf("a guess beyond those in flight: %d, %v", got.status, got.err)
	}
	want := map[string]int{"wrong-password": evaluated}
	if got := reasons(t, r, ada); !maps.Equal(got, want) {
		t.Errorf("%v in addition to those in flight, want %v", got, want)
	}
}
