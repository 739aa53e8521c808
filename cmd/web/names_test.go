package main

import (
	"context"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"latchkey/internal/testdb"
)

// TestNameConflictsAreListed: a migration to rules under which names are in conflict says which, a start that migrates logs
// them, and a command lists them again later.
func TestNameConflictsAreListed(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		for _, name := range []string{"scope", "maria.ross", "placeholder", "other"} {
			p.must("Winter-Tea-7\n", "create-superadmin", "--name", name, "--email", name+"@example.com")
		}
		if printed := p.must("", "name-conflicts"); printed != "No names are in conflict.\n" {
			t.Errorf("before: %q", printed)
		}
		p.older("placeholder", "ѕсоре")
		p.older("other", "maria.roß")
		for _, command := range []string{"migrate", "name-conflicts"} {
			printed := p.must("", command)
			for _, line := range []string{`look alike: scope, ѕсоре (\u0455\u0441\u043e\u0440\u0435)`, "same but for case: maria.ross, maria.roß"} {
				if !strings.Contains(printed, line+"\n") {
					t.Errorf("%s prints %q, without %q", command, printed, line)
				}
			}
		}
		p.older("scope", "scope")
		if log := p.logOf("unblock", "maria.ross"); strings.Count(log, "account names are in conflict") != 2 || !strings.Contains(log, "maria.roß") {
			t.Errorf("the log says %s", log)
		}
		if log := p.logOf("unblock", "maria.ross"); strings.Contains(log, "conflict") {
			t.Errorf("the log of the next start says %s", log)
		}
	})
}

// older gives an account a name from before today's rules; all name keys are then recomputed.
func (p *program) older(name, renamed string) {
	p.t.Helper()
	address := filepath.Join(p.args[1], "latchkey.db")
	if dsn := p.env["LATCHKEY_DATABASE"]; dsn != "" {
		address = dsn
	}
	db := testdb.Database{DB: p.database(), Address: address}
	for _, statement := range []string{
		"UPDATE accounts SET name = '" + renamed + "', name_key = '" + renamed + "' WHERE name = '" + name + "'",
		"UPDATE identifiers SET key = '" + renamed + "' WHERE key = '" + name + "'",
		"DELETE FROM skeletons", "UPDATE name_renewals SET renewed_to = '', done = FALSE",
	} {
		db.Exec(p.t, statement)
	}
}

// logOf returns what a command logs, whatever comes of it.
func (p *program) logOf(args ...string) string {
	p.t.Helper()
	var stdout, stderr lines
	env := maps.Clone(p.env)
	env["LATCHKEY_LOG_LEVEL"] = "warn"
	_ = run(context.Background(), append(args, p.args...), p.newEnv(env, "", &stdout, &stderr))
	return stderr.String()
}
