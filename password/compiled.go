package password

import (
	"sync"

	"latchkey/password/regex"
)

// composition is all of a policy that a password is judged by, but for the account name.
type composition struct {
	minimum, maximum, special, upper, digits, groups int
	expression                                       string
}

func (p Policy) composition() composition {
	return composition{
		minimum: p.MinimumSymbols, maximum: p.MaximumSymbols, special: p.MinimumSpecialSymbols,
		upper: p.MinimumUpperCaseSymbols, digits: p.MinimumDigits, groups: p.complexity(), expression: p.AllowedRegex,
	}
}

// compiled is what is made of a policy once: its expression, and how its passwords are generated.
type compiled struct {
	composition composition
	regex       *regex.Regex            // nil: the policy has none
	automaton   func() *regex.Automaton // accepts what the expression does, or more where that is not provable; nil = none can be made

	mu    sync.Mutex
	first *known // is the usual one
	last  *known
}

// order is what passwords are asked for.
type order struct {
	recipe Recipe
	barred string // left out is what the account name bars that begins like this; "" = nothing is
}

// known is a plan that is remembered: it may take some megabytes.
type known struct {
	order order
	plan  *plan
}

func newCompiled(c composition, expression *regex.Regex) *compiled {
	made := &compiled{composition: c, regex: expression}
	made.automaton = sync.OnceValue(func() *regex.Automaton {
		switch {
		case expression == nil:
			return regex.Everything()
		case expression.Automaton() != nil:
			return expression.Automaton()
		}
		return expression.Superset()
	})
	return made
}

// compile returns what belongs to the policy. A policy that was put together by hand, or changed since it was compiled,
// is compiled anew each time.
func (p Policy) compile() (*compiled, error) {
	if p.compiled != nil && p.compiled.composition == p.composition() {
		return p.compiled, nil
	}
	if p.AllowedRegex == "" {
		return newCompiled(p.composition(), nil), nil
	}
	expression, err := regex.Compile(p.AllowedRegex)
	if err != nil {
		return nil, err
	}
	return newCompiled(p.composition(), expression), nil
}

// compileBeside takes the expression over from a section that has the same: its automaton may take long to be made.
func (p Policy) compileBeside(others []Policy) (*compiled, error) {
	for _, other := range others {
		if other.compiled != nil && other.AllowedRegex == p.AllowedRegex {
			return p.keeping(other.compiled).compiled, nil
		}
	}
	return p.compile()
}

// refers tells whether the expression refers to what its groups have matched.
func (c *compiled) refers() bool { return c.regex != nil && c.regex.Refers() }

// plan is how passwords of an order are generated. It is made when the first of them is asked for, and others need not wait
// meanwhile.
func (c *compiled) plan(p Policy, o order) *plan {
	if found := c.remembered(o); found != nil {
		return found
	}
	made := &known{o, c.newPlan(p, o.recipe, nameRunes(o.barred))}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.first == nil {
		c.first = made
	}
	c.last = made
	return made.plan
}

func (c *compiled) remembered(o order) *plan {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range []*known{c.first, c.last} {
		if k != nil && k.order == o {
			return k.plan
		}
	}
	return nil
}
