package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchkey/config"
	"latchkey/internal/seal"
	"latchkey/internal/testkit"
	"latchkey/models"
)

func (p *program) keyFile() seal.File {
	return seal.File{Path: filepath.Join(p.args[1], config.KeyFileName)}
}

// serveOnce starts the program and stops it, or returns why it does not start.
func (p *program) serveOnce() error {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	log := &lines{changed: make(chan struct{}, 1)}
	env := map[string]string{"LATCHKEY_LOG_LEVEL": "info"}
	for name, value := range p.env {
		if name != "LATCHKEY_LOG_LEVEL" {
			env[name] = value
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, p.args, p.newEnv(env, "", &lines{}, log)) }()
	for {
		select {
		case err := <-ended:
			return err
		case <-log.changed:
			if serving.MatchString(log.String()) {
				cancel()
			}
		}
	}
}

// refusesToServe wants the start to fail with an error that has all the words, on one line.
func (p *program) refusesToServe(words ...string) {
	p.t.Helper()
	err := p.serveOnce()
	if err == nil {
		p.t.Errorf("it started, want %q", words)
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) || strings.Contains(err.Error(), "\n") {
			p.t.Errorf("%v, want %q", err, word)
		}
	}
}

// sealSecrets gives a SuperAdmin authenticator apps, some more of which are not confirmed, and returns what opens all of them.
func (p *program) sealSecrets(n int) {
	p.t.Helper()
	ada := p.seed("ada")[0]
	p.wired(func(a *app) {
		err := a.db.Update(p.t.Context(), func(tx *models.Tx) error {
			now := time.Now()
			for i := range n {
				id := a.accounts.NewID()
				sealed, err := a.accounts.Sealing.Seal(tx, fmt.Appendf(nil, "secret of %s", id), id)
				if err != nil {
					return err
				}
				factor := models.Factor{ID: id, AccountID: ada.ID, Kind: models.TOTPFactor, Secret: sealed, CreatedAt: now}
				if i == 0 {
					factor.ConfirmedAt = &now
				}
				if err := tx.CreateFactor(factor); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			p.t.Fatal(err)
		}
	})
}

// wantSecrets wants so many secrets, each of which the key file opens.
func (p *program) wantSecrets(n int) {
	p.t.Helper()
	p.wired(func(a *app) {
		rows, err := a.db.Read(p.t.Context()).SealedSecrets(models.Sealed{}, n+1)
		if err != nil || len(rows) != n {
			p.t.Fatalf("%d secrets, want %d: %v", len(rows), n, err)
		}
		for _, row := range rows {
			if opened, err := a.accounts.Sealing.Open(row.Secret, row.ID); err != nil || string(opened) != "secret of "+row.ID {
				p.t.Fatalf("opened %q: %v", opened, err)
			}
		}
	})
}

// wired calls do with the program's parts, as a command has them.
func (p *program) wired(do func(*app)) {
	p.t.Helper()
	cfg, err := config.Load(nil, func(name string) string {
		if name == "LATCHKEY_DATA" {
			return p.args[1]
		}
		return p.env[name]
	})
	if err != nil {
		p.t.Fatal(err)
	}
	a, err := wire(p.t.Context(), cfg, slog.New(slog.DiscardHandler), p.timings, forCommand(), false)
	if err != nil {
		p.t.Fatal(err)
	}
	defer a.close()
	do(a)
}

func TestKeyFileIsMadeByServingOnly(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		p.must("Winter-Tea-7\n", "create-superadmin", "--name", "olga", "--email", "olga@example.com")
		if _, err := os.Stat(p.keyFile().Path); err == nil {
			t.Error("a command made a key")
		}
		if err := p.serveOnce(); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(p.keyFile().Path)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(p.keyFile().Path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		if err := p.serveOnce(); err != nil {
			t.Fatal(err)
		}
		if after, err := os.ReadFile(p.keyFile().Path); err != nil || string(after) != string(before) {
			t.Errorf("the second start changed the key: %v", err)
		}
	})
}

// TestStartIsRefusedWithoutTheKey with the way out, after which the program starts.
func TestStartIsRefusedWithoutTheKey(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		if err := p.serveOnce(); err != nil {
			t.Fatal(err)
		}
		p.sealSecrets(3)
		path := p.keyFile().Path
		if err := os.Rename(path, path+".lost"); err != nil {
			t.Fatal(err)
		}
		words := []string{path, "3 secrets in the database were sealed with another key", "put the right file back", "web rotate-secret-key --discard-sealed"}
		p.refusesToServe(words...)
		if _, err := os.Stat(path); err == nil {
			t.Error("a new key was made")
		}
		for text, want := range map[string][]string{
			newKeyText(t):              words,
			"":                         {path, "there is no key"},
			strings.Repeat("A", 1<<20): {path, "has 1048576 bytes; a key file has at most 4096"},
		} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			p.refusesToServe(want...)
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		p.refuses("put the file back", "", "rotate-secret-key")
		p.must("", "reset-password", "ada") // an operator gets in without the key
		if err := os.Rename(path+".lost", path); err != nil {
			t.Fatal(err)
		}
		if err := p.serveOnce(); err != nil {
			t.Errorf("with the right file again: %v", err)
		}
		if printed := p.must("", "rotate-secret-key", "--discard-sealed"); !strings.HasPrefix(printed, "authenticator apps deleted: 0\n") {
			t.Errorf("printed %q", printed)
		}
		p.wantSecrets(3)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if printed := p.must("", "rotate-secret-key", "--discard-sealed"); !strings.HasPrefix(printed, "authenticator apps deleted: 3\n") {
			t.Errorf("printed %q", printed)
		}
		if !p.stored("ada").MustSetFactor {
			t.Error("ada need not set up another factor")
		}
		if err := p.serveOnce(); err != nil {
			t.Errorf("after discarding: %v", err)
		}
	})
}

