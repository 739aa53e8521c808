package accounts_test

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/handover"
	"latchkey/accounts/mfa"
	"latchkey/accounts/sealing"
	"latchkey/internal/seal"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// keyed is a process with a key file of its own.
func (w *world) keyed() (*world, seal.File) {
	w.Helper()
	file := seal.File{Path: filepath.Join(w.TempDir(), "secret.key")}
	return w.another(func(o *accounts.Options) { o.Keys = file.Read }), file
}

// starts starts a process like one whose key file may be made, and that replaces a key with which nothing is sealed if take is set.
func (w *world) starts(file sealing.File, take bool) error {
	w.Helper()
	return w.Sealing.Start(w.Context(), file, true, take)
}

func keyIn(tb testing.TB, file seal.File) string {
	tb.Helper()
	return must(file.Read())(tb)[0].ID()
}

// keyOf returns the id of the database's key.
func (w *world) keyOf() string {
	w.Helper()
	return must(w.db.Read(w.Context()).SealingKey())(w).KeyID
}

func TestKeyIsMadeAtTheFirstStart(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w, file := w.keyed()
		for range 2 {
			if err := w.starts(file, false); err != nil {
				t.Fatal(err)
			}
		}
		if w.keyOf() != keyIn(t, file) {
			t.Error("the database has another key than the file")
		}
		w.customer("ada")
		w.withApp("ada")
		again := w.another()
		if err := again.starts(file, false); err != nil {
			t.Error(err)
		}
		if in, _ := again.half("ada", visit), 0; in.Session.ID == "" {
			t.Error("no session")
		}
	})
}

// TestNamedKeyIsNotMade: a mistyped path would give each replica a key of its own.
func TestNamedKeyIsNotMade(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w, file := w.keyed()
		if err := w.Sealing.Start(t.Context(), file, false, true); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v", err)
		}
		if _, err := file.Read(); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the file was made: %v", err)
		}
	})
}

// TestProcessesThatStartAtOnceAgreeOnAKey: with one file all start, with a file each one of them.
func TestProcessesThatStartAtOnceAgreeOnAKey(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		const processes = 8
		var worlds []*world
		var files []seal.File
		for range processes {
			other, file := w.keyed()
			worlds, files = append(worlds, other), append(files, file)
		}
		var started, foreign atomic.Int64
		testkit.Together(processes, func(i int) {
			switch err := worlds[i].starts(files[i], false); {
			case err == nil:
				started.Add(1)
			case errors.Is(err, sealing.ErrForeignKey):
				foreign.Add(1)
			default:
				t.Error(err)
			}
		})
		if started.Load() != 1 || foreign.Load() != processes-1 {
			t.Errorf("%d started, %d have another key", started.Load(), foreign.Load())
		}
		w.exec("DELETE FROM sealing_keys")
		file := seal.File{Path: filepath.Join(t.TempDir(), "data", "secret.key")}
		testkit.Together(processes, func(i int) {
			same := w.another(func(o *accounts.Options) { o.Keys = file.Read })
			if err := same.starts(file, false); err != nil {
				t.Error(err)
			}
		})
		if w.keyOf() != keyIn(t, file) {
			t.Error("the database has another key than the file")
		}
	})
}

func TestUnusedKeyIsReplaced(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		first, file := w.keyed()
		if err := first.starts(file, true); err != nil {
			t.Fatal(err)
		}
		second, other := w.keyed()
		if err := second.starts(other, false); !errors.Is(err, sealing.ErrForeignKey) {
			t.Errorf("another key: %v", err)
		}
		if _, err := other.Read(); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a key file was made for a database that has a key: %v", err)
		}
		if err := second.starts(other, true); err != nil {
			t.Fatal(err)
		}
		if w.keyOf() != keyIn(t, other) {
			t.Error("the key was not replaced")
		}
		// The first process neither seals with a key that is no longer that of the database, nor takes the database back.
		w.customer("ada")
		_, actor := w.visitor("ada", secret)
		if _, err := first.Factors.BeginTOTP(t.Context(), actor); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("sealing with the former key: %v", err)
		}
	})
}

