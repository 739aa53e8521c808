package password

import (
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"latchkey/password/regex"
)

// maxJoints bounds how many pairs of neighbours are looked at.
const maxJoints = 200_000

// composer looks for a password that normalisation leaves as it is: it joins a letter and the accent behind it into one
// character (NFC; Unicode Standard Annex 15), so that nobody can have a password in which the two stand apart.
type composer struct {
	*language
	joining []regex.Set // by place in language.symbols: those that may be joined to a neighbour
	others  []bool      // whether there are some that are not
	seen    map[joint]bool
	left    int // of the pairs that may be looked at
}

// joint is a cell, and the symbol that led to it where the next may be joined to that; 0 = it may not.
type joint struct {
	cell cell
	last rune
}

// matchesApart tells that the expression matches something, though no password.
func (p Policy) matchesApart() bool {
	alone := Policy{AllowedRegex: p.AllowedRegex}.keeping(p.compiled)
	c, err := alone.compile()
	if err != nil || c.automaton() == nil {
		return false
	}
	return isApart(c.automaton(), tally{}) && !barren(c.automaton(), tally{}, unbounded(), alone.span(Recipe{}))
}

// isApart tells that it is certain that normalisation changes whatever an automaton accepts and a tally is content with.
func isApart(automaton *regex.Automaton, t tally) bool {
	l := newLanguage(automaton, t, unbounded())
	return l != nil && l.isApart(maxJoints)
}

func (l *language) isApart(joints int) bool {
	c := &composer{language: l, seen: map[joint]bool{}, left: joints}
	for _, s := range l.symbols {
		apart := s.set.Intersect(joinable())
		c.joining, c.others = append(c.joining, apart), append(c.others, apart.Size() < s.set.Size())
	}
	for open := c.visit(nil, joint{cell: l.start()}); len(open) > 0; {
		at := open[len(open)-1]
		if l.accepts(at.cell) || c.left < 0 {
			return false
		}
		open = c.onward(open[:len(open)-1], at)
	}
	return c.left >= 0
}

// visit adds what was not seen before to what has to be looked at.
func (c *composer) visit(open []joint, to joint) []joint {
	if c.seen[to] {
		return open
	}
	c.seen[to] = true
	return append(open, to)
}

func (c *composer) onward(open []joint, from joint) []joint {
	for _, m := range c.ways(from.cell) {
		to := c.after(from.cell, m.lead)
		for _, choice := range m.choice {
			if c.others[choice] {
				open = c.visit(open, joint{cell: to})
			}
			open = c.joined(open, from.last, to, c.joining[choice])
		}
	}
	return open
}

// joined adds the symbols that stay apart from the last one.
func (c *composer) joined(open []joint, last rune, to cell, symbols regex.Set) []joint {
	c.left -= symbols.Size()
	if c.left < 0 {
		return open
	}
	for symbol := range symbols.Runes() {
		pair := []rune{last, symbol}
		if last == 0 {
			pair = pair[1:]
		}
		if norm.NFC.IsNormalString(string(pair)) {
			open = c.visit(open, joint{to, symbol})
		}
	}
	return open
}

// joinable holds what normalisation may join to a neighbour: whatever is not [everything], and what stands before it.
var joinable = sync.OnceValue(func() regex.Set {
	var before strings.Builder
	for c := range assigned.Runes() {
		if parts := []rune(norm.NFD.String(string(c))); len(parts) > 1 {
			before.WriteString(norm.NFC.String(string(parts[:len(parts)-1])))
		}
	}
	return assigned.Minus(everything()).Union(regex.SetOf(before.String()))
})
