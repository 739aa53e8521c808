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
	"latchkey/accounts/mfa"
	"latchkey/accounts/ratelimit"
	"latchkey/accounts/session"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// rate limits failed posts a minute and address.
func rate(n int) func(*accounts.Options) {
	return func(o *accounts.Options) { o.Settings.SignInRate = n }
}

// behind returns a visit from the address.
func behind(address string) core.ClientInfo {
	from := visit
	from.Address = address
	return from
}

// tooMany returns how long to wait by an error that says so; 0 = it does not.
func tooMany(err error) time.Duration {
	var refused core.TooManyError
	errors.As(err, &refused)
	return refused.RetryAfter
}

// TestSignInRate: what fails counts for its address, and is forgotten as time goes by; what succeeds does not count.
func TestSignInRate(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		try := func(name, guess, address string) error {
			_, err := w.Sessions.SignIn(t.Context(), name, guess, behind(address))
			return err
		}
		limited := func(what, address string, wait time.Duration) {
			t.Helper()
			verified, events := w.hashes.Verified(), len(w.events(models.AuditFilter{}))
			if got := tooMany(try("ada", secret, address)); got != wait {
				t.Errorf("%s: to wait %s, want %s", what, got, wait)
			}
			if w.hashes.Verified() != verified || len(w.events(models.AuditFilter{})) != events {
				t.Errorf("%s: a password was looked at, or something logged", what)
			}
		}
		for _, name := range []string{"ada", "nobody", "", "ada", "no \x00 name", "nobody"} { // whatever the failure is
			if err := try(name, "wrong guess", "192.0.2.7"); err == nil || tooMany(err) > 0 {
				t.Fatalf("%q: %v", name, err)
			}
			if err := try("ada", secret, "192.0.2.8"); err != nil {
				t.Fatalf("a success: %v", err)
			}
		}
		limited("used up", "192.0.2.7", 20*time.Second)
		w.clock.Advance(5 * time.Second)
		limited("5 s later", "::ffff:192.0.2.7", 15*time.Second)
		w.clock.Advance(15 * time.Second)
		if err := try("ada", secret, "192.0.2.7"); err != nil {
			t.Errorf("20 s later one is forgotten: %v", err)
		}
		if err := try("ada", "wrong guess", "192.0.2.7"); tooMany(err) > 0 {
			t.Errorf("and a success has not taken its place: %v", err)
		}
		limited("used up again", "192.0.2.7", 20*time.Second)
		w.clock.Advance(2 * time.Minute)
		for range 6 {
			if err := try("bob", "wrong guess", "192.0.2.7"); tooMany(err) > 0 {
				t.Errorf("after two minutes all are forgotten: %v", err)
			}
		}
	}, rate(3))
}

// TestWhatCountsAsOneAddress: of IPv6 it is a network, since one client has all of it.
func TestWhatCountsAsOneAddress(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for i := range 2 {
			_, err := w.Sessions.SignIn(t.Context(), "nobody", secret, behind(fmt.Sprintf("2001:db8:1:2:%x::1", i)))
			if tooMany(err) > 0 {
				t.Fatal(err)
			}
		}
		for address, limited := range map[string]bool{
			"2001:db8:1:2:ffff::9": true, "2001:db8:1:3::1": false, "192.0.2.1": false, "": false, "unknown": false,
		} {
			if _, err := w.Sessions.SignIn(t.Context(), "nobody", secret, behind(address)); tooMany(err) > 0 != limited {
				t.Errorf("%s: %v", address, err)
			}
		}
	}, rate(1))
}

// TestRateOfOtherForms: new passwords and set-ups count too, together with sign-ins.
func TestRateOfOtherForms(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		who, actor := w.visitor("ada", secret)
		for _, input := range []session.NewPassword{change("wrong", "Another horse 2"), change(secret, "short"), {Current: secret, Password: "Another horse 2", Confirmation: "x"}} {
			if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, input); err == nil || tooMany(err) > 0 {
				t.Errorf("a change that fails: %v", err)
			}
		}
		if _, err := w.SetUp(t.Context(), accounts.SetupForm{Token: "guessed"}, visit); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("a set-up: %v", err)
		}
		_, changing := w.Sessions.ChangePassword(t.Context(), who, actor, change(secret, "Another horse 2"))
		_, setting := w.SetUp(t.Context(), accounts.SetupForm{Token: "guessed"}, visit)
		_, signing := w.Sessions.SignIn(t.Context(), "ada", secret, visit)
		if tooMany(changing) == 0 || tooMany(setting) == 0 || tooMany(signing) == 0 {
			t.Errorf("changing: %v; setting up: %v; signing in: %v", changing, setting, signing)
		}
	}, rate(2))
}

