package accounts_test

import (
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// TestCreateSaysEverythingAtOnce: a rejected form reports all errors at once and writes nothing.
func TestCreateSaysEverythingAtOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.create(accounts.NewAccount{Name: "Jos\u00e9", Email: "jose@example.com"})
		acme := w.organization("acme")
		typed := accounts.PasswordChoice{Mode: accounts.Typed, Text: secret}
		tests := map[string]struct {
			input  accounts.NewAccount
			fields string
		}{
			"all": {accounts.NewAccount{
				Kind: models.Customer, Name: "a b", Email: "x", Organization: w.root.ID, Locale: "fr",
				Password: accounts.PasswordChoice{Mode: accounts.Typed, Text: "short"},
			}, "name email organization locale password"},
			"nothing":             {accounts.NewAccount{Kind: models.Customer}, "name email password_mode"},
			"taken both":          {accounts.NewAccount{Name: "josé", Email: "JOSE@example.com", Password: typed}, "name email"},
			"taken in NFD":        {accounts.NewAccount{Name: "Jose\u0301", Password: typed, Email: "new@example.com"}, "name"},
			"taken in case":       {accounts.NewAccount{Name: "JOSÉ", Password: typed, Email: "new@example.com"}, "name"},
			"taken in full width": {accounts.NewAccount{Name: "ａｃｍｅ", Password: typed, Email: "new@example.com"}, "name"},
			"Default":             {accounts.NewAccount{Name: "DEFAULT", Password: typed, Email: "new@example.com"}, "name"},
			"another's e-mail":    {accounts.NewAccount{Name: "jose@example.com", Password: typed, Email: "new@example.com"}, "name"},
			"no organization":     {accounts.NewAccount{Name: "new", Password: typed, Organization: models.DefaultOrganizationID + "0"}, "organization"},
			"NUL organization":    {accounts.NewAccount{Name: "new", Password: typed, Organization: "\x00"}, "organization"},
			"a customer as one":   {accounts.NewAccount{Name: "new", Password: typed, Organization: w.customer("carl").ID}, "organization"},
			"a customer's name":   {accounts.NewAccount{Name: "new", Password: typed, Organization: "josé"}, "organization"},
			"no such name":        {accounts.NewAccount{Name: "new", Password: typed, Organization: "acme2"}, "organization"},
			"technical operator":  {fill(accounts.NewAccount{Kind: models.Organization, Name: "new", Password: typed, Technical: true}), "technical"},
			"technical one-time":  {accounts.NewAccount{Name: "new", Technical: true, Password: accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}}, "one_time"},
			"no such mode":        {accounts.NewAccount{Name: "new", Password: accounts.PasswordChoice{Mode: "guessed"}}, "password_mode"},
			"a broken form":       {accounts.NewAccount{Name: "new", Password: typed, Submission: "\x00"}, "submission"},
			"named password":      {accounts.NewAccount{Name: "horse", Password: typed}, "password"},
			"generated, altered":  {accounts.NewAccount{Name: "new", Password: accounts.PasswordChoice{Mode: accounts.Generated, Text: "short"}}, "password"},
		}
		before := w.count("SELECT count(*) FROM accounts") + w.count("SELECT count(*) FROM audit_events")
		for name, test := range tests {
			if test.input.Kind == "" {
				test.input = fill(test.input)
			}
			if _, err := w.Create(t.Context(), w.root, test.input); wrongFields(err) != test.fields {
				t.Errorf("%s: got %v (%s), want %s", name, err, wrongFields(err), test.fields)
			}
		}
		if w.count("SELECT count(*) FROM accounts")+w.count("SELECT count(*) FROM audit_events") != before {
			t.Error("something was written")
		}
		if _, err := w.Create(t.Context(), as(acme), fill(accounts.NewAccount{Name: "theirs"})); err != nil {
			t.Errorf("an organization creates: %v", err)
		}
		if got := must(w.FindByIdentifier(t.Context(), "theirs"))(t); *got.OrganizationID != acme.ID {
			t.Errorf("its customer joined %s", *got.OrganizationID)
		}
	})
}

func TestTechnicalEmailsAreNotUnique(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.create(accounts.NewAccount{Name: "ada", Email: "ops@example.com"})
		for _, name := range []string{"bot1", "bot2"} {
			w.create(accounts.NewAccount{Name: name, Email: "OPS@example.com", Technical: true})
		}
		if got := must(w.FindByIdentifier(t.Context(), "ops@example.com"))(t); got.ID != ada.ID {
			t.Errorf("the address leads to %s", got.Name)
		}
		w.signIn("Ops@Example.com", secret)
	})
}

// TestAuditKnowsWhoGenerated: a password counts as generated only if the server generated it in the same request, whatever the
// form claims.
func TestAuditKnowsWhoGenerated(t *testing.T) {
	tests := map[string]struct {
		choice accounts.PasswordChoice
		want   string
	}{
		"typed":                {accounts.PasswordChoice{Mode: accounts.Typed, Text: secret}, "typed"},
		"generated":            {accounts.PasswordChoice{Mode: accounts.Generated}, "generated"},
		"generated, one-time":  {accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}, "generated"},
		"claimed":              {accounts.PasswordChoice{Mode: accounts.Generated, Text: secret}, "sent-with-form"},
		"claimed, one-time":    {accounts.PasswordChoice{Mode: accounts.Generated, Text: secret, OneTime: true}, "sent-with-form"},
		"claimed with options": {accounts.PasswordChoice{Mode: accounts.Generated, Text: secret, Options: credential.GeneratorOptions{Length: "30"}}, "sent-with-form"},
	}
	scenario(t, func(t *testing.T, w *world) {
		for name, test := range tests {
			created := must(w.Create(t.Context(), w.root, fill(accounts.NewAccount{Name: w.NewID(), Email: w.NewID() + "@example.com", Password: test.choice})))(t).Account
			if test.choice.Text != "" {
				test.choice.Text = "Another horse 2" // the history refuses the same one
			}
			must(w.ResetPassword(t.Context(), w.root, created.ID, test.choice, ""))(t)
			for _, action := range []string{core.ActionCreated, core.ActionPasswordReset} {
				events := w.events(models.AuditFilter{SubjectID: created.ID, Action: action})
				if len(events) != 1 || events[0].Detail["password"] != test.want {
					t.Errorf("%s, %s: %+v, want %s", name, action, events, test.want)
				}
			}
		}
	})
}