func TestWrongOrMissingKeyIsRefused(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w, file := w.keyed()
		if err := w.starts(file, true); err != nil {
			t.Fatal(err)
		}
		w.customer("ada")
		w.withApp("ada")
		for _, take := range []bool{false, true} {
			other, missing := w.keyed()
			if err := other.starts(missing, take); !errors.As(err, &sealing.LostError{}) {
				t.Errorf("a missing file: %v", err)
			}
			if _, err := missing.Read(); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a new key file was made: %v", err)
			}
			wrong := missing
			if err := wrong.Create(must(seal.NewKey(rand.Reader))(t)); err != nil {
				t.Fatal(err)
			}
			lost := sealing.LostError{}
			if err := other.starts(wrong, take); !errors.As(err, &lost) || lost.Secrets != 1 {
				t.Errorf("a wrong key: %v", err)
			}
			if _, err := other.Sealing.Rotate(t.Context(), core.CommandLine, wrong, true); !errors.As(err, &lost) {
				t.Errorf("rotating a wrong key: %v", err)
			}
		}
		if w.keyOf() != keyIn(t, file) {
			t.Error("the key of the database was replaced")
		}
		if err := w.starts(file, false); err != nil {
			t.Errorf("the right key: %v", err)
		}
	})
}

// TestKnownTextOfAnotherRow: a text that the right key has sealed for something else is no proof.
func TestKnownTextOfAnotherRow(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w, file := w.keyed()
		if err := w.starts(file, true); err != nil {
			t.Fatal(err)
		}
		key := must(file.Read())(t)[0]
		w.do(func(tx *models.Tx) error {
			return tx.ReplaceSealingKey(key.ID(), models.SealingKey{KeyID: key.ID(), Known: key.Seal([]byte("Latchkey"), "another row"), Since: w.clock.Now()})
		})
		if err := w.starts(file, true); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("%v", err)
		}
	})
}

// manyApps gives the account secrets, more than a transaction of the rotation seals again, and returns them by their ids.
func (w *world) manyApps(account models.Account, n int) map[string]string {
	w.Helper()
	secrets := map[string]string{}
	w.do(func(tx *models.Tx) error {
		for i := range n {
			id, text := w.NewID(), fmt.Sprint("secret ", i)
			sealed, err := w.Sealing.Seal(tx, []byte(text), id)
			if err != nil {
				return err
			}
			secrets[id] = text
			factor := models.Factor{ID: id, AccountID: account.ID, Kind: models.TOTPFactor, Secret: sealed, CreatedAt: w.clock.Now()}
			if err := tx.CreateFactor(factor); err != nil {
				return err
			}
		}
		return nil
	})
	return secrets
}

// wantSecrets wants a process that starts now to open all secrets, and one that runs already too.
func (w *world) wantSecrets(running *world, file seal.File, secrets map[string]string) {
	w.Helper()
	fresh := w.another(func(o *accounts.Options) { o.Keys = file.Read })
	if err := fresh.Sealing.Start(w.Context(), file, false, false); err != nil {
		w.Fatal(err)
	}
	rows := must(w.db.Read(w.Context()).SealedSecrets(models.Sealed{}, 1000))(w)
	if len(rows) != len(secrets) {
		w.Fatalf("%d secrets, want %d", len(rows), len(secrets))
	}
	for _, row := range rows {
		for _, process := range []*world{fresh, running} {
			if opened, err := process.Sealing.Open(row.Secret, row.ID); err != nil || string(opened) != secrets[row.ID] {
				w.Fatalf("%s: opened %q, want %q: %v", row.ID, opened, secrets[row.ID], err)
			}
		}
	}
}

// A fragile context ends when it was asked so many times whether it has: everywhere in what it is passed to.
type fragile struct {
	context.Context
	left   *atomic.Int64
	cancel context.CancelFunc
}

func fragileFor(t *testing.T, questions int) fragile {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	left := new(atomic.Int64)
	left.Store(int64(questions))
	return fragile{ctx, left, cancel}
}

func (f fragile) ask() {
	if f.left.Add(-1) < 0 {
		f.cancel()
	}
}

func (f fragile) Done() <-chan struct{} { f.ask(); return f.Context.Done() }

func (f fragile) Err() error { f.ask(); return f.Context.Err() }

