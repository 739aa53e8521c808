package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// engines runs a test of the program on each engine. The test becomes parallel; see [testkit.Parallel].
func engines(t *testing.T, run func(t *testing.T, p *program)) {
	t.Helper()
	testkit.Parallel(t)
	for _, engine := range []models.Engine{models.SQLite, models.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			testkit.Parallel(t)
			run(t, newProgram(t, engine))
		})
	}
}

// enginesInTurn is [engines] for a test that needs the machine for itself, since its outcome depends on how quick that is.
func enginesInTurn(t *testing.T, all []models.Engine, run func(t *testing.T, p *program)) {
	t.Helper()
	for _, engine := range all {
		t.Run(string(engine), func(t *testing.T) { run(t, newProgram(t, engine)) })
	}
}

// must runs a command that has to succeed.
func (p *program) must(stdin string, args ...string) string {
	p.t.Helper()
	printed, err := p.command(stdin, args...)
	if err != nil {
		p.t.Fatalf("%v: %v", args, err)
	}
	return printed
}

// refuses runs a command that has to fail with an error that says the words.
func (p *program) refuses(words, stdin string, args ...string) {
	p.t.Helper()
	printed, err := p.command(stdin, args...)
	if err == nil || !strings.Contains(err.Error(), words) {
		p.t.Errorf("%v: %v, want an error that says %q; printed %q", args, err, words, printed)
	}
}

func (p *program) stored(name string) models.Account {
	p.t.Helper()
	account, err := p.database().Read(context.Background()).AccountByIdentifier(name)
	if err != nil {
		p.t.Fatal(err)
	}
	return account
}

func TestSuperAdminFromTheCommandLine(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		p.must("Winter-Tea-7\n", "create-superadmin", "--name", "olga", "--email", "olga@example.com")
		if a := p.stored("olga@example.com"); a.Kind != models.SuperAdmin || a.OneTime {
			t.Errorf("made %s, one-time %t", a.Kind, a.OneTime)
		}
		printed := p.must("", "create-superadmin", "--name", "piet", "--email", "piet@example.com")
		if !strings.Contains(printed, "Account: piet\nPassword: ") {
			t.Errorf("printed %q", printed)
		}
		p.refuses("name: This name is already taken", "Winter-Tea-7", "create-superadmin", "--name", "OLGA", "--email", "o@example.com")
		p.refuses("password: The password needs at least 6 characters; it has 5.", "short", "create-superadmin", "--name", "x", "--email", "bad")
		p.refuses("email: Enter one valid e-mail address", "short", "create-superadmin", "--name", "x", "--email", "bad")
		p.refuses("required flag", "", "create-superadmin", "--name", "x")
		if setUp := p.start("127.0.0.1:0"); setUp != "" {
			t.Errorf("with a SuperAdmin the set-up is still offered: %s", setUp)
		}
	})
}

func TestAccessRecovery(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		p.must("Winter-Tea-7\n", "create-superadmin", "--name", "olga", "--email", "olga@example.com")
		p.block("olga")
		p.must("", "unblock", "OLGA")
		if a := p.stored("olga"); a.BlockedAt != nil || a.FailedAttempts != 0 {
			t.Errorf("after unblock: %v, %d failed", a.BlockedAt, a.FailedAttempts)
		}
		p.block("olga")
		before := p.stored("olga").PasswordID
		printed := p.must("", "reset-password", "olga@example.com")
		a := p.stored("olga")
		if a.BlockedAt != nil || !a.OneTime || a.PasswordID == before || !strings.HasPrefix(printed, "Account: olga\nPassword: ") {
			t.Errorf("after reset-password: blocked %v, one-time %t; printed %q", a.BlockedAt, a.OneTime, printed)
		}
		p.refuses("there is no such account", "", "unblock", "nobody")
		p.refuses("no longer blocked", "", "unblock", "olga")
	})
}

