package password_test

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"latchkey/password"
)

// TestCanonicalIsAboutRules: comments, order and the ways to switch a rule off change nothing, any rule in force does.
func TestCanonicalIsAboutRules(t *testing.T) {
	parse := func(technical, account string) string {
		t.Helper()
		policies, err := password.Parse("p.json", []byte(`{"passwordPolicyConfigurations": {"ACCOUNT": {`+account+`}, "TECHNICAL": {`+technical+`}}}`))
		if err != nil {
			t.Fatal(err)
		}
		return policies.Canonical()
	}
	want := parse(`"minimumDigits": 1`, `"minimumSymbols": 6, "userNameForbidden": true`)
	for _, same := range []string{
		parse("\"minimumDigits\": 1 // one\n", `"userNameForbidden": true, /* six */ "minimumSymbols": 6`),
		parse(`"minimumDigits": 1, "maximumSymbols": 0`, `"minimumSymbols": 6, "userNameForbidden": true, "minimumDigits": -1`),
		parse(`"minimumDigits": 1, "blockingTimeInMin": 5, "emailBeforeExpirationInDays": 3`, `"minimumSymbols": 6, "userNameForbidden": true, "allowedRegex": ""`),
	} {
		if same != want {
			t.Errorf("the same rules are %s and %s", want, same)
		}
	}
	for _, other := range []string{
		parse(`"minimumDigits": 2`, `"minimumSymbols": 6, "userNameForbidden": true`),
		parse(`"minimumDigits": 1`, `"minimumSymbols": 6`),
		parse(`"minimumDigits": 1`, `"minimumSymbols": 6, "userNameForbidden": true, "allowedRegex": ".*"`),
		parse(`"minimumSymbols": 6, "userNameForbidden": true`, `"minimumDigits": 1`),
	} {
		if other == want {
			t.Errorf("other rules are %s too", other)
		}
	}
	if want := `{"ACCOUNT":{"minimumSymbols":6,"userNameForbidden":true},"TECHNICAL":{"minimumDigits":1}}`; parse(`"minimumDigits": 1`, `"minimumSymbols": 6, "userNameForbidden": true`) != want {
		t.Errorf("written otherwise than before, so that every installation would have a new version: want %s", want)
	}
}

// TestCanonicalIsReadBack: what was written down is what the policies say, but for figures that nothing depends on.
func TestCanonicalIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policies := anyPolicies(t)
		sections, err := password.ReadCanonical(policies.Canonical())
		if err != nil {
			t.Fatal(err)
		}
		want := []password.Policy{policies.Technical, policies.Account}
		if policies.SuperAdmin != nil {
			want = append(want, *policies.SuperAdmin)
		}
		if len(sections) != len(want) {
			t.Fatalf("%d sections, not %d", len(sections), len(want))
		}
		for i, policy := range want {
			if sections[i].Section != policy.Section || !reflect.DeepEqual(active(sections[i].Values), active(policy.Values())) {
				t.Fatalf("read %v, want %v", sections[i], policy.Values())
			}
			if len(sections[i].Values) != len(policy.Values()) {
				t.Fatalf("%d rules of %d", len(sections[i].Values), len(policy.Values()))
			}
		}
	})
}

func active(values []password.Value) (on []password.Value) {
	for _, value := range values {
		if value.Active {
			on = append(on, value)
		}
	}
	return on
}

func anyPolicies(t *rapid.T) password.Policies {
	policies := password.Policies{Technical: anyPolicy(t, password.SectionTechnical), Account: anyPolicy(t, password.SectionAccount)}
	if rapid.Bool().Draw(t, "superadmin") {
		own := anyPolicy(t, password.SectionSuperAdmin)
		policies.SuperAdmin = &own
	}
	return policies
}

func anyPolicy(t *rapid.T, section password.Section) password.Policy {
	n := func(name string) int { return rapid.IntRange(-1, 4).Draw(t, name) }
	return password.Policy{
		Section: section, MinimumSymbols: n("min"), MaximumSymbols: n("max"), MinimumSpecialSymbols: n("special"),
		MinimumUpperCaseSymbols: n("upper"), MinimumDigits: n("digits"), UserNameForbidden: rapid.Bool().Draw(t, "name"),
		ForbiddenLastPasswords: n("last"), AllowedRegex: rapid.SampledFrom([]string{"", "a+", "<&>\"\\"}).Draw(t, "regex"),
		PasswordExpirationInDays: n("expiry"), EmailBeforeExpirationInDays: n("reminder"), MaxLoginAttempts: n("attempts"),
		BlockingTimeInMin: n("blocking"),
	}
}

// TestFileSaysTheSame: the file that is written of policies is one that means them.
func TestFileSaysTheSame(t *testing.T) {
	whole := password.Default()
	own := whole.Account
	own.Section, own.AllowedRegex, own.BlockingTimeInMin, own.MaximumSymbols = password.SectionSuperAdmin, `<[a-z&&[^aeiou]]+>\d{2}"\\`, 0, 0
	own.MinimumSpecialSymbols, own.MinimumUpperCaseSymbols = 0, 0
	whole.SuperAdmin = &own
	for _, policies := range []password.Policies{password.Default(), whole, {Technical: password.Policy{Section: "TECHNICAL"}, Account: password.Policy{Section: "ACCOUNT"}}} {
		read, err := password.Parse("p.json", []byte(policies.File()))
		if err != nil || read.Canonical() != policies.Canonical() {
			t.Errorf("%v\n%s\nis read as\n%s", err, policies.File(), read.Canonical())
		}
	}
}

func TestCanonicalThatIsBroken(t *testing.T) {
	for _, text := range []string{"", "[]", `{"ACCOUNT": 1}`, `{"ACCOUNT": {"minimumSymbols": "six"}}`} {
		if sections, err := password.ReadCanonical(text); err == nil {
			t.Errorf("%s is read as %v", text, sections)
		}
	}
	sections, err := password.ReadCanonical(`{"ACCOUNT": {"aRuleOfTomorrow": 1}, "SOMETHING": {}}`)
	if err != nil || len(sections) != 1 || strings.Contains(password.Policies{}.Canonical(), "null") {
		t.Errorf("what a later version wrote is read as %v, %v", sections, err)
	}
}
