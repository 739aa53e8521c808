package accounts_test

import (
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/mfa"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestRecoveryCodesAreStoredAsPasswordHashes: argon2id with 128 random bits of salt, which a set has in common. No code is in the
// database.
func TestRecoveryCodesAreStoredAsPasswordHashes(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		ids, codes := map[string]string{}, map[string][]string{}
		for _, name := range []string{"ada", "bob", "eve"} {
			ids[name] = w.customer(name).ID
		}
		codes["ada"] = w.withCodes("ada")
		_, codes["bob"] = w.withApp("bob")
		_, codes["eve"] = w.withPasskey("eve")
		salts := map[string]bool{}
		for _, id := range ids {
			hash := ""
			w.do(func(tx *models.Tx) (err error) { hash, err = tx.AnyRecoveryCode(id); return err })
			salt, _, _ := strings.Cut(strings.TrimPrefix(hash, "$argon2id$v=19$m=8,t=1,p=1$"), "$")
			if raw, err := base64.RawStdEncoding.DecodeString(salt); err != nil || len(raw) != 16 {
				t.Errorf("the hash is %q", hash)
			}
			if n := w.count("SELECT count(*) FROM recovery_codes WHERE account_id = '" + id + "' AND hash LIKE '$argon2id$v=19$m=8,t=1,p=1$" + salt + "$%'"); n != 10 {
				t.Errorf("%d codes have the salt of their set", n)
			}
			salts[salt] = true
		}
		if len(salts) != len(ids) {
			t.Errorf("%d accounts have %d salts", len(ids), len(salts))
		}
		dump := strings.ToUpper(strings.Join(w.db.Dump(t), "\n"))
		for _, code := range slices.Concat(slices.Collect(maps.Values(codes))...) {
			if strings.Contains(dump, code) || strings.Contains(dump, strings.ReplaceAll(code, "-", "")) {
				t.Errorf("%s is in the database", code)
			}
		}
	})
}

// TestRecoveryCostsOneHash: with a code that works, a wrong one, a name that does not exist, and for accounts without codes.
func TestRecoveryCostsOneHash(t *testing.T) {
	measured(t, func(t *testing.T, w *world, m *tally) {
		codes := map[string]string{"nobody": "7K3M-Q9PX-0000-7K3M", "without": "7K3M-Q9PX-0000-7K3M"}
		w.customer("without")
		for _, name := range []string{"ada", "bob", "off", "robot", "blocked"} {
			account := w.customer(name)
			codes[name] = w.withCodes(name)[0]
			switch name {
			case "bob":
				codes[name] = codes["ada"]
			case "off":
				w.tamper(account.ID, func(a *models.Account) { a.DisabledAt = &a.CreatedAt })
			case "robot":
				w.tamper(account.ID, func(a *models.Account) { a.Technical = true })
			case "blocked":
				w.refused(10, name, "wrong guess")
			}
		}
		off := w.another(func(o *accounts.Options) { o.Settings.NoRecovery, o.Hashes = true, w.hashes })
		for name, code := range codes {
			for from, process := range map[string]*world{"on": w, "switched off": off} {
				before := len(m.took)
				_, err := process.Factors.Recover(t.Context(), name, code, behind("198.51.100.1"))
				if hashes := len(m.took) - before; hashes != 1 {
					t.Errorf("%s, %s: %d hashes (%v)", name, from, hashes, err)
				}
			}
		}
		phone, recovery := w.withApp("without")
		for _, code := range []mfa.Code{{Recovery: "7K3M-Q9PX-0000-7K3M"}, {Recovery: recovery[0]}, {Code: phone.code()}} {
			current, want := w.half("without", visit), 1
			if code.Code != "" {
				want = 0
			}
			before := len(m.took)
			_, err := w.Factors.SignIn(t.Context(), current, visit, code)
			if hashes := len(m.took) - before; hashes != want {
				t.Errorf("%+v: %d hashes (%v)", code, hashes, err)
			}
		}
	})
}