func newKeyText(t *testing.T) string {
	t.Helper()
	file := seal.File{Path: filepath.Join(t.TempDir(), "key")}
	key, err := seal.NewKey(strings.NewReader(t.Name() + strings.Repeat("x", seal.KeySize)))
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Create(key); err != nil {
		t.Fatal(err)
	}
	return key.Text()
}

func TestNamedKeyFile(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	p.env["LATCHKEY_SECRET_KEY_FILE"] = dir
	p.refusesToServe(dir + " is not a regular file")
	p.env["LATCHKEY_SECRET_KEY_FILE"] = path
	p.refusesToServe(path, "no such file", "openssl rand -base64 32", "--discard-sealed")
	if _, err := os.Stat(path); err == nil {
		t.Error("a named file was made")
	}
	if err := os.WriteFile(path, []byte(newKeyText(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.serveOnce(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(p.keyFile().Path); err == nil {
		t.Error("a key was made in the data directory too")
	}
	if os.Geteuid() != 0 { // root may read everything
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		p.refusesToServe(path, fs.ErrPermission.Error())
	}
}

// TestReplicaWithAKeyOfItsOwn would seal what the others cannot open.
func TestReplicaWithAKeyOfItsOwn(t *testing.T) {
	testkit.Parallel(t)
	first, second := newProgram(t, models.Postgres), newProgram(t, models.Postgres)
	second.env["LATCHKEY_DATABASE"] = first.env["LATCHKEY_DATABASE"]
	if err := first.serveOnce(); err != nil {
		t.Fatal(err)
	}
	second.refusesToServe(second.keyFile().Path, "the database belongs to another key", "give every process a copy", "--discard-sealed")
	if err := second.keyFile().Create(first.keys()[0]); err != nil {
		t.Fatal(err)
	}
	if err := second.serveOnce(); err != nil {
		t.Errorf("with a copy of the file: %v", err)
	}
}

func TestRotateSecretKey(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		p.start("127.0.0.1:0")
		p.sealSecrets(3)
		before := p.keys()
		printed := p.must("", "rotate-secret-key")
		if p.env["LATCHKEY_DATABASE"] != "" {
			if !strings.Contains(printed, "Copy the file to every replica, then run this command again.") {
				t.Errorf("printed %q", printed)
			}
			p.wantSecrets(3)
			printed = p.must("", "rotate-secret-key")
		}
		if !strings.Contains(printed, "; 3 secrets are sealed with it.\n") {
			t.Errorf("printed %q", printed)
		}
		after := p.keys()
		if len(after) != 1 || after[0].ID() == before[0].ID() || !strings.Contains(printed, after[0].ID()) {
			t.Errorf("%v before, %v after, printed %q", before, after, printed)
		}
		p.wantSecrets(3)
		p.stop()
		if err := p.serveOnce(); err != nil {
			t.Error(err)
		}
	})
}

// TestRotationIsKilled in the middle: nothing is lost, the program starts, and the next run finishes.
func TestRotationIsKilled(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	if err := p.serveOnce(); err != nil {
		t.Fatal(err)
	}
	const secrets = 3000
	p.sealSecrets(secrets)
	killed := 0
	for _, left := range []int64{secrets, secrets / 2, secrets / 10, 0} {
		if p.killRotation(left) {
			killed++
		}
		p.wantSecrets(secrets)
		if err := p.serveOnce(); err != nil {
			t.Fatal(err)
		}
	}
	if killed == 0 {
		t.Error("all rotations ended before they were killed")
	}
	p.must("", "rotate-secret-key")
	if keys := p.keys(); len(keys) != 1 {
		t.Errorf("the file has %v", keys)
	}
	p.wantSecrets(secrets)
}

func (p *program) keys() []*seal.Key {
	p.t.Helper()
	keys, err := p.keyFile().Read()
	if err != nil {
		p.t.Fatal(err)
	}
	return keys
}

// killRotation kills a process that rotates the key as soon as no more than so many secrets of the former key are left, and reports
// whether it was not done.
func (p *program) killRotation(left int64) bool {
	p.t.Helper()
	before := p.keys()
	command := exec.Command(os.Args[0], append([]string{"rotate-secret-key"}, p.args...)...)
	command.Env = p.environment(nil)
	process := testkit.StartProcess(p.t, command)
	read := p.database().Read(p.t.Context())
	for ended := false; !ended; {
		select {
		case <-process.Ended():
			ended = true
		default:
		}
		next := p.keys()[0]
		former, err := read.CountSealed(next.ID())
		if err != nil {
			p.t.Fatal(err)
		}
		ended = ended || (len(before) > 1 || next.ID() != before[0].ID()) && former <= left
	}
	process.Kill()
	return len(p.keys()) > 1
}