func TestSecondFactorIsResetFromTheCommandLine(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		p.must("Winter-Tea-7\n", "create-superadmin", "--name", "olga", "--email", "olga@example.com")
		p.refuses("This account has no second factor", "", "reset-second-factor", "olga")
		id, now := p.stored("olga").ID, time.Now().UTC()
		err := p.database().Update(context.Background(), func(tx *models.Tx) error {
			factor := models.Factor{ID: "f", AccountID: id, Kind: models.TOTPFactor, Secret: []byte{1}, CreatedAt: now, ConfirmedAt: &now}
			return errors.Join(tx.CreateFactor(factor), tx.ReplaceRecoveryCodes(id, []string{"hash"}))
		})
		if err != nil {
			t.Fatal(err)
		}
		if printed := p.must("", "reset-second-factor", "OLGA@example.com"); printed != "The second factors of olga are removed.\n" {
			t.Errorf("printed %q", printed)
		}
		tx := p.database().Read(context.Background())
		factors, errFactors := tx.Factors(id)
		codes, errCodes := tx.CountRecoveryCodes(id)
		events, errEvents := tx.ListAudit(models.AuditFilter{Action: core.ActionFactorsReset, Limit: 9})
		if err := errors.Join(errFactors, errCodes, errEvents); err != nil || len(factors) > 0 || codes > 0 {
			t.Errorf("%d factors and %d codes are left: %v", len(factors), codes, err)
		}
		if len(events.Rows) != 1 || events.Rows[0].SubjectName != "olga" || events.Rows[0].ActorName != core.CommandLine.Name {
			t.Errorf("events: %+v", events.Rows)
		}
		p.refuses("there is no such account", "", "reset-second-factor", "nobody")
	})
}

// TestLinksAreEndedFromTheCommandLine: links of mails and secret links are dead after it, and it says how many there were.
func TestLinksAreEndedFromTheCommandLine(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		p.must("Winter-Tea-7\n", "create-superadmin", "--name", "olga", "--email", "olga@example.com")
		olga, now := p.stored("olga"), time.Now().UTC()
		err := p.database().Update(context.Background(), func(tx *models.Tx) error {
			return errors.Join(
				tx.CreateLink(models.Link{ID: "l", Purpose: models.LinkReset, AccountID: olga.ID, PasswordID: olga.PasswordID, CreatedAt: now, EndsAt: now.Add(time.Hour)}),
				tx.CreateSecretLink(models.SecretLink{
					ID: "s", TokenHash: "hash", AccountID: olga.ID, PasswordID: olga.PasswordID, Sealed: []byte{1}, Reads: 1, ReadsLeft: 1, TriesLeft: 5, CreatedAt: now, EndsAt: now.Add(time.Hour),
				}))
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Links ended: 2\nIncomplete sign-ins ended: 0\nTokens of the API ended: 0\n", "Links ended: 0\nIncomplete sign-ins ended: 0\nTokens of the API ended: 0\n"} {
			if printed := p.must("", "links", "end-all"); printed != want {
				t.Errorf("printed %q, want %q", printed, want)
			}
		}
		tx := p.database().Read(context.Background())
		link, errLink := tx.Link("l")
		hidden, errSecret := tx.SecretLink("s")
		events, errEvents := tx.ListAudit(models.AuditFilter{Action: core.ActionLinksEnded, Limit: 9})
		if err := errors.Join(errLink, errSecret, errEvents); err != nil {
			t.Fatal(err)
		}
		if link.State(now) != models.LinkRevoked || hidden.State(now) != models.SecretLinkRevoked || hidden.Sealed != nil {
			t.Errorf("the link is %s, the secret one %s with %x", link.State(now), hidden.State(now), hidden.Sealed)
		}
		if len(events.Rows) != 2 || events.Rows[0].ActorName != core.CommandLine.Name {
			t.Errorf("events: %+v", events.Rows)
		}
	})
}

// block makes the account look like after too many failures.
func (p *program) block(name string) {
	p.t.Helper()
	id := p.stored(name).ID
	err := p.database().Update(context.Background(), func(tx *models.Tx) error {
		a, err := tx.AccountForUpdate(id)
		if err != nil {
			return err
		}
		a.BlockedAt, a.FailedAttempts = &a.CreatedAt, 10
		return tx.SaveAccount(&a)
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestMigrateAndBackup(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		if printed := p.must("", "migrate"); !strings.Contains(printed, "at version 41") {
			t.Errorf("printed %q", printed)
		}
		p.must("Winter-Tea-7\n", "create-superadmin", "--name", "olga", "--email", "olga@example.com")
		copied := filepath.Join(t.TempDir(), "copy.db")
		if p.env["LATCHKEY_DATABASE"] != "" {
			p.refuses("pg_dump", "", "backup", copied)
			return
		}
		p.start("127.0.0.1:0")
		p.must("", "backup", copied)
		p.refuses("a new file", "", "backup", copied)
		db, err := models.OpenSQLite(copied)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		if _, err := db.Read(t.Context()).AccountByIdentifier("olga"); err != nil {
			t.Errorf("the copy has no olga: %v", err)
		}
	})
}

// TestNoDatabase: a command that needs a database says where it looked, and makes none.
func TestNoDatabase(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	copied := filepath.Join(t.TempDir(), "copy.db")
	for _, command := range [][]string{{"backup", copied}, {"unblock", "olga"}, {"reset-password", "olga"}, {"reset-second-factor", "olga"}, {"links", "end-all"}} {
		p.refuses("there is no database at "+p.args[1], "", command...)
	}
	for _, path := range []string{copied, p.args[1]} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s was made", path)
		}
	}
}

