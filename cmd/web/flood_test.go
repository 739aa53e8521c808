package main

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// The limits of a flood of sign-ins, each of which computes a hash.
const (
	room          = 256 // sign-ins that may wait
	longestWait   = 10 * time.Second
	mostInFlood   = 300 // MiB, where nothing else runs
	slowestHealth = 250 * time.Millisecond
	askHealthEach = 5 * time.Millisecond
)

// TestHashFlood: everyone in a crowd gets signed in if the machine is fast enough. In a flood, as many as fit into the queue do, and
// the others get a 503 at once. Other requests are answered, and memory stays bounded. The queue is in front of the database, so
// one engine will do: that with few connections. The long mode has both.
func TestHashFlood(t *testing.T) {
	if testing.Short() {
		t.Skip("it needs nothing that a bare machine lacks, and takes long")
	}
	all := []models.Engine{models.Postgres}
	if testkit.Long() {
		all = append(all, models.SQLite)
	}
	enginesInTurn(t, all, func(t *testing.T, p *program) {
		p.timings.Hash = halfHash()
		// Each signs in to an account of their own, so that nothing but the bound of hashes holds them back.
		flood := testkit.Times(400, 2000)
		names := p.customers("ada", flood, p.seed("root")[0].PasswordHash, time.Now())
		p.env["LATCHKEY_MAX_CONNECTIONS_PER_ADDRESS"] = "0" // all of the flood comes from one
		r, metrics := p.scraped()
		health, hashes := r.watch(t, metrics, func() {
			wantServed(t, r.flood(t, names[:testkit.Times(40, 200)]))
			r.wantFlooded(t, r.flood(t, names))
		})
		r.wantBounds(t, health, hashes)
	})
}

// flood lets all of them sign in at the same moment, each on a connection of their own.
func (r *process) flood(t *testing.T, names []string) []answer {
	t.Helper()
	all, answers := r.visitors(t, len(names)), make([]answer, len(names))
	testkit.Together(len(names), func(i int) { answers[i] = all.signIn(t.Context(), names[i], testapp.Secret) })
	all.http.CloseIdleConnections()
	return answers
}

// wantServed wants everybody to be let in, or sent away after the longest wait and no sooner; where there is time for it, all
// to be let in. It counts those who are.
func wantServed(t *testing.T, crowd []answer) (served int) {
	t.Helper()
	for i, got := range crowd {
		wantEither(t, fmt.Sprint("sign-in ", i), got, http.StatusSeeOther)
	}
	served = tally(crowd)[http.StatusSeeOther]
	if served == 0 || stayed(crowd) < len(crowd) || testkit.Long() && served < len(crowd) {
		t.Errorf("of a crowd: %v, %d found room", tally(crowd), stayed(crowd))
	}
	return served
}

// wantFlooded wants every answer to be one of the two that there are.
func (r *process) wantFlooded(t *testing.T, answers []answer) {
	t.Helper()
	counts := tally(answers)
	t.Logf("of %d: %v", len(answers), counts)
	for i, got := range answers {
		wantEither(t, fmt.Sprint("sign-in ", i), got, http.StatusSeeOther)
	}
	if stayed := stayed(answers); stayed < room || counts[http.StatusServiceUnavailable] == 0 {
		t.Errorf("of %d sign-ins: %v, %d found room, want at least %d, and some sent away", len(answers), counts, stayed, room)
	}
	if left := r.DB.Count(t, "SELECT count(*) FROM reservations"); left != 0 {
		t.Errorf("%d attempts are still reserved", left)
	}
	if failed := r.DB.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'sign-in-failed'"); failed != 0 {
		t.Errorf("%d right passwords count as wrong", failed)
	}
}

// stayed counts those who found room: they were served, or left when they had waited for the longest time.
func stayed(answers []answer) (count int) {
	for _, got := range answers {
		if got.status == http.StatusSeeOther || got.took >= longestWait {
			count++
		}
	}
	return count
}

// watch asks whether the process is alive for as long as do runs, and returns how long each answer took, and how many hashes it
// computed at a time at most, as far as its metrics show that.
func (r *process) watch(t *testing.T, metrics string, do func()) (took []time.Duration, hashes int) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	asked, asker := make(chan struct{}), r.visitors(t, 1)
	figures := &visitors{metrics, asker.http}
	go func() {
		defer close(asked)
		for tick := time.Tick(askHealthEach); ctx.Err() == nil; <-tick {
			start := time.Now()
			if got := asker.get(t.Context(), "/healthz", ""); got.status != http.StatusOK {
				t.Errorf("/healthz meanwhile: %d, %v", got.status, got.err)
			}
			took = append(took, time.Since(start))
			_, computing, _ := strings.Cut(figures.get(t.Context(), "", "").body, "\nlatchkey_hashes_computing ")
			number, _, _ := strings.Cut(computing, "\n")
			if n, err := strconv.Atoi(number); err != nil {
				t.Errorf("the metrics meanwhile: %v", err)
			} else {
				hashes = max(hashes, n)
			}
		}
	}()
	do()
	stop()
	<-asked
	return took, hashes
}

// wantBounds holds the hashes and the memory of the process to their limits, and the time of its answers where nothing else runs.
func (r *process) wantBounds(t *testing.T, health []time.Duration, hashes int) {
	t.Helper()
	slices.Sort(health)
	slow := health[len(health)*99/100]
	memory, err := testkit.Memory(r.ID(), "VmHWM")
	if err != nil {
		t.Logf("its memory: %v", err)
	}
	most := float64(mostInFlood)
	if !testkit.Long() { // the collector's own limit, and the program itself
		most = float64((memoryForAll+memoryForProcessor*runtime.GOMAXPROCS(0))>>20) + 64
	}
	t.Logf("memory at most %.0f MiB; %d hashes at a time; %d answers of /healthz, p99 %s", memory, hashes, len(health), slow)
	if hashes < 1 || hashes > runtime.GOMAXPROCS(0) {
		t.Errorf("%d hashes at a time, want no more than processors, %d", hashes, runtime.GOMAXPROCS(0))
	}
	if memory >= most || testkit.Long() && slow >= slowestHealth {
		t.Errorf("want less than %.0f MiB and %s", most, slowestHealth)
	}
}
