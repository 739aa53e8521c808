package generator

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"math/bits"
	"slices"
	"unicode/utf8"

	"latchkey/password"
	"latchkey/password/regex"
)

const (
	// maxStates limits the states of a language: those of its automaton times the values of its counter.
	maxStates = 400_000
	// maxSteps limits how many transitions are followed to find the lengths of a language.
	maxSteps = 6_000_000
)

// language is the set of passwords that an automaton accepts, that satisfy a counter of classes, and that are written in
// an alphabet. It does not know the account name or the limits of the length.
type language struct {
	automaton   *regex.Automaton
	counter     classCounter
	values      int // of the counter
	symbols     []symbolGroup
	transitions [][]transition // by state of the automaton; nil = not computed yet
	steps       [][]step       // the same
	reachedIn   []int32        // by state: the round in which it was last reached
	position    []int32        // by state: its index in the frontier of that round
	round       int32
	spent       int // of maxSteps
}

// symbolGroup is symbols of an alphabet that no rule distinguishes.
type symbolGroup struct {
	set   regex.Set
	size  int64
	part  int // class of the automaton
	class password.Class
	cost  int64
}

// state combines the state of the automaton with the value of the counter.
type state int

// edge is what a symbol changes: the state of the automaton and, if it is counted, the count of its class.
type edge struct {
	to    regex.State
	class password.Class
}

// transition is all symbols of the same cost that take the same edge.
type transition struct {
	edge
	cost   int64
	size   int64 // number of symbols
	bytes  int   // of the shortest symbol in UTF-8
	groups []int // indices into language.symbols
}

// step is an edge and the bytes of its shortest symbol.
type step struct {
	edge
	bytes int
}

// newLanguage returns nil if there are too many states.
func newLanguage(automaton *regex.Automaton, counter classCounter, alphabet []alphabetTier) *language {
	l := &language{automaton: automaton, counter: counter, values: counter.values()}
	states := automaton.States() * l.values
	if states > maxStates {
		return nil
	}
	l.transitions, l.steps = make([][]transition, automaton.States()), make([][]step, automaton.States())
	l.reachedIn, l.position = make([]int32, states), make([]int32, states)
	for _, tier := range alphabet {
		for class := range password.ClassOther + 1 {
			members := tier.set.Intersect(class.Set())
			if len(members) == 0 {
				continue
			}
			for part, accepted := range automaton.Classes() {
				if set := members.Intersect(accepted); len(set) > 0 {
					l.symbols = append(l.symbols, symbolGroup{set, int64(set.Size()), part, class, tier.cost})
				}
			}
		}
	}
	return l
}

func (l *language) start() state { return state(int(l.automaton.Start()) * l.values) }

func (l *language) accepts(s state) bool {
	return l.automaton.Accepts(regex.State(int(s)/l.values)) && l.counter.satisfied(int(s)%l.values)
}

// after returns the state behind an edge.
func (l *language) after(s state, by edge) state {
	return state(int(by.to)*l.values + l.counter.add(int(s)%l.values, by.class))
}

// transitionsFrom leaves out symbols after which nothing is accepted.
func (l *language) transitionsFrom(s state) []transition {
	from := regex.State(int(s) / l.values)
	if l.transitions[from] != nil {
		return l.transitions[from]
	}
	found := []transition{}
	for i, group := range l.symbols {
		to := l.automaton.Step(from, group.part)
		if to == regex.Dead {
			continue
		}
		by := edge{to, l.counter.counted(group.class)}
		at := slices.IndexFunc(found, func(t transition) bool { return t.edge == by && t.cost == group.cost })
		if at < 0 {
			at = len(found)
			found = append(found, transition{edge: by, cost: group.cost, bytes: utf8.UTFMax})
		}
		found[at].size += group.size
		found[at].bytes = min(found[at].bytes, utf8.RuneLen(group.set[0].Low))
		found[at].groups = append(found[at].groups, i)
	}
	l.transitions[from] = found
	return found
}

func (l *language) stepsFrom(s state) []step {
	from := int(s) / l.values
	if l.steps[from] != nil {
		return l.steps[from]
	}
	found := []step{}
	for _, t := range l.transitionsFrom(s) {
		at := slices.IndexFunc(found, func(s step) bool { return s.edge == t.edge })
		if at < 0 {
			at = len(found)
			found = append(found, step{t.edge, t.bytes})
		}
		found[at].bytes = min(found[at].bytes, t.bytes)
	}
	l.steps[from] = found
	return found
}

