package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// The commands do the same on the local database and over the API of a server.
func TestAccountsFromTheCommandLine(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		p.must("Winter-Tea-7\n", "create-superadmin", "--name", "olga", "--email", "olga@example.com")
		p.manage(t, "local")
		events, err := p.database().Read(context.Background()).ListAudit(models.AuditFilter{Action: core.ActionCreated, Limit: 9})
		if err != nil || events.Rows[0].ActorName != core.CommandLine.Name || events.Rows[0].Detail[string(core.DetailUser)] == "" {
			t.Errorf("who created the account is not recorded: %+v, %v", events.Rows, err)
		}

		made := p.must("", "keys", "create", "olga", "--title", "Import", "--write", "--network", "192.0.2.0/24")
		if !strings.Contains(made, "Account: olga\nKey: lk_") {
			t.Errorf("printed %q", made)
		}
		rows, err := csv.NewReader(strings.NewReader(p.must("", "keys", "list", "olga", "-o", "csv"))).ReadAll()
		if err != nil || len(rows) != 2 || rows[1][2] != "Import" || rows[1][3] != "read,write" {
			t.Fatalf("keys %v, %v", rows, err)
		}
		p.must("", "keys", "revoke", "olga", rows[1][0])
		p.refuses("there is no such key", "", "keys", "revoke", "olga", rows[1][0])

		p.start("127.0.0.1:0")
		file := filepath.Join(t.TempDir(), "key")
		key := p.addKey(p.stored("olga"))
		if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		p.manage(t, "remote", "--server", p.base, "--key-file", file)
		p.must("Winter-Tea-7\n", "create-superadmin", "--name", "piet", "--email", "piet@example.com")
		p.refuses("A program cannot do this", "", "accounts", "reset", "piet", "--server", p.base, "--key-file", file)
		p.refuses("others could read the key", "", "accounts", "list", "--server", "http://192.0.2.1", "--key-file", file)
		p.refuses("go together", "", "accounts", "list", "--server", p.base)
		if err := os.WriteFile(file, []byte("nothing"), 0o600); err != nil {
			t.Fatal(err)
		}
		p.refuses("does not have an API key", "", "accounts", "list", "--server", p.base, "--key-file", file)
	})
}

// addKey gives an account a key that may change things everywhere.
func (p *program) addKey(owner models.Account) (key string) {
	p.t.Helper()
	key = "lk_testtest" + strings.Repeat("x", 43)
	if err := p.database().Update(context.Background(), func(tx *models.Tx) error {
		return tx.CreateAPIKey(models.APIKey{
			ID: models.FirstID(time.Now()), AccountID: owner.ID, Title: "Test", Prefix: key[:11], Hash: core.HashToken(key), CanWrite: true, Scope: models.ScopeAll,
			CreatedAt: time.Now().UTC(), EndsAt: time.Now().UTC().Add(time.Hour),
		})
	}); err != nil {
		p.t.Fatal(err)
	}
	return key
}

// manage runs through the commands with accounts of a name.
func (p *program) manage(t *testing.T, name string, flags ...string) {
	t.Helper()
	run := func(args ...string) string {
		return p.must("", append(append([]string{"accounts"}, args...), flags...)...)
	}
	organization, customer := name+"-works", name+"-ann"
	run("create", "--name", organization, "--email", organization+"@example.com", "--kind", "organization")
	made := run("create", "--name", customer, "--email", customer+"@example.com", "--organization", organization, "--one-time", "--display-name", "Ann")
	if !strings.Contains(made, "Account: "+customer+"\n") || !strings.Contains(made, "Password: ") {
		t.Errorf("printed %q", made)
	}
	if a := p.stored(customer); !a.OneTime || a.DisplayName != "Ann" {
		t.Errorf("stored %+v", a)
	}
	for act, state := range map[string]string{"disable": "disabled", "enable": "one-time"} {
		if act == "enable" {
			run("disable", customer)
		}
		if shown := run(act, customer); !strings.Contains(shown, state) {
			t.Errorf("%s: %q", act, shown)
		}
		run("enable", customer)
	}
	run("edit", customer, "--note", "by phone", "--valid-until", "2099-12-31")
	if a := p.stored(customer); a.Note != "by phone" || a.ValidUntil != "2099-12-31" || a.DisplayName != "Ann" {
		t.Errorf("edited: %+v", a)
	}
	var list []map[string]any
	if err := json.Unmarshal([]byte(run("list", "--organization", organization, "-o", "json")), &list); err != nil || len(list) != 1 || list[0]["name"] != customer {
		t.Errorf("listed %v, %v", list, err)
	}
	rows, err := csv.NewReader(strings.NewReader(run("list", "--q", customer, "-o", "csv"))).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][2] != customer {
		t.Errorf("rows %v, %v", rows, err)
	}
	if printed := p.must("Summer-Tea-7\n", append([]string{"accounts", "reset", customer, "--password-mode", "typed", "--one-time"}, flags...)...); strings.Contains(printed, "Password") {
		t.Errorf("a typed password is printed: %q", printed)
	}
	run("move", customer, "--organization", "Default")
	id := p.stored(customer).ID
	run("delete", customer)
	if shown := run("restore", id); !strings.Contains(shown, "disabled") {
		t.Errorf("restored: %q", shown)
	}
	p.refuses("name: This name is already taken", "", append([]string{"accounts", "create", "--name", customer, "--email", "x@example.com"}, flags...)...)
	p.refuses("unknown: there is no such account", "", append([]string{"accounts", "show", "unknown"}, flags...)...)
	p.refuses("must be table, json or csv", "", append([]string{"accounts", "list", "-o", "xml"}, flags...)...)
}
