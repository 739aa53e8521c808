package password_test

import (
	"testing"

	"latchkey/password"
)

// TestDraftRoundTrip: the form of a policy gives the same policy again, whatever it has.
func TestDraftRoundTrip(t *testing.T) {
	own := password.Default()
	own.Account.AllowedRegex, own.Account.AllowedRegexDescription = `[^"<\\]+`, password.Texts{"three <words>", "drei Wörter"}
	own.Technical = password.Policy{Section: password.SectionTechnical, MaximumSymbols: -1}
	super := own.Account
	super.Section, super.MinimumSymbols, super.UserNameForbidden = password.SectionSuperAdmin, 20, false
	own.SuperAdmin = &super
	for name, policies := range map[string]password.Policies{"built in": password.Default(), "own": own} {
		again, err := password.Parse("f.json", []byte(policies.Draft().File()))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got, want := again.Canonical(), policies.Canonical(); got != want {
			t.Errorf("%s: the file has\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestDraftFile(t *testing.T) {
	draft := password.Draft{
		password.SectionAccount: {
			"minimumSymbols": " 012 ", "maximumSymbols": "0", "minimumDigits": "", "userNameForbidden": "true", "allowedRegex": `\d+<`,
			"allowedRegexDescription.de": "nur Ziffern", "passwordExpirationInDays": "many", "minimumComplexity": "3",
		},
		password.SectionTechnical: {},
	}
	const want = `{
  "passwordPolicyConfigurations": {
    "TECHNICAL": {},
    "ACCOUNT": {
      "minimumSymbols": 12,
      "userNameForbidden": true,
      "allowedRegex": "\\d+<",
      "allowedRegexDescription": {"de":"nur Ziffern"},
      "passwordExpirationInDays": "many"
    }
  }
}
`
	if got := draft.File(); got != want {
		t.Errorf("the file is\n%s", got)
	}
}

func TestDraftFieldTakesWholeNumbers(t *testing.T) {
	fields := map[string]password.DraftField{}
	for _, field := range password.DraftFields() {
		fields[field.Name] = field
	}
	if len(fields) != 14 { // twelve rules, and the words of one in two languages
		t.Errorf("there are %d fields", len(fields))
	}
	number, text := fields["minimumSymbols"], fields["allowedRegexDescription.de"]
	for typed, want := range map[string]bool{"": true, " 12 ": true, "0": true, "2147483647": true, "2147483648": false, "-1": false, "1.5": false, "1e3": false, "x": false} {
		if number.Valid(typed) != want {
			t.Errorf("a number takes %q: %t", typed, !want)
		}
		if !text.Valid(typed) {
			t.Errorf("a text does not take %q", typed)
		}
	}
}
