package password_test

import (
	"testing"

	"pgregory.net/rapid"

	"latchkey/password"
)

// Comments, order and the way to switch a rule off do not matter; every active rule does.
func TestCanonicalDependsOnActiveRulesOnly(t *testing.T) {
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
		parse(`"minimumDigits": 1`, `"minimumSymbols": 6, "userNameForbidden": true, "allowedRegexDescription": {"en": "of nothing"}`),
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
		parse(`"minimumDigits": 1`, `"minimumSymbols": 6, "userNameForbidden": true, "allowedRegex": ".*", "allowedRegexDescription": {"en": "anything"}`),
	} {
		if other == want {
			t.Errorf("other rules are %s too", other)
		}
	}
	if want := `{"ACCOUNT":{"minimumSymbols":6,"userNameForbidden":true},"TECHNICAL":{"minimumDigits":1}}`; parse(`"minimumDigits": 1`, `"minimumSymbols": 6, "userNameForbidden": true`) != want {
		t.Errorf("the format has changed, so that every installation would get a new version: want %s", want)
	}
}

// Only numbers that have no effect can differ.
func TestCanonicalRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policies := anyPolicies(t)
		read, err := password.ReadCanonical(policies.Canonical())
		if err != nil {
			t.Fatal(err)
		}
		if read.Canonical() != policies.Canonical() || (read.SuperAdmin == nil) != (policies.SuperAdmin == nil) {
			t.Fatalf("%s is read as %s", policies.Canonical(), read.Canonical())
		}
		for _, section := range password.Compare(policies, read) {
			if len(section.Changes) > 0 {
				t.Fatalf("%s has changed: %v", section.Section, section.Changes)
			}
		}
		for _, one := range []struct{ technical, superAdmin bool }{{true, false}, {false, false}, {false, true}} {
			want, got := policies.For(one.technical, one.superAdmin), read.For(one.technical, one.superAdmin)
			if got.Expiry() != want.Expiry() || got.Reminder() != want.Reminder() || got.Section != want.Section {
				t.Fatalf("%+v is read as %+v", want, got)
			}
		}
	})
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
		AllowedRegexDescription:  rapid.SampledFrom([]password.Texts{{}, {"three words"}, {"", "<&>"}, {"a", "b"}}).Draw(t, "description"),
		PasswordExpirationInDays: n("expiry"), EmailBeforeExpirationInDays: n("reminder"), MaxLoginAttempts: n("attempts"),
		BlockingTimeInMin: n("blocking"),
	}
}

func TestWrittenFileHasTheSameRules(t *testing.T) {
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

func TestReadCanonicalRefusesBrokenText(t *testing.T) {
	for _, text := range []string{"", "[]", `{"ACCOUNT": 1}`, `{"ACCOUNT": {"minimumSymbols": "six"}}`} {
		if read, err := password.ReadCanonical(text); err == nil {
			t.Errorf("%s is read as %v", text, read)
		}
	}
	read, err := password.ReadCanonical(`{"ACCOUNT": {"aRuleOfTomorrow": 1, "minimumDigits": 2}, "SOMETHING": {}}`)
	if err != nil || read.Account.MinimumDigits != 2 || read.SuperAdmin != nil {
		t.Errorf("rules of a later version are read as %v, %v", read, err)
	}
}