func TestHealthcheck(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	p.refuses("refused", "", "healthcheck", "--listen", "127.0.0.1:1")
	p.start("127.0.0.1:0")
	p.must("", "healthcheck", "--listen", strings.Replace(strings.TrimPrefix(p.base, "http://"), "localhost", "127.0.0.1", 1))
}

func TestPolicyCommands(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	generated := p.must("", "policy", "generate", "--technical", "-n", "3")
	if strings.Count(generated, "\n") != 3 {
		t.Errorf("generate printed %q", generated)
	}
	for line := range strings.Lines(generated) { // each is a password and nothing more
		p.must(line, "policy", "test", "--technical")
		if len(line) != 20+len("\n") {
			t.Errorf("generate printed %q", line)
		}
	}
	p.must("Winter-Tea-7\n", "policy", "test", "--name", "olga")
	printed, err := p.command("olga\n", "policy", "test", "--name", "Olga", "--technical")
	want := "minimumSymbols: The password needs at least 6 characters; it has 4.\n" +
		"minimumSpecialSymbols: The password needs at least 1 special character, such as ! or ?; it has 0.\n" +
		"minimumUpperCaseSymbols: The password needs at least 1 upper-case letter; it has 0.\n" +
		"minimumDigits: The password needs at least 1 digit; it has 0.\n" +
		"userNameForbidden: The password must not contain the account name.\n"
	if err == nil || printed != want {
		t.Errorf("test printed\n%s, error %v", printed, err)
	}
	p.refuses("-n: 0", "", "policy", "generate", "-n", "0")
	p.refuses("Enter a password.", "", "policy", "test")
}

func TestPolicyFile(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	file := filepath.Join(t.TempDir(), "policy.json")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("{\"passwordPolicyConfigurations\": {\n\"TECHNICAL\": {},\n\"ACCOUNT\": {\"minimumSymbls\": 3,\n\"minimumDigits\": \"x\"}}}")
	for _, command := range [][]string{{"policy", "check", file}, {"--password-policy", file}} {
		p.refuses(file+":3:", "", command...)
		p.refuses(file+":4:", "", command...)
	}
	write(`{"passwordPolicyConfigurations": {"TECHNICAL": {}, "ACCOUNT": {"minimumDigits": 2, "maxLoginAttempts": 3}}}`)
	printed := p.must("", "policy", "check", file)
	for _, words := range []string{"ACCOUNT", "minimumDigits: at least 2 digits", "blockingTimeInMin: a block lasts until an operator unblocks the account", "warning:"} {
		if !strings.Contains(printed, words) {
			t.Errorf("check does not say %q:\n%s", words, printed)
		}
	}
}

// TestStrengthOfUnprovablePolicy: the words say why there is a strength, and that elsewhere there is none.
func TestStrengthOfUnprovablePolicy(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	file := policyFile{t, filepath.Join(t.TempDir(), "policy.json")}
	for expression, strengths := range map[string]int{`(?=.*(.)(?!.*\\1)).*`: 2, `(.+)\\1`: 1} {
		file.write(`"allowedRegex": "` + expression + `"`)
		printed := p.must("", "policy", "check", file.path)
		const words = "the strength of a generated password is known only if it rejects none of 64 samples."
		if strings.Count(printed, "  strength: ") != strengths || !strings.Contains(printed, words) {
			t.Errorf("%s: the check says\n%s", expression, printed)
		}
	}
}

