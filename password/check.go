package password

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Violation is a rule that a password breaks, with the numbers where the rule has them.
type Violation struct {
	Rule      Rule
	Want, Got int  // code points asked for and found
	TimedOut  bool // allowedRegex only: matching was given up, which counts as not matching; worth a log line
}

// candidate is a password while it is judged.
type candidate struct {
	accountName string
	text        string
	count       Count
}

// Check returns every broken composition rule at once, in source order; nil means that the password will do. It expects
// what [Normalize] returned. The history is not judged here.
//
// Matching allowedRegex is bounded in time; see [Violation.TimedOut].
func (p Policy) Check(accountName, normalized string) []Violation {
	c := candidate{accountName: accountName, text: normalized, count: CountClasses(normalized)}
	var broken []Violation
	for _, d := range definitions {
		if d.judge == nil || !d.isActive(&p) {
			continue
		}
		if v, bad := d.judge(p, c); bad {
			v.Rule = d.rule
			broken = append(broken, v)
		}
	}
	return broken
}

func atLeast(want func(Policy) int, got func(Count) int) func(Policy, candidate) (Violation, bool) {
	return func(p Policy, c candidate) (Violation, bool) {
		v := Violation{Want: want(p), Got: got(c.count)}
		return v, v.Got < v.Want
	}
}

func atMost(want func(Policy) int, got func(Count) int) func(Policy, candidate) (Violation, bool) {
	return func(p Policy, c candidate) (Violation, bool) {
		v := Violation{Want: want(p), Got: got(c.count)}
		return v, v.Got > v.Want
	}
}

func withoutName(_ Policy, c candidate) (Violation, bool) {
	return Violation{}, containsName(c.text, c.accountName)
}

func matching(p Policy, c candidate) (Violation, bool) {
	compiled, err := p.compile()
	if err != nil {
		return Violation{}, true
	}
	matches, timedOut := compiled.regex.Match(c.text)
	return Violation{TimedOut: timedOut}, !matches
}

// containsName reports whether the password contains the account name, whatever the case or width of either.
func containsName(password, name string) bool {
	folded := foldName(name)
	return folded != "" && strings.Contains(foldName(password), folded)
}

// foldName is the compatibility caseless form (Unicode Standard 3.13, D146) in its composed spelling. Compatibility,
// because account names are compared after width mapping and a full-width copy of the name gives it away just as well;
// composed, because in the decomposed form "jose" would be found in "josé", which is another name.
func foldName(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	once := norm.NFKD.String(foldCase(norm.NFD.String(s)))
	return norm.NFKC.String(foldCase(once))
}

// foldCase is full case folding. Cherokee, which Unicode folds to its capitals and x/text not at all, becomes small.
func foldCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cherokee, r) {
			return unicode.ToLower(r)
		}
		return r
	}, cases.Fold().String(s))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
