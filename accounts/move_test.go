package accounts_test

import (
	"errors"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/handover"
	"latchkey/models"
)

// TestMoveEndsSessions: a customer who is moved is signed out, and chooses a new password if that is asked for: the former
// organization may know the current one.
func TestMoveEndsSessions(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, bond := w.organization("acme"), w.organization("bond")
		for name, want := range map[string]struct {
			input         accounts.NewAccount
			requireChange bool
			state         models.State
		}{
			"ada":   {requireChange: true, state: models.MustChange},
			"bob":   {requireChange: false, state: models.Active},
			"cron":  {input: accounts.NewAccount{Technical: true}, requireChange: true, state: models.Active},
			"first": {input: accounts.NewAccount{Password: accounts.PasswordChoice{Text: secret, OneTime: true}}, requireChange: true, state: models.OneTimeWaiting},
		} {
			want.input.Name, want.input.Organization = name, acme.ID
			a := w.create(want.input)
			var token string
			if !a.Technical {
				token = w.signIn(name, secret).Token
			}
			if err := w.Move(t.Context(), w.root, a.ID, bond.ID, want.requireChange); err != nil {
				t.Fatal(err)
			}
			if token != "" && w.holds(token) {
				t.Errorf("%s: the session goes on", name)
			}
			if got := w.Policies.Current().State(w.account(a.ID)); got != want.state {
				t.Errorf("%s is %s, want %s", name, got, want.state)
			}
		}
		if known := w.known(must(w.FindByIdentifier(t.Context(), "ada"))(t).ID); len(known) != 0 {
			t.Errorf("%d browsers are still trusted", len(known))
		}
	})
}

// TestEmailChangeIsAuditedWithBothValues: who looks into the log later sees where mails went before.
func TestEmailChangeIsAuditedWithBothValues(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		if err := w.Edit(t.Context(), w.root, ada.ID, accounts.Edit{Email: "ada@new.example"}); err != nil {
			t.Fatal(err)
		}
		got := w.events(models.AuditFilter{SubjectID: ada.ID, Action: core.ActionEdited})[0].Detail
		if got["email"] != "ada@new.example" || got["email-before"] != "ada@example.com" {
			t.Errorf("the log has %v", got)
		}
	})
}

// TestForeignOrganizationInAForm: an organization that names another one is refused, and nothing is created.
func TestForeignOrganizationInAForm(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, bond := w.organization("acme"), w.organization("bond")
		for _, id := range []string{bond.ID, w.NewID(), models.DefaultOrganizationID, "x"} {
			_, err := w.Create(t.Context(), as(acme), fill(accounts.NewAccount{Name: "ada", Organization: id}))
			w.wantProblem(err, "organization")
		}
		for _, id := range []string{"", acme.ID} {
			input := fill(accounts.NewAccount{Name: "own" + id, Organization: id})
			input.Email = "own" + id + "@example.com"
			if got := must(w.Create(t.Context(), as(acme), input))(t).Account; *got.OrganizationID != acme.ID {
				t.Errorf("with %q it belongs to %s", id, *got.OrganizationID)
			}
		}
	})
}

// TestMoveEndsSecretLinks: the former organization may have them, and could neither see nor revoke them any more.
func TestMoveEndsSecretLinks(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		former, next := w.organization("former"), w.organization("next")
		ada := must(w.Create(t.Context(), as(former), fill(accounts.NewAccount{Name: "ada"})))(t).Account
		token := w.handOver(as(former), ada.ID, handover.Form{}, false)
		must(0, w.Move(t.Context(), w.root, ada.ID, next.ID, false))(t)
		if opened, err := w.Handover.Read(t.Context(), token, "", visit); !errors.Is(err, core.ErrLink) || opened.Password != "" {
			t.Errorf("the link of the former organization: %v", err)
		}
	})
}
