package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// key makes an API key that is used directly and may write. Keys of technical accounts are the operator's to make.
func (w *world) key(a models.Account, change ...func(*apikey.Form)) (made models.APIKey, secret string) {
	w.Helper()
	form := apikey.Form{Title: "Import", Write: true, Direct: true}
	for _, change := range change {
		change(&form)
	}
	var err error
	if a.Technical {
		made, secret, err = w.Keys.AddTo(w.Context(), w.root, a.ID, form)
	} else {
		made, secret, err = w.Keys.Add(w.Context(), as(a), form)
	}
	if err != nil {
		w.Fatalf("making a key of %s: %v", a.Name, err)
	}
	return made, secret
}

// program resolves a key or token.
func (w *world) program(secret string) (core.Actor, error) {
	access, err := w.Keys.Resolve(w.Context(), secret, visit)
	return access.Actor, err
}

// refusesKey checks that a key or token opens nothing, for a reason.
func (w *world) refusesKey(what, secret string, want error) {
	w.Helper()
	if _, err := w.program(secret); !errors.Is(err, want) {
		w.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestKeyIsShownOnceAndStoredAsAHash(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		made, secret := w.key(w.customer("ada"))
		if len(secret) != 54 || !strings.HasPrefix(secret, "lk_") || made.Prefix != secret[:11] {
			t.Errorf("the key %q begins with %q", secret, made.Prefix)
		}
		dump := strings.Join(w.db.Dump(t), "\n")
		if strings.Contains(dump, secret) || strings.Contains(dump, secret[11:]) || !strings.Contains(dump, made.Prefix) {
			t.Error("the database has the key, or not its beginning")
		}
		if years := made.EndsAt.Sub(w.clock.Now()).Hours() / 24 / 365; years < 0.99 || years > 1.02 {
			t.Errorf("it is valid for %f years", years)
		}
	})
}

// What is wrong with the form of a key is reported all at once.
func TestKeyForm(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, ada := w.organization("acme"), w.customer("ada")
		in := func(years int) string { return w.clock.Now().AddDate(years, 0, 0).Format(time.DateOnly) }
		for name, tc := range map[string]struct {
			by     core.Actor
			form   apikey.Form
			fields string
		}{
			"nothing":                   {w.root, apikey.Form{}, "title"},
			"a title that is not seen":  {w.root, apikey.Form{Title: "\u200b "}, "title"},
			"256 symbols":               {w.root, apikey.Form{Title: strings.Repeat("ä", 256)}, ""},
			"257 symbols":               {w.root, apikey.Form{Title: strings.Repeat("ä", 257)}, "title"},
			"a day that has passed":     {w.root, apikey.Form{Title: "x", Ends: "2001-01-01"}, "ends"},
			"today":                     {w.root, apikey.Form{Title: "x", Ends: in(0)}, ""},
			"in five years":             {w.root, apikey.Form{Title: "x", Ends: in(5)}, ""},
			"later":                     {w.root, apikey.Form{Title: "x", Ends: in(6)}, "ends"},
			"no day":                    {w.root, apikey.Form{Title: "x", Ends: "soon"}, "ends"},
			"networks":                  {w.root, apikey.Form{Title: "x", Networks: "192.0.2.0/24,2001:db8::1\n::ffff:198.51.100.0/120"}, ""},
			"no network":                {w.root, apikey.Form{Title: "x", Networks: "192.0.2.0/24 home"}, "networks"},
			"too many networks":         {w.root, apikey.Form{Title: "x", Networks: strings.Repeat("192.0.2.1 ", 51)}, "networks"},
			"64 KiB of networks":        {w.root, apikey.Form{Title: "x", Networks: strings.Repeat("a ", 32<<10)}, "networks"},
			"an organization by name":   {w.root, apikey.Form{Title: "x", Scope: []string{"ACME default"}}, ""},
			"a customer as scope":       {w.root, apikey.Form{Title: "x", Scope: []string{ada.ID}}, "scope"},
			"another's organization":    {as(acme), apikey.Form{Title: "x", Scope: []string{models.DefaultOrganizationID}}, "scope"},
			"its own":                   {as(acme), apikey.Form{Title: "x", Scope: []string{acme.ID}}, ""},
			"a customer's check":        {as(ada), apikey.Form{Title: "x", Verify: true}, "verify"},
			"everything that is wrong":  {w.root, apikey.Form{Networks: "x", Scope: []string{"x"}, Ends: "x"}, "title scope networks ends"},
			"a submission that is none": {w.root, apikey.Form{Title: "x", Submission: "x"}, "submission"},
		} {
			if _, _, err := w.Keys.Add(w.Context(), tc.by, tc.form); wrongFields(err) != tc.fields {
				t.Errorf("%s: %v, want %q", name, err, tc.fields)
			}
		}
	})
}

