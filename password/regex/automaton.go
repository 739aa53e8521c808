package regex

import "errors"

// State is a state of an automaton.
type State int32

// Dead is a state from which nothing is accepted; there can be others.
const Dead State = 0

// Automaton is a deterministic finite automaton over classes of code points that the expression does not distinguish. It is
// read-only and safe for concurrent use.
type Automaton struct {
	classes *partition
	next    []State // by state, then class
	accepts []bool  // by state
	start   State
}

// Match reports whether the text is accepted, in linear time. Bytes that are not UTF-8 count as U+FFFD.
func (a *Automaton) Match(s string) bool {
	state := a.start
	for _, c := range s {
		if state = a.Step(state, a.classes.of(c)); state == Dead {
			return false
		}
	}
	return a.accepts[state]
}

// Start returns the initial state.
func (a *Automaton) Start() State { return a.start }

// States returns the number of states, including [Dead].
func (a *Automaton) States() int { return len(a.accepts) }

// Classes returns the classes of code points by number. Each code point is in exactly one.
func (a *Automaton) Classes() []Set { return a.classes.sets }

// Step returns the state after a code point of a class.
func (a *Automaton) Step(s State, class int) State {
	return a.next[int(s)*len(a.classes.sets)+class]
}

// Accepts reports whether a text that ends in the state is accepted.
func (a *Automaton) Accepts(s State) bool { return a.accepts[s] }

// Everything returns the automaton that accepts every text.
func Everything() *Automaton {
	return &Automaton{classes: newPartition([]Set{Any}), next: []State{Dead, 1}, accepts: []bool{false, true}, start: 1}
}

// maxTransitions limits the table of an automaton: states times classes.
const maxTransitions = 1_000_000

// build makes the automaton of a provable tree, or returns why it cannot.
func build(tree *node) (a *Automaton, why Reason) {
	defer func() {
		if r := recover(); r != nil {
			if err, ok := r.(error); !ok || !errors.Is(err, errTooLarge) {
				panic(r)
			}
			a, why = nil, TooLarge
		}
	}()
	p, start := programOf(tree)
	classes := newPartition(p.sets)
	b := &builder{derivation: newDerivation(p, classes), classes: classes, states: map[formula]State{}}
	b.state(never) // Dead
	first := b.state(b.closure(start, atBeginning))
	b.explore()
	return &Automaton{classes: b.classes, next: b.next, accepts: b.accepts, start: first}, Provable
}

// builder enumerates the states.
type builder struct {
	*derivation
	classes  *partition
	states   map[formula]State
	formulas []formula // by state
	next     []State
	accepts  []bool
}

func (b *builder) state(f formula) State {
	found, known := b.states[f]
	if !known {
		found = State(len(b.formulas))
		b.states[f] = found
		b.formulas, b.accepts = append(b.formulas, f), append(b.accepts, b.ended(f))
	}
	return found
}

func (b *builder) explore() {
	carriageReturn := b.classes.of('\r')
	for s := 0; s < len(b.formulas); s++ {
		if (s+1)*len(b.classes.sets) > maxTransitions {
			panic(errTooLarge)
		}
		for class := range b.classes.sets {
			after := afterOther
			if class == carriageReturn {
				after = afterReturn
			}
			b.next = append(b.next, b.state(b.derive(b.formulas[s], class, after)))
		}
	}
}
