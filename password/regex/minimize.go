package regex

// minimized returns the smallest equivalent automaton (Hopcroft 1971, "An n log n algorithm for minimizing states in a finite
// automaton"). States from which nothing is accepted become [Dead].
func (a *Automaton) minimized() *Automaton {
	r := newRefinement(a)
	for len(r.waiting) > 0 {
		r.refine()
	}
	return a.quotient(r.numbered())
}

// refinement splits states into blocks until all states of a block accept the same.
type refinement struct {
	automaton *Automaton
	before    []predecessors // by class
	states    []State        // grouped by block, marked ones first
	place     []int          // by state: its index in states
	blocks    []block
	of        []int // by state: its block
	waiting   []int // blocks that others are still to be split by
}

// block is a range of refinement.states.
type block struct {
	first, end int
	marked     int // number of marked states
}

// predecessors lists, for each state, the states from which a class leads there.
type predecessors struct {
	first  []int32 // by state: index of its first predecessor
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
	r.split(0)
	return r
}

// predecessors groups the states by where a class leads (counting sort).
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

// refine splits all blocks by the classes that lead into one waiting block.
func (r *refinement) refine() {
	by := r.waiting[len(r.waiting)-1]
	r.waiting = r.waiting[:len(r.waiting)-1]
	into := append([]State(nil), r.states[r.blocks[by].first:r.blocks[by].end]...) // a copy, because it can be split itself
	for _, before := range r.before {
		var touched []int
		for _, s := range into {
			for _, from := range before.states[before.first[s]:before.first[s+1]] {
				touched = r.mark(from, touched)
			}
		}
		for _, b := range touched {
			r.split(b)
		}
	}
}

// mark moves a state to the marked ones of its block, and adds the block to touched if it is the first.
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

// split makes the marked states a block of their own, unless all or none are marked.
func (r *refinement) split(number int) {
	b := &r.blocks[number]
	cut := b.first + b.marked
	b.marked = 0
	if cut == b.first || cut == b.end {
		return
	}
	made := len(r.blocks)
	part := block{first: b.first, end: cut} // the smaller one of the two
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
	r.waiting = append(r.waiting, made) // the smaller part suffices
}

// numbered numbers the blocks: first that of [Dead], then in the order of their first states.
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
