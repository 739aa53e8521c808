package regex

// maxPairs bounds how many pairs of states are looked at to compare two automata.
const maxPairs = 200_000

// Included tells whether every text of the symbols, but the empty one, that the first automaton accepts is accepted by the
// second. It is false too where that takes too long to find out.
func Included(first, second *Automaton, symbols Set) bool {
	classes := sharedClasses(first, second, symbols)
	type pair struct{ first, second State }
	start := pair{first.start, second.start}
	seen, left := map[pair]bool{start: true}, []pair{start}
	for len(left) > 0 && len(seen) <= maxPairs {
		p := left[len(left)-1]
		left = left[:len(left)-1]
		for _, c := range classes {
			next := pair{first.Step(p.first, c.first), second.Step(p.second, c.second)}
			if first.Accepts(next.first) && !second.Accepts(next.second) {
				return false
			}
			if next.first != Dead && !seen[next] {
				seen[next], left = true, append(left, next)
			}
		}
	}
	return len(left) == 0
}

// classPair is a class of each of two automata that have a symbol in common.
type classPair struct{ first, second int }

func sharedClasses(first, second *Automaton, symbols Set) (shared []classPair) {
	for i, one := range first.Classes() {
		some := one.Intersect(symbols)
		for j, other := range second.Classes() {
			if len(some.Intersect(other)) > 0 {
				shared = append(shared, classPair{i, j})
			}
		}
	}
	return shared
}
