package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestPolicyDiff compares with the policy in force, not with the file, and changes nothing.
func TestPolicyDiff(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		file := policyFile{t, filepath.Join(t.TempDir(), "passwordpolicy.json")}
		file.write(`"minimumSymbols": 6, "passwordExpirationInDays": 64`)
		p := newProgram(t, db.Engine(), "--password-policy", file.path)
		seeded := p.seed("root", "second")
		if v := p.stored("root").PolicyVersion; v == nil || *v != 1 {
			t.Errorf("the command line's password is noted under %v", v)
		}
		seeded[0].PasswordSetAt = new(time.Now().AddDate(0, 0, -40))
		if err := p.database().Update(t.Context(), func(tx *models.Tx) error { return tx.SaveAccount(&seeded[0]) }); err != nil {
			t.Fatal(err)
		}
		file.write(`"minimumSymbols": 9, "passwordExpirationInDays": 30, "allowedRegex": "[ -~]+"`)
		before := p.shared().Dump(t)
		said := p.must("", "policy", "diff", file.path)
		for _, line := range []string{
			"Compared with policy version 1, in force since ", "ACCOUNT\n  minimumSymbols: stricter\n    now:  at least 6 characters\n    then: at least 9 characters\n",
			"    then: matches the required format: \"[ -~]+\"\n",
			"passwords that expire at once 1", "mails until then that a password has expired 1 0", "next 90 days 1 2",
			seeded[1].PasswordSetAt.UTC().AddDate(0, 0, 30).Format(time.DateOnly) + " 1 0",
		} {
			if !strings.Contains(said, line) && !strings.Contains(strings.Join(strings.Fields(said), " "), line) {
				t.Errorf("it does not say %q:\n%s", line, said)
			}
		}
		if after := p.shared().Dump(t); strings.Join(after, "\n") != strings.Join(before, "\n") {
			t.Error("something was changed")
		}
		file.write(`"minimumSymbols": 6, "passwordExpirationInDays": 64, "maxLoginAttempts": -1`)
		if !strings.HasSuffix(said, "Nothing was changed. To activate it, save it as the policy file and reload each process with SIGHUP.\n") {
			t.Errorf("it does not end with what is to be done:\n%s", said)
		}
		if said := p.must("", "policy", "diff", file.path); !strings.Contains(said, "\nNo changes to the rules.\n") || strings.Contains(said, "SIGHUP") {
			t.Errorf("the same rules:\n%s", said)
		}
		file.write(`"minimumSymbol": 9`)
		p.refuses(file.path+":1: passwordPolicyConfigurations.ACCOUNT.minimumSymbol: is not known", "", "policy", "diff", file.path)
	})
}

// TestPolicyDiffOfASetting: a rule that a setting has is compared with its going, in words.
func TestPolicyDiffOfASetting(t *testing.T) {
	testkit.Parallel(t)
	file := policyFile{t, filepath.Join(t.TempDir(), "passwordpolicy.json")}
	file.write(`"minimumSymbols": 6`)
	p := newProgram(t, models.SQLite, "--password-policy", file.path)
	p.env["COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY"] = "3"
	p.seed("root")
	delete(p.env, "COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY")
	said := p.must("", "policy", "diff", file.path)
	const want = "  minimumComplexity: looser\n" +
		"    now:  has at least 3 of these: lower-case letters, upper-case letters, digits, special characters\n" +
		"    then: needs no particular kinds of characters\n"
	if !strings.Contains(said, want) {
		t.Errorf("it does not say %q:\n%s", want, said)
	}
}

// TestPolicyDiffOfADescription: other words for the same expression are a change, in each language, and the check says them.
func TestPolicyDiffOfADescription(t *testing.T) {
	testkit.Parallel(t)
	file := policyFile{t, filepath.Join(t.TempDir(), "passwordpolicy.json")}
	file.write(`"allowedRegex": ".*", "allowedRegexDescription": {"en": "letters", "de": "Buchstaben"}`)
	p := newProgram(t, models.SQLite, "--password-policy", file.path)
	p.seed("root")
	checked := p.must("", "policy", "check", file.path)
	for _, line := range []string{"  allowedRegex: letters\n", "  allowedRegexDescription: description of the format: letters\n"} {
		if !strings.Contains(checked, line) {
			t.Errorf("the check does not say %q:\n%s", line, checked)
		}
	}
	file.write(`"allowedRegex": ".*", "allowedRegexDescription": {"en": "letters", "de": "Kleinbuchstaben"}`)
	said := p.must("", "policy", "diff", file.path)
	const want = "  allowedRegexDescription: changed\n" +
		"    now:  description of the format: letters: {\"de\":\"Buchstaben\",\"en\":\"letters\"}\n" +
		"    then: description of the format: letters: {\"de\":\"Kleinbuchstaben\",\"en\":\"letters\"}\n"
	if !strings.Contains(said, want) {
		t.Errorf("it does not say %q:\n%s", want, said)
	}
	file.write(`"allowedRegexDescription": {"en": "letters"}`)
	if said := p.must("", "policy", "check", file.path); !strings.Contains(said, "allowedRegexDescription: describes nothing: allowedRegex is off") {
		t.Errorf("the check does not warn:\n%s", said)
	}
}

// TestPolicyDiffWarns of what cannot be promised of a candidate, and of what was hardly meant, as the check does.
func TestPolicyDiffWarns(t *testing.T) {
	testkit.Parallel(t)
	file := policyFile{t, filepath.Join(t.TempDir(), "next.json")}
	p := newProgram(t, models.SQLite)
	p.must("", "migrate")
	file.write(`"allowedRegex": "(?<=x)[a-z]{9}", "maxLoginAttempts": 3`)
	said, checked := p.must("", "policy", "diff", file.path), p.must("", "policy", "check", file.path)
	const unprovable = "The required format cannot be verified: it uses look-behind. "
	const impossible = "No password that meets all of these rules could be generated. Passwords must be typed; there may be no valid one.\n"
	where := "warning: " + file.path + ":1: passwordPolicyConfigurations.ACCOUNT"
	for _, warning := range []string{where + ": " + unprovable, where + ": " + impossible, where + ".blockingTimeInMin: A blocked account stays blocked until an operator unblocks it"} {
		if strings.Count(said, warning) != 1 {
			t.Errorf("it does not say %q once:\n%s", warning, said)
		}
	}
	if !strings.Contains(checked, "  "+unprovable) || !strings.Contains(checked, "  for example: (none could be generated)\n  "+impossible) {
		t.Errorf("the check says\n%s", checked)
	}
	file.write(`"allowedRegex": "[a-z]{9}"`)
	if said := p.must("", "policy", "diff", file.path); strings.Contains(said, "warning:") {
		t.Errorf("it warns of\n%s", said)
	}
}

// TestPolicyDiffWithoutVersions: before anything was in force, the settings say what would be; without a database, nothing.
func TestPolicyDiffWithoutVersions(t *testing.T) {
	testkit.Parallel(t)
	file := policyFile{t, filepath.Join(t.TempDir(), "next.json")}
	file.write(`"minimumSymbols": 9`)
	p := newProgram(t, models.SQLite)
	p.refuses("there is no database at ", "", "policy", "diff", file.path)
	p.must("", "migrate")
	if said := p.must("", "policy", "diff", file.path); !strings.Contains(said, "none has been in force") || !strings.Contains(said, "then: at least 9 characters") {
		t.Errorf("it says\n%s", said)
	}
}
