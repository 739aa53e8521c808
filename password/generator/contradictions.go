package generator

import (
	"cmp"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"latchkey/password"
	"latchkey/password/regex"
)

// Contradictions reports, for each policy, the rules that no password can keep together. If there are none, it reports the
// policies that have no password in the alphabets that the settings prescribe. It proves what it reports; if a proof takes
// too many states, or the expression is not provable, a contradiction can go unnoticed.
func Contradictions(policies password.Policies) (problems password.Problems) {
	for _, policy := range policies.All() {
		for _, c := range contradictionsOf(policy) {
			problems = append(problems, policies.Problem(policy.Section, c.rules[0].Rule, c.why()))
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return checkAlphabets(policies)
}

// checkAlphabets reports the policies that provably have no password in the alphabets of the settings.
func checkAlphabets(policies password.Policies) (problems password.Problems) {
	for _, policy := range policies.All() {
		o := policy.GeneratorOptions()
		settings := o.Settings()
		compiled, err := policy.Compiled()
		if err != nil || len(settings) == 0 || !planFor(compiled, planKey{options: o}).empty {
			continue
		}
		why := "has no password in the alphabets of " + strings.Join(settings, ", ")
		if example, found := exampleOf(policy.WithGeneratorOptions(password.GeneratorOptions{})); found {
			why += "; without these " + strconv.Quote(password.Shorten(example)) + " would do"
		}
		problems = append(problems, policies.Problem(policy.Section, "", why))
	}
	return problems
}

// contradiction is a smallest set of rules that no password can keep together.
type contradiction struct {
	rules    []password.Value
	examples map[password.Rule]string // by rule: a password that keeps all other rules of the policy
}

// contradictionsOf returns sets of rules without a common rule. Without them the policy could be met.
func contradictionsOf(p password.Policy) (found []contradiction) {
	left := p
	for impossible(left) {
		c := contradiction{rules: smallestContradiction(left), examples: map[password.Rule]string{}}
		for _, value := range c.rules {
			if example, ok := exampleOf(p.Without(value.Rule)); ok {
				c.examples[value.Rule] = example
			}
			left = left.Without(value.Rule)
		}
		found = append(found, c)
	}
	return found
}

// smallestContradiction returns the smallest set of rules that cannot be kept together; of equal ones the first in the order of
// the rules.
func smallestContradiction(p password.Policy) []password.Value {
	rules := slices.DeleteFunc(p.Composition(), func(v password.Value) bool { return v.Rule == password.RuleUserNameForbidden })
	var masks []uint
	for mask := range uint(1) << len(rules) {
		masks = append(masks, mask)
	}
	slices.SortStableFunc(masks, func(a, b uint) int { return bits.OnesCount(a) - bits.OnesCount(b) })
	for _, mask := range masks {
		var chosen []password.Value
		only := p
		for i, value := range rules {
			if mask>>i&1 == 1 {
				chosen = append(chosen, value)
			} else {
				only = only.Without(value.Rule)
			}
		}
		if impossible(only) {
			return chosen
		}
	}
	return rules // unreachable: the last mask has all rules
}

// impossible reports whether it is proved that no password keeps the rules.
func impossible(p password.Policy) bool {
	s := spanOf(p, password.GeneratorOptions{})
	if s.low > s.high || p.AllowedRegex == "" {
		return s.low > s.high
	}
	s.requested = s.low
	automaton, _ := automatonOf(p)
	counter := newClassCounter(p)
	return automaton != nil && provablyEmpty(automaton, counter, readableFirst(), s) && provablyEmpty(automaton, counter, allOfUnicode(), s)
}

// provablyEmpty looks at all minimums together and, if that takes too many states, at each of them.
func provablyEmpty(automaton *regex.Automaton, counter classCounter, alphabet []alphabetTier, s span) bool {
	for i, c := range append([]classCounter{counter}, counter.singles()...) {
		l := newLanguage(automaton, c, alphabet)
		if l == nil {
			continue
		}
		switch _, found := l.nearest(s); {
		case found && i == 0:
			return false
		case !found && !l.undecided():
			return true
		}
	}
	return false
}

// exampleOf returns a password under the policy, always the same one.
func exampleOf(p password.Policy) (string, bool) {
	if impossible(p) {
		return "", false
	}
	made, err := Generate(p, password.GeneratorOptions{}, "", rand.NewChaCha8([32]byte{}))
	return made.Text, err == nil
}

// why says what contradicts what, and which passwords would keep all rules but one.
func (c contradiction) why() string {
	var b strings.Builder
	first, others := c.rules[0], c.rules[1:]
	switch {
	case first.Rule == password.RuleAllowedRegex:
		b.WriteString("is an expression that no password matches")
	case len(others) == 0:
		fmt.Fprintf(&b, "%s, but a password can have at most %d bytes", demand(first), password.MaxBytes)
	case len(others) == 1:
		fmt.Fprintf(&b, "%s, which contradicts %s: no password keeps both", demand(first), describe(others[0]))
	default:
		fmt.Fprintf(&b, "%s, which contradicts %s: no password keeps all of them", demand(first), list(others))
	}
	for _, value := range c.rules {
		if example, found := c.examples[value.Rule]; found {
			fmt.Fprintf(&b, "; %s would keep all rules but %s", strconv.Quote(password.Shorten(example)), cmp.Or(value.By, string(value.Rule)))
		}
	}
	return b.String()
}

func demand(v password.Value) string {
	if v.Rule == password.RuleMaximumSymbols {
		return fmt.Sprintf("allows %d", v.N)
	}
	if v.By != "" {
		return fmt.Sprintf("is raised to %d by %s", v.N, v.By)
	}
	return fmt.Sprintf("asks for %d", v.N)
}

// describe returns a rule, or the setting that it comes from, with its value.
func describe(v password.Value) string {
	shown := strconv.Itoa(v.N)
	if v.Rule == password.RuleAllowedRegex {
		shown = strconv.Quote(password.Shorten(v.Text))
	}
	return fmt.Sprintf("%s (%s)", cmp.Or(v.By, string(v.Rule)), shown)
}

func list(values []password.Value) string {
	described := make([]string, len(values))
	for i, v := range values {
		described[i] = describe(v)
	}
	last := len(described) - 1
	return strings.Join(described[:last], ", ") + " and " + described[last]
}
