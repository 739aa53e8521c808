package password

import (
	"slices"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/password/regex"
)

// tilted is a tilt to which so many minimums of a policy are left, though all of them could be counted.
func tilted(p Policy, alphabet []shade, length, minimums int) *tilt {
	made, left := &tilt{}, p.tally()
	for range minimums {
		lighter, kind, _ := left.lighter()
		made.minimums[kind] += left.minimums[kind]
		left = lighter
	}
	made.language = newLanguage(p.compiled.automaton(), left, alphabet)
	if good, _ := made.settle(length); !good {
		return nil
	}
	return made
}

func plainly(alphabet string) []shade { return []shade{{set: regex.SetOf(alphabet)}} }

func drawOne(from *tilt, random *random) string {
	left := from.source.tries()
	return from.draw(random, &left)
}

// weighing makes kinds that are left out so much likelier, whether they need it or not.
func (t *tilt) weighing(times int64) *tilt {
	for kind, minimum := range t.minimums {
		if minimum > 0 {
			t.weights[kind] = times * plainWeight
		}
	}
	t.opened = 0
	t.open()
	return t
}

// What is drawn by way of other weights is as likely as each other: chi-square as in [TestDrawsAreUniform].
func TestTiltIsUniform(t *testing.T) {
	testkit.Parallel(t)
	const alphabet = "abcB1!"
	tried := 0
	if testing.Short() {
		t.Skip("nothing in it runs in parallel")
	}
	threeKinds := Policy{MinimumDigits: 2, compliance: compliance{complexity: 3}}
	for i, p := range []Policy{
		{MinimumDigits: 1}, {MinimumDigits: 3}, {MinimumDigits: 2, MinimumSpecialSymbols: 1}, threeKinds,
		{MinimumDigits: 1, MinimumSpecialSymbols: 1, MinimumUpperCaseSymbols: 1}, {MinimumDigits: 2, AllowedRegex: `(?=.*a).*`},
		{MinimumDigits: 2, MinimumSpecialSymbols: 2}, {MinimumDigits: 2, AllowedRegex: `[a-f]*(?:1a?)+[!B]*`},
	} {
		p = p.prepared()
		for minimums := 1; minimums <= 3; minimums++ {
			made := tilted(p, plainly(alphabet), 4, minimums)
			if made == nil {
				t.Fatalf("%+v: nothing is drawn", p)
			}
			made.weighing(int64(i%3 + 1))
			source := newRandom(seeded(byte(10*i + minimums)))
			wantUniform(t, p, allowed(p, alphabet, 4), &tried, func() string { return drawOne(made, source) })
		}
	}
	if tried < 20 {
		t.Errorf("%d policies were tried", tried)
	}
}

// Of symbols that cost something none is drawn that is not asked for; those of a minimum that is left out cost nothing.
func TestTiltIsThrifty(t *testing.T) {
	p := Policy{MinimumDigits: 2, MinimumSpecialSymbols: 1}.prepared()
	shades := []shade{{regex.SetOf("abB"), 0}, {regex.SetOf("cC1?"), 1}, {regex.SetOf("!2"), 2}}
	made := &tilt{minimums: [kindOther]int{kindDigit: 2, kindSpecial: 1}, language: newLanguage(p.compiled.automaton(), tally{}, shades)}
	if good, _ := made.settleNear(exactly(4)); !good {
		t.Fatal("nothing is drawn")
	}
	tried, source := 0, newRandom(seeded(5))
	wantUniform(t, p, allowed(p, "abB1?", 4), &tried, func() string { return drawOne(made, source) })
}

