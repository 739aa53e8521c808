package accounts_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
	"latchkey/password"
)

// statementOn matches what a statement does to which table.
var statementOn = regexp.MustCompile("^(SELECT .*?FROM|INSERT INTO|UPDATE|DELETE FROM)[ `\"]+(\\w+)")

// work returns the statements that a use of a process runs: what each does to which table.
func (w *world) work(use func(*world)) (statements []string) {
	w.Helper()
	use(w.another(func(o *accounts.Options) {
		o.DB = o.DB.Traced(func(statement string) {
			parts := statementOn.FindStringSubmatch(statement)
			if parts == nil {
				w.Errorf("not understood: %s", statement)
				return
			}
			verb, _, _ := strings.Cut(parts[1], " ")
			statements = append(statements, verb+" "+parts[2])
		})
	}))
	return statements
}

// manyAttempts are more than a test makes.
const manyAttempts = 20

// refusedAccounts creates an account for each reason to refuse its owner, and returns their recovery and emergency codes.
func (w *world) refusedAccounts() (codes, emergency map[string]string) {
	w.Helper()
	codes, emergency = map[string]string{}, map[string]string{}
	for _, name := range []string{"ada", "factor", "off", "early", "ended", "empty", "lapsed", "blocked"} {
		account := w.customer(name)
		codes[name] = w.withCodes(name)[0]
		_, emergency[name] = w.withEmergency(name, 24)
		switch name {
		case "factor":
			w.withApp(name)
		case "off":
			must(0, w.Disable(w.Context(), w.root, account.ID))(w)
		case "early":
			w.tamper(account.ID, func(a *models.Account) { a.ValidFrom = "2999-01-01" })
		case "ended":
			w.tamper(account.ID, func(a *models.Account) { a.ValidUntil = "2026-01-01" })
		case "empty":
			w.tamper(account.ID, func(a *models.Account) { a.PasswordHash, a.PasswordSetAt = "", nil })
		case "lapsed":
			must(w.ResetPassword(w.Context(), w.root, account.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: newSecret, OneTime: true}, ""))(w)
			w.clock.Advance(200 * time.Hour)
		case "blocked":
			w.refused(manyAttempts, name, "wrong")
		}
	}
	return codes, emergency
}

// TestRefusalsDoTheSameWork: whatever the reason, a refused sign-in, recovery or emergency access runs the statements of an unknown name, one by
// one, so that their times do not reveal accounts.
func TestRefusalsDoTheSameWork(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		codes, emergency := w.refusedAccounts()
		w.gone("deleted")
		secrets := map[string]string{"off": secret, "empty": secret, "lapsed": newSecret}
		ofOther := with(w.device(w.customer("other").Name))
		uses := map[string]struct {
			proofs map[string]string // right ones
			wrong  string
			run    func(w *world, name, proof string, from core.ClientInfo) error
		}{
			"sign-in": {secrets, "wrong", func(w *world, name, proof string, from core.ClientInfo) error {
				_, err := w.Sessions.SignIn(w.Context(), name, proof, from)
				return err
			}},
			"recovery": {codes, "7K3M-Q9PX-0000-7K3M", func(w *world, name, proof string, from core.ClientInfo) error {
				_, err := w.Factors.Recover(w.Context(), name, proof, from)
				return err
			}},
			"emergency access": {emergency, "7K3M7-Q9PX0-00007-K3M7K-3M7K3", func(w *world, name, proof string, from core.ClientInfo) error {
				_, err := w.Emergency.Enter(w.Context(), name, proof, from)
				return err
			}},
		}
		for what, use := range uses {
			for browser, from := range map[string]core.ClientInfo{"without a cookie": visit, "with an unknown one": with("token"), "with another account's": ofOther} {
				did := func(name, proof string) []string {
					return w.work(func(w *world) {
						if err := use.run(w, name, proof, from); !errors.Is(err, core.ErrSignIn) {
							t.Errorf("%s of %s, %s: %v", what, name, browser, err)
						}
					})
				}
				unknown := did("nobody", use.wrong)
				if !slices.Contains(unknown, "INSERT audit_events") {
					t.Errorf("%s, %s, of an unknown name runs %q", what, browser, unknown)
				}
				for _, name := range []string{"ada", "ada@example.com", "factor", "off", "blocked", "deleted", "deleted@example.com", "nobody@example.com", "not a name", "Default"} {
					if got := did(name, use.wrong); !slices.Equal(got, unknown) {
						t.Errorf("%s, %s, of %s runs %q, of an unknown name %q", what, browser, name, got, unknown)
					}
				}
				for _, name := range []string{"off", "empty", "lapsed"} {
					if got := did(name, use.proofs[name]); !slices.Equal(got, unknown) {
						t.Errorf("%s, %s, of %s with a right proof runs %q, of an unknown name %q", what, browser, name, got, unknown)
					}
				}
			}
		}
	}, rate(1000), undelete, accountPolicy(func(p *password.Policy) { p.MaxLoginAttempts = manyAttempts }))
}

// TestSwitchedOffRecoveryDoesTheSameWork, so that it reveals no account either.
func TestSwitchedOffRecoveryDoesTheSameWork(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		code := w.withCodes("ada")[0]
		w.options.Settings.NoRecovery = true
		did := func(name string) []string {
			return w.work(func(w *world) {
				if _, err := w.Factors.Recover(t.Context(), name, code, visit); !errors.Is(err, core.ErrSignIn) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		if known, unknown := did("ada"), did("nobody"); !slices.Equal(known, unknown) || len(known) < 8 {
			t.Errorf("a known name runs %q, an unknown one %q", known, unknown)
		}
	}, rate(1000))
}