// TestOfficeBehindOneAddress: on Monday morning all sign in at once, some with a slip, and all get in.
func TestOfficeBehindOneAddress(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		people := make([]string, 40)
		for i := range people {
			people[i] = fmt.Sprint("person", i)
			w.customer(people[i])
		}
		processes := []*world{w, w.another()}
		testkit.Together(200, func(i int) {
			p, guess := processes[i%2], secret
			if i%50 == 0 { // four slips, where six would be too much
				guess = "wrong guess"
			}
			_, err := p.Sessions.SignIn(t.Context(), people[i%len(people)], guess, visit)
			if wrong := guess != secret; wrong != errors.Is(err, core.ErrSignIn) || !wrong && err != nil {
				t.Errorf("attempt %d: %v", i, err)
			}
		})
	}, rate(3))
}

// TestRateInParallel: a flood of guesses at all kinds of names gets as many evaluated as may fail, and in another process
// at most as many again, before it knows; afterwards nothing.
func TestRateInParallel(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		other := w.another()
		flood := func(p *world) (evaluated, refused int64) {
			before := p.hashes.Verified()
			var limited atomic.Int64
			testkit.Together(150, func(i int) {
				if _, err := p.Sessions.SignIn(t.Context(), fmt.Sprint("name", i), secret, visit); tooMany(err) > 0 {
					limited.Add(1)
				} else if !errors.Is(err, core.ErrSignIn) {
					t.Errorf("attempt %d: %v", i, err)
				}
			})
			return p.hashes.Verified() - before, limited.Load()
		}
		if evaluated, refused := flood(w); evaluated != 6 || refused != 144 {
			t.Errorf("%d evaluated, %d refused", evaluated, refused)
		}
		if evaluated, refused := flood(other); evaluated != 0 || refused != 150 {
			t.Errorf("in another process %d evaluated, %d refused", evaluated, refused)
		}
		w.clock.Advance(time.Hour)
		var all sync.WaitGroup
		var evaluated atomic.Int64
		for _, p := range []*world{w, other} {
			all.Go(func() { n, _ := flood(p); evaluated.Add(n) })
		}
		all.Wait()
		if n := evaluated.Load(); n < 6 || n > 12 {
			t.Errorf("at once in two processes %d were evaluated", n)
		}
		if err := w.PurgeExpired(t.Context()); err != nil || w.count("SELECT count(*) FROM address_failures") != 1 {
			t.Errorf("what is still remembered was forgotten, %v", err)
		}
		w.clock.Advance(time.Hour)
		if err := w.PurgeExpired(t.Context()); err != nil || w.count("SELECT count(*) FROM address_failures") != 0 {
			t.Errorf("what is forgotten was kept, %v", err)
		}
	}, rate(3))
}

// An attempt waits while all places of its address are taken. If it is cancelled meanwhile, it frees its place in the queue and takes no
// other.
func TestWaitingForAnAddress(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		free := occupy(t, w.hashes)
		var crowd sync.WaitGroup
		attempt := func(ctx context.Context, want error) {
			crowd.Go(func() {
				if _, err := w.Sessions.SignIn(ctx, "ada", secret, visit); !errors.Is(err, want) {
					t.Errorf("got %v, want %v", err, want)
				}
			})
		}
		leaves, leave := context.WithCancel(t.Context())
		for range 5 {
			attempt(leaves, context.Canceled)
		}
		for range 5 {
			attempt(t.Context(), nil)
		}
		for w.AtAddress(visit.Address) < 10 {
			runtime.Gosched()
		}
		leave()
		for w.AtAddress(visit.Address) > 5 {
			runtime.Gosched()
		}
		free()
		crowd.Wait()
		if n := w.AtAddress(visit.Address); n != 0 {
			t.Errorf("%d are still counted", n)
		}
	}, rate(1))
}

