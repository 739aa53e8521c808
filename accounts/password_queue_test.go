package accounts_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// computing counts how many hashes are computed at a time.
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
		metrics := &computing{tally: newTally()}
		dear := w.another(func(o *accounts.Options) { o.Hashes, o.Metrics = patient(t, password.DefaultParams), metrics })
		known := 4 * runtime.GOMAXPROCS(0)
		for i := range known {
			w.tamper(w.customer(fmt.Sprint("ada", i)).ID, func(a *models.Account) { a.PasswordHash = stored })
		}
		testkit.Together(2*known, func(i int) {
			_, err := dear.Sessions.SignIn(t.Context(), fmt.Sprint("ada", i), secret, visit)
			if i < known && err != nil || i >= known && !errors.Is(err, core.ErrSignIn) {
				t.Errorf("ada%d: %v", i, err)
			}
		})
		if metrics.most < 1 || metrics.most > runtime.GOMAXPROCS(0) {
			t.Errorf("%d hashes at a time, want one a processor, %d", metrics.most, runtime.GOMAXPROCS(0))
		}
	})
}

// TestFullQueueCountsNothing: a request that is refused because too many are waiting has not tried.
func TestFullQueueCountsNothing(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		who, actor := w.visitor("ada", secret)
		leave := fillQueue(t, w.hashes)
		verified := w.hashes.Verified()
		for _, name := range []string{"ada", "nobody"} {
			if _, err := w.Sessions.SignIn(t.Context(), name, secret, visit); !isBusy(err) {
				t.Errorf("%s got %v", name, err)
			}
		}
		if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, change("wrong guess", "Another horse 2")); !isBusy(err) {
			t.Errorf("changing got %v", err)
		}
		if w.hashes.Verified() != verified || len(w.reasons(ada.ID)) != 0 || w.account(ada.ID).FailedAttempts != 0 {
			t.Error("something was counted")
		}
		leave()
		w.signIn("ada", secret)
	})
}

// TestUnknownNamesWaitForNobody: sign-ins as one unknown name do not queue behind those as another, as little as those of
// accounts do; else a crowd of unknown names would show by its queue which names are known.
func TestUnknownNamesWaitForNobody(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		free := occupy(t, w.hashes)
		var crowd sync.WaitGroup
		crowd.Go(func() {
			// Each of these attempts is reserved, or waits for its turn.
			testkit.Together(running, func(i int) { _, _ = w.Sessions.SignIn(ctx, fmt.Sprint("unknown", i), secret, visit) })
		})
		for w.count("SELECT count(*) FROM reservations") < running && ctx.Err() == nil {
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
