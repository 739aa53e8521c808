package password_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"latchkey/password"
)

// TestAlphabetsTakeTheirKind: in any script, and letters without case for those of either; what is certainly of another kind
// is refused.
func TestAlphabetsTakeTheirKind(t *testing.T) {
	const caseless = "אבجद한日カªʰ" // letters without case, the last of them a modifier
	for _, c := range []struct {
		alphabet         password.Alphabet
		taken, near, far string
	}{
		{password.UpperLetters, "AZÄΣЖԱꓮ𝐀ǅ" + caseless, "aßωж", "1٣²Ⅷ!€ _"},
		{password.LowerLetters, "azäßωжա𝐚" + caseless, "AÄΣǅ", "1٣²Ⅷ!€ _"},
		{password.Digits, "09٣३７𝟏", "²Ⅷ½一①", "aA日!€ "},
		{password.Specials, "!€§ _~\\😀²Ⅷ½" + caseless, "azäßAÄΣǅ", "0٣३"},
	} {
		for _, r := range c.taken {
			if misfit, some := c.alphabet.Unfit(string(r)); some {
				t.Errorf("alphabet %d does not take %s", c.alphabet, misfit.Symbol)
			}
		}
		for _, r := range c.near + c.far {
			if misfit, some := c.alphabet.Unfit(c.taken + string(r)); !some || !misfit.OtherKind || !strings.Contains(misfit.Symbol, string(r)) {
				t.Errorf("alphabet %d takes %q: %+v", c.alphabet, r, misfit)
			}
		}
		if misfit, some := c.alphabet.Unfit("\u0301"); !some || misfit.OtherKind || !strings.HasPrefix(misfit.Symbol, "U+0301") {
			t.Errorf("alphabet %d and a mark that needs a letter before it: %+v", c.alphabet, misfit)
		}
	}
}

// TestAlphabetWithoutCase: passwords can be generated of it, and a rule that wants upper case with it is a contradiction that is told.
func TestAlphabetWithoutCase(t *testing.T) {
	settings := password.Compliance{Recipe: password.Recipe{Upper: "אבג", Lower: "דהו", Digits: "٣"}}
	policies, err := password.Policies{}.With(settings)
	if err != nil {
		t.Fatal(err)
	}
	made, err := policies.Account.Generate(rand.Reader, "")
	if own := policies.Account.RecipeInForce().Special; err != nil || strings.Trim(made, "אבגדהו٣"+own) != "" {
		t.Errorf("%q, %v", made, err)
	}
	if _, err := password.Default().With(settings); err == nil || !strings.Contains(err.Error(), "has no password in the alphabets of "+password.SettingUpper) {
		t.Errorf("with upper-case letters that are wanted: %v", err)
	}
}
