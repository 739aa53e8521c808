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
	"latchkey/accounts/handover"
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

// TestDeadLinksDoTheSameWork: whatever ails a token, its page and its form run the statements of one that cannot be a token.
func TestDeadLinksDoTheSameWork(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada, bob := w.customer("ada"), w.customer("bob")
		revoked, used := w.token(w.sendLink(bob)), w.sendLink(bob)
		must(w.Links.SetPassword(t.Context(), w.token(used), chosen, visit))(t)
		expired := w.token(w.sendLink(ada))
		read := w.handOver(w.root, w.customer("carl").ID, handover.Form{}, true)
		must(w.Handover.Read(t.Context(), read, "", visit))(t)
		withdrawn := w.handOver(w.root, w.customer("dora").ID, handover.Form{Passphrase: "a passphrase"}, true)
		must(0, w.Handover.Revoke(t.Context(), w.root, w.secretLinks()[0].ID))(t)
		w.clock.Advance(31 * 24 * time.Hour)
		closed := w.sendLink(ada)
		must(0, w.Disable(t.Context(), w.root, ada.ID))(t)

		for what, use := range map[string]struct {
			dead []string
			run  func(w *world, token string) error
		}{
			"the page of a set-password link": {
				[]string{revoked, w.token(used), expired, w.token(closed), strings.Repeat("A", 64), read},
				func(w *world, token string) error {
					_, err := w.Links.Target(t.Context(), token, visit)
					return err
				},
			},
			"the form of a set-password link": {
				[]string{revoked, w.token(used), expired, w.token(closed), strings.Repeat("A", 64), read},
				func(w *world, token string) error {
					_, err := w.Links.SetPassword(t.Context(), token, chosen, visit)
					return err
				},
			},
			"the page of a secret link": {
				[]string{read, withdrawn, strings.Repeat("A", len(read)), expired},
				func(w *world, token string) error {
					_, err := w.Handover.Find(t.Context(), token)
					return err
				},
			},
			"the form of a secret link": {
				[]string{read, withdrawn, strings.Repeat("A", len(read)), expired},
				func(w *world, token string) error {
					_, err := w.Handover.Read(t.Context(), token, "a passphrase", visit)
					return err
				},
			},
		} {
			did := func(token string) []string {
				return w.work(func(w *world) {
					if err := use.run(w, token); !errors.Is(err, core.ErrLink) {
						t.Errorf("%s: %s: %v", what, token, err)
					}
				})
			}
			unknown := did("x")
			if len(unknown) == 0 {
				t.Errorf("%s looks for nothing", what)
			}
			for i, token := range use.dead {
				if got := did(token); !slices.Equal(got, unknown) {
					t.Errorf("%s: dead link %d runs %q, one that cannot be a token %q", what, i, got, unknown)
				}
			}
		}
	}, rate(1000))
}

// TestForgottenPasswordsDoTheSameWork: a request is queued for any name, without a look at an account and without a hash.
func TestForgottenPasswordsDoTheSameWork(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.refusedAccounts()
		w.create(accounts.NewAccount{Name: "robot", Technical: true})
		did := func(name string) []string {
			return w.work(func(w *world) {
				before := w.hashes.Evaluated()
				if err := w.Links.Forgot(t.Context(), name, visit); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if n := w.hashes.Evaluated() - before; n != 0 {
					t.Errorf("%s: %d hashes are made", name, n)
				}
			})
		}
		unknown := did("nobody")
		for _, name := range []string{"ada", "ada@example.com", "factor", "off", "ended", "empty", "blocked", "robot", "Default", "nobody@example.com"} {
			if got := did(name); !slices.Equal(got, unknown) {
				t.Errorf("%s runs %q, an unknown name %q", name, got, unknown)
			}
		}
		if i := slices.IndexFunc(unknown, func(s string) bool { return strings.HasSuffix(s, " accounts") || strings.HasSuffix(s, " identifiers") }); i >= 0 {
			t.Errorf("an account is looked up: %q", unknown[i])
		}
	}, rate(1000), accountPolicy(func(p *password.Policy) { p.MaxLoginAttempts = manyAttempts }))
}
