package main

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestSessionRevocationAcrossProcesses: what ends a session in one process has ended it in the other by the time that it is
// answered, also for a browser which asks there without a pause.
func TestSessionRevocationAcrossProcesses(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.Postgres)
	p.seed("root")
	here, there := p.process(), p.process()
	root := here.SignIn("root")
	for name, act := range revocations {
		for range testkit.Times(1, 20) {
			account := p.seed("ada")[0]
			stale := there.streamWhile(t, there.SignIn("ada").Session(), func() {
				act(here, root, account).Want(http.StatusSeeOther)
			})
			if stale != 0 {
				t.Errorf("%s: %d requests were served after it was done", name, stale)
			}
			here.DB.Exec(t, "DELETE FROM accounts WHERE name = 'ada'")
			for _, table := range []string{"reserved_keys", "reserved_skeletons", "deleted_accounts"} { // which reserve the name
				here.DB.Exec(t, "DELETE FROM "+table)
			}
		}
	}
}

// revocations are what ends an account's sessions, or leaves them nothing but the reset page.
var revocations = map[string]func(here *process, root *testapp.Client, account models.Account) *testapp.Reply{
	"own change": func(here *process, _ *testapp.Client, _ models.Account) *testapp.Reply {
		form := testapp.Form("current", testapp.Secret, "password", testapp.Secret2, "confirmation", testapp.Secret2)
		return here.SignIn("ada").Post("/password", form)
	},
	"end others": func(here *process, _ *testapp.Client, _ models.Account) *testapp.Reply {
		return here.SignIn("ada").Post("/me/sessions/end-others", nil)
	},
	"reset password": func(_ *process, root *testapp.Client, account models.Account) *testapp.Reply {
		form := testapp.Form("password_mode", "typed", "password", testapp.Secret2, "one_time", "true")
		return root.Post("/accounts/"+account.ID+"/password", form)
	},
	"disable":        byOperator("disable"),
	"delete":         byOperator("delete"),
	"end sessions":   byOperator("end-sessions"),
	"require change": byOperator("require-change"),
}

func byOperator(act string) func(*process, *testapp.Client, models.Account) *testapp.Reply {
	return func(_ *process, root *testapp.Client, account models.Account) *testapp.Reply {
		return root.Post("/accounts/"+account.ID+"/"+act, testapp.Form("confirm", account.Name))
	}
}

// streamWhile lets several tabs ask with a session all the time, and counts what they are served of that for which they
// asked when act was over.
func (r *process) streamWhile(t *testing.T, session string, act func()) int {
	t.Helper()
	const tabs, after = 8, 5
	all := r.visitors(t, tabs)
	if got := all.get(t.Context(), "/me", session); got.status != http.StatusOK {
		t.Fatalf("before: %d, %v", got.status, got.err)
	}
	var over atomic.Bool
	var stale atomic.Int64
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		testkit.Together(tabs, func(int) {
			for left := after; left > 0 && t.Context().Err() == nil; {
				late := over.Load()
				got := all.get(t.Context(), "/me", session)
				if late {
					left--
				}
				if late && got.status != http.StatusSeeOther {
					stale.Add(1)
				}
			}
		})
	}()
	defer func() { over.Store(true); <-ended }()
	act()
	over.Store(true)
	<-ended
	return int(stale.Load())
}

// TestSessionFixation: a session that an attacker has planted in a browser opens nothing, before and after its owner signs in, in
// every process.
func TestSessionFixation(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.Postgres)
	p.seed("ada", "eve")
	here, there := p.process(), p.process()
	for what, preset := range map[string]string{"invented": "preset-by-somebody-else", "eve's own": here.SignIn("eve").Session()} {
		victim := here.Client()
		victim.SetSession(preset)
		reply := victim.Post("/sign-in", testapp.Form("name", "ada", "password", testapp.Secret)).Want(http.StatusSeeOther)
		if session := victim.Session(); session == preset || session == "" || reply.Cookie == nil {
			t.Errorf("%s: after signing in the session is %q", what, session)
		}
		for _, r := range []*process{here, there} {
			fixed := r.Client()
			fixed.SetSession(preset)
			if page := fixed.Get("/me"); strings.Contains(page.Body, "ada@example.com") {
				t.Errorf("%s: opens ada's pages", what)
			}
		}
	}
}
