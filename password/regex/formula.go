package regex

import "errors"

// formula is a Boolean function of what can follow: a node of a reduced, ordered binary decision diagram (R. E. Bryant,
// "Graph-based algorithms for Boolean function manipulation", 1986). Equal functions are the same node, so that the
// automaton has finitely many states.
type formula int32

// The constants: no continuation matches, and every one does.
const (
	never  formula = 0
	always formula = 1
)

// decision is a node: high if the variable is true, else low. Variables ascend from the root.
type decision struct {
	variable  int32
	low, high formula
}

const (
	maxFormulas = 100_000   // nodes of the diagram
	maxChoices  = 3_000_000 // operations
	maxCached   = 50_000    // remembered results
)

// errTooLarge is the panic value of a build that is given up.
var errTooLarge = errors.New("too large")

// diagram has all formulas of one expression. It panics with errTooLarge, from which build recovers, because operations are
// deeply nested.
type diagram struct {
	nodes  []decision
	index  map[decision]formula
	cached map[[3]formula]formula
	steps  int
}

func newDiagram() *diagram {
	last := decision{variable: 1 << 30} // below every variable
	return &diagram{
		nodes: []decision{last, last}, index: map[decision]formula{}, cached: map[[3]formula]formula{},
	}
}

// node returns the formula that is high if the variable is true, else low.
func (d *diagram) node(variable int32, low, high formula) formula {
	if low == high {
		return low
	}
	n := decision{variable, low, high}
	if found, ok := d.index[n]; ok {
		return found
	}
	if len(d.nodes) >= maxFormulas {
		panic(errTooLarge)
	}
	f := formula(len(d.nodes))
	d.nodes, d.index[n] = append(d.nodes, n), f
	return f
}

func (d *diagram) and(a, b formula) formula { return d.choose(a, b, never) }
func (d *diagram) or(a, b formula) formula  { return d.choose(a, always, b) }
func (d *diagram) not(a formula) formula    { return d.choose(a, never, always) }

// choose is if-then-else: yes where the condition holds, no elsewhere.
func (d *diagram) choose(condition, yes, no formula) formula {
	switch {
	case condition == always:
		return yes
	case condition == never:
		return no
	case yes == no:
		return yes
	case yes == always && no == never:
		return condition
	}
	key := [3]formula{condition, yes, no}
	if found, ok := d.cached[key]; ok {
		return found
	}
	d.spend()
	top := min(d.nodes[condition].variable, d.nodes[yes].variable, d.nodes[no].variable)
	made := d.node(top,
		d.choose(d.low(condition, top), d.low(yes, top), d.low(no, top)),
		d.choose(d.high(condition, top), d.high(yes, top), d.high(no, top)))
	d.cached[key] = made
	return made
}

// spend counts an operation, and clears the cache when it is full.
func (d *diagram) spend() {
	if d.steps++; d.steps > maxChoices {
		panic(errTooLarge)
	}
	if len(d.cached) >= maxCached {
		clear(d.cached)
	}
}

func (d *diagram) low(f formula, variable int32) formula {
	if n := d.nodes[f]; n.variable == variable {
		return n.low
	}
	return f
}

func (d *diagram) high(f formula, variable int32) formula {
	if n := d.nodes[f]; n.variable == variable {
		return n.high
	}
	return f
}
