package regex

import "errors"

// formula is a Boolean function of what may follow: a node of a reduced, ordered binary decision diagram (R. E. Bryant,
// "Graph-based algorithms for Boolean function manipulation", 1986). Equal functions are the same node, which is what
// makes the states of the automaton finite in number and comparable at a glance.
type formula int32

// The constants: nothing that follows is good, and anything is.
const (
	never  formula = 0
	always formula = 1
)

// decision is a node: with the variable true it is high, else low. Variables ascend from the root.
type decision struct {
	variable  int32
	low, high formula
}

const (
	maxFormulas = 100_000   // nodes of the diagram
	maxChoices  = 3_000_000 // steps taken in it
	maxCached   = 50_000    // steps remembered
)

// errTooLarge is what building gives up with.
var errTooLarge = errors.New("too large")

// diagram holds all formulas of one expression. When it becomes too large it panics with errTooLarge, which build
// recovers from: each operation is deep inside others.
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

// node is the formula that is high where the variable is true, else low.
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

// choose is yes where the condition holds, and no elsewhere.
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

// spend counts a step, and forgets steps when too many are remembered.
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
