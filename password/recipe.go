package password

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// The settings that say how passwords are generated where nobody wishes otherwise, by their names.
const (
	SettingLength  = "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_PASSWORD_LENGTH"
	SettingUpper   = "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_UPPERCASE"
	SettingLower   = "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_LOWERCASE"
	SettingDigits  = "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS"
	SettingSpecial = "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_SPECIAL_CHARS"
)

// The most that can be wished for, in code points; a policy that demands longer passwords gets them.
const (
	MaxGenerated = 256 // of a generated password
	MaxAlphabet  = 256 // of an alphabet
)

// Recipe is how a password is to be generated: 0 and "" leave it to the policy's recipe, and there to the program. It is a
// wish: the rules of the policy come first.
type Recipe struct {
	Length                        int    // code points
	Upper, Lower, Digits, Special string // what to draw from
}

// ownRecipe is the program's: what is not easily taken for something else.
var ownRecipe = Recipe{usualLength, "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "!#$%&*+-.:=?@_"}

// Or fills in what a recipe leaves open.
func (r Recipe) Or(other Recipe) Recipe {
	return Recipe{
		cmp.Or(r.Length, other.Length), cmp.Or(r.Upper, other.Upper), cmp.Or(r.Lower, other.Lower),
		cmp.Or(r.Digits, other.Digits), cmp.Or(r.Special, other.Special),
	}
}

// Recipe is what the settings wish for passwords that are generated under the policy.
func (p Policy) Recipe() Recipe { return p.compliance.recipe }

// RecipeInForce is the recipe with nothing left open, and a length that the policy allows.
func (p Policy) RecipeInForce() Recipe {
	r := p.Recipe().Or(ownRecipe)
	least, most := p.Lengths()
	r.Length = min(max(r.Length, least), most)
	return r
}

// Lengths are the least and the most code points that can be wished for.
func (p Policy) Lengths() (least, most int) {
	least = max(1, p.MinimumSymbols, p.leastByKinds())
	return least, max(least, min(p.maximum(), MaxGenerated))
}

// Unfit returns the first code point of an alphabet that cannot stand in a password by itself as it is; ok = there is none.
func Unfit(alphabet string) (symbol string, ok bool) {
	for _, r := range alphabet {
		if r == utf8.RuneError || !isStable(string(r)) {
			return fmt.Sprintf("%#U", r), false
		}
	}
	return "", true
}

func (r Recipe) problems() (problems Problems) {
	for _, alphabet := range []struct{ setting, text string }{
		{SettingUpper, r.Upper}, {SettingLower, r.Lower}, {SettingDigits, r.Digits}, {SettingSpecial, r.Special},
	} {
		if symbol, ok := Unfit(alphabet.text); !ok {
			problems = append(problems, Problem{Key: alphabet.setting, Why: "has " + symbol + ", which cannot stand in a password by itself"})
		}
	}
	return problems
}

// GenerateWith makes a password as [Policy.Generate] does, by a recipe. Symbols outside its alphabets are used only where a
// rule leaves nothing else.
func (p Policy) GenerateWith(rand io.Reader, accountName string, r Recipe) (string, error) {
	m, err := p.matcher()
	if err != nil {
		return "", fmt.Errorf("password: allowedRegex: %w", err)
	}
	p.regex, r = m, r.Or(p.Recipe())
	g := newGenerator(p, newRandom(rand), accountName)
	if r.Upper+r.Lower+r.Digits+r.Special != "" {
		whole := r.Or(ownRecipe)
		g.keepTo(setOf(whole.Upper + whole.Lower + whole.Digits + whole.Special))
	}
	for i, length := range g.lengthsNear(cmp.Or(r.Length, usualLength)) {
		if found, ok := g.atLength(length, i); ok {
			return found, nil
		}
		if g.random.err != nil {
			return "", fmt.Errorf("password: generate: %w", g.random.err)
		}
		if g.exhausted() {
			break
		}
	}
	return "", ErrNoPassword
}

// lengthsNear are all that come into question, nearest to the wanted one first.
func (g *generator) lengthsNear(wanted int) []int {
	lengths := g.lengths()
	slices.SortStableFunc(lengths, func(a, b int) int { return distance(a, wanted) - distance(b, wanted) })
	return lengths
}

// keepTo lets the search draw from an alphabet wherever one of its symbols may stand.
func (g *generator) keepTo(alphabet runeSet) {
	for _, kind := range []paletteKind{{}, {wide: true}, {guess: true}, {wide: true, guess: true}} {
		p := &palette{barred: alphabet.negate().union(g.named), wide: kind.wide, known: map[*node]runeSet{}}
		if kind.guess {
			p.barred = p.barred.union(g.wishes.barred)
		}
		p.learn(g.tree)
		g.palettes[kind] = p
	}
}

// learn takes all of the alphabet at each place for preferred.
func (p *palette) learn(n *node) {
	if left := n.set.minus(p.barred); len(left) > 0 {
		p.known[n] = left
	}
	for _, kid := range n.kids {
		p.learn(kid)
	}
}
