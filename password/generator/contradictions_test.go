package generator

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/password"
)

// Contradictions are the smallest sets of rules, with passwords that would keep all rules but one.
func TestContradictionsAreSmallestSets(t *testing.T) {
	testkit.Parallel(t)
	for name, test := range map[string]struct {
		policy password.Policy
		want   []string // the sets, each rule behind the other
	}{
		"the default":      {password.Default().Account, nil},
		"no rule":          {password.Policy{}, nil},
		"length":           {password.Policy{MinimumSymbols: 9, MaximumSymbols: 8, MinimumDigits: 2}, []string{"minimumSymbols maximumSymbols"}},
		"bytes":            {password.Policy{MinimumSymbols: 4097}, []string{"minimumSymbols"}},
		"classes of bytes": {password.Policy{MinimumDigits: 3000, MinimumSpecialSymbols: 3000}, []string{"minimumSpecialSymbols minimumDigits"}},
		"two classes of three": {password.Policy{MaximumSymbols: 5, MinimumDigits: 3, MinimumUpperCaseSymbols: 3, MinimumSpecialSymbols: 1},
			[]string{"maximumSymbols minimumUpperCaseSymbols minimumDigits"}},
		"expression alone":   {password.Policy{MinimumDigits: 1, AllowedRegex: `a(?!.*b)b`}, []string{"allowedRegex"}},
		"class of nothing":   {password.Policy{AllowedRegex: `[a&&[b]]{8}`}, []string{"allowedRegex"}},
		"only controls":      {password.Policy{AllowedRegex: `\p{Cc}{8}`}, []string{"allowedRegex"}},
		"only nothing":       {password.Policy{AllowedRegex: `x{0}`}, []string{"allowedRegex"}},
		"shorter expression": {password.Policy{MinimumSymbols: 9, AllowedRegex: `[a-z]{8}`}, []string{"minimumSymbols allowedRegex"}},
		"longer expression":  {password.Policy{MaximumSymbols: 7, AllowedRegex: `[a-z]{8}`}, []string{"maximumSymbols allowedRegex"}},
		"no digit in it":     {password.Policy{MinimumSymbols: 3, MinimumDigits: 1, AllowedRegex: `[a-z]+`}, []string{"minimumDigits allowedRegex"}},
		"look-ahead":         {password.Policy{MaximumSymbols: 9, AllowedRegex: `(?=.*\d)(?=.*[A-Z])(?=[^-]*-).{10,}`}, []string{"maximumSymbols allowedRegex"}},
		"room for one only":  {password.Policy{MinimumUpperCaseSymbols: 2, MinimumDigits: 2, AllowedRegex: `.{3}`}, []string{"minimumUpperCaseSymbols minimumDigits allowedRegex"}},
		"all of them": {password.Policy{MinimumSymbols: 5, MinimumUpperCaseSymbols: 1, MinimumDigits: 1, AllowedRegex: `[A-Z]{4}|\d{4,}|[A-Z]\d`},
			[]string{"minimumSymbols minimumUpperCaseSymbols allowedRegex"}},
		"more than can be looked at": {
			password.Policy{MinimumSpecialSymbols: 2, MinimumUpperCaseSymbols: 2, MinimumDigits: 39, AllowedRegex: `(?=(?:.*[A-Z]){2})(?!.*(?:abc|123|qwe))\S{6,40}`},
			[]string{"minimumDigits allowedRegex"},
		},
		"two at once":                   {password.Policy{MinimumSymbols: 9, MaximumSymbols: 8, MinimumDigits: 1, AllowedRegex: `[a-z]+`}, []string{"minimumSymbols maximumSymbols", "minimumDigits allowedRegex"}},
		"not provable, empty":           {password.Policy{MinimumSymbols: 9, AllowedRegex: `(a)(\1){2,7}`}, []string{"minimumSymbols allowedRegex"}},
		"marks only":                    {password.Policy{AllowedRegex: `x\p{Mn}{3}`}, nil},
		"context only":                  {password.Policy{AllowedRegex: `l·l`}, nil},
		"far lengths":                   {password.Policy{MinimumSymbols: 3000, AllowedRegex: `(?:.{7})*`}, nil},
		"never that long":               {password.Policy{MinimumSymbols: 3001, MaximumSymbols: 3001, AllowedRegex: `(?:.{7})*`}, []string{"minimumSymbols maximumSymbols allowedRegex"}},
		"reference and a look-ahead":    {password.Policy{AllowedRegex: `(\w+(?=-))-\1`}, nil},
		"reference behind an anchor":    {password.Policy{AllowedRegex: `(^[a-z]{4})-\1`}, nil},
		"reference before an end":       {password.Policy{AllowedRegex: `(?=.*-(\w{4}$))\1-\w*`}, nil},
		"look-ahead in a reference":     {password.Policy{AllowedRegex: `([a-z](?=.*\d)[a-z]{3})\d\1`}, nil},
		"more rounds than symbols":      {password.Policy{AllowedRegex: `(?:a?){5000}`}, nil},
		"rounds that may be empty":      {password.Policy{AllowedRegex: `(?:\w*){4097,}`}, nil},
		"bytes of letters":              {password.Policy{MinimumSymbols: 1500, AllowedRegex: `\p{IsHan}+`}, []string{"minimumSymbols allowedRegex"}},
		"bytes of letters, just":        {password.Policy{MinimumSymbols: 1365, AllowedRegex: `\p{IsHan}+`}, nil},
		"bytes of umlauts":              {password.Policy{MinimumSymbols: 4090, AllowedRegex: `[äöü]+`}, []string{"minimumSymbols allowedRegex"}},
		"many states and no upper case": {password.Policy{MinimumUpperCaseSymbols: 1, AllowedRegex: `(?:[a-z]{1,50}[0-9]{1,50}){1,50}`}, []string{"minimumUpperCaseSymbols allowedRegex"}},
		"cannot be decided":             {password.Policy{AllowedRegex: `(?:a{1,1000}){1,1000}`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, c := range contradictionsOf(prepared(test.policy)) {
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

// wantExamples checks that each example breaks its rule and no other.
func wantExamples(t *testing.T, p password.Policy, c contradiction, wanted bool) {
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

func TestContradictionIsReportedWithExamples(t *testing.T) {
	_, err := password.Parse("f", []byte(file(`"minimumSymbols": 9, "maximumSymbols": 12, "allowedRegex": "[a-z]{8}"`)), Contradictions)
	var problems password.Problems
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

func TestNotProvableIsNotImpossible(t *testing.T) {
	for _, expression := range []string{`x(?<!x)`, `(\w{4})-\1`, `(?>a|ab)c`, strings.Repeat(`(a|b)`, 300) + `\1`} {
		if impossible(prepared(password.Policy{AllowedRegex: expression})) {
			t.Error(expression)
		}
	}
}

// A single minimum that is out of reach is found even if all of them together are too many states.
func TestUnreachableMinimumIsFoundAmongMany(t *testing.T) {
	testkit.Parallel(t)
	p := prepared(password.Policy{MinimumSpecialSymbols: 62, MinimumUpperCaseSymbols: 50, MinimumDigits: 60, AllowedRegex: `\p{Alnum}*(?:[!?]\p{Alnum}*){0,61}`})
	if !impossible(p) {
		t.Error("62 special characters count as possible although at most 61 are")
	}
	p.MinimumSpecialSymbols = 61
	if impossible(prepared(p)) {
		t.Error("61 count as impossible")
	}
}

// No text matches an expression that counts as impossible, even if parts of it are not provable.
func TestNothingMatchesImpossibleExpressions(t *testing.T) {
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
	found := 0
	for range tried {
		p := prepared(password.Policy{AllowedRegex: someOf(parts, 5, r)})
		if p.Expression() == nil || !impossible(p) {
			continue
		}
		found++
		wantNoneToMatch(t, p, texts)
	}
	if found < tried/50 {
		t.Errorf("only %d were impossible", found)
	}
}

// someOf concatenates up to so many random parts.
func someOf(parts []string, most int, r *rand.Rand) (expression string) {
	for range 1 + r.IntN(most) {
		expression += parts[r.IntN(len(parts))]
	}
	return expression
}

func wantNoneToMatch(t *testing.T, p password.Policy, texts []string) {
	t.Helper()
	for _, text := range texts {
		if p.Check("", text) == nil {
			t.Errorf("%s counts as impossible, but matches %q", p.AllowedRegex, text)
		}
	}
}

// file returns a policy file; the rules of ACCOUNT begin in line 2.
func file(rules string) string {
	return `{"passwordPolicyConfigurations":{"TECHNICAL":{},"ACCOUNT":{` + "\n" + rules + "\n}}}"
}
