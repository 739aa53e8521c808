package accounts_test

import (
	"errors"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/handover"
	"latchkey/accounts/session"
	"latchkey/models"
)

// secretsAre sets who may know passwords.
func secretsAre(secrets core.Secrets) func(*accounts.Options) {
	return func(o *accounts.Options) { o.Settings.Secrets = secrets }
}

// TestWhoMayKnowAPassword: the table of COMPLIANCE_SERVER_SECRETS. A cell is the field that is refused, "" = it is allowed.
func TestWhoMayKnowAPassword(t *testing.T) {
	typed := accounts.PasswordChoice{Mode: accounts.Typed, Text: newSecret}
	generated := accounts.PasswordChoice{Mode: accounts.Generated}
	withForm := accounts.PasswordChoice{Mode: accounts.Generated, Text: newSecret}
	oneTime := accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}
	handedOver := accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true, HandOver: &handover.Form{}}
	byLink := accounts.PasswordChoice{Mode: accounts.ByLink}
	const mode = "password_mode"
	for _, tc := range []struct {
		name      string
		choice    accounts.PasswordChoice
		technical bool
		create    map[core.Secrets]string
		reset     map[core.Secrets]string
	}{
		{name: "typed", choice: typed, create: map[core.Secrets]string{core.SecretsNoOne: mode}, reset: map[core.Secrets]string{core.SecretsAuto: "one_time", core.SecretsNoOne: mode}},
		{name: "generated", choice: generated, create: map[core.Secrets]string{core.SecretsNoOne: mode}, reset: map[core.Secrets]string{core.SecretsAuto: "one_time", core.SecretsNoOne: mode}},
		{name: "one-time", choice: oneTime, create: map[core.Secrets]string{core.SecretsNoOne: mode}, reset: map[core.Secrets]string{core.SecretsNoOne: mode}},
		{name: "handed over", choice: handedOver, create: map[core.Secrets]string{core.SecretsNoOne: mode}, reset: map[core.Secrets]string{core.SecretsNoOne: mode}},
		{name: "link", choice: byLink},
		{name: "technical, typed", choice: typed, technical: true, create: map[core.Secrets]string{core.SecretsNoOne: mode}, reset: map[core.Secrets]string{core.SecretsNoOne: mode}},
		{name: "technical, sent with the form", choice: withForm, technical: true, create: map[core.Secrets]string{core.SecretsNoOne: mode}, reset: map[core.Secrets]string{core.SecretsNoOne: mode}},
		{name: "technical, generated", choice: generated, technical: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				for _, secrets := range []core.Secrets{"", core.SecretsAuto, core.SecretsAll, core.SecretsNoOne} {
					under, row := w.another(secretsAre(secrets)), secrets
					if row == "" {
						row = core.SecretsAuto
					}
					name := "x" + string(secrets)
					existing := w.create(accounts.NewAccount{Name: "old." + name, Technical: tc.technical})
					_, err := under.Create(t.Context(), w.root, accounts.NewAccount{Kind: models.Customer, Name: name, Email: name + "@example.com", Technical: tc.technical, Password: tc.choice})
					if got := wrongFields(err); got != tc.create[row] || err != nil && got == "" {
						t.Errorf("%q, creation: %v", secrets, err)
					}
					_, err = under.ResetPassword(t.Context(), w.root, existing.ID, tc.choice, "")
					if got := wrongFields(err); got != tc.reset[row] || err != nil && got == "" {
						t.Errorf("%q, reset: %v", secrets, err)
					}
				}
			})
		})
	}
}

// TestCommandsSetAnyPassword, since they run on the host.
func TestCommandsSetAnyPassword(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w = w.another(secretsAre(core.SecretsNoOne))
		if _, err := w.ResetPassword(t.Context(), core.CommandLine, ada.ID, accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}, ""); err != nil {
			t.Error(err)
		}
	})
}

