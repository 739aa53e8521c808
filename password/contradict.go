package password

import (
	"cmp"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"latchkey/password/regex"
)

// contradiction is a set of rules that no password can keep together, while any of them could be left out.
type contradiction struct {
	rules    []Value
	examples map[Rule]string // by the rule that it breaks: a password that keeps all others of the policy
	apart    bool            // the expression would match if passwords were not normalised
}

// contradictions are the rules of each policy that no password can keep together.
func (p Policies) contradictions() (found Problems) {
	for _, policy := range p.All() {
		for _, c := range policy.contradictions() {
			found = append(found, p.problem(policy.Section, c.rules[0].Rule, c.why()))
		}
	}
	return found
}

// contradictions are sets of rules, none of which shares a rule with another, without which the policy could be met. Where
// the expression is not provable, one may go unnoticed.
func (p Policy) contradictions() (found []contradiction) {
	left := p
	for left.impossible() {
		smallest := left.smallestContradiction()
		c := contradiction{rules: smallest, examples: map[Rule]string{}}
		c.apart = smallest[0].Rule == RuleAllowedRegex && p.matchesApart()
		for _, value := range smallest {
			if example, ok := p.without(value.Rule).example(); ok {
				c.examples[value.Rule] = example
			}
			left = left.without(value.Rule)
		}
		found = append(found, c)
	}
	return found
}

// smallestContradiction is the smallest set of rules that cannot be kept together, of equal ones the first in source order.
func (p Policy) smallestContradiction() []Value {
	rules := p.bounds()
	var masks []uint
	for mask := range uint(1) << len(rules) {
		masks = append(masks, mask)
	}
	slices.SortStableFunc(masks, func(a, b uint) int { return bits.OnesCount(a) - bits.OnesCount(b) })
	for _, mask := range masks {
		var chosen []Value
		only := p
		for i, value := range rules {
			if mask>>i&1 == 1 {
				chosen = append(chosen, value)
			} else {
				only = only.without(value.Rule)
			}
		}
		if only.impossible() {
			return chosen
		}
	}
	return rules // not reached: the last mask has them all
}

// bounds are the active rules that limit which passwords there are at all, whatever the account is called.
func (p Policy) bounds() []Value {
	return slices.DeleteFunc(p.Composition(), func(v Value) bool { return v.Rule == RuleUserNameForbidden })
}

// without is the policy with a rule switched off.
func (p Policy) without(rule Rule) Policy {
	d := definitions[slices.IndexFunc(definitions, func(d definition) bool { return d.rule == rule })]
	switch {
	case d.number != nil:
		*d.number(&p) = 0
	case d.text != nil:
		*d.text(&p) = ""
	}
	return p.keeping(p.compiled)
}

// keeping takes the expression over from what was compiled of a policy that differs in other rules.
func (p Policy) keeping(from *compiled) Policy {
	if from == nil || from.composition.expression != p.AllowedRegex {
		return p.prepared()
	}
	p.compiled = newCompiled(p.composition(), from.regex)
	if from.regex != nil {
		p.compiled.automaton = from.automaton
	}
	return p
}

// impossible tells that it is certain that no password keeps the rules.
func (p Policy) impossible() bool {
	span := p.span(Recipe{})
	if span.low > span.high || p.AllowedRegex == "" {
		return span.low > span.high
	}
	c, err := p.compile()
	if err != nil {
		return false // which is told as such
	}
	automaton := c.automaton()
	return automaton != nil && barren(automaton, p.tally(), thrifty(), span) &&
		(barren(automaton, p.tally(), unbounded(), span) || isApart(automaton, p.tally()))
}

// barren tells that a language certainly has no password. What is too large to be looked at has none where none is left
// without some of the minimums, or with one of them alone.
func barren(automaton *regex.Automaton, t tally, alphabet []shade, within span) bool {
	for left, some := t, true; some; left, _, some = left.lighter() {
		switch _, found, certain := left.first(automaton, alphabet, within); {
		case found:
			return left != t && t.isBeyond(automaton, alphabet, within)
		case certain:
			return true
		}
	}
	return t.isBeyond(automaton, alphabet, within)
}

// example is a password under the policy, always the same one.
func (p Policy) example() (string, bool) {
	if p.impossible() {
		return "", false
	}
	made, err := p.GenerateWith(rand.NewChaCha8([32]byte{}), "", Recipe{})
	return made.Text, err == nil
}

// why says in a sentence what contradicts what, and what would keep all rules but one of them.
func (c contradiction) why() string {
	var b strings.Builder
	first, others := c.rules[0], c.rules[1:]
	switch {
	case first.Rule == RuleAllowedRegex && c.apart:
		b.WriteString("is an expression that no password matches, since passwords are normalised (NFC): a letter and the accent behind it are one character in them")
	case first.Rule == RuleAllowedRegex:
		b.WriteString("is an expression that no password matches")
	case len(others) == 0:
		fmt.Fprintf(&b, "%s, but a password can have at most %d bytes", demand(first), MaxBytes)
	case len(others) == 1:
		fmt.Fprintf(&b, "%s, which contradicts %s: no password keeps both", demand(first), named(others[0]))
	default:
		fmt.Fprintf(&b, "%s, which contradicts %s: no password keeps all of them", demand(first), list(others))
	}
	for _, value := range c.rules {
		if example, found := c.examples[value.Rule]; found {
			fmt.Fprintf(&b, "; %s would keep all rules but %s", strconv.Quote(cut(example)), cmp.Or(value.By, string(value.Rule)))
		}
	}
	return b.String()
}

func demand(v Value) string {
	if v.Rule == RuleMaximumSymbols {
		return fmt.Sprintf("allows %d", v.N)
	}
	if v.By != "" {
		return fmt.Sprintf("is raised to %d by %s", v.N, v.By)
	}
	return fmt.Sprintf("asks for %d", v.N)
}

// named is a rule, or the setting that it comes from, with what it says.
func named(v Value) string { return fmt.Sprintf("%s (%s)", cmp.Or(v.By, string(v.Rule)), figure(v)) }

func figure(v Value) string {
	if v.Rule == RuleAllowedRegex {
		return strconv.Quote(cut(v.Text))
	}
	return strconv.Itoa(v.N)
}

// list joins all but the last with commas.
func list(values []Value) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = named(v)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
