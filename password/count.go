package password

import (
	"math"
	"math/big"
	"slices"
	"unicode"

	"latchkey/names"
)

// maxTable bounds the table of a count, in bytes.
const maxTable = 18 << 20

// count is how many passwords of one length a language has, from each cell on: those that cost least. From it one of
// them is drawn with the same likelihood as each other. It is read only once it is made.
type count struct {
	language *language
	length   int
	layers   [][]amount // by how many symbols stand already
}

// amount is how many passwords go on from a cell, and what the symbols cost that follow. With a number of 0 there is none.
type amount struct {
	cell   cell
	cost   int64
	number *big.Int
}

// newCount returns nil when the table would be too large for a room of so many bytes.
func newCount(l *language, length, room int) *count {
	c := &count{language: l, length: length, layers: make([][]amount, length+1)}
	each := l.width()
	for i, reached := 0, l.origin(); i <= length; i++ {
		if room -= len(reached) * (64 + (length-i)*each/8); room < 0 {
			return nil
		}
		c.layers[i] = make([]amount, len(reached))
		for j, r := range reached {
			c.layers[i][j].cell = r.cell
		}
		if i < length {
			reached = l.onward(reached)
		}
	}
	for i := length; i >= 0; i-- {
		for j := range c.layers[i] {
			c.fill(i, &c.layers[i][j])
		}
	}
	return c
}

// fill counts what goes on from a cell, when that is known of all cells behind it.
func (c *count) fill(layer int, a *amount) {
	a.number = new(big.Int)
	if layer == c.length {
		if c.language.accepts(a.cell) {
			a.number.SetInt64(1)
		}
		return
	}
	product := new(big.Int)
	for _, m := range c.language.ways(a.cell) {
		next, cost := c.behind(layer, a.cell, m)
		switch {
		case next.number.Sign() == 0 || a.number.Sign() > 0 && cost > a.cost:
			continue
		case cost < a.cost || a.number.Sign() == 0:
			a.number.SetInt64(0)
			a.cost = cost
		}
		a.number.Add(a.number, product.Mul(next.number, big.NewInt(m.size)))
	}
}

// isSure tells that all passwords counted are normalised: no symbol had to be taken that is not in some company.
func (c *count) isSure() bool { return c.layers[0][0].cost < costAny }

// canWrite tells whether a name might stand in a password: for each of its letters there is a symbol, in either case.
func (c *count) canWrite(name string) bool {
	written := c.language.written()
	for _, letter := range names.Fold(name) {
		if !written.Contains(letter) && !written.Contains(unicode.ToUpper(letter)) {
			return false
		}
	}
	return name != ""
}

// behind is the amount that a move leads to, and what it costs to go there and on.
func (c *count) behind(layer int, from cell, m move) (amount, int64) {
	to := c.language.after(from, m.lead)
	next := c.layers[layer+1]
	i, _ := slices.BinarySearchFunc(next, to, func(a amount, to cell) int { return int(a.cell) - int(to) })
	return next[i], m.cost + next[i].cost
}

// total is how many passwords there are to draw from.
func (c *count) total() *big.Int { return c.layers[0][0].number }

// bits is the entropy of a password that is drawn: the binary logarithm of their number.
func (c *count) bits() float64 {
	mantissa := new(big.Float)
	exponent := new(big.Float).SetInt(c.total()).MantExp(mantissa)
	fraction, _ := mantissa.Float64()
	return float64(exponent) + math.Log2(fraction)
}

// draw takes the n-th password, n being drawn.
func (c *count) draw(random *random) string {
	n := random.number(c.total())
	drawn := make([]rune, 0, c.length)
	at := c.layers[0][0]
	for layer := range c.length {
		var symbol rune
		symbol, at = c.pass(layer, at, n)
		drawn = append(drawn, symbol)
	}
	return string(drawn)
}

// tries bounds the time, which grows with the square of the length.
func (c *count) tries() int { return 1 + min(20_000, 600_000_000/(c.length*c.length)) }

func (c *count) sampled() int { return 1 + min(1_000, 10_000_000/(c.length*c.length)) }

// pass finds the way on which the n-th password lies, and makes n its number among those that go on from there.
func (c *count) pass(layer int, at amount, n *big.Int) (rune, amount) {
	var width big.Int
	for _, m := range c.language.ways(at.cell) {
		next, cost := c.behind(layer, at.cell, m)
		if next.number.Sign() == 0 || cost != at.cost {
			continue
		}
		width.Mul(next.number, width.SetInt64(m.size))
		if n.Cmp(&width) < 0 {
			symbol, _ := new(big.Int).QuoRem(n, next.number, n)
			return c.language.symbol(m, symbol.Int64()), next
		}
		n.Sub(n, &width)
	}
	return -1, at // not reached: the widths add up to the number of the cell
}
