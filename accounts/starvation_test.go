package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
	"latchkey/password"
)

// TestStarvationByOneKey: while one account floods the waiting room, with right passwords in a trusted browser or with creations,
// each of 35 others is served.
func TestStarvationByOneKey(t *testing.T) {
	floods := map[string]func(w *world, token string, i int) error{
		"sign-ins in a trusted browser": func(w *world, token string, _ int) error {
			_, err := w.Sessions.SignIn(w.Context(), "eve", secret, with(token))
			return err
		},
		"creations": func(w *world, _ string, i int) error {
			_, err := w.Create(w.Context(), w.root, fill(accounts.NewAccount{Name: fmt.Sprint("new", i)}))
			return err
		},
		"resets": func(w *world, _ string, _ int) error {
			ada, err := w.FindByIdentifier(context.Background(), "ada0")
			if err != nil {
				return err
			}
			choice := accounts.PasswordChoice{Mode: accounts.Typed, Text: "Reset horse 9"}
			_, err = w.ResetPassword(w.Context(), w.root, ada.ID, choice, "")
			return err
		},
	}
	for name, flood := range floods {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				w.customer("eve")
				w.customer("ada0")
				for i := 1; i <= 35; i++ {
					w.customer(fmt.Sprint("ada", i))
				}
				token := w.device("eve")
				var busy atomic.Int64
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				await := func(refused int) {
					for busy.Load() < int64(refused) && ctx.Err() == nil {
						runtime.Gosched()
					}
					if ctx.Err() != nil {
						t.Errorf("%d were refused, want %d", busy.Load(), refused)
					}
				}
				free := occupy(t, w.hashes)
				var all sync.WaitGroup
				for i := range 400 {
					all.Go(func() {
						switch err := flood(w, token, i); {
						case isBusy(err):
							busy.Add(1)
						case err != nil && !errors.Is(err, core.ErrPasswordMeanwhile):
							t.Errorf("of the flood: %v", err)
						}
					})
				}
				await(400 - places)
				for i := 1; i <= 35; i++ {
					all.Go(func() {
						if _, err := w.Sessions.SignIn(t.Context(), fmt.Sprint("ada", i), secret, visit); err != nil {
							t.Errorf("another account: %v", err)
						}
					})
				}
				await(400 - places + 35)
				free()
				all.Wait()
				if n := w.count("SELECT count(*) FROM reservations"); n != 0 {
					t.Errorf("%d attempts are still reserved", n)
				}
				if got := w.account(must(w.FindByIdentifier(context.Background(), "eve"))(t).ID); w.Policies.Current().State(got) != models.Active {
					t.Errorf("the flooding account is %s", w.Policies.Current().State(got))
				}
			})
		})
	}
}

// TestStrangersDoNotKeepOperatorsWaiting: sign-ins at an operator's name from many networks do not cost the operator, who is
// signed in, the places of their own requests; and names that do not exist are treated as names that do.
func TestStrangersDoNotKeepOperatorsWaiting(t *testing.T) {
	for _, name := range []string{"root", "nobody"} {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				free := occupy(t, w.hashes)
				var all sync.WaitGroup
				var busy atomic.Int64
				for i := range 400 {
					all.Go(func() {
						if _, err := w.Sessions.SignIn(ctx, name, "wrong guess", behind(fmt.Sprintf("2001:db8:%x:1::%x", i%5, i))); isBusy(err) {
							busy.Add(1)
						}
					})
				}
				for busy.Load() < int64(400-places) && ctx.Err() == nil {
					runtime.Gosched()
				}
				all.Go(func() {
					if _, err := w.Create(ctx, w.root, fill(accounts.NewAccount{Name: "new"})); err != nil {
						t.Errorf("the operator's creation: %v", err)
					}
				})
				for busy.Load() < int64(400-places+1) && ctx.Err() == nil {
					runtime.Gosched()
				}
				free()
				all.Wait()
				if ctx.Err() != nil {
					t.Error(ctx.Err())
				}
			}, accountPolicy(func(p *password.Policy) { p.MaxLoginAttempts = 0 }), func(o *accounts.Options) { o.Settings.AttemptsCap = 0 })
		})
	}
}
