package regex

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dlclark/regexp2"

	"latchkey/internal/testkit"
)

// expressions makes random expressions that mean the same in Java and in the engine.
type expressions struct {
	*rand.Rand
	atomic bool // with possessive and atomic parts; the engine has no possessive ones
}

func (r expressions) pick(choices ...string) string { return choices[r.IntN(len(choices))] }

// expression returns a choice of sequences; depth limits nested groups.
func (r expressions) expression(depth int) string {
	ways := make([]string, 1+r.IntN(2)*r.IntN(3))
	for i := range ways {
		for range 1 + r.IntN(3) {
			ways[i] += r.part(depth)
		}
	}
	return strings.Join(ways, "|")
}

func (r expressions) part(depth int) string {
	if r.IntN(12) == 0 {
		return r.pick("^", `\z`, "$", `\A`)
	}
	if depth > 0 && r.IntN(5) == 0 {
		return r.pick("(?=", "(?!") + r.expression(depth-1) + ")"
	}
	atom := r.pick("a", "b", "c", "é", ".", "[ab]", "[^a]", "[b-d]", "[^bé]", `\x62`, `\.`, `[\p{Lu}a]`)
	if depth > 0 && r.IntN(3) == 0 {
		atom = r.pick("(", "(?:") + r.expression(depth-1) + ")"
	}
	if r.IntN(3) == 0 {
		times := r.pick("*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}")
		if r.atomic && r.IntN(2) == 0 {
			return r.pick(atom+times+"+", "(?>"+atom+times+")")
		}
		return atom + times + r.pick("", "", "?")
	}
	return atom
}

// liveStates returns the states from which something is accepted.
func liveStates(a *Automaton) []bool {
	live := slices.Clone(a.accepts)
	for changed := true; changed; {
		changed = false
		for s := range live {
			for class := range a.Classes() {
				if !live[s] && live[a.Step(State(s), class)] {
					live[s], changed = true, true
				}
			}
		}
	}
	return live
}

// text matches an automaton, or nearly.
func (r expressions) text(a *Automaton, live []bool) string {
	if r.IntN(2) == 0 {
		return r.noise(r.IntN(9))
	}
	var b strings.Builder
	for s := a.Start(); b.Len() < 16; {
		if !live[s] || a.Accepts(s) && r.IntN(3) == 0 {
			break
		}
		class := r.IntN(len(a.Classes()))
		for tries := 0; !live[a.Step(s, class)] && tries < 8; tries++ {
			class = r.IntN(len(a.Classes()))
		}
		b.WriteRune(r.member(a.Classes()[class]))
		s = a.Step(s, class)
	}
	if r.IntN(2) == 0 {
		return r.mutated([]rune(b.String()))
	}
	return b.String()
}

func (r expressions) noise(length int) string {
	var b strings.Builder
	for range length {
		b.WriteString(r.pick("a", "b", "c", "d", "é", "A", "."))
	}
	return b.String()
}

// member returns a code point of a set. It is no line terminator or surrogate, which Java and the engine treat differently.
func (r expressions) member(s Set) rune {
	for _, common := range []Set{SetOf("abcdéA."), {{0x20, 0x7e}}, {{0x100, 0x2000}}} {
		if usual := s.Intersect(common); len(usual) > 0 {
			return usual.At(r.IntN(usual.Size()))
		}
	}
	return 'a'
}

// mutated deletes, duplicates, changes or swaps a code point.
func (r expressions) mutated(text []rune) string {
	if len(text) == 0 {
		return r.noise(1)
	}
	at := r.IntN(len(text))
	switch r.IntN(4) {
	case 0:
		return string(text[:at]) + string(text[at+1:])
	case 1:
		return string(text[:at+1]) + string(text[at:])
	case 2:
		return string(text[:at]) + r.noise(1) + string(text[at+1:])
	}
	text[0], text[at] = text[at], text[0]
	return string(text)
}

// pairs returns the number of expressions with a text.
func pairs() int {
	return testkit.Times(20_000, 1_000_000)
}

// The automaton agrees with backtracking, both of the expression itself and of its translation.
func TestAutomatonAgreesWithTheEngine(t *testing.T) {
	testkit.Parallel(t)
	agrees(t, expressions{Rand: rand.New(rand.NewPCG(6, 3))}, pairs(), 5)
}

// The same with possessive and atomic parts, only for the translation and for provable expressions.
func TestPossessiveAgreesWithTheEngine(t *testing.T) {
	testkit.Parallel(t)
	agrees(t, expressions{rand.New(rand.NewPCG(6, 4)), true}, pairs(), 10)
}