// TestRotationMayBeInterruptedAnywhere: wherever one ends, nothing is lost, all processes go on, and the next one continues.
func TestRotationMayBeInterruptedAnywhere(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w, file := w.keyed()
		if err := w.starts(file, false); err != nil {
			t.Fatal(err)
		}
		ada, before := w.customer("ada"), keyIn(t, file)
		secrets := w.manyApps(ada, 130)
		command := w.another(func(o *accounts.Options) { o.Keys = file.Read })
		interrupted := 0
		for n := 1; ; n += testkit.Times(9, 1) {
			done, err := command.Sealing.Rotate(fragileFor(t, n), core.CommandLine, file, true)
			w.wantSecrets(w, file, secrets)
			if err == nil {
				if done.Key != w.keyOf() || done.Key != keyIn(t, file) || done.Kept != nil {
					t.Errorf("%+v, the key of the database is %s", done, w.keyOf())
				}
				break
			}
			if interrupted++; !errors.Is(err, context.Canceled) {
				t.Fatalf("after %d questions: %v", n, err)
			}
		}
		t.Logf("%d rotations were interrupted", interrupted)
		if keys := must(file.Read())(t); len(keys) != 1 || keys[0].ID() == before {
			t.Errorf("the file has %v", keys)
		}
		if left := must(w.db.Read(t.Context()).CountSealed(w.keyOf()))(t); left != 0 || interrupted < 10 {
			t.Errorf("%d secrets of the former key, %d interruptions", left, interrupted)
		}
		if events := w.events(models.AuditFilter{Action: core.ActionKeyRotated}); len(events) != 1 || events[0].ActorName != "command line" {
			t.Errorf("%+v", events)
		}
	})
}

// brokenFile fails to write its keys, before or after it has.
type brokenFile struct {
	seal.File
	at, writes *int
	after      bool
}

var errDisk = errors.New("the disk is full")

func (f brokenFile) Replace(keys []*seal.Key) error {
	if *f.writes++; *f.writes != *f.at {
		return f.File.Replace(keys)
	}
	if f.after {
		_ = f.File.Replace(keys)
	}
	return errDisk
}

func TestRotationWithAFileThatCannotBeWritten(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w, file := w.keyed()
		if err := w.starts(file, false); err != nil {
			t.Fatal(err)
		}
		secrets := w.manyApps(w.customer("ada"), 3)
		for at := 1; at <= 2; at++ {
			for _, after := range []bool{false, true} {
				before, broken := w.keyOf(), brokenFile{file, new(at), new(0), after}
				done, err := w.Sealing.Rotate(t.Context(), core.CommandLine, broken, true)
				if at == 1 && !errors.Is(err, errDisk) || at == 2 && (err != nil || !errors.Is(done.Kept, errDisk)) {
					t.Errorf("write %d: %+v, %v", at, done, err)
				}
				w.wantSecrets(w.another(), file, secrets)
				if _, err := w.Sealing.Rotate(t.Context(), core.CommandLine, file, true); err != nil {
					t.Errorf("once more: %v", err)
				}
				w.wantSecrets(w.another(), file, secrets)
				if keys := must(file.Read())(t); len(keys) != 1 || keys[0].ID() == before {
					t.Errorf("write %d: the file has %v", at, keys)
				}
			}
		}
	})
}

// TestRotationOfReplicas writes the file first, so that every replica has the new key before it is used.
func TestRotationOfReplicas(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w, file := w.keyed()
		if err := w.starts(file, false); err != nil {
			t.Fatal(err)
		}
		secrets, before := w.manyApps(w.customer("ada"), 3), w.keyOf()
		done := must(w.Sealing.Rotate(t.Context(), core.CommandLine, file, false))(t)
		if keys := must(file.Read())(t); !done.Prepared || w.keyOf() != before || len(keys) != 2 || keys[0].ID() != done.Key || keys[1].ID() != before {
			t.Errorf("%+v, keys %v", done, keys)
		}
		w.wantSecrets(w, file, secrets)
		next := done.Key
		done = must(w.Sealing.Rotate(t.Context(), core.CommandLine, file, false))(t)
		if done.Prepared || done.Key != next || done.Resealed != len(secrets) || w.keyOf() != next {
			t.Errorf("%+v", done)
		}
		w.wantSecrets(w, file, secrets)
	})
}

