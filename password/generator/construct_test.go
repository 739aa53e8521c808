package generator

import (
	"testing"

	"latchkey/internal/testkit"
	"latchkey/password"
)

// Minimums with too many states to count are kept, quickly, and together with an expression that leaves some choice.
func TestLargeMinimums(t *testing.T) {
	testkit.Parallel(t)
	for _, p := range []password.Policy{
		{MinimumSymbols: 90, MinimumDigits: 20, MinimumSpecialSymbols: 20, MinimumUpperCaseSymbols: 20},
		{MinimumDigits: 30, MinimumSpecialSymbols: 30, MinimumUpperCaseSymbols: 30},
		{MinimumDigits: 1000, MinimumSpecialSymbols: 1000, MinimumUpperCaseSymbols: 1000},
		{MinimumSymbols: 120, MinimumDigits: 30, MinimumSpecialSymbols: 30, MinimumUpperCaseSymbols: 30, AllowedRegex: `(?=.*[a-z])(?=.*[A-Z])(?=.*\d).*`},
		{MinimumSymbols: 300, MinimumDigits: 70, MinimumSpecialSymbols: 70, MinimumUpperCaseSymbols: 70, AllowedRegex: `.{30,500}`},
		{MinimumDigits: 100, MinimumSpecialSymbols: 100, MinimumUpperCaseSymbols: 100},
		{MinimumSymbols: 121, MinimumDigits: 40, MinimumSpecialSymbols: 40, MinimumUpperCaseSymbols: 40, AllowedRegex: `(?=.*[a-z]).*`},
		{MinimumSymbols: 250, MinimumDigits: 60, MinimumSpecialSymbols: 60, MinimumUpperCaseSymbols: 60, AllowedRegex: `[a-zA-Z01"']*`},
		{MinimumDigits: 5, MinimumSpecialSymbols: 5, MinimumUpperCaseSymbols: 5, AllowedRegex: `(?=(?:.*[aeiou]){4})(?=(?:.*[A-F]){4})(?=(?:.*[0-4]){4})(?=(?:.*[!-+]){4}).{16,}`},
	} {
		p = prepared(p)
		if plan := planFor(p, planKey{}); plan.count != nil || plan.construct == nil {
			t.Errorf("%+v is counted", p)
		}
		for range testkit.Times(1, 3) {
			wantGenerated(t, p, "someone", max(options{}.Or(password.DefaultGeneratorOptions()).Length, p.MinLength()))
		}
	}
}

// If the shortest length leaves no room for the expression, a longer one is tried.
func TestConstructorTriesLongerPasswords(t *testing.T) {
	testkit.Parallel(t)
	p := prepared(password.Policy{MinimumDigits: 40, MinimumSpecialSymbols: 40, MinimumUpperCaseSymbols: 40, AllowedRegex: `(?=.*[a-z]).*`})
	wantGenerated(t, p, "", 121)
}

// Every candidate has the minimums and the classes that must occur, and the order is random.
func TestConstructorFillsMinimums(t *testing.T) {
	policies, err := password.Policies{Account: password.Policy{MinimumDigits: 2, MinimumSpecialSymbols: 1}}.With(password.Compliance{Complexity: 4})
	if err != nil {
		t.Fatal(err)
	}
	p := policies.Account
	automaton, _ := automatonOf(p)
	c := newConstructor(automaton, newClassCounter(p), readableFirst(), spanOf(p, options{}))
	random, digitFirst := newRandom(seeded(1)), 0
	for range 500 {
		text := c.build(random, 5)
		if broken := p.Check("", text); broken != nil {
			t.Fatalf("%q breaks %v", text, broken)
		}
		if text[0] >= '0' && text[0] <= '9' {
			digitFirst++
		}
	}
	if digitFirst < 140 || digitFirst > 260 { // 2 of 5, and standard deviation 11
		t.Errorf("%d of 500 begin with a digit", digitFirst)
	}
	if text := c.build(random, 4); text != "" {
		t.Errorf("%q of 4 symbols", text)
	}
}
