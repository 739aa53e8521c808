package regex

// minimal is the smallest automaton that accepts the same: states from which the same is accepted become one, as do classes
// that no state tells apart then. What nothing is accepted from becomes [Dead].
func (a *Automaton) minimal() *Automaton {
	r := newRefinement(a)
	for len(r.waiting) > 0 {
		r.refine()
	}
	return a.quotient(r.numbered())
}

// refinement divides states into blocks until no two of a block differ in what is accepted from them (Hopcroft 1971, "An
// n log n algorithm for minimizing states in a finite automaton").
type refinement struct {
	automaton *Automaton
	before    []predecessors // by class
	states    []State        // those of a block stand side by side, marked ones first
	place     []int          // by state: where it stands
	blocks    []block
	of        []int // by state: its block
	waiting   []int // blocks by which others are still to be divided
}

// block is a part of the states.
type block struct {
	first, end int
	marked     int // how many
}

// predecessors are the states from which a class leads to each state.
type predecessors struct {
	first  []int32 // by state: where its own begin
	states []State
}

func newRefinement(a *Automaton) *refinement {
	r := &refinement{automaton: a, states: make([]State, a.States()), place: make([]int, a.States()), of: make([]int, a.States())}
	for class := range a.classes.sets {
		r.before = append(r.before, a.predecessors(class))
	}
	for s := range r.states {
		r.states[s], r.place[s] = State(s), s
	}
	r.blocks, r.waiting = []block{{end: a.States()}}, []int{0}
	for s, accepts := range a.accepts {
		if accepts {
			r.mark(State(s), nil)
		}
	}
	r.divide(0)
	return r
}

// predecessors sorts the states by where a class leads.
func (a *Automaton) predecessors(class int) predecessors {
	p := predecessors{first: make([]int32, a.States()+1), states: make([]State, a.States())}
	for s := range a.accepts {
		p.first[a.Step(State(s), class)+1]++
	}
	for s := range a.accepts {
		p.first[s+1] += p.first[s]
	}
	filled := make([]int32, a.States())
	for s := range a.accepts {
		to := a.Step(State(s), class)
		p.states[p.first[to]+filled[to]] = State(s)
		filled[to]++
	}
	return p
}

// refine divides all blocks by which class leads into one of them.
func (r *refinement) refine() {
	by := r.waiting[len(r.waiting)-1]
	r.waiting = r.waiting[:len(r.waiting)-1]
	into := append([]State(nil), r.states[r.blocks[by].first:r.blocks[by].end]...) // it may be divided itself meanwhile
	for _, before := range r.before {
		var touched []int
		for _, s := range into {
			for _, from := range before.states[before.first[s]:before.first[s+1]] {
				touched = r.mark(from, touched)
			}
		}
		for _, b := range touched {
			r.divide(b)
		}
	}
}

// mark moves a state that is not marked to the marked ones of its block, which is added to those touched with its first one.
func (r *refinement) mark(s State, touched []int) []int {
	b := &r.blocks[r.of[s]]
	if b.marked == 0 {
		touched = append(touched, r.of[s])
	}
	at, to := r.place[s], b.first+b.marked
	other := r.states[to]
	r.states[at], r.states[to] = other, s
	r.place[other], r.place[s] = at, to
	b.marked++
	return touched
}

// divide makes a block of its own of the marked states, unless all are or none is.
func (r *refinement) divide(number int) {
	b := &r.blocks[number]
	cut := b.first + b.marked
	b.marked = 0
	if cut == b.first || cut == b.end {
		return
	}
	made := len(r.blocks)
	part := block{first: b.first, end: cut} // of the two the smaller one
	if b.end-cut < cut-b.first {
		part = block{first: cut, end: b.end}
		b.end = cut
	} else {
		b.first = cut
	}
	for _, s := range r.states[part.first:part.end] {
		r.of[s] = made
	}
	r.blocks = append(r.blocks, part)
	r.waiting = append(r.waiting, made) // the smaller part will do, and the larger one waits if it did before
}

// numbered gives blocks numbers, that of [Dead] the first and the others in the order of their first states.
func (r *refinement) numbered() (number, kept []State) {
	named := make([]State, len(r.blocks))
	number, kept = make([]State, len(r.of)), []State{Dead}
	for s, b := range r.of {
		if b != r.of[Dead] && named[b] == Dead {
			named[b] = State(len(kept))
			kept = append(kept, State(s))
		}
		number[s] = named[b]
	}
	return number, kept
}
