package regex

// derivation makes formulas about what may follow. Their variables are the steps that read a code point, by their place,
// and, above all of these, the end.
type derivation struct {
	*diagram
	program *program
	holds   [][]bool // by class and set: whether the class is part of the set
	end     int32

	derived map[derivative]formula
	closed  map[place]formula     // what is known for good
	within  map[place]provisional // what is known as long as those that it hangs on are still being looked at
	walking map[int]int           // how many are being looked at above each that is
}

// place is a step and what is known of the code point before it.
type place struct {
	step  int
	after context
}

type context int8

const (
	atBeginning context = iota
	afterReturn         // a carriage return, in whose line break nothing ends
	afterOther
)

// derivative is a formula and what is read.
type derivative struct {
	formula formula
	class   int
}

// provisional is a formula that hangs on the step being looked at at a depth.
type provisional struct {
	formula formula
	depth   int
}

// free is the depth of what hangs on nothing.
const free = int(^uint(0) >> 1)

func newDerivation(p *program, classes *partition) *derivation {
	return &derivation{
		diagram: newDiagram(), program: p, holds: membership(p.sets, classes), end: int32(len(p.steps)),
		derived: map[derivative]formula{}, closed: map[place]formula{}, within: map[place]provisional{}, walking: map[int]int{},
	}
}

func membership(sets []Set, classes *partition) [][]bool {
	holds := make([][]bool, len(classes.sets))
	for class, members := range classes.sets {
		holds[class] = make([]bool, len(sets))
		for i, set := range sets {
			holds[class][i] = set.Contains(members[0].Low)
		}
	}
	return holds
}

// closure is what must follow for a match from a step on.
func (d *derivation) closure(step int, after context) formula {
	f, _ := d.visit(place{step, after}, 0)
	return f
}

// visit also returns the depth of the highest step that the formula hangs on: one that is being looked at, which a loop
// has led back to without reading anything. Going round it again adds nothing, so that it counts as never; what was found
// out on the way is known only until that step is done with.
func (d *derivation) visit(at place, depth int) (formula, int) {
	if f, known := d.closed[at]; known {
		return f, free
	}
	if p, known := d.within[at]; known {
		return p.formula, p.depth
	}
	if above, looping := d.walking[at.step]; looping {
		return never, above
	}
	d.spend()
	d.walking[at.step] = depth
	f, hangsOn := d.follow(at, depth+1)
	delete(d.walking, at.step)
	if hangsOn >= depth {
		d.settle(depth)
		d.closed[at] = f
		return f, free
	}
	d.within[at] = provisional{f, hangsOn}
	return f, hangsOn
}

// settle forgets what hung on the step at a depth.
func (d *derivation) settle(depth int) {
	for at, p := range d.within {
		if p.depth >= depth {
			delete(d.within, at)
		}
	}
}

func (d *derivation) follow(at place, depth int) (formula, int) {
	step := d.program.steps[at.step]
	switch step.op {
	case opDone:
		return always, free
	case opRune:
		return d.node(int32(at.step), never, always), free
	case opStart:
		return d.when(at.after == atBeginning, step.next, at.after, depth)
	case opNotBreak:
		return d.when(at.after != afterReturn, step.next, at.after, depth)
	}
	next, hangsOn := d.visit(place{step.next, at.after}, depth)
	if step.op == opEnd {
		return d.and(d.node(d.end, never, always), next), hangsOn
	}
	other, otherHangsOn := d.visit(place{step.other, at.after}, depth)
	return d.both(step.op, next, other), min(hangsOn, otherHangsOn)
}

func (d *derivation) when(holds bool, next int, after context, depth int) (formula, int) {
	if !holds {
		return never, free
	}
	return d.visit(place{next, after}, depth)
}

func (d *derivation) both(op operation, next, other formula) formula {
	switch op {
	case opLook:
		return d.and(next, other)
	case opNotLook:
		return d.and(next, d.not(other))
	}
	return d.or(next, other)
}

// derive is what must follow once a code point of the class was read (J. A. Brzozowski, "Derivatives of regular
// expressions", 1964): each step that reads it is replaced by what follows that step.
func (d *derivation) derive(f formula, class int, after context) formula {
	if f <= always {
		return f
	}
	key := derivative{f, class}
	if found, known := d.derived[key]; known {
		return found
	}
	d.spend()
	n := d.nodes[f]
	condition := never
	if n.variable != d.end && d.holds[class][d.program.steps[n.variable].set] {
		condition = d.closure(d.program.steps[n.variable].next, after)
	}
	made := d.choose(condition, d.derive(n.high, class, after), d.derive(n.low, class, after))
	if len(d.derived) >= maxCached {
		clear(d.derived)
	}
	d.derived[key] = made
	return made
}

// ended tells whether a text may end here: the end is there, and nothing that would have to be read.
func (d *derivation) ended(f formula) bool {
	for f > always {
		if n := d.nodes[f]; n.variable == d.end {
			f = n.high
		} else {
			f = n.low
		}
	}
	return f == always
}