func TestAnAccountHasFiftyKeysAtMost(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		testkit.Together(60, func(int) {
			if _, _, err := w.Keys.Add(t.Context(), as(ada), apikey.Form{Title: "x"}); err != nil && !errors.Is(err, apikey.ErrTooMany) {
				t.Error(err)
			}
		})
		if keys := must(w.Keys.Own(t.Context(), as(ada)))(t); len(keys) != apikey.MaxKeys {
			t.Errorf("%d keys", len(keys))
		}
	})
}

// A key opens nothing from the moment at which its account may do nothing, whatever it is.
func TestKeyEndsWithItsAccount(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for name, tc := range map[string]struct {
			end  func(a models.Account) error
			want error
		}{
			"disabled": {func(a models.Account) error { return w.Disable(t.Context(), w.root, a.ID) }, apikey.ErrInvalid},
			"deleted":  {func(a models.Account) error { return w.Delete(t.Context(), w.root, a.ID, a.Name) }, apikey.ErrInvalid},
			"revoked": {func(a models.Account) error {
				keys := must(w.Keys.Own(t.Context(), as(a)))(t)
				return w.Keys.Revoke(t.Context(), as(a), keys[0].ID)
			}, apikey.ErrInvalid},
			"must-change": {func(a models.Account) error { return w.RequireChange(t.Context(), w.root, a.ID) }, core.ErrPasswordFirst},
			"one-time": {func(a models.Account) error {
				_, err := w.ResetPassword(t.Context(), w.root, a.ID, accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}, "")
				return err
			}, core.ErrPasswordFirst},
			"credentials-reset": {func(a models.Account) error {
				_, err := w.ResetPassword(t.Context(), w.root, a.ID, accounts.PasswordChoice{Mode: accounts.Generated, Credentials: true}, "")
				return err
			}, apikey.ErrInvalid},
			"lost-factor": {func(a models.Account) error {
				w.tamper(a.ID, func(a *models.Account) { a.MustSetFactor = true })
				return nil
			}, core.ErrFactorSetupFirst},
		} {
			a := w.customer(name)
			_, secret := w.key(a)
			token := must3(w.Keys.Exchange(t.Context(), secret, 0, visit, anyAccount))(t)
			if _, err := w.program(token.Secret); err != nil {
				t.Fatalf("%s: a fresh token: %v", name, err)
			}
			if err := tc.end(a); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			replica := w.another()
			replica.refusesKey(name+", its key", secret, tc.want)
			replica.refusesKey(name+", its token", token.Secret, tc.want)
		}
		a := w.customer("expired")
		_, secret := w.key(a)
		w.tamper(a.ID, func(a *models.Account) { at := w.clock.Now().Add(-65 * 24 * time.Hour); a.PasswordSetAt = &at })
		w.refusesKey("expired", secret, core.ErrPasswordFirst)
	})
}

func must3[T, U any](value T, _ U, err error) func(testing.TB) T {
	return must(value, err)
}

