package accounts_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// slow is randomness that takes a second, and counts how many ask for it at a time.
type slow struct{ now, most atomic.Int64 }

func (s *slow) Read(p []byte) (int, error) {
	n := s.now.Add(1)
	for most := s.most.Load(); n > most && !s.most.CompareAndSwap(most, n); most = s.most.Load() {
	}
	time.Sleep(time.Second) // of the bubble's clock
	s.now.Add(-1)
	return len(p), nil
}

func TestHashesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		random := &slow{}
		h := must(accounts.NewHashes(cheap, random))(t)
		random.most.Store(0)
		var all sync.WaitGroup
		for range 8 * h.Slots() {
			all.Go(func() { must(h.Hash(t.Context(), secret))(t) })
		}
		all.Wait()
		if most := random.most.Load(); most != int64(runtime.GOMAXPROCS(0)) {
			t.Errorf("%d at a time, want one a processor, %d", most, runtime.GOMAXPROCS(0))
		}
	})
}

// computing is a meter that counts how many hashes are computed at a time.
type computing struct {
	*tally
	now, most int
}

func (c *computing) HashWaited(time.Duration) {
	c.note(func() { c.now++; c.most = max(c.most, c.now) })
}
func (c *computing) HashTook(time.Duration) { c.note(func() { c.now-- }) }

// TestHashFlood: of many who sign in at the same moment, each by a name of their own and at the price of production, no more
// hashes are computed at a time than there are processors.
func TestHashFlood(t *testing.T) {
	stored := must(password.DefaultParams.Hash(rand.Reader, secret))(t)
	scenario(t, func(t *testing.T, w *world) {
		meter := &computing{tally: newTally()}
		dear := w.another(func(o *accounts.Options) { o.Hashes, o.Meter = patient(t, password.DefaultParams), meter })
		known := 4 * runtime.GOMAXPROCS(0)
		for i := range known {
			w.tamper(w.customer(fmt.Sprint("ada", i)).ID, func(a *models.Account) { a.PasswordHash = stored })
		}
		testkit.Together(2*known, func(i int) {
			_, err := dear.SignIn(t.Context(), fmt.Sprint("ada", i), secret, visit)
			if i < known && err != nil || i >= known && !errors.Is(err, core.ErrSignIn) {
				t.Errorf("ada%d: %v", i, err)
			}
		})
		if meter.most < 1 || meter.most > runtime.GOMAXPROCS(0) {
			t.Errorf("%d hashes at a time, want one a processor, %d", meter.most, runtime.GOMAXPROCS(0))
		}
	})
}

func TestVerificationsTakeASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := must(accounts.NewHashes(cheap, nil))(t)
		phc := must(h.Hash(t.Context(), secret))(t)
		free := h.Occupy()
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if match, _, err := h.Verify(t.Context(), phc, secret); !match || err != nil {
					t.Error(match, err)
				}
			})
		}
		synctest.Wait()
		if n := h.Verified(); n != 0 {
			t.Errorf("%d passwords were verified without a slot", n)
		}
		free()
		all.Wait()
		if h.Verified() != 4 || h.Evaluated() != 4 {
			t.Errorf("%d verified, %d evaluated", h.Verified(), h.Evaluated())
		}
		if match, rehash, err := h.Verify(t.Context(), "", secret); match || rehash || err != nil {
			t.Error(match, rehash, err)
		}
		if h.Verified() != 5 || h.Evaluated() != 4 {
			t.Errorf("with a decoy %d verified, %d evaluated", h.Verified(), h.Evaluated())
		}
	})
}

func TestWaitingRoom(t *testing.T) {
	h := must(accounts.NewHashes(cheap, nil))(t)
	var leaves []func()
	for range h.WaitingRoom() {
		_, leave, err := h.Enter(t.Context(), "key")
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leave)
	}
	for range 3 {
		var busy core.BusyError
		if _, _, err := h.Enter(t.Context(), "key"); !errors.As(err, &busy) || busy.RetryAfter <= 0 {
			t.Errorf("a full room: %v", err)
		}
	}
	leaves[0]()
	_, leave, err := h.Enter(t.Context(), "key")
	if err != nil {
		t.Fatal("a place was free again: ", err)
	}
	leave()
	for _, leave := range leaves[1:] {
		leave()
	}
}

func TestLongestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := must(accounts.NewHashes(cheap, nil))(t)
		defer h.Occupy()()
		waiting, leave, err := h.Enter(t.Context(), "key")
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
		start := time.Now()
		if _, _, err := h.Verify(waiting, "", secret); !isBusy(err) {
			t.Errorf("got %v", err)
		}
		if waited := time.Since(start); waited != accounts.LongestWait {
			t.Errorf("waited %s", waited)
		}
		gone, cancel := context.WithCancel(t.Context())
		waiting, leave, err = h.Enter(gone, "key")
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
		cancel()
		if _, _, err := h.Verify(waiting, "", secret); !errors.Is(err, context.Canceled) {
			t.Errorf("whoever left got %v", err)
		}
	})
}

// TestFullRoomCountsNothing: who is sent away has not tried.
func TestFullRoomCountsNothing(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		who, actor := w.visitor("ada", secret)
		var leaves []func()
		for i := range w.hashes.WaitingRoom() {
			_, leave, _ := w.hashes.Enter(t.Context(), fmt.Sprint("other", i))
			leaves = append(leaves, leave)
		}
		verified := w.hashes.Verified()
		for _, name := range []string{"ada", "nobody"} {
			if _, err := w.SignIn(t.Context(), name, secret, visit); !isBusy(err) {
				t.Errorf("%s got %v", name, err)
			}
		}
		if _, err := w.ChangeOwnPassword(t.Context(), who, actor, change("wrong guess", "Another horse 2")); !isBusy(err) {
			t.Errorf("changing got %v", err)
		}
		if w.hashes.Verified() != verified || len(w.reasons(ada.ID)) != 0 || w.account(ada.ID).FailedAttempts != 0 {
			t.Error("something was counted")
		}
		for _, leave := range leaves {
			leave()
		}
		w.signIn("ada", secret)
	})
}

// TestUnknownNamesWaitForNobody: sign-ins as one unknown name do not queue behind those as another, as little as those of
// accounts do; else a crowd of unknown names would show by its queue which names are known.
func TestUnknownNamesWaitForNobody(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		free := w.hashes.Occupy()
		var crowd sync.WaitGroup
		crowd.Go(func() {
			// Each of these attempts is reserved, or waits for its turn.
			testkit.Together(2*w.hashes.Slots(), func(i int) { _, _ = w.SignIn(ctx, fmt.Sprint("unknown", i), secret, visit) })
		})
		for w.count("SELECT count(*) FROM reservations") < 2*w.hashes.Slots() && ctx.Err() == nil {
			runtime.Gosched()
		}
		if ctx.Err() != nil {
			t.Error("unknown names wait for one another")
		}
		cancel()
		free()
		crowd.Wait()
	})
}