// TestOwnersBehindAFullAddress: what others behind the same address fail does not concern browsers that an account is
// known to, until they have used up what is their own.
func TestOwnersBehindAFullAddress(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		token := w.device("ada")
		for range 2 {
			w.refused(1, "nobody", secret)
		}
		if _, err := w.Sessions.SignIn(t.Context(), "ada", secret, visit); tooMany(err) == 0 {
			t.Fatalf("the address is not full: %v", err)
		}
		in, err := w.Sessions.SignIn(t.Context(), "ada", secret, with(token))
		if err != nil {
			t.Fatalf("the owner: %v", err)
		}
		who := must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t)
		actor := as(who.Account)
		actor.Devices = []string{token}
		changed, err := w.Sessions.ChangePassword(t.Context(), who, actor, change(secret, "Another horse 2"))
		if err != nil {
			t.Errorf("the owner's change: %v", err)
		}
		token = changed.Device
		w.fails(10, "ada", with(token))
		if _, err := w.Sessions.SignIn(t.Context(), "ada", "Another horse 2", with(token)); tooMany(err) == 0 {
			t.Errorf("without attempts of its own the browser is a stranger: %v", err)
		}
	}, rate(1))
}

// TestOneAddressLeavesRoomForOthers: however many wait for one address's places, another's are served.
func TestOneAddressLeavesRoomForOthers(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		w.customer("bob")
		free := occupy(t, w.hashes)
		var crowd sync.WaitGroup
		for range 300 {
			crowd.Go(func() { _, _ = w.Sessions.SignIn(t.Context(), "ada", secret, visit) })
		}
		for w.AtAddress(visit.Address) < 250 {
			runtime.Gosched()
		}
		crowd.Go(func() {
			if _, err := w.Sessions.SignIn(t.Context(), "bob", secret, behind("203.0.113.9")); err != nil {
				t.Errorf("another address: %v", err)
			}
		})
		for w.AtAddress("203.0.113.9") == 0 {
			runtime.Gosched()
		}
		free()
		crowd.Wait()
	}, rate(3))
}

// TestWhatIsNoFault: only what was sent counts, also when its sender has gone; not what we or others did, nor a panic.
func TestWhatIsNoFault(t *testing.T) {
	for err, fault := range map[error]bool{
		nil: false, core.ErrSignIn: true, core.ErrNotFound: true, core.ErrAddress: true, &core.ValidationError{}: true,
		core.BusyError{}: false, core.BusyError{TimedOut: true}: true, context.Canceled: false, context.DeadlineExceeded: true, errors.New("ours"): false,
		core.ErrPasswordMeanwhile: false, core.ErrChangeDemanded: false, fmt.Errorf("wrapped: %w", core.ErrSignIn): true,
	} {
		if got := ratelimit.IsFault(err); got != fault {
			t.Errorf("%v: %t", err, got)
		}
	}
	scenario(t, func(t *testing.T, w *world) {
		for range 9 {
			func() {
				defer func() { _ = recover() }()
				_ = w.Limited(t.Context(), visit.Address, func(context.Context) error { panic("ours") })
			}()
		}
		for range 2 {
			gone, leave := context.WithCancel(t.Context())
			err := w.Limited(gone, visit.Address, func(context.Context) error { leave(); return core.ErrSignIn })
			if !errors.Is(err, core.ErrSignIn) {
				t.Errorf("after panics: %v", err)
			}
		}
		if _, err := w.Sessions.SignIn(t.Context(), "nobody", secret, visit); tooMany(err) == 0 {
			t.Errorf("two who hung up were not counted: %v", err)
		}
	}, rate(1))
}

// TestRateOfWhatIsNoCode: what does not have the form of a code is no attempt on the account, but one of the network.
func TestRateOfWhatIsNoCode(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, _ := w.withApp("ada")
		current := w.half("ada", visit)
		for _, typed := range []mfa.Code{{Code: "12345"}, {Recovery: "x"}, {}, {Code: "abcdef"}} {
			if _, err := w.Factors.SignIn(t.Context(), current, visit, typed); wrongFields(err) == "" {
				t.Errorf("%v: %v", typed, err)
			}
		}
		if _, err := w.Factors.SignIn(t.Context(), current, visit, mfa.Code{Code: phone.code()}); tooMany(err) == 0 {
			t.Errorf("the right code after too many: %v", err)
		}
		if a := w.account(ada.ID); a.FailedAttempts != 0 {
			t.Errorf("%d failed attempts", a.FailedAttempts)
		}
		w.clock.Advance(2 * time.Minute)
		must(w.Factors.SignIn(t.Context(), current, visit, mfa.Code{Code: phone.code()}))(t)
	}, rate(2))
}
