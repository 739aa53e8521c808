package words_test

import (
	"slices"
	"strings"
	"testing"

	"latchkey/i18n"
	"latchkey/password"
	"latchkey/views/words"
)

// TestEveryChangeHasText: both sides of every change of a rule have a text, also of a rule that only a setting has.
func TestEveryChangeHasText(t *testing.T) {
	all := password.Default()
	all.Account.AllowedRegex, all.Account.AllowedRegexDescription = ".*", password.Texts{"anything", "alles"}
	on, err := all.With(password.Compliance{MinLength: 8, Complexity: 3, LastPasswords: 4})
	if err != nil {
		t.Fatal(err)
	}
	for _, locale := range i18n.Locales {
		for _, sides := range [][2]password.Policies{{on, {}}, {{}, on}} {
			changes := password.Compare(sides[0], sides[1])[1].Changes
			var rules []password.Rule
			for i, change := range words.RuleChanges(wordsIn(t, locale), changes) {
				rules = append(rules, changes[i].New.Rule)
				for _, words := range []string{change.AsIs, change.Then} {
					if words == "" || strings.HasPrefix(words, "off.") || strings.HasPrefix(words, "rule.") {
						t.Errorf("%s: %s is shown as %q", locale, change.Name, words)
					}
				}
			}
			if !slices.Equal(rules, password.Rules()) {
				t.Errorf("only these were looked at: %v", rules)
			}
		}
	}
}