// A token lives as long as it was asked to, but no longer than the settings and its key allow.
func TestTokenLife(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		_, secret := w.key(w.customer("ada"), func(f *apikey.Form) { f.Ends, f.Direct = w.clock.Now().Format(time.DateOnly), false })
		w.refusesKey("a key without direct use", secret, apikey.ErrNotDirect)
		for asked, want := range map[time.Duration]time.Duration{0: 5 * time.Minute, time.Second: time.Second, time.Hour: 5 * time.Minute} {
			token := must3(w.Keys.Exchange(t.Context(), secret, asked, visit, anyAccount))(t)
			if got := token.EndsAt.Sub(w.clock.Now()); got.Round(time.Second) != want {
				t.Errorf("asked for %s, it lives %s", asked, got)
			}
		}
		token := must3(w.Keys.Exchange(t.Context(), secret, 0, visit, anyAccount))(t)
		if _, _, err := w.Keys.Exchange(t.Context(), token.Secret, 0, visit, anyAccount); !errors.Is(err, apikey.ErrInvalid) {
			t.Errorf("a token was exchanged for a token: %v", err)
		}
		w.clock.Advance(5*time.Minute - time.Second)
		if _, err := w.program(token.Secret); err != nil {
			t.Errorf("before its end: %v", err)
		}
		w.clock.Advance(time.Second)
		w.refusesKey("after its end", token.Secret, apikey.ErrInvalid)

		w.clock.Advance(24 * time.Hour)
		if _, _, err := w.Keys.Exchange(t.Context(), secret, 0, visit, anyAccount); !errors.Is(err, apikey.ErrInvalid) {
			t.Errorf("the key has ended: %v", err)
		}
	}, func(o *accounts.Options) { o.Settings.APITokenLife = 5 * time.Minute })
}

// While keys are switched off, they and their tokens open nothing, in every use case; switched on again they work. A technical account still
// signs in with its password.
func TestKeysSwitchedOff(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada, device := w.customer("ada"), w.create(accounts.NewAccount{Name: "device", Technical: true})
		made, key := w.key(ada)
		token := must3(w.Keys.Exchange(t.Context(), key, 0, visit, anyAccount))(t)
		off := w.another(func(o *accounts.Options) { o.Settings.NoAPIKeys = true })
		off.refusesKey("a key", key, core.ErrOff)
		off.refusesKey("its token", token.Secret, core.ErrOff)
		_, _, exchanged := off.Keys.Exchange(t.Context(), key, 0, visit, anyAccount)
		_, _, added := off.Keys.Add(t.Context(), as(ada), apikey.Form{Title: "x"})
		_, _, addedTo := off.Keys.AddTo(t.Context(), w.root, device.ID, apikey.Form{Title: "x"})
		for what, err := range map[string]error{"exchange": exchanged, "add": added, "add to a technical account": addedTo} {
			if !errors.Is(err, core.ErrOff) {
				t.Errorf("%s: %v", what, err)
			}
		}
		basic, _, err := off.SignInTechnical(t.Context(), "device", secret, 0, visit, anyAccount)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := off.program(basic.Secret); err != nil {
			t.Errorf("a token for a password: %v", err)
		}
		if _, err := w.program(key); err != nil {
			t.Errorf("switched on again: %v", err)
		}
		if err := off.Keys.Revoke(t.Context(), as(ada), made.ID); err != nil {
			t.Errorf("revoking while they are off: %v", err)
		}
	})
}