// TestSecretsAreSealedDuringRotations: a process that has not read the new key yet does not seal with the former one.
func TestSecretsAreSealedDuringRotations(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w, file := w.keyed()
		if err := w.starts(file, false); err != nil {
			t.Fatal(err)
		}
		const people = 4
		var actors []core.Actor
		for i := range people {
			name := fmt.Sprint("ada-", i)
			w.customer(name)
			_, actor := w.visitor(name, secret)
			actors = append(actors, actor)
		}
		processes, command := []*world{w, w.another()}, w.another()
		ctx, stop := context.WithCancel(t.Context())
		var made atomic.Int64
		finished := make(chan struct{})
		go func() {
			defer close(finished)
			testkit.Together(people, func(i int) {
				for ctx.Err() == nil {
					process := processes[i%2]
					begun, err := process.Factors.BeginTOTP(t.Context(), actors[i])
					if err != nil {
						t.Error(err)
						return
					}
					phone := app{begun.Secret, w.clock}
					if shown, err := processes[(i+1)%2].Factors.SetUp(t.Context(), actors[i], begun.ID); err != nil || shown.Secret != phone.secret {
						t.Errorf("another process shows %+v: %v", shown, err)
						return
					}
					made.Add(1)
				}
			})
		}()
		for range 5 {
			for before := made.Load(); made.Load() < before+people && !t.Failed(); {
				time.Sleep(time.Millisecond)
			}
			if _, err := command.Sealing.Rotate(t.Context(), core.CommandLine, file, true); err != nil {
				t.Error(err)
			}
			if left := must(w.db.Read(t.Context()).CountSealed(keyIn(t, file)))(t); left != 0 {
				t.Errorf("%d secrets of a key that is in no file", left)
			}
		}
		stop()
		<-finished
	})
}

// TestRotationsAtOnce: a key is removed from the file only if nothing needs it.
func TestRotationsAtOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w, file := w.keyed()
		if err := w.starts(file, false); err != nil {
			t.Fatal(err)
		}
		secrets := w.manyApps(w.customer("ada"), 130)
		for range 5 {
			testkit.Together(4, func(int) {
				_, err := w.another().Sealing.Rotate(t.Context(), core.CommandLine, file, true)
				if err != nil && !errors.Is(err, sealing.ErrRotating) {
					t.Error(err)
				}
			})
			w.wantSecrets(w.another(), file, secrets)
		}
	})
}

func TestDiscardingWhatCannotBeOpened(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w, file := w.keyed()
		if err := w.starts(file, false); err != nil {
			t.Fatal(err)
		}
		ada, eve, joe := w.customer("ada"), w.customer("eve"), w.customer("joe")
		w.withApp("ada")
		w.withApp("joe")
		_, actor := w.visitor("eve", secret)
		must(w.Factors.BeginTOTP(t.Context(), actor))(t) // and does not confirm it
		w.half("ada", visit)
		after, other := w.keyed()
		key := must(seal.NewKey(rand.Reader))(t)
		if err := other.Create(key); err != nil {
			t.Fatal(err)
		}
		kept := models.Factor{ID: w.NewID(), AccountID: joe.ID, Kind: models.TOTPFactor, CreatedAt: w.clock.Now(), ConfirmedAt: new(w.clock.Now())}
		kept.Secret = key.Seal([]byte("another app"), kept.ID)
		w.do(func(tx *models.Tx) error { return tx.CreateFactor(kept) })

		discarded := must(after.DiscardSealed(t.Context(), core.CommandLine, other, true))(t)
		if !equal(discarded, sealing.Discarded{models.SealedTOTP: 3}) {
			t.Errorf("discarded %v", discarded)
		}
		if err := after.starts(other, false); err != nil {
			t.Errorf("the start after it: %v", err)
		}
		for id, want := range map[string]bool{ada.ID: true, eve.ID: false, joe.ID: false} {
			if a := w.account(id); a.MustSetFactor != want {
				t.Errorf("%s must set a factor: %t", a.Name, a.MustSetFactor)
			}
		}
		for query, want := range map[string]int{
			"SELECT count(*) FROM factors":                                            1,
			"SELECT count(*) FROM sessions WHERE account_id = '" + ada.ID + "'":       0,
			"SELECT count(*) FROM sessions WHERE account_id = '" + joe.ID + "'":       1,
			"SELECT count(*) FROM recovery_codes WHERE account_id = '" + ada.ID + "'": 10, // which also replace a lost password
			"SELECT count(*) FROM recovery_codes WHERE account_id = '" + joe.ID + "'": 10,
		} {
			if got := w.count(query); got != want {
				t.Errorf("%s: %d, want %d", query, got, want)
			}
		}
		events := w.events(models.AuditFilter{Action: core.ActionSealedDiscarded})
		if len(events) != 1 || events[0].ActorName != core.CommandLine.Name || events[0].Detail["secrets"] != "3" {
			t.Errorf("%+v", events)
		}
		if events := w.events(models.AuditFilter{Action: core.ActionFactorRemoved}); len(events) != 2 {
			t.Errorf("%+v", events)
		}
		if again := must(after.DiscardSealed(t.Context(), core.CommandLine, other, true))(t); len(again) != 0 {
			t.Errorf("once more: %v", again)
		}

		if in := after.signIn("ada", secret); in.Gate == core.GateFactor {
			t.Errorf("the sign-in is at the gate %q", in.Gate)
		}
		after.withApp("ada")
		if a := w.account(ada.ID); a.MustSetFactor {
			t.Error("after another was set up, one has to be set up")
		}
	})
}