// agrees wants at least one text in so many to match.
func agrees(t *testing.T, r expressions, pairs, ofSoMany int) {
	const textsEach = 20
	matched, tried, tooLarge, tooSlow := 0, 0, 0, 0
	for tried < pairs {
		pattern := r.expression(2)
		compiled, err := Compile(pattern)
		if err != nil {
			if strings.Contains(err.Error(), "this repeats") {
				continue // which is refused
			}
			t.Fatalf("%s: %v", pattern, err)
		}
		if compiled.Automaton() == nil {
			if compiled.NotProvable() == TooLarge {
				tooLarge++
			}
			continue
		}
		live := liveStates(compiled.Automaton())
		if !live[compiled.Automaton().Start()] && r.IntN(8) > 0 {
			continue // as good as one of them is enough
		}
		engines := []*regexp2.Regexp{engineFor(t, translate(compiled.tree))}
		if !r.atomic {
			engines = append(engines, engineFor(t, `\A(?:`+pattern+`)\z`))
		}
		for range textsEach {
			text := r.text(compiled.Automaton(), live)
			got := compiled.Automaton().Match(text)
			for _, engine := range engines {
				want, err := engine.MatchString(text)
				if err != nil {
					tooSlow++
				} else if got != want {
					t.Fatalf("%s on %q: automaton %v, engine %v", pattern, text, got, want)
				}
			}
			tried++
			if got {
				matched++
			}
		}
	}
	t.Logf("%d of %d texts matched; %d expressions were too large, %d texts too slow for the engine", matched, tried, tooLarge, tooSlow)
	if matched < tried/ofSoMany || matched > tried*4/5 || tooLarge > max(2, tried/textsEach/1000) || tooSlow > tried/1000 {
		t.Error("too few texts were compared")
	}
}

func engineFor(t *testing.T, pattern string) *regexp2.Regexp {
	t.Helper()
	engine, err := regexp2.Compile(pattern, regexp2.None)
	if err != nil {
		t.Fatal(pattern, err)
	}
	engine.MatchTimeout = time.Second
	return engine
}

// Empty rounds make up for missing ones, however many are required.
func TestEmptyRoundsCount(t *testing.T) {
	for _, row := range []struct {
		pattern, text string
		want          bool
	}{
		{`(?:a?){5000}`, "aaa", true}, {`(?:\w*){4097,}`, "ab_c", true}, {`(?:x|){5000,6000}`, "xx", true}, {`(?:(?:a?){5000})*b`, "aab", true},
		{`(?!(?:a?){5000}$)a*`, "aaa", false}, {`(?:a?){3}`, "aaaa", false}, {`(?:a|){2,3}`, "", true}, {`(?:ab?){5000}`, "ab", false},
	} {
		compiled, err := Compile(row.pattern)
		if err != nil {
			t.Fatal(row.pattern, err)
		}
		if got, _ := compiled.Match(row.text); got != row.want {
			t.Errorf("%s on %q: %v (%s)", row.pattern, row.text, got, compiled.NotProvable())
		}
	}
}

func TestProvableExpressions(t *testing.T) {
	for pattern, want := range map[string]Reason{
		``:                             Provable,
		`[a-z]{8}`:                     Provable,
		`(?=.*\d)(?!.*x)\w{8,30}`:      Provable,
		`(?:(?!foo).)*`:                Provable, // a look-ahead in a repetition
		`(?:(?!.*b)a|(?!.*a)[ab])*`:    Provable, // two of them that stay open
		`(?:a?|b?){50}`:                Provable,
		`(?:(?:a?|b?){50})*`:           Provable,
		`(?:(?:a*)*)*`:                 Provable,
		`a++b`:                         Provable, // of fixed length
		`(?:ab)*+a`:                    Provable,
		`(?>a+)[ab]`:                   Provable,
		`(?>ab|cd)e`:                   Provable,
		`(?>a{2,3}?)a`:                 Provable,
		`(?:a|ab)++c`:                  Possessive,
		`(?>a|ab)c`:                    Atomic,
		`(a)\1`:                        Reference,
		`(?<n>a)\k<n>`:                 Reference,
		`(?<=a)b`:                      LookBehind,
		`a(?<!a)`:                      LookBehind,
		`(?=(?<!a)b)b`:                 LookBehind,
		`(?:a{1,1000}){1,1000}`:        TooLarge, // too large
		`(?=.*a.{40}$)(?=.*b.{39}$).*`: TooLarge,
		`[a-z]{1,4000}`:                Provable,
	} {
		compiled, err := Compile(pattern)
		if err != nil {
			t.Fatal(pattern, err)
		}
		if got := compiled.NotProvable(); got != want || (got == Provable) != (compiled.Automaton() != nil) {
			t.Errorf("%s: %q, want %q", pattern, got, want)
		}
	}
}