// What asks a person to confirm who they are is closed to programs, except to delete and reset accounts that are not SuperAdmins.
func TestProgramsConfirmNothing(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		root, ada, other := w.account(w.root.ID), w.customer("ada"), w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "other"})
		_, secret := w.key(root)
		bot, err := w.program(secret)
		if err != nil {
			t.Fatal(err)
		}
		generated := accounts.PasswordChoice{Mode: accounts.Generated}
		if _, err := w.ResetPassword(t.Context(), bot, ada.ID, generated, ""); err != nil {
			t.Errorf("resetting a customer: %v", err)
		}
		if err := w.Delete(t.Context(), bot, ada.ID, "ada"); err != nil {
			t.Errorf("deleting a customer: %v", err)
		}
		if _, err := w.Restore(t.Context(), bot, ada.ID); err != nil {
			t.Errorf("restoring a customer: %v", err)
		}
		_, resetOther := w.ResetPassword(t.Context(), bot, other.ID, generated, "")
		_, resetFactors := w.ResetPassword(t.Context(), bot, ada.ID, accounts.PasswordChoice{Mode: accounts.Generated, Credentials: true}, "")
		_, created := w.Create(t.Context(), bot, fill(accounts.NewAccount{Kind: models.SuperAdmin, Name: "third"}))
		_, _, keyed := w.Keys.Add(t.Context(), bot, apikey.Form{Title: "x"})
		device := w.create(accounts.NewAccount{Name: "device", Technical: true})
		_, _, keyedDevice := w.Keys.AddTo(t.Context(), bot, device.ID, apikey.Form{Title: "x"})
		for what, err := range map[string]error{
			"reset a SuperAdmin": resetOther, "delete one": w.Delete(t.Context(), bot, other.ID, "other"), "disable one": w.Disable(t.Context(), bot, other.ID),
			"edit one":                w.Edit(t.Context(), bot, other.ID, accounts.Edit{Email: "thief@example.com"}),
			"remove second factors":   resetFactors,
			"create a SuperAdmin":     created,
			"make a key":              keyed,
			"make a technical key":    keyedDevice,
			"change one's own e-mail": w.Email.Request(t.Context(), bot, "thief@example.com"),
		} {
			var held core.GateError
			if !errors.As(err, &held) || held.Gate != core.GateStepUp {
				t.Errorf("%s: %v", what, err)
			}
		}
	}, func(o *accounts.Options) { o.Settings.Undelete = time.Hour })
}

// A key looks after no other accounts than its maker meant, and what was ended stays ended.
func TestKeysAndTokensEnd(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		in := accounts.NewAccount{Name: "ada", Organization: w.organization("acme").Name}
		ada := w.create(in)
		in.Name, in.Technical = "device", true
		device := w.create(in)
		bond := w.organization("bond")

		_, key := w.key(ada)
		if err := w.Edit(t.Context(), w.root, ada.ID, accounts.Edit{Email: ada.Email, Technical: true}); err != nil {
			t.Fatal(err)
		}
		w.refusesKey("a person's, of what is now a technical account", key, apikey.ErrInvalid)

		_, key = w.key(device)
		token := must3(w.Keys.Exchange(t.Context(), key, 0, visit, anyAccount))(t)
		if err := errors.Join(w.Disable(t.Context(), w.root, device.ID), w.Enable(t.Context(), w.root, device.ID)); err != nil {
			t.Fatal(err)
		}
		w.refusesKey("a token of before it was disabled", token.Secret, apikey.ErrInvalid)
		if _, err := w.program(key); err != nil {
			t.Errorf("a key of an enabled account: %v", err)
		}
		if err := w.Move(t.Context(), w.root, device.ID, bond.ID, false); err != nil {
			t.Fatal(err)
		}
		w.refusesKey("one made in the former organization", key, apikey.ErrInvalid)
	})
}

// anyAccount admits each account to a token.
func anyAccount(models.Account) error { return nil }

