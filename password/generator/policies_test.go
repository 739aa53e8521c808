package generator

import (
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"latchkey/password"
)

// Contradictions are reported at the line of their first rule, together with the other problems of a file.
func TestContradictionsInFiles(t *testing.T) {
	for name, test := range map[string]struct {
		src  string
		want []string // line: key: part of why
	}{
		"minimum over maximum": {file("\"maximumSymbols\":5,\n\"minimumSymbols\":6"), []string{"3:A.minimumSymbols:asks for 6, which contradicts maximumSymbols (5): no password keeps both; "}},
		"classes over maximum": {file("\"maximumSymbols\":5,\"minimumDigits\":2,\n\"minimumSpecialSymbols\":2,\"minimumUpperCaseSymbols\":2"), []string{"2:A.maximumSymbols:allows 5, which contradicts minimumSpecialSymbols (2), minimumUpperCaseSymbols (2) and minimumDigits (2): no password keeps all of them; "}},
		"minimum over bytes":   {file(`"minimumSymbols":4097`), []string{"2:A.minimumSymbols:at most 4096 bytes"}},
		"classes over bytes":   {file("\"minimumDigits\":2147483647,\n\"minimumSpecialSymbols\":2147483647"), []string{"2:A.minimumDigits:at most 4096 bytes", "3:A.minimumSpecialSymbols:at most 4096 bytes"}},
		"negative minimums":    {file(`"minimumDigits":-5,"minimumSpecialSymbols":4,"maximumSymbols":3`), []string{"2:A.maximumSymbols:allows 3, which contradicts minimumSpecialSymbols (4): no password keeps both; "}},
	} {
		t.Run(name, func(t *testing.T) { wantProblems(t, test.src, test.want) })
	}
}

