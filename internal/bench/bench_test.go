package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

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
}

func TestNumberHasThreeDigits(t *testing.T) {
	for value, want := range map[float64]string{0.9: "0.90", 12.34: "12.3", 299.6: "300", 1234: "1 234", 1e6: "1 000 000"} {
		if got := number(value); got != want {
			t.Errorf("%v: got %q, want %q", value, got, want)
		}
	}
}

func TestMissedLimitIsReported(t *testing.T) {
	var out bytes.Buffer
	b := &bench{out: &out}
	b.add("kept", "", "1", atMost(1, 1), "")
	b.add("starts", models.SQLite, "2", atMost(2, 1), "")
	b.add("share", "", "0.8", atLeast(0.8, 0.9), "")
	if got := strings.Join(b.missed, "; "); got != "starts sqlite; share" || strings.Count(out.String(), "MISSED") != 2 {
		t.Errorf("missed: %s\n%s", got, out.String())
	}
}

func TestRoundIsComparedWithItsNeighbours(t *testing.T) {
	if got := shares([]float64{10, 20}, []float64{10, 30, 10}); got[0] != 0.5 || got[1] != 1 {
		t.Errorf("got %v", got)
	}
}

func TestPlanIsRead(t *testing.T) {
	p, err := readPlan([]string{"-only", "start", "-engine", "sqlite", "-short"}, io.Discard)
	if err != nil || p.only != "start" || len(p.engines) != 1 || p.accounts != short.accounts {
		t.Errorf("got %+v, %v", p, err)
	}
	for _, args := range [][]string{{"-only", "nothing"}, {"-engine", "oracle"}, {"-fast"}} {
		if _, err := readPlan(args, io.Discard); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}

func TestShortRunPrintsFiguresAndVerdicts(t *testing.T) {
	var out bytes.Buffer
	err := run(t.Context(), []string{"-short", "-only", "sweep", "-engine", "sqlite"}, &out, io.Discard)
	if err != nil && !strings.HasPrefix(err.Error(), "missed: ") || strings.Count(out.String(), "due among") != 2 || !strings.Contains(out.String(), "≤ 1.50") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestErrorsEndTheRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, []string{"-short", "-only", "sweep", "-engine", "sqlite"}, io.Discard, io.Discard); err == nil {
		t.Error("a cancelled run succeeded")
	}
}

func TestSeededAccountsAreInTheirStates(t *testing.T) {
	b := &bench{TB: t, ctx: t.Context()}
	s := b.newSite(models.SQLite)
	s.seed(5000, true)
	page, err := s.db.Read(t.Context()).ListAccounts(models.AccountFilter{Kind: models.Customer, Limit: 5000})
	b.must(err)
	cutoffs := accounts.New(accounts.Options{
		Policies: password.Default(), Settings: accounts.Settings{OneTimeValid: oneTimeValid}, Now: time.Now,
	}).Policies.Current().Cutoffs()
	seen := map[models.State]int{}
	for _, account := range page.Rows {
		seen[cutoffs.State(account)]++
	}
	for _, m := range mix {
		if share := 100 * float64(seen[m.state]) / float64(len(page.Rows)); share < float64(m.share)/2 || share > float64(m.share)*2 {
			t.Errorf("%s: %.1f %% instead of %d", m.state, share, m.share)
		}
	}
}
