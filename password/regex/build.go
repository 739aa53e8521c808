package regex

import "errors"

// maxTransitions bounds the table of an automaton, of states times classes, and with it the memory.
const maxTransitions = 1_000_000

// build makes the automaton of a provable tree, or says why it does not.
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
	a = &Automaton{classes: b.classes, next: b.next, accepts: b.accepts, start: first}
	return a.minimal(), Provable
}

// builder finds all states.
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

// quotient makes one of the states with the same number, of each of which one is kept, and one of the classes that no state
// tells apart then.
func (a *Automaton) quotient(number, kept []State) *Automaton {
	merged := a.alike(number)
	t := &Automaton{classes: a.classes.merged(merged), accepts: make([]bool, len(kept)), start: number[a.start]}
	t.next = make([]State, len(kept)*len(t.classes.sets))
	for s, old := range kept {
		t.accepts[s] = a.accepts[old]
		for class, into := range merged {
			t.next[s*len(t.classes.sets)+into] = number[a.Step(old, class)]
		}
	}
	return t
}

// alike gives classes with the same steps the same number.
func (a *Automaton) alike(number []State) []int {
	merged, known := make([]int, len(a.classes.sets)), map[string]int{}
	for class := range merged {
		column := make([]byte, 0, 4*a.States())
		for s := range a.accepts {
			n := number[a.Step(State(s), class)]
			column = append(column, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
		}
		if _, found := known[string(column)]; !found {
			known[string(column)] = len(known)
		}
		merged[class] = known[string(column)]
	}
	return merged
}
