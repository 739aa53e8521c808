package password_test

import (
	"strings"
	"testing"

	"latchkey/password"
)

// Alphabets accept their class in any script, and letters without case for letters of either case.
func TestAlphabetsRefuseOtherClasses(t *testing.T) {
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
			if invalid, found := c.alphabet.Invalid(string(r)); found {
				t.Errorf("alphabet %d refuses %s", c.alphabet, invalid.Symbol)
			}
		}
		for _, r := range c.near + c.far {
			if invalid, found := c.alphabet.Invalid(c.taken + string(r)); !found || !invalid.OtherClass || !strings.Contains(invalid.Symbol, string(r)) {
				t.Errorf("alphabet %d accepts %q: %+v", c.alphabet, r, invalid)
			}
		}
		if invalid, found := c.alphabet.Invalid("\u0301"); !found || invalid.OtherClass || !strings.HasPrefix(invalid.Symbol, "U+0301") {
			t.Errorf("alphabet %d and a mark that needs a letter before it: %+v", c.alphabet, invalid)
		}
	}
}
