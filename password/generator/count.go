package generator

import (
	"math"
	"math/big"
	"slices"
	"unicode"

	"latchkey/names"
	"latchkey/password/regex"
)

// maxTable limits the table of a count, in bytes.
const maxTable = 18 << 20

// count is the number of passwords of one length that a language has from each state on, counting only the cheapest. It
// draws each of them with the same probability. It is read-only once made.
type count struct {
	language *language
	length   int
	layers   [][]countNode // by the number of symbols already drawn
}

// countNode is how many passwords continue from a state, and the cost of their remaining symbols. 0 means none.
type countNode struct {
	state  state
	cost   int64
	number *big.Int
}

// newCount returns nil if the table would exceed maxTable.
func newCount(l *language, length int) *count {
	c := &count{language: l, length: length, layers: make([][]countNode, length+1)}
	perSymbol, room := l.bitsPerSymbol(), maxTable
	for i, frontier := 0, l.firstFrontier(); i <= length; i++ {
		if room -= len(frontier) * (64 + (length-i)*perSymbol/8); room < 0 {
			return nil
		}
		c.layers[i] = make([]countNode, len(frontier))
		for j, f := range frontier {
			c.layers[i][j].state = f.state
		}
		if i < length {
			frontier = l.nextFrontier(frontier)
		}
	}
	for i := length; i >= 0; i-- {
		for j := range c.layers[i] {
			c.countNode(i, &c.layers[i][j])
		}
	}
	return c
}

// countNode counts what continues from a state. The layer behind it must be complete.
func (c *count) countNode(layer int, n *countNode) {
	n.number = new(big.Int)
	if layer == c.length {
		if c.language.accepts(n.state) {
			n.number.SetInt64(1)
		}
		return
	}
	product := new(big.Int)
	for _, t := range c.language.transitionsFrom(n.state) {
		next, cost := c.next(layer, n.state, t)
		switch {
		case next.number.Sign() == 0 || n.number.Sign() > 0 && cost > n.cost:
			continue
		case cost < n.cost || n.number.Sign() == 0:
			n.number.SetInt64(0)
			n.cost = cost
		}
		n.number.Add(n.number, product.Mul(next.number, big.NewInt(t.size)))
	}
}

// next returns the node behind a transition, and the cost of going there and on.
func (c *count) next(layer int, from state, t transition) (countNode, int64) {
	to := c.language.after(from, t.edge)
	nodes := c.layers[layer+1]
	i, _ := slices.BinarySearchFunc(nodes, to, func(n countNode, to state) int { return int(n.state) - int(to) })
	return nodes[i], t.cost + nodes[i].cost
}

// total returns the number of passwords to draw from.
func (c *count) total() *big.Int { return c.layers[0][0].number }

// bits returns the entropy of a drawn password: the binary logarithm of the total.
func (c *count) bits() float64 {
	mantissa := new(big.Float)
	exponent := new(big.Float).SetInt(c.total()).MantExp(mantissa)
	fraction, _ := mantissa.Float64()
	return float64(exponent) + math.Log2(fraction)
}

// draw returns the n-th password for a uniform n.
func (c *count) draw(random *random) string {
	n := random.number(c.total())
	drawn := make([]rune, 0, c.length)
	at := c.layers[0][0]
	var width big.Int
	for layer := range c.length {
		for _, t := range c.language.transitionsFrom(at.state) {
			next, cost := c.next(layer, at.state, t)
			if next.number.Sign() == 0 || cost != at.cost {
				continue
			}
			width.Mul(next.number, width.SetInt64(t.size))
			if n.Cmp(&width) >= 0 {
				n.Sub(n, &width)
				continue
			}
			symbol, _ := new(big.Int).QuoRem(n, next.number, n)
			drawn, at = append(drawn, c.language.symbol(t, symbol.Int64())), next
			break
		}
	}
	return string(drawn)
}

// alwaysNormalized reports whether no symbol depends on its neighbours, so that every password counted is normalised.
func (c *count) alwaysNormalized() bool { return c.layers[0][0].cost < costAssigned }

// canContain reports whether the alphabet has all letters of an account name, in either case.
func (c *count) canContain(name string) bool {
	var ranges []regex.Range
	for _, group := range c.language.used() {
		ranges = append(ranges, group.set...)
	}
	written := regex.NewSet(ranges...)
	for _, letter := range names.Fold(name) {
		if !written.Contains(letter) && !written.Contains(unicode.ToUpper(letter)) {
			return false
		}
	}
	return name != ""
}
