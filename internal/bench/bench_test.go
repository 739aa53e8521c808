package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"latchkey/models"
)

func TestPercentileIsTheNearestRank(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i)
	}
	for share, want := range map[float64]float64{0: 1, 0.5: 50, 0.99: 99, 0.991: 100, 1: 100} {
		if got := percentile(hundred, share); got != want {
			t.Errorf("percentile %v: got %v, want %v", share, got, want)
		}
	}
	if even, odd := median(hundred), median(hundred[:99]); even != 50.5 || odd != 51 {
		t.Errorf("median: got %v and %v", even, odd)
	}
	if got := percentile([]float64{7}, 0.99); got != 7 {
		t.Errorf("of one value: got %v", got)
	}
}

func TestNumberHasThreeFigures(t *testing.T) {
	for value, want := range map[float64]string{0.9: "0.90", 12.34: "12.3", 299.6: "300", 1234: "1 234", 1e6: "1 000 000"} {
		if got := number(value); got != want {
			t.Errorf("%v: got %q, want %q", value, got, want)
		}
	}
}

func TestAMissedLimitIsAnError(t *testing.T) {
	var out bytes.Buffer
	r := &report{out: &out}
	r.add(figure{name: "kept", measured: "1", limit: atMost(1, 1, " ms")})
	if err := r.verdict(); err != nil {
		t.Errorf("all limits hold: %v", err)
	}
	r.add(figure{name: "starts", engine: models.SQLite, measured: "2", limit: atMost(2, 1, " ms")})
	r.add(figure{name: "share", measured: "0.8", limit: atLeast(0.8, 0.9, "")})
	if err := r.verdict(); err == nil || err.Error() != "missed: starts sqlite; share" {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(out.String(), "MISSED") {
		t.Errorf("the table does not say it:\n%s", out.String())
	}
}

func TestARoundIsComparedWithItsNeighbours(t *testing.T) {
	all := turns{raw: []pace{{rate: 10}, {rate: 30}, {rate: 10}}, signIns: []pace{{rate: 10}, {rate: 20}}}
	if shares := all.shares(); shares[0] != 0.5 || shares[1] != 1 {
		t.Errorf("got %v", shares)
	}
}

func TestRepeatEndsWithTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	_, _, err := repeat(t.Context(), 4, time.Minute, func(worker int) error {
		if worker == 2 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestPlansAreRead(t *testing.T) {
	p, err := readPlan([]string{"-only", "start", "-engine", "sqlite", "-short"}, io.Discard)
	if err != nil || p.only != "start" || len(p.engines) != 1 || p.accounts != short.accounts {
		t.Errorf("got %+v, %v", p, err)
	}
	for _, args := range [][]string{{"-only", "nothing"}, {"-engine", "oracle"}, {"-fast"}} {
		if _, err := readPlan(args, io.Discard); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
}

// The states that are made up must be those that the program tells, and every one must occur.
func TestSeededAccountsAreInTheirStates(t *testing.T) {
	s := newSeeder("hash")
	seen := map[models.State]int{}
	for i := range 5000 {
		a := s.account(i)
		if a.Kind == models.Customer {
			seen[listing{}.asked().Cutoffs.State(a)]++
		}
	}
	for _, m := range mix {
		if share := 100 * float64(seen[m.state]) / 4900; share < float64(m.share)/2 || share > float64(m.share)*2 {
			t.Errorf("%s: %.1f %% instead of %d", m.state, share, m.share)
		}
	}
}