// TestPolicyPresets: what is printed can be checked and served as it is, and is judged.
func TestPolicyPresets(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	file := filepath.Join(t.TempDir(), "policy.json")
	judged := map[string]string{}
	for _, name := range []string{"nist", "source"} {
		if err := os.WriteFile(file, []byte(p.must("", "policy", "preset", name)), 0o600); err != nil {
			t.Fatal(err)
		}
		judged[name] = p.must("", "policy", "check", file)
		if words := "breached-password lists"; strings.Count(judged[name], words) != 1 {
			t.Errorf("%s: what no policy decides is not said once:\n%s", name, judged[name])
		}
		p.must("", "policy", "generate", "--password-policy", file)
	}
	if strings.Contains(judged["nist"], "differs from NIST") || strings.Count(judged["nist"], "No differences from NIST") != 2 {
		t.Errorf("nist:\n%s", judged["nist"])
	}
	for _, words := range []string{
		"  differs from NIST 1, ASVS 6.2.1: Requires at least 6 characters; a password that is the only factor must have 15, and any other 8.\n",
		"  differs from NIST 2, ASVS 6.2.9: Allows at most 20 characters; 64 should be allowed.\n",
		"  differs from NIST 5, ASVS 6.2.5: Requires kinds of characters (minimumSpecialSymbols, minimumUpperCaseSymbols, minimumDigits); passwords of any composition must be accepted.\n",
		"  differs from NIST 6, ASVS 6.2.10: Passwords expire after 64 days; they must stay valid until there is evidence of compromise.\n",
	} {
		if !strings.Contains(judged["source"], words) {
			t.Errorf("source does not say %q:\n%s", words, judged["source"])
		}
	}
	p.refuses(`"nits" is not a preset; there are nist and source`, "", "policy", "preset", "nits")
	p.refuses(`"" is not a preset; there are nist and source`, "", "policy", "preset")
}

// TestPolicySettings: commands judge and generate by the settings too, and a contradiction stops them as it stops the start.
func TestPolicySettings(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	p.env["COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH"], p.env["COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY"] = "8", "4"
	p.env["COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_PASSWORD_LENGTH"], p.env["COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS"] = "11", "0"
	p.env["LATCHKEY_DISABLE_LAST_PASSWORDS"] = "4"
	file := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(file, []byte(p.must("", "policy", "preset", "source")), 0o600); err != nil {
		t.Fatal(err)
	}
	printed := p.must("", "policy", "check", file)
	for _, words := range []string{
		"  minimumSymbols: at least 8 characters (COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH)\n", "  forbiddenLastPasswords: differs from the last 5 passwords\n",
		"  minimumComplexity: has at least 4 of these: lower-case letters, upper-case letters, digits, special characters (COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY)\n",
		"  forbiddenLastPasswords: differs from the last 4 passwords (DISABLE_LAST_PASSWORDS)\n", "minimumDigits, minimumComplexity)",
	} {
		if !strings.Contains(printed, words) {
			t.Errorf("check does not say %q:\n%s", words, printed)
		}
	}
	for line := range strings.Lines(p.must("", "policy", "generate", "-n", "20")) {
		if len(line) != 12 || strings.ContainsAny(line, "123456789") || !strings.Contains(line, "0") {
			t.Errorf("generated %q", line)
		}
	}
	said, err := p.command("AAAA1!\n", "policy", "test")
	if want := "minimumSymbols: The password needs at least 8 characters; it has 6.\n" +
		"minimumComplexity: The password needs at least 4 of these: lower-case letters, upper-case letters, digits, special characters; it has 3.\n"; err == nil || said != want {
		t.Errorf("test printed\n%s, error %v", said, err)
	}
	p.env["COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH"], p.env["COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS"] = "21", "1\t"
	for _, command := range [][]string{{"policy", "check", file}, {"policy", "generate"}, {"policy", "test"}, {}} {
		p.refuses("TECHNICAL.minimumSymbols: is raised to 21 by COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH, which contradicts maximumSymbols (20)", "x", command...)
		p.refuses("COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS: has U+0009, which cannot be used in a password by itself", "x", command...)
	}
	p.env["COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS"], p.env["COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_LOWERCASE"] = "abc", "ABC"
	for _, command := range [][]string{{"policy", "check", file}, {}} {
		p.refuses("COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS: has U+0061 'a', but takes digits", "x", command...)
		p.refuses("COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_LOWERCASE: has U+0041 'A', but takes lower-case letters, or letters without case", "x", command...)
	}
}

func TestWrongSettingsStopTheStart(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite, "--listen", "nowhere", "--base-url", "ftp://x", "--smtp", "smtp://u:canary@")
	_, err := p.command("")
	if err == nil {
		t.Fatal("it started")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 3 || strings.Contains(err.Error(), "canary") {
		t.Errorf("%d lines:\n%s", len(lines), err)
	}
}
