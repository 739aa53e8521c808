package testkit_test

import (
	"sync"
	"testing"
	"time"

	"latchkey/internal/testkit"
)

func TestClock(t *testing.T) {
	var clock testkit.Clock
	if !clock.Now().Equal(testkit.Start) || !testkit.NewClock().Now().Equal(testkit.Start) {
		t.Error("does not begin at Start")
	}
	if got := clock.Advance(time.Hour); !got.Equal(testkit.Start.Add(time.Hour)) || !clock.Now().Equal(got) {
		t.Errorf("after an hour: %s", got)
	}
	past := time.Date(1999, 12, 31, 0, 0, 0, 0, time.FixedZone("", 3600))
	if clock.Set(past); !clock.Now().Equal(past) || clock.Now().Location() != time.UTC {
		t.Errorf("set: %s", clock.Now())
	}
}

func TestClockInParallel(t *testing.T) {
	clock, all := testkit.NewClock(), sync.WaitGroup{}
	for range 100 {
		all.Go(func() { clock.Advance(time.Second) })
	}
	all.Wait()
	if got := clock.Now().Sub(testkit.Start); got != 100*time.Second {
		t.Errorf("moved by %s", got)
	}
}