// TestRecoveryCodesAreHashedIfTheyAreNeeded: not for a wrong code of an app, a second factor, or a form that was sent before.
func TestRecoveryCodesAreHashedIfTheyAreNeeded(t *testing.T) {
	measured(t, func(t *testing.T, w *world, m *tally) {
		w.customer("ada")
		_, actor := w.visitor("ada", secret)
		costs := func(name string, want int, do func() error, fails bool) {
			t.Helper()
			before := len(m.took)
			if err := do(); (err != nil) != fails {
				t.Errorf("%s: %v", name, err)
			}
			if got := len(m.took) - before; got != want {
				t.Errorf("%s: %d hashes, want %d", name, got, want)
			}
		}
		confirm := func(code func(app) string) func() error {
			begun := must(w.Factors.BeginTOTP(t.Context(), actor))(t)
			return func() error {
				_, err := w.Factors.ConfirmTOTP(t.Context(), actor, begun.ID, "", code(app{begun.Secret, w.clock}))
				return err
			}
		}
		costs("a wrong code", 0, confirm(app.other), true)
		costs("the first app", 10, confirm(app.code), false)
		costs("the second app", 0, confirm(app.code), false)
		form := w.NewID()
		again := func() error { _, err := w.Factors.NewRecoveryCodes(t.Context(), actor, form); return err }
		costs("new codes", 10, again, false)
		costs("the form again", 0, again, true)
	})
}

// TestRecoveryCodesAreHashedOutsideOfTransactions, which would hold the account's row meanwhile.
func TestRecoveryCodesAreHashedOutsideOfTransactions(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		_, actor := w.visitor("ada", secret)
		free := occupy(t, w.hashes)
		done := make(chan []string, 1)
		go func() {
			codes, err := w.Factors.NewRecoveryCodes(t.Context(), actor, "")
			if err != nil {
				t.Error(err)
			}
			done <- codes
		}()
		for !isWaiting(w.hashes) && len(done) == 0 {
			runtime.Gosched()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := w.db.Update(ctx, func(tx *models.Tx) error {
			account, err := tx.AccountForUpdate(ada.ID)
			if err != nil {
				return err
			}
			account.Note = "changed meanwhile"
			return tx.SaveAccount(&account)
		})
		if err != nil {
			t.Errorf("the account is locked: %v", err)
		}
		free()
		codes := <-done
		if a := w.account(ada.ID); len(codes) != 10 || a.Note != "changed meanwhile" {
			t.Errorf("%d codes, note %q", len(codes), a.Note)
		}
	})
}

// TestDemandWhileRecoveryCodesAreHashed: what ends the session meanwhile leaves the codes as they were.
func TestDemandWhileRecoveryCodesAreHashed(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		codes := w.withCodes("ada")
		_, actor := w.visitor("ada", secret)
		free := occupy(t, w.hashes)
		done := make(chan error, 1)
		go func() { _, err := w.Factors.NewRecoveryCodes(t.Context(), actor, ""); done <- err }()
		for !isWaiting(w.hashes) && len(done) == 0 {
			runtime.Gosched()
		}
		w.exec("DELETE FROM sessions")
		free()
		if err := <-done; !errors.Is(err, core.ErrSignedOut) {
			t.Errorf("the session had ended: %v", err)
		}
		if n := len(w.events(models.AuditFilter{SubjectID: ada.ID, Action: core.ActionRecoveryCodes})); n != 1 {
			t.Errorf("%d sets were made", n)
		}
		must(w.Factors.Recover(t.Context(), "ada", codes[9], visit))(t)
	})
}

// TestOneSetOfRecoveryCodesWins as a whole, of those that are made at the same time.
func TestOneSetOfRecoveryCodesWins(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		processes, sets := []*world{w, w.another()}, make([][]string, 4)
		actors := make([]core.Actor, len(sets))
		for i := range actors {
			_, actors[i] = w.visitor("ada", secret)
		}
		testkit.Together(len(sets), func(i int) {
			sets[i] = must(processes[i%2].Factors.NewRecoveryCodes(t.Context(), actors[i], ""))(t)
		})
		var work []int
		for _, set := range sets {
			w.clock.Advance(time.Second) // the mail about a block is sent once at a time
			opened := 0
			for _, code := range set {
				if _, err := w.Factors.Recover(t.Context(), "ada", code, visit); err == nil {
					opened++
				}
			}
			if opened > 0 {
				work = append(work, opened)
			}
		}
		if !slices.Equal(work, []int{10}) {
			t.Errorf("of %d sets so many codes work: %v", len(sets), work)
		}
		if _, left, _ := w.Factors.Factors(t.Context(), as(ada)); left != 0 {
			t.Errorf("%d codes are left", left)
		}
	})
}