func TestWaysToAPassword(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for name, choice := range map[string]accounts.PasswordChoice{
			"typed": {Mode: accounts.Typed, Text: secret}, "generated": {Mode: accounts.Generated},
			"shown": {Mode: accounts.Generated, Text: secret}, "once": {Mode: accounts.Generated, OneTime: true},
		} {
			created := must(w.Create(t.Context(), w.root, fill(accounts.NewAccount{Name: name, Password: choice})))(t)
			given := created.Password
			if choice.Mode == accounts.Typed {
				if given != "" {
					t.Error("a typed password is shown")
				}
				given = secret
			}
			if choice.Text != "" && given != choice.Text {
				t.Errorf("%s: got %q, want the one that was shown", name, given)
			}
			if in := w.signIn(name, given); (in.Gate == core.GatePassword) != choice.OneTime {
				t.Errorf("%s: opens %q", name, in.Gate)
			}
			if dump := strings.Join(w.texts(), "\n"); strings.Contains(dump, given) {
				t.Errorf("%s: the password stands in the database", name)
			}
		}
	})
}

// texts returns all texts of the audit log and the accounts.
func (w *world) texts() (all []string) {
	w.Helper()
	db := w.db.Raw(w)
	defer db.Close()
	rows := must(db.QueryContext(w.Context(), "SELECT action || detail || subject_name FROM audit_events UNION SELECT name || email || password_hash FROM accounts"))(w)
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			w.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
	return all
}

// TestFormsAreCarriedOutOnce: a form sent twice, one after the other or both at once, creates one account, and both
// answers lead to it.
func TestFormsAreCarriedOutOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		other := w.another()
		input := fill(accounts.NewAccount{Name: "ada", Submission: w.NewID()})
		var created, repeated atomic.Value
		free := []func(){occupy(t, w.hashes), occupy(t, other.hashes)}
		go func() { // when both have found that the form is new
			for !isWaiting(w.hashes) || !isWaiting(other.hashes) {
				runtime.Gosched()
			}
			free[0]()
			free[1]()
		}()
		testkit.Together(2, func(i int) {
			made, err := []*world{w, other}[i].Create(t.Context(), w.root, input)
			var done core.AlreadyDoneError
			switch {
			case err == nil:
				created.Store(made.Account.ID)
			case errors.As(err, &done):
				repeated.Store(done.AccountID)
			default:
				t.Error(err)
			}
		})
		id, ok := created.Load().(string)
		if !ok {
			t.Fatal("no account was created")
		}
		if repeated.Load() != id {
			t.Errorf("the repetition leads to %v, the account is %s", repeated.Load(), id)
		}
		verified, accountsBefore := w.hashes.Verified(), w.count("SELECT count(*) FROM accounts")
		_, err := w.Create(t.Context(), w.root, input)
		if want := (core.AlreadyDoneError{AccountID: id}); !errors.Is(err, want) {
			t.Errorf("later: %v", err)
		}
		if w.hashes.Verified() != verified || w.count("SELECT count(*) FROM accounts") != accountsBefore {
			t.Error("the repetition did something")
		}

		form := w.NewID()
		choice := accounts.PasswordChoice{Mode: accounts.Generated}
		first := must(w.ResetPassword(t.Context(), w.root, id, choice, form))(t)
		if _, err := w.ResetPassword(t.Context(), w.root, id, choice, form); !errors.Is(err, core.AlreadyDoneError{AccountID: id}) {
			t.Errorf("issuing again: %v", err)
		}
		if first.Account.PasswordID != w.account(id).PasswordID {
			t.Error("what was returned is not the account of now")
		}
		w.signIn("ada", first.Password)
	})
}

func TestOneNameAtOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		processes := []*world{w, w.another()}
		var made atomic.Int64
		testkit.Together(20, func(i int) {
			name := []string{"Ada", "ada", "ＡＤＡ"}[i%3]
			switch _, err := processes[i%2].Create(t.Context(), w.root, fill(accounts.NewAccount{Name: name, Email: "ada@example.com"})); {
			case err == nil:
				made.Add(1)
			case wrongFields(err) == "":
				t.Error(err)
			}
		})
		if made.Load() != 1 {
			t.Errorf("%d accounts of one name", made.Load())
		}
	})
}

func TestPolicyWithoutPassword(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.options.Policies.Account.AllowedRegex = "(?=a)b.*"
		impossible := accounts.New(w.options)
		_, err := impossible.Create(t.Context(), w.root, fill(accounts.NewAccount{Name: "ada", Password: accounts.PasswordChoice{Mode: accounts.Generated}}))
		if wrongFields(err) != "password" || isBroken(err, password.RuleAllowedRegex) {
			t.Errorf("got %v", err)
		}
	})
}