// TestKnownPasswordsMustBeChanged under noone, at the next sign-in and in sessions that are open already, which give the current password.
func TestKnownPasswordsMustBeChanged(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		ben := w.customer("ben")
		robot := w.create(accounts.NewAccount{Name: "robot", Technical: true})
		opened := w.signIn("ada", secret)
		must(w.choose(w.resetOnce(ben), visit))(t)
		before := w
		w = w.another(secretsAre(core.SecretsNoOne))
		for name, want := range map[string]models.State{ada.ID: models.MustChange, ben.ID: models.Active, robot.ID: models.Active} {
			account := w.account(name)
			if got := w.Policies.Current().State(account); got != want {
				t.Errorf("%s is %s, want %s", account.Name, got, want)
			}
			list, err := w.List(t.Context(), w.root, models.AccountFilter{State: want, Limit: 50, Sort: models.ByName})
			found := false
			for _, row := range list.Rows {
				found = found || row.ID == account.ID
			}
			if err != nil || !found {
				t.Errorf("%s is not in the list of %s: %v", account.Name, want, err)
			}
		}
		who := must(w.Sessions.Resolve(t.Context(), opened.Token, visit.Address))(t)
		if who.Pending != models.MustChange || !who.NeedsCurrent() {
			t.Errorf("open session: %q, current password %v", who.Pending, who.NeedsCurrent())
		}
		if err := w.SetLocale(t.Context(), who.Actor(visit), "de"); !errors.Is(err, core.ErrPasswordFirst) {
			t.Errorf("another use case: %v", err)
		}
		if _, err := w.Sessions.ChangePassword(t.Context(), who, who.Actor(visit), session.NewPassword{Password: newSecret, Confirmation: newSecret}); wrongFields(err) != "current" {
			t.Errorf("without the current password: %v", err)
		}
		in := w.signIn("ada", secret)
		if in.Gate != core.GatePassword {
			t.Errorf("signed in at the gate %q", in.Gate)
		}
		who = must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t)
		in = must(w.Sessions.ChangePassword(t.Context(), who, who.Actor(visit), session.NewPassword{Current: secret, Password: newSecret, Confirmation: newSecret}))(t)
		if who = must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t); who.Pending != "" || w.account(ada.ID).PasswordFrom != models.FromOwner {
			t.Errorf("afterwards: %q, from %q", who.Pending, w.account(ada.ID).PasswordFrom)
		}
		if got := before.Policies.Current().State(before.account(ada.ID)); got != models.Active {
			t.Errorf("switched off again: %s", got)
		}
	})
}

// resetOnce resets a password to a one-time one, and signs in with it.
func (w *world) resetOnce(account models.Account) session.SignedIn {
	w.Helper()
	reset := must(w.ResetPassword(w.Context(), w.root, account.ID, accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}, ""))(w)
	return w.signIn(account.Name, reset.Password)
}

// TestTechnicalIsNoWayAround who may know a password: of a technical account that becomes a person, a password that an operator knows is
// dropped.
func TestTechnicalIsNoWayAround(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for secrets, keeps := range map[core.Secrets]bool{core.SecretsAll: true, core.SecretsAuto: false, core.SecretsNoOne: false} {
			under := w.another(secretsAre(secrets))
			ada := w.customer("ada." + string(secrets))
			edit := func(technical bool) {
				t.Helper()
				if err := under.Edit(t.Context(), w.root, ada.ID, accounts.Edit{Email: ada.Email, Technical: technical}); err != nil {
					t.Fatal(err)
				}
			}
			edit(true)
			known := must(under.ResetPassword(t.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Generated}, ""))(t).Password
			edit(false)
			if _, err := under.Sessions.SignIn(t.Context(), ada.Name, known, visit); (err == nil) != keeps {
				t.Errorf("%s: signing in with the known password: %v", secrets, err)
			}
			if after := w.account(ada.ID); (after.PasswordHash != "") != keeps {
				t.Errorf("%s: password from %q", secrets, after.PasswordFrom)
			}
		}
	})
}
