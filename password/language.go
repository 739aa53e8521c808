package password

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"slices"
	"unicode/utf8"

	"latchkey/password/regex"
)

// maxLength is a length that no password has.
const maxLength = 1 << 31

const (
	// maxCells bounds the states of a language: those of its automaton times those of its tally.
	maxCells = 200_000
	// maxSteps bounds how many of them are gone through to find out how long its passwords are.
	maxSteps = 20_000_000
)

// language is the set of passwords that keep the rules of composition, but for their length and the account name: those
// that an automaton accepts and with which a tally is content, written in an alphabet.
type language struct {
	automaton *regex.Automaton
	tally     tally
	values    int
	weights   weights
	symbols   []symbols
	moves     [][]move // by state of the automaton; nil = not needed yet
	seen      []int    // in which step a cell was last reached
	place     []int    // and where among those reached it stands
	step      int
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

// reach is a cell that passwords come to, the shortest of them in so many bytes.
type reach struct {
	cell  cell
	bytes int
}

// weights are for how many symbols one of each kind counts.
type weights [allKinds]int64

// move is a way on from a state: by any of so many symbols.
type move struct {
	to     regex.State
	kind   int
	cost   int64
	size   int64 // with each symbol's weight
	bytes  int   // of the shortest of them in UTF-8
	choice []int // of language.symbols
}

// newLanguage returns nil when there are too many cells to be looked at.
func newLanguage(automaton *regex.Automaton, tally tally, alphabet []shade) *language {
	l := &language{automaton: automaton, tally: tally, values: tally.values(), weights: weights{1, 1, 1, 1, 1}}
	if automaton.States()*l.values > maxCells {
		return nil
	}
	l.moves = make([][]move, automaton.States())
	l.seen, l.place = make([]int, automaton.States()*l.values), make([]int, automaton.States()*l.values)
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

func (l *language) start() cell { return cell(int(l.automaton.Start()) * l.values) }

func (l *language) accepts(c cell) bool {
	return l.automaton.Accepts(regex.State(int(c)/l.values)) && l.tally.content(int(c)%l.values)
}

// written are the symbols of all moves from the cells that were reached.
func (l *language) written() regex.Set {
	used := make([]bool, len(l.symbols))
	for _, moves := range l.moves {
		for _, m := range moves {
			for _, choice := range m.choice {
				used[choice] = true
			}
		}
	}
	var ranges []regex.Range
	for i, s := range l.symbols {
		if used[i] {
			ranges = append(ranges, s.set...)
		}
	}
	return regex.NewSet(ranges...)
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
		at := slices.IndexFunc(moves, func(m move) bool { return m.to == to && m.kind == s.kind && m.cost == s.cost })
		if at < 0 {
			at = len(moves)
			moves = append(moves, move{to: to, kind: s.kind, cost: s.cost, bytes: utf8.UTFMax})
		}
		moves[at].size += s.size * l.weights[s.kind]
		moves[at].bytes = min(moves[at].bytes, utf8.RuneLen(s.set[0].Low))
		moves[at].choice = append(moves[at].choice, i)
	}
	return moves
}

// after is the cell that a move leads to.
func (l *language) after(c cell, m move) cell {
	return cell(int(m.to)*l.values + l.tally.with(int(c)%l.values, m.kind))
}

// origin is where all passwords begin.
func (l *language) origin() []reach { return []reach{{cell: l.start()}} }

// onward is all cells one symbol on from some, in order, as far as they can be reached within [MaxBytes].
func (l *language) onward(from []reach) []reach {
	var to []reach
	l.step++
	for _, r := range from {
		ways := l.ways(r.cell)
		l.spent += len(ways)
		for _, m := range ways {
			to = l.arrive(to, reach{l.after(r.cell, m), r.bytes + m.bytes})
		}
	}
	slices.SortFunc(to, func(a, b reach) int { return cmp.Compare(a.cell, b.cell) })
	return to
}

// arrive adds a cell, or notes a shorter way to it.
func (l *language) arrive(to []reach, r reach) []reach {
	switch {
	case r.bytes > MaxBytes:
		return to
	case l.seen[r.cell] == l.step:
		known := &to[l.place[r.cell]]
		known.bytes = min(known.bytes, r.bytes)
		return to
	}
	l.seen[r.cell], l.place[r.cell] = l.step, len(to)
	return append(to, r)
}

// lengths yields, in order, each length from low to high of which there is a password. It ends where no longer one can
// follow, and, undecided, where that takes too long to find out.
func (l *language) lengths(low, high int) iter.Seq[int] {
	return func(yield func(int) bool) {
		reached, barren := l.origin(), map[[sha256.Size]byte]bool{}
		for length := 0; length <= high && len(reached) > 0 && l.spent < maxSteps; length++ {
			switch good := slices.ContainsFunc(reached, func(r reach) bool { return l.accepts(r.cell) }); {
			case length < low:
			case good && !yield(length):
				return
			case good:
				clear(barren)
			default:
				key := cellsKey(reached)
				if barren[key] {
					return // since these cells were last reached nothing was accepted, and so it will go on
				}
				barren[key] = true
			}
			reached = l.onward(reached)
		}
	}
}

// undecided tells that looking for lengths was given up.
func (l *language) undecided() bool { return l.spent >= maxSteps }

func cellsKey(reached []reach) [sha256.Size]byte {
	b := make([]byte, 0, 4*len(reached))
	for _, r := range reached {
		b = binary.LittleEndian.AppendUint32(b, uint32(r.cell))
	}
	return sha256.Sum256(b)
}

// nearest is the length nearest to the one wanted; of two equally near ones the longer.
func (l *language) nearest(wanted, low, high int) (int, bool) {
	best, found := 0, false
	for length := range l.lengths(low, high) {
		if !found || distance(length, wanted) < distance(best, wanted) {
			best, found = length, true
		}
		if length >= wanted {
			break
		}
	}
	return best, found
}

// distance orders the longer of two lengths that are equally far before the shorter.
func distance(length, wanted int) int {
	if length >= wanted {
		return 2 * (length - wanted)
	}
	return 2*(wanted-length) + 1
}
