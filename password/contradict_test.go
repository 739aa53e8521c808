package password

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testkit"
)

// TestContradictions names the smallest set of rules that exclude each other, and gives what would keep all but one.
func TestContradictions(t *testing.T) {
	testkit.Parallel(t)
	for name, test := range map[string]struct {
		policy Policy
		want   []string // the sets, each rule behind the other
	}{
		"the default":      {Default().Account, nil},
		"no rule":          {Policy{}, nil},
		"length":           {Policy{MinimumSymbols: 9, MaximumSymbols: 8, MinimumDigits: 2}, []string{"minimumSymbols maximumSymbols"}},
		"bytes":            {Policy{MinimumSymbols: 4097}, []string{"minimumSymbols"}},
		"classes of bytes": {Policy{MinimumDigits: 3000, MinimumSpecialSymbols: 3000}, []string{"minimumSpecialSymbols minimumDigits"}},
		"two classes of three": {Policy{MaximumSymbols: 5, MinimumDigits: 3, MinimumUpperCaseSymbols: 3, MinimumSpecialSymbols: 1},
			[]string{"maximumSymbols minimumUpperCaseSymbols minimumDigits"}},
		"expression alone":   {Policy{MinimumDigits: 1, AllowedRegex: `a(?!.*b)b`}, []string{"allowedRegex"}},
		"class of nothing":   {Policy{AllowedRegex: `[a&&[b]]{8}`}, []string{"allowedRegex"}},
		"only controls":      {Policy{AllowedRegex: `\p{Cc}{8}`}, []string{"allowedRegex"}},
		"only nothing":       {Policy{AllowedRegex: `x{0}`}, []string{"allowedRegex"}},
		"shorter expression": {Policy{MinimumSymbols: 9, AllowedRegex: `[a-z]{8}`}, []string{"minimumSymbols allowedRegex"}},
		"longer expression":  {Policy{MaximumSymbols: 7, AllowedRegex: `[a-z]{8}`}, []string{"maximumSymbols allowedRegex"}},
		"no digit in it":     {Policy{MinimumSymbols: 3, MinimumDigits: 1, AllowedRegex: `[a-z]+`}, []string{"minimumDigits allowedRegex"}},
		"look-ahead":         {Policy{MaximumSymbols: 9, AllowedRegex: `(?=.*\d)(?=.*[A-Z])(?=[^-]*-).{10,}`}, []string{"maximumSymbols allowedRegex"}},
		"room for one only":  {Policy{MinimumUpperCaseSymbols: 2, MinimumDigits: 2, AllowedRegex: `.{3}`}, []string{"minimumUpperCaseSymbols minimumDigits allowedRegex"}},
		"all of them": {Policy{MinimumSymbols: 5, MinimumUpperCaseSymbols: 1, MinimumDigits: 1, AllowedRegex: `[A-Z]{4}|\d{4,}|[A-Z]\d`},
			[]string{"minimumSymbols minimumUpperCaseSymbols allowedRegex"}},
		"more than can be looked at": {
			Policy{MinimumSpecialSymbols: 2, MinimumUpperCaseSymbols: 2, MinimumDigits: 39, AllowedRegex: `(?=(?:.*[A-Z]){2})(?!.*(?:abc|123|qwe))\S{6,40}`},
			[]string{"minimumDigits allowedRegex"},
		},
		"two at once":                   {Policy{MinimumSymbols: 9, MaximumSymbols: 8, MinimumDigits: 1, AllowedRegex: `[a-z]+`}, []string{"minimumSymbols maximumSymbols", "minimumDigits allowedRegex"}},
		"not provable, empty":           {Policy{MinimumSymbols: 9, AllowedRegex: `(a)(\1){2,7}`}, []string{"minimumSymbols allowedRegex"}},
		"apart what is joined":          {Policy{AllowedRegex: `e\u0301`}, []string{"allowedRegex"}},
		"apart once or more often":      {Policy{AllowedRegex: `(?:u\u0308|a\u0308\u0301?)+`}, []string{"allowedRegex"}},
		"apart in a wrong order":        {Policy{AllowedRegex: `x\u0301\u0323`}, []string{"allowedRegex"}},
		"apart from syllables":          {Policy{AllowedRegex: `[\u1100-\u1112]\u1161+`}, []string{"allowedRegex"}},
		"apart from one of two":         {Policy{AllowedRegex: `[ex]\u0301`}, nil},
		"apart, and without a digit":    {Policy{MinimumDigits: 1, AllowedRegex: `e\u0301\d|é`}, []string{"minimumDigits allowedRegex"}},
		"apart where nothing is joined": {Policy{AllowedRegex: `x\u0301`}, nil},
		"apart or not":                  {Policy{AllowedRegex: `(?:e\u0301|é)x`}, nil},
		"marks only":                    {Policy{AllowedRegex: `x\p{Mn}{3}`}, nil},
		"context only":                  {Policy{AllowedRegex: `l·l`}, nil},
		"far lengths":                   {Policy{MinimumSymbols: 3000, AllowedRegex: `(?:.{7})*`}, nil},
		"never that long":               {Policy{MinimumSymbols: 3001, MaximumSymbols: 3001, AllowedRegex: `(?:.{7})*`}, []string{"minimumSymbols maximumSymbols allowedRegex"}},
		"reference beside a look-ahead": {Policy{AllowedRegex: `(\w+(?=-))-\1`}, nil},
		"reference behind an anchor":    {Policy{AllowedRegex: `(^[a-z]{4})-\1`}, nil},
		"reference before an end":       {Policy{AllowedRegex: `(?=.*-(\w{4}$))\1-\w*`}, nil},
		"look-ahead in a reference":     {Policy{AllowedRegex: `([a-z](?=.*\d)[a-z]{3})\d\1`}, nil},
		"more rounds than symbols":      {Policy{AllowedRegex: `(?:a?){5000}`}, nil},
		"rounds that may be empty":      {Policy{AllowedRegex: `(?:\w*){4097,}`}, nil},
		"bytes of letters":              {Policy{MinimumSymbols: 1500, AllowedRegex: `\p{IsHan}+`}, []string{"minimumSymbols allowedRegex"}},
		"bytes of letters, just":        {Policy{MinimumSymbols: 1365, AllowedRegex: `\p{IsHan}+`}, nil},
		"bytes of umlauts":              {Policy{MinimumSymbols: 4090, AllowedRegex: `[äöü]+`}, []string{"minimumSymbols allowedRegex"}},
		"many states and no upper case": {Policy{MinimumUpperCaseSymbols: 1, AllowedRegex: `(?:[a-z]{1,50}[0-9]{1,50}){1,50}`}, []string{"minimumUpperCaseSymbols allowedRegex"}},
		"cannot be decided":             {Policy{AllowedRegex: `(?:a{1,1000}){1,1000}`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, c := range test.policy.prepared().contradictions() {
				var rules []string
				for _, value := range c.rules {
					rules = append(rules, string(value.Rule))
				}
				got = append(got, strings.Join(rules, " "))
				wantExamples(t, test.policy, c, len(test.want) == 1)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// wantExamples checks that each example breaks the rule that it is the example of, and no other.
func wantExamples(t *testing.T, p Policy, c contradiction, wanted bool) {
	t.Helper()
	if wanted && len(c.examples) == 0 && !slices.Contains([]string{`a(?!.*b)b`}, p.AllowedRegex) {
		t.Error("there is no example")
	}
	for _, rule := range slices.Collect(maps.Keys(c.examples)) {
		broken := p.Check("", c.examples[rule])
		if len(broken) != 1 || broken[0].Rule != rule {
			t.Errorf("%q, which is to break %s alone, breaks %v", c.examples[rule], rule, broken)
		}
	}
}

// A file whose rules contradict each other does not load, and says so in a sentence.
func TestContradictionIsSaid(t *testing.T) {
	_, err := Parse("f", []byte(file(`"minimumSymbols": 9, "maximumSymbols": 12, "allowedRegex": "[a-z]{8}"`)))
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 1 {
		t.Fatal(err)
	}
	why := problems[0].Why
	for _, part := range []string{`asks for 9, which contradicts allowedRegex ("[a-z]{8}"): no password keeps both; "`,
		`" would keep all rules but minimumSymbols; "`, `" would keep all rules but allowedRegex`} {
		if !strings.Contains(why, part) {
			t.Errorf("%s\nlacks %s", why, part)
		}
	}
}

// A policy with what no automaton can hold is never called impossible because of that.
func TestNotProvableIsNotImpossible(t *testing.T) {
	for _, expression := range []string{`x(?<!x)`, `(\w{4})-\1`, `(?>a|ab)c`, strings.Repeat(`(a|b)`, 300) + `\1`} {
		if (Policy{AllowedRegex: expression}).prepared().impossible() {
			t.Error(expression)
		}
	}
}

// One minimum of many that is out of reach is found, though all together are too many to be looked at.
func TestOneMinimumOfManyIsOutOfReach(t *testing.T) {
	testkit.Parallel(t)
	p := Policy{MinimumSpecialSymbols: 62, MinimumUpperCaseSymbols: 50, MinimumDigits: 60, AllowedRegex: `\p{Alnum}*(?:[!?]\p{Alnum}*){0,61}`}.prepared()
	if !p.impossible() {
		t.Error("62 special characters are taken for possible where at most 61 are")
	}
	p.MinimumSpecialSymbols = 61
	if p.prepared().impossible() {
		t.Error("61 are taken for impossible")
	}
}

// What normalisation joins never stands apart: of an expression that is called impossible no password matches, and of one
// that matches nothing but what is joined it is told why.
func TestApartIsNeverPossible(t *testing.T) {
	testkit.Parallel(t)
	r := rand.New(rand.NewPCG(8, 2))
	parts := []string{"e", "x", "é", `\u0301`, `\u0323`, "[ex]", `[e\u0301]`, "(?:ẹ|e)", `(?:é|\u0323)?`, `\u0301*`, ".", `(?!é)`}
	var texts []string
	for length := 1; length <= 5; length++ {
		texts = append(texts, slices.DeleteFunc(all("exéẹ\u0301\u0323", length), func(text string) bool { return !isStable(text) })...)
	}
	apart := 0
	tried := fewer(1000)
	for range tried {
		p := Policy{AllowedRegex: someOf(parts, 4, r)}
		if p = p.prepared(); !p.impossible() {
			continue
		}
		if strings.Contains(p.contradictions()[0].why(), "normalised (NFC)") {
			apart++
		}
		wantNoneToMatch(t, p, texts)
	}
	if apart < tried/100 {
		t.Errorf("only %d were apart", apart)
	}
}

// TestApartIsNotSaidTooSoon: whatever number of pairs may be looked at, nothing that a password matches is called apart.
func TestApartIsNotSaidTooSoon(t *testing.T) {
	testkit.Parallel(t)
	for expression, apart := range map[string]bool{
		`2\p{Mn}q|1[\u0300-\u0314]{3}e\u0301`: false, `[eax]\u0301`: false, `e\u0301\u0301`: true, `(?:a\u0308|u\u0308){2,3}`: true,
	} {
		l := newLanguage(Policy{AllowedRegex: expression}.prepared().compiled.automaton(), tally{}, unbounded())
		for joints := 0; joints < 3000; joints += 7 {
			if l.isApart(joints) && !apart {
				t.Fatalf("%s is apart after %d pairs", expression, joints)
			}
		}
		if said := l.isApart(maxJoints); said != apart {
			t.Errorf("%s is apart: %v", expression, said)
		}
	}
}

// Of an expression that is called impossible no text matches, whatever in it is not provable.
func TestImpossibleIsNeverPossible(t *testing.T) {
	testkit.Parallel(t)
	const alphabet = "ab1"
	tried := fewer(4000)
	r := rand.New(rand.NewPCG(8, 1))
	parts := []string{"a", "b", "1", "[ab]", ".", "(a|b)", "(^a)", "(b$)", "(a(?=b))", "((?!b)[ab1])", `\1`, `\1`, "(?<=a)", "(?<!b)", "(?>a|ab)",
		"(?:a|ab)++", "(?=.*1)", "(?!1)", "^", "$", "a*", "(?:ab?){2}", "b++"}
	var texts []string
	for length := 1; length <= 5; length++ {
		texts = append(texts, all(alphabet, length)...)
	}
	impossible := 0
	for range tried {
		p := Policy{AllowedRegex: someOf(parts, 5, r)}
		if p = p.prepared(); p.compiled == nil || !p.impossible() {
			continue
		}
		impossible++
		wantNoneToMatch(t, p, texts)
	}
	if impossible < tried/50 {
		t.Errorf("only %d were impossible", impossible)
	}
}

// someOf is one of the parts behind the other, up to so many.
func someOf(parts []string, most int, r *rand.Rand) (expression string) {
	for range 1 + r.IntN(most) {
		expression += parts[r.IntN(len(parts))]
	}
	return expression
}

// wantNoneToMatch is for a policy that is called impossible.
func wantNoneToMatch(t *testing.T, p Policy, texts []string) {
	t.Helper()
	for _, text := range texts {
		if p.Check("", text) == nil {
			t.Errorf("%s is called impossible, and matches %q", p.AllowedRegex, text)
		}
	}
}
