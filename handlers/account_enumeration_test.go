package handlers_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// An unknown account cannot be distinguished from a refused one: same words, status and headers, one comparison, and
// one row about it.
func TestResponsesDoNotRevealAccounts(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		refusedAccounts(app, who)
		var first *testapp.Reply
		for _, guess := range append(refusedGuesses(), oddGuesses()...) {
			compared, tables := app.Hashes.Verified(), app.DB.Dump(t)
			page := app.Client().SignIn(guess.name, guess.secret).Want(422)
			check(t, guess.name+": text", page.Text("[role=alert]"), failed)
			check(t, guess.name+": passwords compared", app.Hashes.Verified()-compared, 1)
			check(t, guess.name+": rows that were added", len(app.DB.Dump(t))-len(tables), 1)
			check(t, guess.name+": name kept", page.Value("name"), guess.name)
			check(t, guess.name+": password", page.Value("password"), "")
			if page.Cookie != nil {
				t.Errorf("%s: a cookie was set", guess.name)
			}
			if first == nil {
				first = page
			}
			wantAlike(t, guess.name+": body", withoutName(page, guess.name), withoutName(first, "nobody"))
			check(t, guess.name+": headers", headerNames(page), headerNames(first))
		}
	})
}

// refusedAccounts creates an account for every reason to refuse a correct password.
func refusedAccounts(app *testapp.App, who testapp.Company) {
	app.Helper()
	app.Seed(models.Customer, "robot", testapp.Technical)
	app.Seed(models.Customer, "gone", testapp.OneTime)
	off, empty, blocked := app.Seed(models.Customer, "off"), app.Seed(models.Customer, "empty"), app.Seed(models.Customer, "blocked")
	if err := app.Accounts.Disable(app.Context(), core.Actor{ID: who.Root.ID, Kind: models.SuperAdmin}, off.ID); err != nil {
		app.Fatal(err)
	}
	app.Tamper(empty.ID, func(a *models.Account) { a.PasswordHash, a.PasswordSetAt = "", nil })
	app.Clock.Advance(200 * time.Hour)                                                                   // the one-time password lapses
	app.Tamper(blocked.ID, func(a *models.Account) { a.BlockedAt, a.FailedAttempts = &a.CreatedAt, 10 }) // without an end
}

type guess struct{ name, secret string }

// refusedGuesses returns one of each kind: an unknown name, a wrong password, and right ones that open nothing.
func refusedGuesses() []guess {
	return []guess{
		{"nobody", testapp.Secret}, {"root", "wrong"}, {"robot", testapp.Secret}, {"gone", testapp.Secret}, {"off", testapp.Secret},
		{"blocked", testapp.Secret}, {"empty", testapp.Secret},
	}
}

// oddGuesses returns the same kinds of guesses in other spellings.
func oddGuesses() []guess {
	return []guess{
		{"blocked", "wrong"}, {"Default", testapp.Secret}, {"root@example.com", "wrong"}, {"nobody@example.com", "x"},
		{"not a name", "x"}, {"ﬁx", "x"},
	}
}

func withoutName(page *testapp.Reply, name string) string {
	return strings.ReplaceAll(bare(page), `value="`+name+`"`, "")
}

func headerNames(reply *testapp.Reply) string {
	header := reply.Header.Clone()
	for _, name := range []string{"Date", "X-Request-Id", "Content-Length"} {
		header.Del(name)
	}
	var text strings.Builder
	_ = header.Write(&text) // into memory
	return text.String()
}

// Response times do not differ either, with production hashes. Other load on the machine affects all guesses alike, since they
// take turns in random order.
func TestTimingDoesNotRevealAccounts(t *testing.T) {
	if !testkit.Long() {
		t.Skip("takes minutes: set " + testkit.LongEnv)
	}
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		refusedAccounts(app, who)
		took := timed(app, refusedGuesses(), 1000)
		unknown := median(took[guess{"nobody", testapp.Secret}])
		for guess, times := range took {
			apart := float64(median(times)-unknown) / float64(unknown)
			t.Logf("%-20s %-16s median %s, %+.2f %%", guess.name, guess.secret, median(times), 100*apart)
			if apart > 0.05 || apart < -0.05 {
				t.Errorf("%s with %s takes %s, an unknown name %s", guess.name, guess.secret, median(times), unknown)
			}
		}
	}, func(o *testapp.AppOptions) {
		o.Hash = password.DefaultParams
		o.Policies.Account.MaxLoginAttempts, o.Settings.AttemptsCap = 100_000, 0 // lest a wrong password become a refused one
		o.Policies.Technical.MaxLoginAttempts = 100_000
	})
}

// timed signs in with every guess so many times, and returns how long each took.
func timed(app *testapp.App, guesses []guess, rounds int) map[guess][]time.Duration {
	app.Helper()
	browser, took := app.Client(), map[guess][]time.Duration{}
	for range rounds {
		rand.Shuffle(len(guesses), func(i, j int) { guesses[i], guesses[j] = guesses[j], guesses[i] })
		for _, guess := range guesses {
			form := testapp.Form("name", guess.name, "password", guess.secret)
			start := time.Now()
			browser.Post("/sign-in", form).Want(422)
			took[guess] = append(took[guess], time.Since(start))
		}
	}
	return took
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// TestForgottenTimingDoesNotRevealAccounts: a request for a link takes as long for every name.
func TestForgottenTimingDoesNotRevealAccounts(t *testing.T) {
	if !testkit.Long() {
		t.Skip("takes minutes: set " + testkit.LongEnv)
	}
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		refusedAccounts(app, who)
		names := []string{"ann", "nobody", "off", "robot", "blocked", "empty"}
		browser, took := app.Client(), map[string][]time.Duration{}
		for range 1000 {
			rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
			for _, name := range names {
				form := testapp.Form("name", name)
				began := time.Now()
				browser.Post("/forgot", form).Want(303)
				took[name] = append(took[name], time.Since(began))
			}
			for again := true; again; { // as the job does meanwhile
				var err error
				if again, err = app.Accounts.Links.AnswerForgotten(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		unknown := median(took["nobody"])
		for name, times := range took {
			difference := float64(median(times)-unknown) / float64(unknown)
			t.Logf("%-10s median %s, %+.2f %%", name, median(times), 100*difference)
			if difference > 0.05 || difference < -0.05 {
				t.Errorf("%s takes %s, an unknown name %s", name, median(times), unknown)
			}
		}
	})
}
