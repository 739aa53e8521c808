package password

import (
	"math"
	"math/bits"
	"slices"
	"unicode/utf8"

	"latchkey/password/regex"
)

// maxLength is a length that no password has.
const maxLength = 1 << 31

// maxCells bounds the states of a language: those of its automaton times those of its tally.
const maxCells = 400_000

// language is the set of passwords that keep the rules of composition, but for their length and the account name: those
// that an automaton accepts and with which a tally is content, written in an alphabet.
type language struct {
	automaton *regex.Automaton
	tally     tally
	values    int
	weights   weights
	symbols   []symbols
	moves     [][]move   // by state of the automaton; nil = not needed yet
	strides   [][]stride // so too
	seen      []int32    // in which step a cell was last reached
	place     []int32    // and where among those reached it stands
	step      int32
	spent     int // of maxSteps
}

// symbols are those of an alphabet that no rule tells apart.
type symbols struct {
	set   regex.Set
	size  int64
	class int // of the automaton
	kind  int
	cost  int64
}

// cell is how far a password has come: the state of the automaton and that of the tally.
type cell int

// weights are for how many symbols one of each kind counts.
type weights [allKinds]int64

// lead is where a state leads to by symbols of a kind; those that the tally does not count are one kind.
type lead struct {
	to   regex.State
	kind int
}

// move is a way on from a state: by any of so many symbols.
type move struct {
	lead
	cost   int64
	weight int64 // of each
	size   int64 // of all
	bytes  int   // of the shortest of them in UTF-8
	choice []int // of language.symbols
}

// newLanguage returns nil when there are too many cells to be looked at.
func newLanguage(automaton *regex.Automaton, tally tally, alphabet []shade) *language {
	l := &language{automaton: automaton, tally: tally, values: tally.values(), weights: weights{1, 1, 1, 1, 1}}
	if automaton.States()*l.values > maxCells {
		return nil
	}
	l.moves, l.strides = make([][]move, automaton.States()), make([][]stride, automaton.States())
	l.seen, l.place = make([]int32, automaton.States()*l.values), make([]int32, automaton.States()*l.values)
	for _, shade := range alphabet {
		for kind, members := range kindSets {
			l.divide(shade.set.Intersect(members), kind, shade.cost)
		}
	}
	return l
}

// divide adds a part of the alphabet by the classes of the automaton.
func (l *language) divide(part regex.Set, kind int, cost int64) {
	if len(part) == 0 {
		return
	}
	for class, members := range l.automaton.Classes() {
		if set := part.Intersect(members); len(set) > 0 {
			l.symbols = append(l.symbols, symbols{set, int64(set.Size()), class, kind, cost})
		}
	}
}

// weighted gives the symbols other weights. What was counted before is void.
func (l *language) weighted(w weights) *language {
	l.weights = w
	clear(l.moves)
	return l
}

// width is how many bits a symbol adds to how many passwords there are, at most.
func (l *language) width() int {
	most, sizes := int64(0), map[int64]int64{}
	for _, s := range l.symbols {
		sizes[s.cost] += s.size * l.weights[s.kind]
		most = max(most, sizes[s.cost])
	}
	return bits.Len64(uint64(most))
}

func (l *language) start() cell { return cell(int(l.automaton.Start()) * l.values) }

func (l *language) accepts(c cell) bool {
	return l.automaton.Accepts(regex.State(int(c)/l.values)) && l.tally.content(int(c)%l.values)
}

// written are the symbols of all moves from the cells that were reached.
func (l *language) written() regex.Set {
	var ranges []regex.Range
	for i, used := range l.used() {
		if used {
			ranges = append(ranges, l.symbols[i].set...)
		}
	}
	return regex.NewSet(ranges...)
}

// used tells of each of the symbols whether a move is made by it.
func (l *language) used() []bool {
	used := make([]bool, len(l.symbols))
	for _, moves := range l.moves {
		for _, m := range moves {
			for _, choice := range m.choice {
				used[choice] = true
			}
		}
	}
	return used
}

// cheapen lets the cheapest symbols that are used of each of some kinds cost nothing, and their others so much less.
func (l *language) cheapen(kinds [kindOther]bool) {
	least := [allKinds]int64{}
	for kind, chosen := range kinds {
		if chosen {
			least[kind] = math.MaxInt64
		}
	}
	for i, used := range l.used() {
		if s := l.symbols[i]; used {
			least[s.kind] = min(least[s.kind], s.cost)
		}
	}
	for i, s := range l.symbols {
		l.symbols[i].cost = max(0, s.cost-least[s.kind])
	}
	clear(l.moves)
}

// ways are the moves from a cell; those that lead nowhere are left out.
func (l *language) ways(c cell) []move {
	state := int(c) / l.values
	if l.moves[state] == nil {
		l.moves[state] = l.waysOf(regex.State(state))
	}
	return l.moves[state]
}

func (l *language) waysOf(state regex.State) []move {
	moves := []move{}
	for i, s := range l.symbols {
		to := l.automaton.Step(state, s.class)
		if to == regex.Dead {
			continue
		}
		next := move{lead: lead{to, l.tally.counted(s.kind)}, cost: s.cost, weight: l.weights[s.kind], bytes: utf8.UTFMax}
		at := slices.IndexFunc(moves, func(m move) bool { return m.lead == next.lead && m.cost == next.cost && m.weight == next.weight })
		if at < 0 {
			at = len(moves)
			moves = append(moves, next)
		}
		moves[at].size += s.size * next.weight
		moves[at].bytes = min(moves[at].bytes, utf8.RuneLen(s.set[0].Low))
		moves[at].choice = append(moves[at].choice, i)
	}
	return moves
}

// after is the cell that a move leads to.
func (l *language) after(c cell, by lead) cell {
	return cell(int(by.to)*l.values + l.tally.with(int(c)%l.values, by.kind))
}

// symbol is the n-th of those that a move may be made by, as often as each counts.
func (l *language) symbol(m move, n int64) rune {
	n /= m.weight
	for _, choice := range m.choice {
		if n < l.symbols[choice].size {
			return l.symbols[choice].set.At(int(n))
		}
		n -= l.symbols[choice].size
	}
	return -1
}
