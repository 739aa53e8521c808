package accounts_test

import (
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/session"
	"latchkey/models"
	"latchkey/password"
)

// TestNewPasswordEndsTheBlock: any new password resets the count of failures and ends a block.
func TestNewPasswordEndsTheBlock(t *testing.T) {
	limit := accountPolicy(func(p *password.Policy) { p.MaxLoginAttempts = 3 })
	for failures, state := range map[int]models.State{2: models.OneTimeWaiting, 3: models.Blacklisted} {
		scenario := func(set func(w *world, who session.Current, by core.Actor)) func(*testing.T) {
			return func(t *testing.T) {
				scenario(t, func(t *testing.T, w *world) {
					ada := w.create(accounts.NewAccount{Name: "ada", Password: accounts.PasswordChoice{Text: secret, OneTime: true}})
					who, by := w.visitor("ada", secret)
					w.refused(failures, "ada", "wrong guess") // elsewhere, while the reset page is open
					if got := w.Policies.Current().State(w.account(ada.ID)); got != state {
						t.Fatalf("after %d failures the account is %s", failures, got)
					}
					set(w, who, by)
					if got := w.account(ada.ID); got.FailedAttempts != 0 || got.FailedInRow != 0 || got.BlockedAt != nil {
						t.Errorf("after a new password: %+v", got)
					}
					w.refused(2, "ada", "wrong guess")
					w.signIn("ada", "Another horse 2")
				}, limit)
			}
		}
		t.Run(string(state)+", at the reset page", scenario(func(w *world, who session.Current, by core.Actor) {
			must(w.Sessions.ChangePassword(w.Context(), who, by, change("", "Another horse 2")))(w)
		}))
		t.Run(string(state)+", by an operator", scenario(func(w *world, who session.Current, _ core.Actor) {
			choice := accounts.PasswordChoice{Mode: accounts.Typed, Text: "Another horse 2"}
			must(w.ResetPassword(w.Context(), w.root, who.Account.ID, choice, ""))(w)
		}))
	}
}