// A key may do no more than its scope and its rights, in every use case.
func TestKeyLimits(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, bond := w.organization("acme"), w.organization("bond")
		ann, bob := w.create(accounts.NewAccount{Name: "ann", Organization: "acme"}), w.create(accounts.NewAccount{Name: "bob", Organization: "bond"})
		device := w.create(accounts.NewAccount{Name: "device", Organization: "acme", Technical: true})
		limit := func(ids ...string) func(*apikey.Form) { return func(f *apikey.Form) { f.Scope = ids } }
		bots := map[string]core.Actor{}
		for name, made := range map[string]func() (models.APIKey, string){
			"limited": func() (models.APIKey, string) { return w.key(w.account(w.root.ID), limit(acme.ID)) },
			"two":     func() (models.APIKey, string) { return w.key(w.account(w.root.ID), limit(acme.ID, bond.ID)) },
			"reader":  func() (models.APIKey, string) { return w.key(acme, func(f *apikey.Form) { f.Write = false }) },
			"own":     func() (models.APIKey, string) { return w.key(acme) },
			"device":  func() (models.APIKey, string) { return w.key(device) },
		} {
			_, secret := made()
			bot, err := w.program(secret)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			bots[name] = bot
		}
		for name, tc := range map[string]struct{ sees, changes string }{
			"limited": {"ann", "ann"}, "two": {"ann bob", "ann bob"}, "reader": {"ann", ""}, "own": {"ann", "ann"}, "device": {"ann", "ann"},
		} {
			var sees, changes []string
			for _, a := range []models.Account{ann, bob, acme} {
				if _, err := w.Find(t.Context(), bots[name], a.ID); err == nil {
					sees = append(sees, a.Name)
				}
				if err := w.Disable(t.Context(), bots[name], a.ID); err == nil {
					changes = append(changes, a.Name)
				}
			}
			if strings.Join(sees, " ") != tc.sees || strings.Join(changes, " ") != tc.changes {
				t.Errorf("%s sees %v and changes %v", name, sees, changes)
			}
		}
		for name, want := range map[string]string{"limited": "acme", "own": "acme", "device": "acme"} {
			made, err := w.Create(t.Context(), bots[name], fill(accounts.NewAccount{Name: "of-" + name}))
			if err != nil || w.account(*made.Account.OrganizationID).Name != want {
				t.Errorf("%s creates %+v, %v", name, made.Account, err)
			}
			if _, err := w.Create(t.Context(), bots[name], fill(accounts.NewAccount{Name: "x", Organization: bond.ID})); wrongFields(err) != "organization" {
				t.Errorf("%s creates another's customer: %v", name, err)
			}
			if _, err := w.Create(t.Context(), bots[name], fill(accounts.NewAccount{Kind: models.Organization, Name: "x"})); !errors.Is(err, core.ErrForbidden) {
				t.Errorf("%s creates an organization: %v", name, err)
			}
		}
		if _, err := w.Create(t.Context(), bots["two"], fill(accounts.NewAccount{Name: "x"})); wrongFields(err) != "organization" {
			t.Errorf("of two organizations none was named: %v", err)
		}
		if err := w.Disable(t.Context(), w.root, acme.ID); err != nil {
			t.Fatal(err)
		}
		_, secret := w.key(device)
		if bot, err := w.program(secret); err != nil || bot.MayOperate() {
			t.Errorf("a device of a disabled organization looks after its customers: %v", err)
		}
		if err := w.Unblock(t.Context(), bots["device"], ann.ID); !errors.Is(err, core.ErrSignedOut) {
			t.Errorf("so does a request in flight: %v", err)
		}
	})
}

// Once a key is revoked, no request in flight writes anything, on any replica.
func TestRevokedKeyWritesNothing(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		root := w.account(w.root.ID)
		made, secret := w.key(root)
		token := must3(w.Keys.Exchange(t.Context(), secret, 0, visit, anyAccount))(t)
		replica := w.another()
		bot, err := replica.program(token.Secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Keys.Revoke(t.Context(), w.root, made.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := replica.Create(t.Context(), bot, fill(accounts.NewAccount{Name: "late"})); !errors.Is(err, core.ErrSignedOut) {
			t.Errorf("a request in flight: %v", err)
		}
		replica.refusesKey("the key", secret, apikey.ErrInvalid)
		replica.refusesKey("its token", token.Secret, apikey.ErrInvalid)
	})
}

// The owner is notified of new and revoked keys, of use from a new network, and before a key ends; each once.
func TestKeyNotices(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		made, secret := w.key(ada)
		from := func(address string) {
			if _, err := w.Keys.Resolve(t.Context(), secret, core.ClientInfo{Address: address}); err != nil {
				t.Fatal(err)
			}
			w.clock.Advance(2 * time.Minute)
		}
		for _, address := range []string{"192.0.2.7", "192.0.2.200", "198.51.100.1", "192.0.2.7", "2001:db8:1::1", "2001:db8:1:ffff::9", "2001:db8:2::1"} {
			from(address)
		}
		count := func(change models.SecurityChange) (n int) {
			for _, mail := range w.mails(models.MailFilter{AccountID: ada.ID}) {
				if mail.Data.Change == change {
					n++
				}
			}
			return n
		}
		if created, used := count(models.KeyAdded), count(models.KeyUsed); created != 1 || used != 3 {
			t.Errorf("%d mails about the new key, %d about networks; at most 3 are sent in a day", created, used)
		}
		if n := len(w.events(models.AuditFilter{Action: core.ActionKeyUsed})); n != 4 {
			t.Errorf("%d new networks are recorded", n)
		}
		w.clock.Set(made.EndsAt.Add(-15 * 24 * time.Hour))
		if n := must(w.Keys.Sweep(t.Context()))(t); n != 0 {
			t.Errorf("%d mails 15 days before the end", n)
		}
		w.clock.Advance(24 * time.Hour)
		sweeps := []*world{w, w.another()}
		total, sum := 0, sync.Mutex{}
		testkit.Together(4, func(i int) {
			n, err := sweeps[i%2].Keys.Sweep(context.Background())
			if err != nil {
				t.Error(err)
			}
			sum.Lock()
			defer sum.Unlock()
			total += n
		})
		if total != 1 {
			t.Errorf("%d mails about its end", total)
		}
		if err := w.Keys.Revoke(t.Context(), as(ada), made.ID); err != nil || count(models.KeyRevoked) != 1 {
			t.Errorf("%d mails about the revoked key, %v", count(models.KeyRevoked), err)
		}
	})
}

