package accounts_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/session"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// reloadable is another service on the same database, whose policies can be replaced.
func (w *world) reloadable() *accounts.Service {
	w.Helper()
	f := accounts.New(w.options)
	if err := f.Policies.Activate(w.Context(), w.options.Policies); err != nil {
		w.Fatal(err)
	}
	return f
}

// reload replaces the policies of a service.
func (w *world) reload(f *accounts.Service, policies password.Policies) {
	w.Helper()
	if err := f.Policies.Reload(w.Context(), func() (password.Policies, error) { return policies, nil }); err != nil {
		w.Fatal(err)
	}
}

// letters are policies under which passwords are made of some letters only.
func letters(class string) password.Policies {
	p, err := password.Parse(class, []byte(`{"passwordPolicyConfigurations": {"ACCOUNT": {"allowedRegex": "`+class+`{20}",
		"forbiddenLastPasswords": 3}, "TECHNICAL": {}}}`))
	if err != nil {
		panic(err)
	}
	return p
}

func versionOf(a models.Account) int {
	if a.PolicyVersion == nil {
		return 0
	}
	return *a.PolicyVersion
}

func TestPasswordsNoteTheirPolicyVersion(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		if got := versionOf(w.account(w.root.ID)); got != 0 {
			t.Errorf("set before there were versions, noted as %d", got)
		}
		f := w.reloadable()
		w.Service = f
		ada, bob := w.customer("ada"), w.customer("bob")
		if a, b := versionOf(ada), versionOf(w.account(bob.ID)); a != 1 || b != 1 {
			t.Errorf("created under %d and %d", a, b)
		}
		stricter := policies()
		stricter.Account.MinimumDigits = 1
		w.reload(f, stricter)
		if got := versionOf(w.account(ada.ID)); got != 1 {
			t.Errorf("a reload alone makes it %d", got)
		}
		who, actor := w.visitor("ada", secret)
		own := must(f.Sessions.ChangePassword(t.Context(), who, actor, session.NewPassword{
			Current: secret, Password: "another horse 7", Confirmation: "another horse 7",
		}))(t)
		reset := must(f.ResetPassword(t.Context(), w.root, bob.ID, accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}, ""))(t)
		for what, a := range map[string]models.Account{"own change": w.account(own.Account.ID), "reset password": w.account(reset.Account.ID)} {
			if got := versionOf(a); got != 2 {
				t.Errorf("%s: noted %d", what, got)
			}
		}
	})
}

// TestReload: what a good one and a bad one leave behind.
func TestReload(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		var log bytes.Buffer
		w.options.Log = slog.New(slog.NewTextHandler(&log, nil))
		f := w.reloadable()
		before := f.Policies.Current()
		w.clock.Advance(time.Hour)
		broken := func() (password.Policies, error) {
			return password.Parse("p.json", []byte("{\"passwordPolicyConfigurations\": {\n\"ACCOUNT\": {\"minimumDigit\": 1},\n\"TECHNICAL\": []}}"))
		}
		if err := f.Policies.Reload(t.Context(), broken); err == nil {
			t.Error("a broken file is taken up")
		}
		refused := f.Policies.Refused()
		if refused == nil || !refused.At.Equal(w.clock.Now()) || len(refused.Problems) != 2 || refused.Problems[1].Line != 3 {
			t.Fatalf("refused is %+v", refused)
		}
		if f.Policies.Current() != before || strings.Count(log.String(), "level=ERROR") != 2 || !strings.Contains(log.String(), "p.json:2") {
			t.Errorf("the log says\n%s", &log)
		}
		gone := errors.New("the file is gone")
		if err := f.Policies.Reload(t.Context(), func() (password.Policies, error) { return password.Policies{}, gone }); !errors.Is(err, gone) {
			t.Errorf("got %v", err)
		}
		if problems := f.Policies.Refused().Problems; f.Policies.Current() != before || len(problems) != 1 || problems[0].Why != gone.Error() {
			t.Errorf("refused are %v", problems)
		}
		w.reload(f, policies())
		w.reload(f, letters("[a-m]"))
		if f.Policies.Refused() != nil || f.Policies.Current().Policies.Account.AllowedRegex == "" || f.Policies.Current().Version != 2 {
			t.Errorf("after a good reload: refused %v, version %d", f.Policies.Refused(), f.Policies.Current().Version)
		}
		w.toldOfReloads("1 no", "2 yes")
		for _, said := range []string{`msg="password policy reloaded" version=1 file="built in"`, `msg="password policy reloaded" version=2 file=[a-m]`} {
			if !strings.Contains(log.String(), said) {
				t.Errorf("the log does not say %s:\n%s", said, &log)
			}
		}
	})
}