// TestDiscardingWithoutAFile makes one, unless it is named: an operator has to put that in its place.
func TestDiscardingWithoutAFile(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		w.withApp("ada")
		after, file := w.keyed()
		if _, err := after.DiscardSealed(t.Context(), core.CommandLine, file, false); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v", err)
		}
		if n := w.count("SELECT count(*) FROM factors"); n != 1 {
			t.Errorf("%d factors", n)
		}
		must(after.DiscardSealed(t.Context(), core.CommandLine, file, true))(t)
		if w.keyOf() != keyIn(t, file) || w.count("SELECT count(*) FROM factors") != 0 {
			t.Error("the database is that of another key")
		}
	})
}

// TestEveryKindCanBeDiscarded: a kind without a way would panic while an operator needs it.
func TestEveryKindCanBeDiscarded(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		kinds := w.DiscardKinds()
		for _, kind := range models.SealedKinds() {
			if kinds[kind] == nil {
				t.Errorf("%s cannot be discarded", kind)
			}
		}
	})
}

// TestDumpShowsNoSecret of an app in any form, set up or not, nor of an emergency code or a secret link.
func TestDumpShowsNoSecret(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w, file := w.keyed()
		if err := w.starts(file, false); err != nil {
			t.Fatal(err)
		}
		w.customer("ada")
		phone, recovery := w.withApp("ada")
		_ = must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Code: phone.code()}))(t)
		w.customer("eve")
		_, actor := w.visitor("eve", secret)
		begun := must(w.Factors.BeginTOTP(t.Context(), actor))(t)
		_, emergency := w.withEmergency("eve", 0)
		w.enter("eve", emergency)
		link := w.handOver(w.root, w.customer("bea").ID, handover.Form{Reads: "2", Passphrase: "Seven blue kettles"}, true)
		handed := must(w.Handover.Read(t.Context(), link, "Seven blue kettles", visit))(t).Password
		plain := w.handOver(w.root, w.customer("cid").ID, handover.Form{}, false)
		_, invitation := w.invited("dan")
		former := w.token(invitation)
		if _, err := w.Sealing.Rotate(t.Context(), core.CommandLine, file, true); err != nil {
			t.Fatal(err)
		}
		dump := strings.ToLower(strings.Join(w.db.Dump(t), "\n"))
		canaries := []string{former, w.token(invitation), link, handed, plain, "seven blue kettles", strings.TrimSpace(must(file.Read())(t)[0].Text())}
		for _, text := range append(recovery, emergency, phone.secret, begun.Secret) {
			canaries = append(canaries, text, strings.ReplaceAll(text, "-", ""))
		}
		for _, text := range []string{phone.secret, begun.Secret} {
			key := must(base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text))(t)
			canaries = append(canaries, string(key), hex.EncodeToString(key), base64.StdEncoding.EncodeToString(key))
		}
		for _, canary := range canaries {
			if strings.Contains(dump, strings.ToLower(canary)) {
				t.Errorf("the dump shows %q", canary)
			}
		}
	})
}