// Guesses at a technical account's password are counted like those on the sign-in page, however many come at once.
func TestParallelBasicGuesses(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		device := w.create(accounts.NewAccount{Name: "device", Technical: true})
		processes := []*world{w, w.another()}
		before := evaluated(processes...)
		testkit.Together(400, func(i int) {
			_, _, err := processes[i%2].SignInTechnical(t.Context(), "device", fmt.Sprint("guess number ", i), 0, visit, anyAccount)
			if !errors.Is(err, core.ErrSignIn) {
				t.Errorf("attempt %d: %v", i, err)
			}
		})
		if n := evaluated(processes...) - before; n != 5 {
			t.Errorf("%d guesses were evaluated, want exactly 5", n)
		}
		if _, _, err := w.SignInTechnical(t.Context(), "device", secret, 0, visit, anyAccount); !errors.Is(err, core.ErrSignIn) {
			t.Errorf("the right password while the account is blocked: %v", err)
		}
		if a := w.account(device.ID); a.BlockedAt == nil || a.FailedAttempts != 5 {
			t.Errorf("%d failures, blocked since %v", a.FailedAttempts, a.BlockedAt)
		}
	})
}

// Only technical accounts sign in by name and password, and their token reads their own account alone. It ends with the password.
func TestTechnicalSignIn(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		device := w.create(accounts.NewAccount{Name: "device", Technical: true})
		for what, name := range map[string]string{"a person": "ada", "an unknown name": "unknown"} {
			if _, _, err := w.SignInTechnical(t.Context(), name, secret, 0, visit, anyAccount); !errors.Is(err, core.ErrSignIn) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if ada := w.account(must(w.FindByIdentifier(t.Context(), "ada"))(t).ID); ada.FailedAttempts != 0 {
			t.Error("a person's attempts were counted, whose password is not taken there")
		}
		token, _, err := w.SignInTechnical(t.Context(), "device", secret, time.Minute, visit, anyAccount)
		if err != nil {
			t.Fatal(err)
		}
		bot, err := w.program(token.Secret)
		if err != nil || bot.MayOperate() || bot.Key.Write || bot.ID != device.ID {
			t.Errorf("the token is of %+v, %v", bot, err)
		}
		if err := w.SetLocale(t.Context(), bot, "de"); !errors.Is(err, core.ErrReadOnly) {
			t.Errorf("it writes: %v", err)
		}
		if a := w.account(device.ID); a.LastSignInAt == nil {
			t.Error("the sign-in is not shown")
		}
		if _, err := w.ResetPassword(t.Context(), w.root, device.ID, accounts.PasswordChoice{Mode: accounts.Generated}, ""); err != nil {
			t.Fatal(err)
		}
		w.refusesKey("after another password", token.Secret, apikey.ErrInvalid)
	})
}

