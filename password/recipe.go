package password

import (
	"cmp"
	"strconv"
	"strings"

	"latchkey/password/regex"
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

// usualLength is how long generated passwords are where nobody asks for another length, in code points.
const usualLength = 20

// None is an alphabet without a symbol.
const None = "\x00"

// Recipe is how a password is to be generated: 0 and "" leave it to the policy's recipe, and there to the program. The length
// is a wish, the rules of the policy come first. An alphabet is all that is taken of its kind.
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
	least = p.minimum()
	return least, max(least, min(p.maximum(), MaxGenerated))
}

// named are the recipe's alphabets by the settings that they come from; "" = not set.
func (r Recipe) named() []wished {
	return []wished{
		{UpperLetters, SettingUpper, r.Upper}, {LowerLetters, SettingLower, r.Lower}, {Digits, SettingDigits, r.Digits},
		{Specials, SettingSpecial, r.Special},
	}
}

// wished is an alphabet of a recipe.
type wished struct {
	alphabet      Alphabet
	setting, text string
}

func (r Recipe) problems() (problems Problems) {
	for _, n := range r.named() {
		if why := n.alphabet.why(n.text); why != "" {
			problems = append(problems, Problem{Key: n.setting, Why: why})
		}
	}
	return problems
}

// beyondAlphabets are the policies of which it is certain that no password can be generated in the alphabets of a recipe.
func (p Policies) beyondAlphabets(r Recipe) (problems Problems) {
	var settings []string
	for _, n := range r.named() {
		if n.text != "" {
			settings = append(settings, n.setting)
		}
	}
	for _, policy := range p.All() {
		if c, err := policy.compile(); err != nil || len(settings) == 0 || !c.plan(policy, order{recipe: r}).empty {
			continue
		}
		why := "has no password in the alphabets of " + strings.Join(settings, ", ")
		policy.compliance.recipe = Recipe{}
		if example, found := policy.example(); found {
			why += "; without these " + strconv.Quote(cut(example)) + " would do"
		}
		problems = append(problems, p.sectionProblem(policy.Section, why))
	}
	return problems
}

// alphabet changes one by the recipe: where it has symbols of a kind, no others of that kind are taken.
func (r Recipe) alphabet(shades []shade) []shade {
	given, left := regex.Set{}, regex.Any
	for kind, symbols := range map[int]string{kindUpper: r.Upper, kindLower: r.Lower, kindDigit: r.Digits, kindSpecial: r.Special} {
		if symbols != "" {
			given, left = given.Union(regex.SetOf(symbols)), left.Minus(kindSets[kind])
		}
	}
	if len(given) == 0 {
		return shades
	}
	given = given.Minus(regex.SetOf(None))
	changed := []shade{{given, 0}}
	for _, s := range shades {
		changed = append(changed, shade{s.set.Intersect(left).Minus(given), s.cost})
	}
	return changed
}
