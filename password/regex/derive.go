package regex

// derivation makes formulas about what can follow. Their variables are the steps that read a code point, by index, and the
// end, which has the highest number.
type derivation struct {
	*diagram
	program *program
	holds   [][]bool // by class and set: whether the set contains the class
	end     int32

	derived  map[derivative]formula
	final    map[place]formula     // final results
	pending  map[place]provisional // results that depend on steps that are still being visited
	visiting map[int]int           // the depth of each step that is being visited
}

// place is a step and the context before it.
type place struct {
	step  int
	after context
}

type context int8

const (
	atBeginning context = iota
	afterReturn         // a carriage return: $ does not match between it and a line feed
	afterOther
)

// derivative is the key of a derived formula.
type derivative struct {
	formula formula
	class   int
}

// provisional is a formula that depends on the step being visited at a depth.
type provisional struct {
	formula formula
	depth   int
}

// free is the depth of a formula that depends on no such step.
const free = int(^uint(0) >> 1)

func newDerivation(p *program, classes *partition) *derivation {
	return &derivation{
		diagram: newDiagram(), program: p, holds: membership(p.sets, classes), end: int32(len(p.steps)),
		derived: map[derivative]formula{}, final: map[place]formula{}, pending: map[place]provisional{}, visiting: map[int]int{},
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

// closure returns what must follow for a match from a step on, without reading anything.
func (d *derivation) closure(step int, after context) formula {
	f, _ := d.visit(place{step, after}, 0)
	return f
}

// visit also returns the depth of the highest step that the formula depends on: one that is still being visited, to which a
// loop leads back without reading anything. Another round adds nothing, so that it counts as never; the results on the way
// are valid only until that step is finished.
func (d *derivation) visit(at place, depth int) (formula, int) {
	if f, known := d.final[at]; known {
		return f, free
	}
	if p, known := d.pending[at]; known {
		return p.formula, p.depth
	}
	if above, looping := d.visiting[at.step]; looping {
		return never, above
	}
	d.spend()
	d.visiting[at.step] = depth
	f, dependsOn := d.follow(at, depth+1)
	delete(d.visiting, at.step)
	if dependsOn >= depth {
		d.dropPending(depth)
		d.final[at] = f
		return f, free
	}
	d.pending[at] = provisional{f, dependsOn}
	return f, dependsOn
}

// dropPending forgets the results that depend on the step at a depth.
func (d *derivation) dropPending(depth int) {
	for at, p := range d.pending {
		if p.depth >= depth {
			delete(d.pending, at)
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
	next, dependsOn := d.visit(place{step.next, at.after}, depth)
	if step.op == opEnd {
		return d.and(d.node(d.end, never, always), next), dependsOn
	}
	other, otherDependsOn := d.visit(place{step.other, at.after}, depth)
	return d.both(step.op, next, other), min(dependsOn, otherDependsOn)
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

// derive returns what must follow after a code point of the class (J. A. Brzozowski, "Derivatives of regular expressions", 1964):
// each step that reads it is replaced by what follows that step.
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

// ended reports whether a text can end here: the end is true and every step that reads is false.
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