func wantProblems(t *testing.T, src string, want []string) {
	t.Helper()
	_, err := password.Parse("p.json", []byte(src), Contradictions)
	var got password.Problems
	if !errors.As(err, &got) || len(got) != len(want) {
		t.Fatalf("got %d problems, want %d:\n%v", len(got), len(want), err)
	}
	matched := func(p password.Problem, w string) bool {
		part := strings.SplitN(strings.Replace(w, ":A.", ":passwordPolicyConfigurations.ACCOUNT.", 1), ":", 3)
		return fmt.Sprint(p.Line) == part[0] && (part[1] == "*" || p.Key == part[1]) && strings.Contains(p.Why, part[2])
	}
	for _, w := range want {
		if !slices.ContainsFunc(got, func(p password.Problem) bool { return matched(p, w) }) {
			t.Errorf("want %s\n got %v", w, err)
		}
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	src := `{
  "passwordPolicyConfigurations": {
    "TECHNICAL": {
      "minimumSymbols": 9, "maximumSymbols": 3,
      "minimumDigit": 1,
      "userNameForbidden": "yes"
    },
    "ACCOUNT": {
      "allowedRegex": "[a-",
      "maxLoginAttempts": 1.5,
      "maxLoginAttempts": 2,
    }
  }
}`
	_, err := password.Parse("/etc/latchkey/passwordpolicy.json", []byte(src), Contradictions)
	var lines []int
	var problems password.Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	for _, p := range problems {
		lines = append(lines, p.Line)
	}
	if want := []int{4, 5, 6, 9, 10, 11, 11}; !slices.Equal(lines, want) {
		t.Errorf("lines %v, want %v:\n%v", lines, want, err)
	}
	first := "/etc/latchkey/passwordpolicy.json:4: passwordPolicyConfigurations.TECHNICAL.minimumSymbols: asks for 9"
	if !strings.HasPrefix(err.Error(), first) {
		t.Errorf("got %v", err)
	}
}

// example matches the examples in a problem.
var example = regexp.MustCompile(`; (?:".*" would keep all rules but \w+|without these ".*" would do)`)

func TestSettingsThatContradictPoliciesAreReported(t *testing.T) {
	four := "{\n\"passwordPolicyConfigurations\": {\n\"TECHNICAL\": {\"minimumDigits\": 2,\n\"maximumSymbols\": 4},\n\"ACCOUNT\": {}}}"
	for _, c := range []struct {
		file string
		set  password.Compliance
		want string
	}{
		{four, password.Compliance{MinLength: 4, Complexity: 3}, ""},
		{four, password.Compliance{MinLength: 5}, "p.json:3: passwordPolicyConfigurations.TECHNICAL.minimumSymbols: is raised to 5 by COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH, which contradicts maximumSymbols (4): no password keeps both"},
		{
			four, password.Compliance{Complexity: 4},
			"p.json:4: passwordPolicyConfigurations.TECHNICAL.maximumSymbols: allows 4, which contradicts minimumDigits (2) and COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY (4): no password keeps all of them",
		},
		{
			four, password.Compliance{MinLength: 5000},
			"p.json:3: passwordPolicyConfigurations.TECHNICAL.minimumSymbols: is raised to 5000 by COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH, but a password can have at most 4096 bytes\n" +
				"p.json:5: passwordPolicyConfigurations.ACCOUNT.minimumSymbols: is raised to 5000 by COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH, but a password can have at most 4096 bytes",
		},
		{four, password.Compliance{Complexity: 5}, "COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY: is 5, but there are 4 kinds of symbols"},
		{
			strings.Replace(four, "\"ACCOUNT\": {", "\"ACCOUNT\": {\"allowedRegex\": \"[a-z]*\\\\d\"", 1), password.Compliance{Options: options{Digits: symbols("٣"), Upper: symbols("Ä")}},
			"p.json:5: passwordPolicyConfigurations.ACCOUNT: has no password in the alphabets of COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_UPPERCASE, " +
				"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS",
		},
		{four, password.Compliance{LastPasswords: 1 << 31, Options: options{Length: 9999, Digits: symbols("٣३3")}}, ""},
		{
			four, password.Compliance{Options: options{Upper: symbols("A\u0301B"), Special: symbols("! \t")}},
			"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_UPPERCASE: has U+0301 '\u0301', which cannot be used in a password by itself\n" +
				"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_SPECIAL_CHARS: has U+0009, which cannot be used in a password by itself",
		},
		{
			four, password.Compliance{Options: options{Upper: symbols("Abc"), Lower: symbols("ABC"), Digits: symbols("1²"), Special: symbols("!a")}},
			"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_UPPERCASE: has U+0062 'b', but takes upper-case letters, or letters without case\n" +
				"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_LOWERCASE: has U+0041 'A', but takes lower-case letters, or letters without case\n" +
				"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS: has U+00B2 '²', but takes digits\n" +
				"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_SPECIAL_CHARS: has U+0061 'a', but takes characters other than digits and letters with case",
		},
		{
			four, password.Compliance{Options: options{Upper: symbols("\u212b"), Lower: symbols("·"), Digits: symbols("\u00a0"), Special: symbols("\u200d")}},
			"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_UPPERCASE: has U+212B 'Å', which cannot be used in a password by itself\n" +
				"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_LOWERCASE: has U+00B7 '·', which cannot be used in a password by itself\n" +
				"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS: has U+00A0, which cannot be used in a password by itself\n" +
				"COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_SPECIAL_CHARS: has U+200D, which cannot be used in a password by itself",
		},
	} {
		policies, err := password.Parse("p.json", []byte(c.file), Contradictions)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if _, err = policies.With(c.set, Contradictions); err != nil {
			got = err.Error()
		}
		if got = example.ReplaceAllString(got, ""); got != c.want {
			t.Errorf("%+v:\n%s\nwant\n%s", c.set, got, c.want)
		}
	}
}

func allSymbols(o password.GeneratorOptions) string {
	return o.Upper.Symbols + o.Lower.Symbols + o.Digits.Symbols + o.Special.Symbols
}

func TestGeneratedPasswordsFollowOptions(t *testing.T) {
	own := password.Default().Account.EffectiveGeneratorOptions()
	for range 200 {
		generated, err := Generate(password.Default().Account, options{}, "", rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Trim(generated.Text, allSymbols(own)) != "" {
			t.Fatalf("%q is not of %v", generated.Text, own)
		}
	}
	settings := options{Length: 12, Digits: symbols("٣३3"), Special: symbols("~§ ")}
	account := with(t, settings).Account
	if account.GeneratorOptions() != settings {
		t.Errorf("the options are %v", account.GeneratorOptions())
	}
	for _, c := range []struct {
		policy password.Policy
		wish   password.GeneratorOptions
		length int
		of     string
	}{
		{password.Default().Account, options{}, 20, allSymbols(own)},
		{account, options{}, 12, own.Upper.Symbols + own.Lower.Symbols + "٣३3" + "~§ "},
		{account, options{Length: 30, Upper: symbols("ÄÖÜ"), Lower: symbols("äöüß")}, 30, "ÄÖÜäöüß٣३3~§ "},
		{account, options{Length: 31}, 30, own.Upper.Symbols + own.Lower.Symbols + "٣३3" + "~§ "}, // the policy's limit comes first
		{account, options{Length: 2, Special: symbols("!")}, 6, own.Upper.Symbols + own.Lower.Symbols + "٣३3" + "!"},
	} {
		seen := ""
		for range 100 {
			generated, err := Generate(c.policy, c.wish, "ann", rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			seen += generated.Text
			if broken := c.policy.Check("ann", generated.Text); len(broken) > 0 || utf8.RuneCountInString(generated.Text) != c.length {
				t.Fatalf("%+v: %q breaks %v", c.wish, generated.Text, broken)
			}
		}
		for _, r := range seen {
			if !strings.ContainsRune(c.of, r) {
				t.Fatalf("%+v: %q has %q, which is not of %q", c.wish, seen, r, c.of)
			}
		}
		for _, r := range c.of {
			if c.length > 6 && !strings.ContainsRune(seen, r) {
				t.Errorf("%+v: %q is never drawn", c.wish, r)
			}
		}
	}
}

// Passwords can be generated from letters without case, but not if a rule requires upper case.
func TestAlphabetWithoutCase(t *testing.T) {
	settings := password.Compliance{Options: options{Upper: symbols("אבג"), Lower: symbols("דהו"), Digits: symbols("٣")}}
	policies, err := password.Policies{}.With(settings, Contradictions)
	if err != nil {
		t.Fatal(err)
	}
	made, err := Generate(policies.Account, options{}, "", rand.Reader)
	if own := policies.Account.EffectiveGeneratorOptions().Special.Symbols; err != nil || strings.Trim(made.Text, "אבגדהו٣"+own) != "" {
		t.Errorf("%q, %v", made.Text, err)
	}
	if _, err := password.Default().With(settings, Contradictions); err == nil || !strings.Contains(err.Error(), "has no password in the alphabets of "+password.SettingUpper) {
		t.Errorf("with upper-case letters that are wanted: %v", err)
	}
}

// with applies options to the built-in policies.
func with(t *testing.T, o options) password.Policies {
	t.Helper()
	policies, err := password.Default().With(password.Compliance{Options: o}, Contradictions)
	if err != nil {
		t.Fatal(err)
	}
	return policies
}