// symbol returns the n-th symbol of a transition.
func (l *language) symbol(t transition, n int64) rune {
	for _, group := range t.groups {
		if n < l.symbols[group].size {
			return l.symbols[group].set.At(int(n))
		}
		n -= l.symbols[group].size
	}
	return -1 // unreachable: n is below the size of the transition
}

// used lists the groups of symbols on all transitions computed so far.
func (l *language) used() (groups []symbolGroup) {
	used := make([]bool, len(l.symbols))
	for _, transitions := range l.transitions {
		for _, t := range transitions {
			for _, group := range t.groups {
				used[group] = true
			}
		}
	}
	for i, group := range l.symbols {
		if used[i] {
			groups = append(groups, group)
		}
	}
	return groups
}

// bitsPerSymbol is by how many bits one more symbol can extend the number of passwords.
func (l *language) bitsPerSymbol() int {
	most, sizes := int64(0), map[int64]int64{}
	for _, group := range l.symbols {
		sizes[group.cost] += group.size
		most = max(most, sizes[group.cost])
	}
	return bits.Len64(uint64(most))
}

// frontierEntry is a state that passwords of one length reach, and the bytes of the shortest of them.
type frontierEntry struct {
	state state
	bytes int
}

func (l *language) firstFrontier() []frontierEntry { return []frontierEntry{{state: l.start()}} }

// nextFrontier returns all states one symbol further, in order, that passwords of at most [password.MaxBytes] reach.
func (l *language) nextFrontier(from []frontierEntry) []frontierEntry {
	var next []frontierEntry
	l.round++
	for _, f := range from {
		steps := l.stepsFrom(f.state)
		l.spent += len(steps)
		for _, s := range steps {
			to, bytes := l.after(f.state, s.edge), f.bytes+s.bytes
			switch {
			case bytes > password.MaxBytes:
			case l.reachedIn[to] == l.round:
				known := &next[l.position[to]]
				known.bytes = min(known.bytes, bytes)
			default:
				l.reachedIn[to], l.position[to] = l.round, int32(len(next))
				next = append(next, frontierEntry{to, bytes})
			}
		}
	}
	slices.SortFunc(next, func(a, b frontierEntry) int { return cmp.Compare(a.state, b.state) })
	return next
}

// lengths yields, in order, each length from low to high that a password has. It stops if no longer one exists, and if
// finding out takes too long (see undecided).
func (l *language) lengths(low, high int) iter.Seq[int] {
	return func(yield func(int) bool) {
		frontier, rejected := l.firstFrontier(), map[[sha256.Size]byte]bool{}
		for length := 0; length <= high && len(frontier) > 0 && l.spent < maxSteps; length++ {
			switch accepted := slices.ContainsFunc(frontier, func(f frontierEntry) bool { return l.accepts(f.state) }); {
			case length < low:
			case accepted && !yield(length):
				return
			case accepted:
				clear(rejected)
			default:
				key := frontierKey(frontier)
				if rejected[key] {
					return // a cycle in which nothing is accepted
				}
				rejected[key] = true
			}
			frontier = l.nextFrontier(frontier)
		}
	}
}

// undecided reports whether the search for lengths was given up.
func (l *language) undecided() bool { return l.spent >= maxSteps }

func frontierKey(frontier []frontierEntry) [sha256.Size]byte {
	b := make([]byte, 0, 4*len(frontier))
	for _, f := range frontier {
		b = binary.LittleEndian.AppendUint32(b, uint32(f.state))
	}
	return sha256.Sum256(b)
}

// isEmpty reports whether there is no password of any length up to high. It visits each state once; lengths visits it
// once per length.
func (l *language) isEmpty(high int) bool {
	l.round++
	reached := []state{l.start()}
	l.reachedIn[reached[0]] = l.round
	for length := 0; length <= high && len(reached) > 0; length++ {
		if slices.ContainsFunc(reached, l.accepts) {
			return false
		}
		var next []state
		for _, s := range reached {
			for _, by := range l.stepsFrom(s) {
				if to := l.after(s, by.edge); l.reachedIn[to] != l.round {
					l.reachedIn[to] = l.round
					next = append(next, to)
				}
			}
		}
		reached = next
	}
	return true
}

// nearest returns the length nearest to the requested one; of two equally near ones the longer.
func (l *language) nearest(s span) (best int, found bool) {
	if l.isEmpty(s.high) {
		return 0, false
	}
	distance := func(length int) int {
		if length >= s.requested {
			return 2 * (length - s.requested)
		}
		return 2*(s.requested-length) + 1
	}
	for length := range l.lengths(s.low, s.high) {
		if !found || distance(length) < distance(best) {
			best, found = length, true
		}
		if length >= s.requested {
			break
		}
	}
	return best, found
}
