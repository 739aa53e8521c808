package password

import (
	"sync"

	"latchkey/password/regex"
)

// composition is everything in a policy that decides which passwords it accepts, except the account name.
type composition struct {
	minimum, maximum, special, upper, digits, complexity int
	expression                                           string
}

func (p Policy) composition() composition {
	return composition{
		minimum: p.MinimumSymbols, maximum: p.MaximumSymbols, special: p.MinimumSpecialSymbols,
		upper: p.MinimumUpperCaseSymbols, digits: p.MinimumDigits, complexity: p.Complexity(), expression: p.AllowedRegex,
	}
}

// compiled is what is derived once from a policy: its expression, and values that others remember with it.
type compiled struct {
	composition composition
	regex       *regex.Regex // nil: the policy has none

	mu    sync.Mutex
	first *memo // the usual one
	last  *memo
}

// memo is a remembered value. It can take some megabytes, so that only two are kept.
type memo struct{ key, value any }

// Compiled returns the policy with its expression compiled, so that using it repeatedly does not compile it each time. The
// error is a [regex.Error].
func (p Policy) Compiled() (Policy, error) {
	c, err := p.compile()
	p.compiled = c
	return p, err
}

// compile returns the compiled form of the policy. It is compiled again if the policy was built by hand or changed.
func (p Policy) compile() (*compiled, error) {
	if p.compiled != nil && p.compiled.composition == p.composition() {
		return p.compiled, nil
	}
	made := &compiled{composition: p.composition()}
	if p.AllowedRegex == "" {
		return made, nil
	}
	var err error
	if made.regex, err = regex.Compile(p.AllowedRegex); err != nil {
		return nil, err
	}
	return made, nil
}

// compileLike reuses the expression of a section that has the same, because compiling it can take long.
func (p Policy) compileLike(others []Policy) (*compiled, error) {
	for _, other := range others {
		if other.compiled != nil && other.AllowedRegex == p.AllowedRegex {
			return p.reusing(other.compiled).compiled, nil
		}
	}
	return p.compile()
}

// reusing reuses the compiled expression of a policy that differs in other rules.
func (p Policy) reusing(from *compiled) Policy {
	if from == nil || from.composition.expression != p.AllowedRegex {
		p.compiled, _ = p.compile()
		return p
	}
	p.compiled = &compiled{composition: p.composition(), regex: from.regex}
	return p
}

// Expression returns the compiled allowedRegex; nil if there is none, or none that is valid.
func (p Policy) Expression() *regex.Regex {
	c, err := p.compile()
	if err != nil {
		return nil
	}
	return c.regex
}

// Memo returns the value remembered for the key with a policy that [Policy.Compiled] returned, or creates it. Concurrent
// callers do not wait for each other. The first and the last value are remembered.
func Memo[T any](p Policy, key any, create func() T) T {
	c, err := p.compile()
	if err != nil {
		return create()
	}
	if value, found := c.remembered(key).(T); found {
		return value
	}
	value := create()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = &memo{key, value}
	if c.first == nil {
		c.first = c.last
	}
	return value
}

func (c *compiled) remembered(key any) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range []*memo{c.first, c.last} {
		if m != nil && m.key == key {
			return m.value
		}
	}
	return nil
}
