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
	regex       *regex.Regex // nil: the policy has none

	mu    sync.Mutex
	plans map[order]*plan
}

// order is what passwords are asked for.
type order struct {
	recipe Recipe
	barred string // left out is what the account name bars that begins like this; "" = nothing is
}

// maxPlans bounds how many orders are remembered: each may take some megabytes.
const maxPlans = 4

// compile returns what belongs to the policy. A policy that was put together by hand, or changed since it was compiled,
// is compiled anew each time.
func (p Policy) compile() (*compiled, error) {
	if p.compiled != nil && p.compiled.composition == p.composition() {
		return p.compiled, nil
	}
	made := &compiled{composition: p.composition(), plans: map[order]*plan{}}
	if p.AllowedRegex == "" {
		return made, nil
	}
	var err error
	if made.regex, err = regex.Compile(p.AllowedRegex); err != nil {
		return nil, err
	}
	return made, nil
}

// refers tells whether the expression refers to what its groups have matched.
func (c *compiled) refers() bool { return c.regex != nil && c.regex.Refers() }

// automaton accepts what the expression does, or more where that is not provable. It is nil where none can be made.
func (c *compiled) automaton() *regex.Automaton {
	switch {
	case c.regex == nil:
		return regex.Everything()
	case c.regex.Automaton() != nil:
		return c.regex.Automaton()
	}
	return c.regex.Superset()
}

// plan is how passwords of an order are generated. It is made when the first of them is asked for.
func (c *compiled) plan(p Policy, o order) *plan {
	c.mu.Lock()
	defer c.mu.Unlock()
	if found := c.plans[o]; found != nil {
		return found
	}
	if len(c.plans) >= maxPlans {
		clear(c.plans)
	}
	c.plans[o] = c.newPlan(p, o.recipe, nameRunes(o.barred))
	return c.plans[o]
}
