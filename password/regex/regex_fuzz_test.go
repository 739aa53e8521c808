package regex

import (
	"errors"
	"strings"
	"testing"
)

// A pattern is translated and then always matched within its time, or refused at a place by us, never by the engine.
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