func TestExpiredPasswordOfATechnicalAccount(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		device := w.create(accounts.NewAccount{Name: "device", Technical: true})
		w.tamper(device.ID, func(a *models.Account) { at := w.clock.Now().Add(-100 * 24 * time.Hour); a.PasswordSetAt = &at })
		_, _, err := w.SignInTechnical(t.Context(), "device", secret, 0, visit, anyAccount)
		var held core.GateError
		if !errors.As(err, &held) || held.Gate != core.GatePassword {
			t.Errorf("an expired password: %v", err)
		}
	}, func(o *accounts.Options) { o.Policies.Technical.PasswordExpirationInDays = 90 })
}

// A program learns whether a password is right as the sign-in page would say, with the same counting.
func TestVerifyPassword(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme := w.organization("acme")
		in := func(name string, change func(*models.Account)) models.Account {
			a := w.create(accounts.NewAccount{Name: name, Organization: "acme"})
			if change != nil {
				w.tamper(a.ID, change)
			}
			return a
		}
		in("good", nil)
		in("forced", func(a *models.Account) { a.MustChange = true })
		in("off", func(a *models.Account) { a.DisabledAt = &a.CreatedAt })
		in("factored", func(a *models.Account) { a.HasFactor = true })
		w.create(accounts.NewAccount{Name: "device", Organization: "acme", Technical: true})
		w.create(accounts.NewAccount{Name: "foreign"})
		_, key := w.key(acme, func(f *apikey.Form) { f.Verify = true })
		_, plain := w.key(acme)
		bot, err := w.program(key)
		if err != nil {
			t.Fatal(err)
		}
		for _, tc := range []struct {
			name, password string
			want           error
			gate           string
		}{
			{"good", secret, nil, ""}, {"GOOD@example.com", secret, nil, ""}, {"device", secret, nil, ""},
			{"good", "wrong", core.ErrSignIn, ""}, {"off", secret, core.ErrSignIn, ""}, {"foreign", secret, core.ErrSignIn, ""},
			{"unknown", secret, core.ErrSignIn, ""}, {"acme", secret, core.ErrSignIn, ""}, {"root", secret, core.ErrSignIn, ""},
			{"forced", secret, core.ErrPasswordFirst, core.GatePassword}, {"forced", "wrong", core.ErrSignIn, ""},
			{"factored", secret, core.ErrFactorFirst, core.GateFactor}, {"factored", "wrong", core.ErrSignIn, ""},
		} {
			_, err := w.VerifyPassword(t.Context(), bot, tc.name, tc.password, "203.0.113.9")
			var held accounts.HeldPassword
			if !errors.Is(err, tc.want) || errors.As(err, &held) != (tc.gate != "") || held.Gate != tc.gate {
				t.Errorf("%s with %q: %v", tc.name, tc.password, err)
			}
		}
		if a := must(w.FindByIdentifier(t.Context(), "factored"))(t); a.FailedAttempts != 1 {
			t.Errorf("%d failures: a right password without the second factor must not end the count", a.FailedAttempts)
		}
		other, _ := w.program(plain)
		if _, err := w.VerifyPassword(t.Context(), other, "good", secret, ""); !errors.Is(err, apikey.ErrNoVerify) {
			t.Errorf("a key without the right: %v", err)
		}
		if _, err := w.VerifyPassword(t.Context(), bot, "good", secret, "not an address"); wrongFields(err) != "client_ip" {
			t.Errorf("no address: %v", err)
		}
		failed := w.events(models.AuditFilter{Action: core.ActionSignInFailed})
		if !slices.ContainsFunc(failed, func(e models.AuditEvent) bool {
			return e.Address == "203.0.113.9" && e.Detail[string(core.DetailAPIKey)] == bot.Key.Prefix
		}) {
			t.Error("no failure has the client's address and the key")
		}
	})
}

// The version of an account is what a change can be tied to.
func TestChangesExpectAVersion(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		editor := w.root
		editor.Expects = w.account(ada.ID).Version()
		w.signIn("ada", secret)
		w.refused(1, "ada", "wrong")
		if err := w.Disable(t.Context(), editor, ada.ID); err != nil {
			t.Errorf("after sign-ins: %v", err)
		}
		if err := w.Enable(t.Context(), editor, ada.ID); !errors.Is(err, core.ErrChangedSince) {
			t.Errorf("after a change: %v", err)
		}
	})
}