// More texts for possessive and atomic parts than in TestMatchesLikeJava, compared with the engine.
func TestPossessiveExamples(t *testing.T) {
	r := expressions{Rand: rand.New(rand.NewPCG(1, 2))}
	for _, pattern := range []string{
		`a*+[ab]`, `a{1,2}+a`, `a{2}+a?`, `(?:ab|cd)++a?b?`, `(?>a*)b|a`, `(?>[ab]{1,3})a`, `(?>a{1,2}?)b`, `(?:a(?=b)|b(?=a))*+[ab]b?`,
		`(?=a++b)[ab]+`, `(?!a*+b)[ab]*`, `(?:a?+b)*`, `(?:a?+)+a`, `(?:a?+c?)+[ac]`, `(?:(?:a?+)?)+a`,
	} {
		compiled, err := Compile(pattern)
		if err != nil || compiled.Automaton() == nil {
			t.Fatal(pattern, err)
		}
		engine := engineFor(t, translate(compiled.tree))
		for range 2000 {
			text := r.text(compiled.Automaton(), liveStates(compiled.Automaton()))
			if want, _ := engine.MatchString(text); want != compiled.Automaton().Match(text) {
				t.Fatalf("%s on %q: the engine says %v", pattern, text, want)
			}
		}
	}
}

// Patterns with catastrophic backtracking are fast with an automaton.
func TestNoPatternIsCatastrophic(t *testing.T) {
	for pattern, good := range map[string]string{
		`(a+)+$`: "a", `(a|aa)+$`: "a", `(?=.*(.+)+x).*`: "ax", `(.*)*!`: "!", `(a?){40}a{40}`: strings.Repeat("a", 40),
	} {
		compiled, err := Compile(pattern)
		if err != nil || compiled.Automaton() == nil {
			t.Fatal(pattern, err, compiled.NotProvable())
		}
		for text, want := range map[string]bool{good: true, strings.Repeat("a", 4000) + "?": false} {
			if matches, timedOut := compiled.Match(text); matches != want || timedOut {
				t.Errorf("%s on %d letters: %v, timed out: %v", pattern, len(text), matches, timedOut)
			}
		}
		if n := compiled.Automaton().States(); n > 100 {
			t.Errorf("%s has %s states", pattern, strconv.Itoa(n))
		}
	}
}

// Expressions on which Java and the engine differ; heading is the one in the documentation of java.util.regex.Pattern (Java SE
// 17). testdata/java.tsv has the results of OpenJDK.
func TestJavaDiffersFromTheEngine(t *testing.T) {
	for _, row := range []struct {
		pattern, text string
		java          bool
		heading       string
	}{
		{`\d`, "٣", false, "Predefined character classes: a digit is [0-9]"},
		{`\w`, "é", false, "Predefined character classes: a word character is [a-zA-Z_0-9]"},
		{`\s`, "\u2003", false, "Predefined character classes: white space is [ \\t\\n\\x0B\\f\\r]"},
		{`(?i)é`, "É", false, "CASE_INSENSITIVE: by default only of US-ASCII"},
		{`.`, "\r", false, "Line terminators"},
		{`.`, "\u2028", false, "Line terminators"},
		{`a$\r`, "a\r", true, "Line terminators: $ is before the final one"},
		{`[a-z&&[^aeiou]]`, "b", true, "Character classes: subtraction by intersection"},
		{`[a-c-[b]]`, "b", true, "Character classes: union, where - stands for itself"},
		{`[a[bc]]`, "b", true, "Character classes: union"},
		{`a*+a`, "aa", false, "Possessive quantifiers"},
		{`a++b`, "aab", true, "Possessive quantifiers"},
		{`\p{Alpha}`, "a", true, "POSIX character classes (US-ASCII only)"},
		{`\p{Punct}`, "!", true, "POSIX character classes (US-ASCII only)"},
		{`\p{IsGreek}`, "α", true, "Classes for Unicode scripts, blocks, categories and binary properties"},
		{`\h`, "\u00a0", true, "Predefined character classes: a horizontal white space"},
		{`\v`, "\n", true, "Predefined character classes: a vertical white space"},
		{`\Qa.\E`, "a.", true, "Quotation"},
		{`\0101`, "A", true, "Characters: octal"},
	} {
		engine, err := regexp2.Compile(`\A(?:`+row.pattern+`)\z`, regexp2.None)
		if err == nil {
			if same, _ := engine.MatchString(row.text); same == row.java {
				t.Errorf("%s on %q: the engine agrees, so this does not belong here", row.pattern, row.text)
			}
		}
		compiled, err := Compile(row.pattern)
		if err != nil {
			t.Errorf("%s: %v", row.pattern, err)
			continue
		}
		if got, _ := compiled.Match(row.text); got != row.java {
			t.Errorf("%s on %q: %v (%s)", row.pattern, row.text, got, row.heading)
		}
	}
}