// whenLogged calls f with each level that is logged, before the log goes on.
type whenLogged struct {
	slog.Handler
	f func(slog.Level)
}

func (h whenLogged) Handle(ctx context.Context, r slog.Record) error {
	h.f(r.Level)
	return h.Handler.Handle(ctx, r)
}

// TestWhatTheLogSaysOfAReloadIsSo: who sends a signal and waits for the log finds what it says, not what was before.
func TestWhatTheLogSaysOfAReloadIsSo(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		var f *accounts.Service
		var said []string
		w.options.Log = slog.New(whenLogged{slog.NewTextHandler(io.Discard, nil), func(level slog.Level) {
			said = append(said, fmt.Sprint(level, " refused: ", f.Policies.Refused() != nil, " version: ", f.Policies.Current().Version))
		}})
		f = w.reloadable()
		_ = f.Policies.Reload(t.Context(), func() (password.Policies, error) { return password.Policies{}, errors.New("the file is gone") })
		w.reload(f, letters("[a-m]"))
		want := []string{"ERROR refused: true version: 1", "INFO refused: false version: 2"}
		if !slices.Equal(said, want) {
			t.Errorf("while the log is written: %q, want %q", said, want)
		}
	})
}

// toldOfReloads compares the log with versions and whether they were new, the oldest first.
func (w *world) toldOfReloads(want ...string) {
	w.Helper()
	events := w.events(models.AuditFilter{Action: core.ActionPolicyReloaded})
	if len(events) != len(want) {
		w.Fatalf("%d events, want %d", len(events), len(want))
	}
	for i, event := range events {
		got := event.Detail["version"] + " " + event.Detail["changed"]
		if got != want[len(want)-1-i] || event.ActorName != core.CommandLine.Name || event.SubjectName != "" {
			w.Errorf("event %d is %+v", i, event)
		}
	}
}

// TestReloadWithoutDatabase: a policy whose version cannot be noted is not taken up.
func TestReloadWithoutDatabase(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.options.DB = w.db.Again(t)
		f := w.reloadable()
		before := f.Policies.Current()
		if err := w.options.DB.Close(); err != nil {
			t.Fatal(err)
		}
		if err := f.Policies.Reload(t.Context(), func() (password.Policies, error) { return letters("[a-m]"), nil }); err == nil {
			t.Error("taken up without a version")
		}
		if f.Policies.Current() != before || f.Policies.Refused() == nil {
			t.Error("the policies before are not in force, or it is not said")
		}
	})
}

// Policies that have no password in common replace each other. Each request applies one of them: a generated password is accepted, and
// recorded with the version whose letters it consists of.
func TestNeverHalfAPolicy(t *testing.T) {
	classes := []string{"[a-m]", "[n-z]"}
	scenario(t, func(t *testing.T, w *world) {
		w.options.Policies = letters(classes[0])
		f := w.reloadable()
		ada := w.create(accounts.NewAccount{Name: "ada"})
		stop, reloading := make(chan struct{}), sync.WaitGroup{}
		reloading.Go(func() { w.flip(f, classes, stop) })
		testkit.Together(6, func(i int) {
			for n := range 15 {
				var created accounts.NewCredentials
				var err error
				if n%3 == 0 && i == 0 {
					created, err = f.ResetPassword(t.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Generated}, "")
				} else {
					name := "c" + string(rune('a'+i)) + string(rune('a'+n))
					created, err = f.Create(t.Context(), w.root, fill(accounts.NewAccount{Name: name, Password: accounts.PasswordChoice{Mode: accounts.Generated}}))
				}
				if err != nil {
					t.Errorf("under policies that change: %v", err)
					return
				}
				// Odd versions are of the first letters, even ones of the others.
				first := created.Password[0] <= 'm'
				if version := versionOf(created.Account); first != (version%2 == 1) {
					t.Errorf("%s is noted under version %d", created.Password, version)
				}
			}
		})
		close(stop)
		reloading.Wait()
		if f.Policies.Current().Version < 3 {
			t.Error("the policies hardly changed meanwhile")
		}
	})
}

// flip reloads one after the other until it is stopped.
func (w *world) flip(f *accounts.Service, classes []string, stop <-chan struct{}) {
	for n := 1; ; n++ {
		select {
		case <-stop:
			return
		default:
			w.reload(f, letters(classes[n%len(classes)]))
		}
	}
}
