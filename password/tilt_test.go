package password

import (
	"fmt"
	"testing"

	"latchkey/password/regex"
)

// tilted is a tilt to which so many minimums of a policy are left, though all of them could be counted.
func tilted(p Policy, alphabet string, length, minimums int) *tilt {
	made, left := &tilt{}, p.tally()
	for range minimums {
		lighter, kind, _ := left.lighter()
		made.minimums[kind] += left.minimums[kind]
		left = lighter
	}
	if !made.settle(newLanguage(p.compiled.automaton(), left, []shade{{set: regex.SetOf(alphabet)}}), length) {
		return nil
	}
	return made
}

// What is drawn by way of other weights is as likely as each other: chi-square as in [TestDrawsAreUniform].
func TestTiltIsUniform(t *testing.T) {
	const alphabet = "abcB1!"
	tried := 0
	if testing.Short() {
		t.Skip("nothing in it runs in parallel")
	}
	for i, p := range []Policy{
		{MinimumDigits: 1}, {MinimumDigits: 3}, {MinimumDigits: 2, MinimumSpecialSymbols: 1}, {MinimumDigits: 4},
		{MinimumDigits: 1, MinimumSpecialSymbols: 1, MinimumUpperCaseSymbols: 1}, {MinimumDigits: 2, AllowedRegex: `(?=.*a).*`},
		{MinimumDigits: 2, MinimumSpecialSymbols: 2}, {MinimumDigits: 2, AllowedRegex: `[a-f]*(?:1a?)+[!B]*`},
	} {
		p = p.prepared()
		for minimums := 1; minimums <= 3; minimums++ {
			made := tilted(p, alphabet, 4, minimums)
			if made == nil {
				t.Fatalf("%+v: nothing is drawn", p)
			}
			source := newRandom(seeded(byte(10*i + minimums)))
			wantUniform(t, p, allowed(p, alphabet, 4), &tried, func() string { return made.draw(source) })
		}
	}
	if tried < 20 {
		t.Errorf("%d policies were tried", tried)
	}
}

// Minimums that are too large to be counted are kept all the same, soon, whatever else is asked for.
func TestLargeMinimums(t *testing.T) {
	for i, p := range []Policy{
		{MinimumSymbols: 90, MinimumDigits: 20, MinimumSpecialSymbols: 20, MinimumUpperCaseSymbols: 20},
		{MinimumDigits: 30, MinimumSpecialSymbols: 30, MinimumUpperCaseSymbols: 30},
		{MinimumSymbols: 120, MinimumDigits: 30, MinimumSpecialSymbols: 30, MinimumUpperCaseSymbols: 30},
		{MinimumSymbols: 120, MinimumDigits: 30, MinimumSpecialSymbols: 30, MinimumUpperCaseSymbols: 30, AllowedRegex: `(?=.*[a-z])(?=.*[A-Z])(?=.*\d).*`},
		{MinimumSymbols: 300, MinimumDigits: 70, MinimumSpecialSymbols: 70, MinimumUpperCaseSymbols: 70, AllowedRegex: `.{30,500}`},
		{MinimumDigits: 400, MinimumSpecialSymbols: 400, MinimumUpperCaseSymbols: 400},
		{MinimumDigits: 5, MinimumSpecialSymbols: 5, MinimumUpperCaseSymbols: 5, AllowedRegex: `(?=(?:.*[aeiou]){4})(?=(?:.*[A-F]){4})(?=(?:.*[0-4]){4})(?=(?:.*[!-+]){4}).{16,}`},
	} {
		if i > 0 && testing.Short() {
			break // one is enough
		}
		p = p.prepared()
		plan := p.compiled.plan(p, order{})
		if plan.tilt == nil || !plan.exact {
			t.Errorf("policy %d is counted otherwise: %+v", i, plan)
		}
		length := max(usualLength, p.minimum())
		for range 3 {
			wantGenerated(t, p, "someone", length)
		}
	}
}

// Where weights are to no avail, since nothing has enough symbols of a kind, that is found out.
func TestTiltOfNothing(t *testing.T) {
	p := Policy{MinimumDigits: 3, AllowedRegex: `[a-z]*\d?[a-z]*`}.prepared()
	if made := tilted(p, "abc1", 4, 1); made != nil {
		t.Errorf("%s was drawn", fmt.Sprint(made.draw(newRandom(seeded(1)))))
	}
}
