package regex

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// A pattern compiles and matches without hanging, or is refused with a position, never by the engine.
func FuzzRegex(f *testing.F) {
	for _, seed := range []string{`^(?=.*[a-z])(?=.*\d)[a-zA-Z\d!?]{10,12}$`, `[a-z&&[^aeiou]]*+`, `(?i)\Q.\E(?<n>a)\k<n>|\0101`,
		`(?<![\p{L}\P{Lu}])\uD83D\uDE00{2,3}?`, `[^]\]-a[b]`, `(?U:\w\S)(?>x|y)\x{10ffff}$`, `(?!.*(.)\1{2})\S+\Z`,
		`(a+)+!`, strings.Repeat("(", MaxPattern+1), "[" + strings.Repeat("^", 100), `a{2147483647}{2147483647}`, "\xff"} {
		f.Add(seed, "Aa1!")
	}
	f.Fuzz(func(t *testing.T, pattern, input string) {
		m, err := Compile(pattern)
		var at Error
		switch {
		case err == nil:
			m.Match(input)
		case !errors.As(err, &at) || at.At < 1 || at.Why == "" || strings.Contains(at.Why, "the engine refuses"):
			t.Errorf("%q: %v", pattern, err)
		}
		if len(pattern) > MaxPattern*4 && err == nil {
			t.Errorf("a pattern of %d bytes was taken", len(pattern))
		}
	})
}

// An automaton agrees with backtracking, unless that times out.
func FuzzAutomaton(f *testing.F) {
	for _, seed := range []string{`(?=.*[a-z])(?!.*aa)(?:a|ab)*1?$`, `(?:(?!foo).)*+`, `(?:(?:a?|b?){5})*(?=c)c`, `^a$|(?>ab|cd)\z|\p{L}{2,}?`, `(?:^a|b$)+`, `(?:a?+)+a`} {
		f.Add(seed, "ab1"+seed)
	}
	f.Fuzz(func(t *testing.T, pattern, input string) {
		if len(pattern) > 60 || len(input) > 60 || !utf8.ValidString(input) {
			return
		}
		compiled, err := Compile(pattern)
		if err != nil || compiled.Automaton() == nil {
			return
		}
		engine, err := compileEngine(compiled.tree)
		if err != nil {
			return
		}
		if want, err := engine.MatchString(input); err == nil && want != compiled.Automaton().Match(input) {
			t.Errorf("%q on %q: the engine says %v", pattern, input, want)
		}
	})
}
