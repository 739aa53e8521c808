package password_test

import (
	"testing"

	"latchkey/password"
)

func TestDescriptionFallsBackToExistingLanguage(t *testing.T) {
	for _, test := range []struct{ written, english, german, french string }{
		{`{"en": "three words", "de": "drei Wörter"}`, "three words", "drei Wörter", "three words"},
		{`{"de": "drei Wörter", "en": "three words"}`, "three words", "drei Wörter", "three words"},
		{`{"en": "three words"}`, "three words", "three words", "three words"},
		{`{"de": "drei Wörter"}`, "drei Wörter", "drei Wörter", "drei Wörter"},
	} {
		policies, err := password.Parse("p.json", []byte(`{"passwordPolicyConfigurations": {"TECHNICAL": {},
			"ACCOUNT": {"allowedRegex": "[a-z]+-[a-z]+-[a-z]+", "allowedRegexDescription": `+test.written+`}}}`))
		if err != nil {
			t.Fatal(err)
		}
		broken := policies.Account.Check("", "ab")
		if len(broken) != 1 {
			t.Fatalf("%v is broken", broken)
		}
		for language, want := range map[string]string{"en": test.english, "de": test.german, "fr": test.french} {
			if got := broken[0].Texts.In(language); got != want {
				t.Errorf("%s in %s: %q, want %q", test.written, language, got, want)
			}
		}
		again, err := password.Parse("p.json", []byte(policies.File()))
		if err != nil || again.Canonical() != policies.Canonical() {
			t.Errorf("%s is written as %s (%v)", test.written, policies.File(), err)
		}
	}
}

// A description that remains after the expression was switched off only causes a warning.
func TestDescriptionWithoutExpression(t *testing.T) {
	policies, err := password.Parse("p.json", []byte(`{"passwordPolicyConfigurations": {"TECHNICAL": {},
		"ACCOUNT": {"allowedRegex": "", "allowedRegexDescription": {"en": "three words"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	warnings := policies.Warnings()
	if len(warnings) != 1 || warnings[0].Error() != "p.json:2: passwordPolicyConfigurations.ACCOUNT.allowedRegexDescription: describes nothing: allowedRegex is off" {
		t.Errorf("it warns of %v", warnings)
	}
	for _, value := range policies.Account.Values() {
		if value.Rule == password.RuleAllowedRegexDescription {
			t.Errorf("it shows %v", value)
		}
	}
}
