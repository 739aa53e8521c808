package regex

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// javaText restores the control characters in testdata/java.tsv.
var javaText = strings.NewReplacer("␊", "\n", "␍", "\r", "␉", "\t")

// testdata/JavaMatches.java makes the file with OpenJDK 17. Syntax that Java accepts and we refuse is in
// TestRefusedSyntaxHasPosition.
func TestMatchesLikeJava(t *testing.T) {
	src, err := os.ReadFile("testdata/java.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(src), "\n"), "\n")
	inputs := strings.Split(lines[0], "\t")
	for _, line := range lines[1:] {
		pattern, verdicts, _ := strings.Cut(line, "\t")
		m, err := Compile(javaText.Replace(pattern))
		if (err != nil) != (verdicts == "error") {
			t.Errorf("%s: %v, Java: %s", pattern, err, verdicts)
			continue
		}
		for i, input := range inputs {
			if err != nil {
				break
			}
			got, timedOut := m.Match(javaText.Replace(input))
			if timedOut || got != (verdicts[i] == '1') {
				t.Errorf("%s on %q: %v (timed out: %v), Java disagrees\n%s", pattern, input, got, timedOut, translate(m.tree))
			}
		}
	}
}

func TestRefusedSyntaxHasPosition(t *testing.T) {
	for pattern, want := range map[string]string{
		`a\b`:                   `character 2: versions of Java disagree on \b`,
		`a\Bc`:                  `character 2: versions of Java disagree on \B`,
		`\Ga`:                   `character 1: \G`,
		`\R`:                    `character 1: \R`,
		`\X`:                    `character 1: \X`,
		`\N{DIGIT ONE}`:         `character 1: \N`,
		`a\E`:                   `character 2: there is no \Q`,
		`\`:                     `character 1: a \ at the end`,
		`\y`:                    `character 1: Java knows no \y`,
		`[\1]`:                  `character 2: Java knows no \1`,
		`[\z]`:                  `character 2: Java knows no \z`,
		`(?m)^a$`:               `character 3: the flag m`,
		`(?d)a`:                 `character 3: the flag d`,
		`(?x)a b`:               `character 3: the flag x`,
		`(?c)a`:                 `character 3: this group begins`,
		`(?-u)a`:                `character 4: switching u off`,
		`(?)a`:                  `character 3: a flag must stand here`,
		`(?:`:                   `character 1: this ( is not closed`,
		`(?i`:                   `character 4: this group begins`,
		`(?#x)a`:                `character 3: this group begins`,
		`(?(1)a|b)`:             `character 3: this group begins`,
		`(?'n'a)`:               `character 3: this group begins`,
		`(?P<n>a)`:              `character 3: this group begins`,
		`(?<n-m>a)`:             `character 4: a group's name`,
		`(?<a>a)(?<a>b)`:        `character 8: there is already a group`,
		`a)`:                    `character 2: there is no (`,
		`*a`:                    `character 1: there is nothing that * could repeat`,
		`a|+`:                   `character 3: there is nothing that +`,
		`{8}`:                   `character 1: there is nothing that {`,
		`a{,3}`:                 `character 3: a number`,
		`a{x}`:                  `character 3: a number`,
		`a{2`:                   `character 2: this { is not closed`,
		`a{3,2}`:                `character 2: the smaller number comes first`,
		`a{99999999999}`:        `character 3: a number up to 2147483647`,
		`a**`:                   `character 3: two quantifiers`,
		`a{2}{3}`:               `character 5: two quantifiers`,
		`^*a`:                   `character 2: this repeats something of zero width`,
		`(?=a)+b`:               `character 6: this repeats something of zero width`,
		`(?:(?=b)|b){2}`:        `character 12: this repeats a part that is empty only if`,
		`(?:^|a){2,}`:           `character 8: this repeats a part that is empty only if`,
		`(?:$\W*?){2}+`:         `character 10: this repeats a part that is empty only if`,
		`(?:[a-z]*+){2}[a-z]`:   `character 12: this repeats a part that is empty only if`,
		`(?:(?>a*)|b){2,}`:      `character 13: this repeats a part that is empty only if`,
		`[abc`:                  `character 1: this [ is not closed`,
		`[`:                     `character 1: this [ is not closed`,
		`[]`:                    `character 1: this [ is not closed`,
		`[a-`:                   `character 4: the class is cut off`,
		`[z-a]`:                 `character 2: the range z-a`,
		`[a-\d]`:                `character 4: Java knows no \d`,
		`[^a-z&&[^b]]`:          `character 1: versions of Java disagree on [^…]`,
		`[^a[b]]`:               `character 1: versions of Java disagree on [^…]`,
		`[a[b]&&[b]]`:           `character 6: versions of Java disagree on &&`,
		`[a-z&&[b]c]`:           `character 10: behind && one class`,
		`[a-z&&b&&c]`:           `character 8: behind && one class`,
		`[a-z&&]`:               `character 7: behind && a class`,
		`[&&a]`:                 `character 2: something must stand before &&`,
		`[a&&&b]`:               `character 5: behind && a class`,
		`[a&&^b]`:               `character 5: behind && a class`,
		`\p{Foo}`:               `character 1: the property Foo`,
		`\p{InGreek}`:           `character 1: the property InGreek`,
		`\p{javaMirrored}`:      `character 1: the property javaMirrored`,
		`(?i)\p{javaLowerCase}`: `character 5: versions of Java disagree on javaLowerCase`,
		`\p{C}`:                 `character 1: the property C`,
		`\p{^L}`:                `character 1: a property is written`,
		`\pé`:                   `character 1: the property ""`,
		`(?i)\p{Lu}`:            `character 5: versions of Java disagree on Lu`,
		`(?i)\p{IsUppercase}`:   `character 5: versions of Java disagree on IsUppercase`,
		`(?U)\p{Graph}`:         `character 5: the property Graph`,
		`\1(a)`:                 `character 1: no group that is closed`,
		`(a\1)`:                 `character 3: no group that is closed`,
		`(a)\2`:                 `character 4: no group that is closed`,
		`\k<n>`:                 `character 1: no group that is closed`,
		`\kn`:                   `character 1: \k must be followed`,
		`(?!(a)b)\1`:            `character 9: a group inside a negative look-around`,
		`(a)*\1`:                `character 5: the group referred to is repeated`,
		`(?:x(a))?\1`:           `character 10: the group referred to is repeated`,
		`(a*)\1`:                `character 5: a reference to a group that can be empty`,
		`(?i)(a)\1`:             `character 8: references under (?i)`,
		`(?<=a+)b`:              `character 6: a look-behind must have a maximum length`,
		`(?<=(a))b`:             `character 5: capturing groups are not supported in a look-behind`,
		`(?<=(?>a))b`:           `character 5: atomic groups are not supported`,
		`(?<=a?+)b`:             `character 6: possessive quantifiers are not supported`,
		`(?<=(?:a){2})b`:        `character 10: repeating a group`,
		`(?<=(?=a))b`:           `character 5: a look-around inside a look-behind`,
		`\x{110000}`:            `character 1: this names no character`,
		`\x{}`:                  `character 1: this names no character`,
		`\x4`:                   `character 1: this names no character`,
		`\u004`:                 `character 1: this names no character`,
		`\uD83D`:                `character 1: this names no character`,
		`\08`:                   `character 1: this names no character`,
		`\ca`:                   `character 1: this names no character`,
	} {
		_, err := Compile(pattern)
		var at Error
		if !errors.As(err, &at) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", pattern, err, want)
		}
	}
}

// Syntax that the engine reads differently or not at all is translated.
func TestTranslation(t *testing.T) {
	for pattern, want := range map[string]string{
		`\d`:              `[0-9]`,                                                                  // ASCII, "Predefined character classes"
		`\w`:              `[0-9A-Z\x{5f}a-z]`,                                                      // the same
		`\s`:              `[\x{9}-\x{d}\x{20}]`,                                                    // the same
		`(?i)k`:           `[Kk]`,                                                                   // without the Kelvin sign, "CASE_INSENSITIVE"
		`(?iu)k`:          `[Kk\x{212a}]`,                                                           // with it, "UNICODE_CASE"
		`.`:               `[\x{0}-\x{9}\x{b}-\x{c}\x{e}-\x{84}\x{86}-\x{2027}\x{202a}-\x{10ffff}]`, // "Line terminators"
		`[a-e&&[^bc]]`:    `[ad-e]`,                                                                 // intersection
		`[a-c-[b]]`:       `[\x{2d}a-c]`,                                                            // union, not the subtraction of .NET
		`[a&&[b]]`:        `(?!)`,                                                                   // nothing
		`a*+`:             `(?:(?>(?>a){0,}))`,                                                      // possessive
		`\Qa.\E+`:         `a(?:\x{2e}{1,})`,                                                        // the quantifier is for the last sign
		`\0101`:           `A`,                                                                      // octal
		`\u0041\x{1F600}`: `A\x{1f600}`,
		`\v\h`:            `[\x{a}-\x{d}\x{85}\x{2028}-\x{2029}][\x{9}\x{20}\x{a0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]`,
		`(a)(?<n>b)\k<n>`: `(a)(b)(?:\2)`, // by number: the engine counts named groups behind the others
		`(a)\12`:          `(a)(?:\1)2`,   // there is no group 12
		`\p{Punct}`:       `[\x{21}-\x{2f}\x{3a}-\x{40}\x{5b}-\x{60}\x{7b}-\x{7e}]`,
	} {
		tree, err := read(pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		if got := translate(tree); got != `\A(?:`+want+`)\z` {
			t.Errorf("%s became %s", pattern, got)
		}
	}
}

func TestTooLargeExpressionsAreRefused(t *testing.T) {
	for name, pattern := range map[string]string{
		"long":           strings.Repeat("a", MaxPattern+1),
		"nested groups":  strings.Repeat("(", MaxPattern/2) + strings.Repeat(")", MaxPattern/2),
		"nested classes": strings.Repeat("[", MaxPattern),
		"large classes":  strings.Repeat(`\P{L}`, 1000) + `(a)\1`, // which takes the engine
	} {
		if _, err := Compile(pattern); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := Compile(strings.Repeat("(?:", maxGroups) + strings.Repeat(")", maxGroups)); err != nil {
		t.Error(err)
	}
}

func TestManyMatchAtOnce(t *testing.T) {
	m, err := Compile(`(?=.*\d)(\w)(?!\1).{2,}`)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 500 {
				text := strconv.Itoa(i) + "x" + strconv.Itoa(j)
				if good, _ := m.Match(text); !good {
					t.Errorf("%s does not match", text)
				}
				if bad, _ := m.Match("aa" + strconv.Itoa(j)); bad {
					t.Error("aa… matches")
				}
			}
		})
	}
	all.Wait()
}