// Whether there is something to be drawn, and what: as going through all texts says.
func TestTiltAgreesWithAllTexts(t *testing.T) {
	testkit.Parallel(t)
	const alphabet = "abB1!"
	for _, p := range smallPolicies() {
		if p.AllowedRegex != "" && p.compiled.regex.Automaton() == nil {
			continue
		}
		for length := 1; length <= 5; length++ {
			texts := allowed(p, alphabet, length)
			made, empty := newTilt(p.compiled.automaton(), p.tally(), plainly(alphabet), exactly(length))
			if empty && len(texts) > 0 {
				t.Errorf("%+v, %d long: called empty, but there is %q", p, length, texts[0])
			}
			if p.tally() == (tally{}) {
				continue // there is nothing to leave out
			}
			if (made == nil) != (len(texts) == 0) {
				t.Errorf("%+v, %d long: something is drawn: %v, there are %d", p, length, made != nil, len(texts))
			}
			for seed := range byte(10) {
				if made == nil {
					break
				}
				if text := drawOne(made, newRandom(seeded(seed))); !slices.Contains(texts, text) {
					t.Errorf("%+v, %d long: %q was drawn", p, length, text)
				}
			}
		}
	}
}

// Minimums that are too large to be counted are kept all the same, soon, whatever else is asked for.
func TestLargeMinimums(t *testing.T) {
	testkit.Parallel(t)
	for i, p := range []Policy{
		{MinimumSymbols: 90, MinimumDigits: 20, MinimumSpecialSymbols: 20, MinimumUpperCaseSymbols: 20},
		{MinimumDigits: 30, MinimumSpecialSymbols: 30, MinimumUpperCaseSymbols: 30},
		{MinimumSymbols: 120, MinimumDigits: 30, MinimumSpecialSymbols: 30, MinimumUpperCaseSymbols: 30},
		{MinimumSymbols: 120, MinimumDigits: 30, MinimumSpecialSymbols: 30, MinimumUpperCaseSymbols: 30, AllowedRegex: `(?=.*[a-z])(?=.*[A-Z])(?=.*\d).*`},
		{MinimumSymbols: 300, MinimumDigits: 70, MinimumSpecialSymbols: 70, MinimumUpperCaseSymbols: 70, AllowedRegex: `.{30,500}`},
		{MinimumDigits: 100, MinimumSpecialSymbols: 100, MinimumUpperCaseSymbols: 100},
		{MinimumSymbols: 121, MinimumDigits: 40, MinimumSpecialSymbols: 40, MinimumUpperCaseSymbols: 40, AllowedRegex: `(?=.*[a-z]).*`},
		{MinimumSymbols: 250, MinimumDigits: 60, MinimumSpecialSymbols: 60, MinimumUpperCaseSymbols: 60, AllowedRegex: `[a-zA-Z01"']*`},
		{MinimumSymbols: 210, MinimumDigits: 35, MinimumSpecialSymbols: 42, AllowedRegex: `(?:[a-f\d]{4}[-!]?)+`},
		{MinimumDigits: 5, MinimumSpecialSymbols: 5, MinimumUpperCaseSymbols: 5, AllowedRegex: `(?=(?:.*[aeiou]){4})(?=(?:.*[A-F]){4})(?=(?:.*[0-4]){4})(?=(?:.*[!-+]){4}).{16,}`},
	} {
		if i > 0 && testing.Short() {
			break // one is enough
		}
		p = p.prepared()
		plan := p.compiled.plan(p, order{})
		if plan.tilt == nil || !plan.exact {
			t.Errorf("policy %d is drawn from otherwise: %+v", i, plan)
		}
		length := max(usualLength, p.minimum())
		for range testkit.Times(1, 3) {
			wantGenerated(t, p, "someone", length)
		}
	}
}

// Where no length has all minimums that is near to one that has each, a longer one is found.
func TestTiltOfALongerPassword(t *testing.T) {
	testkit.Parallel(t)
	p := Policy{MinimumDigits: 40, MinimumSpecialSymbols: 40, MinimumUpperCaseSymbols: 40, AllowedRegex: `(?=.*[a-z]).*`}.prepared()
	if testing.Short() {
		t.Skip("nothing in it runs in parallel")
	}
	wantGenerated(t, p, "", 121)
}

// Where weights are to no avail, since nothing has enough symbols of a kind, that is found out.
func TestTiltOfNothing(t *testing.T) {
	p := Policy{MinimumDigits: 3, AllowedRegex: `[a-z]*\d?[a-z]*`}.prepared()
	if made := tilted(p, plainly("abc1"), 4, 1); made != nil {
		t.Errorf("%q was drawn", drawOne(made, newRandom(seeded(1))))
	}
}
