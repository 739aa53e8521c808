package regex

// State is a state of an automaton.
type State int32

// Dead is the state from which nothing is accepted any more.
const Dead State = 0

// Automaton is a deterministic finite automaton over classes of code points that no part of the expression tells apart.
// It is read only, so that several goroutines may use it at once.
type Automaton struct {
	classes *partition
	next    []State // by state, then class
	accepts []bool  // by state
	start   State
}

// Match reports whether the text is accepted, in time proportional to its length. Bytes that are not UTF-8 count as U+FFFD.
func (a *Automaton) Match(s string) bool {
	state := a.start
	for _, c := range s {
		if state = a.Step(state, a.classes.of(c)); state == Dead {
			return false
		}
	}
	return a.accepts[state]
}

// Start is the state before the first code point.
func (a *Automaton) Start() State { return a.start }

// States is how many states there are, [Dead] included.
func (a *Automaton) States() int { return len(a.accepts) }

// Classes are the classes of code points, each by its number. Together they hold every code point once.
func (a *Automaton) Classes() []Set { return a.classes.sets }

// Step is the state after a code point of a class.
func (a *Automaton) Step(s State, class int) State {
	return a.next[int(s)*len(a.classes.sets)+class]
}

// Accepts tells whether a text that ends in the state is accepted.
func (a *Automaton) Accepts(s State) bool { return a.accepts[s] }

// Everything is the automaton that accepts every text.
func Everything() *Automaton {
	return &Automaton{classes: newPartition([]Set{Any}), next: []State{Dead, 1}, accepts: []bool{false, true}, start: 1}
}
