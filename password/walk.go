package password

import "slices"

// walk draws passwords of a language that is too large to be counted: at each place any symbol from which there is a way to
// the end, the cheapest first. What is drawn keeps the rules as what is counted does, but is not as likely as each other.
type walk struct {
	language *language
	length   int
	alive    []bitset // the cells that lie on a way to the end, by how many symbols stand already
}

type bitset []uint64

func (b bitset) has(c cell) bool { return b[c/64]>>(c%64)&1 == 1 }
func (b bitset) add(c cell)      { b[c/64] |= 1 << (c % 64) }

// maxWalk bounds how many cells are gone through for a walk, one by one.
const maxWalk = 100_000_000

// newWalk returns nil when even that would take too much.
func newWalk(l *language, length int) *walk {
	if len(l.seen)*(length+1) > maxWalk {
		return nil
	}
	words := len(l.seen)/64 + 1
	w := &walk{language: l, length: length, alive: make([]bitset, length+1)}
	for i, reached := 0, l.origin(); i <= length; i++ {
		w.alive[i] = make(bitset, words)
		for _, r := range reached {
			w.alive[i].add(r.cell)
		}
		reached = l.onward(reached)
	}
	for i := length; i >= 0; i-- {
		w.narrow(i)
	}
	return w
}

// narrow leaves those cells alive from which there is a way on.
func (w *walk) narrow(layer int) {
	left := make(bitset, len(w.alive[layer]))
	for c := range cell(len(w.language.seen)) {
		if w.alive[layer].has(c) && w.leads(layer, c) {
			left.add(c)
		}
	}
	w.alive[layer] = left
}

func (w *walk) leads(layer int, c cell) bool {
	if layer == w.length {
		return w.language.accepts(c)
	}
	return slices.ContainsFunc(w.language.ways(c), func(m move) bool { return w.goesOn(layer, c, m) })
}

// goesOn tells that there is a way on behind a move.
func (w *walk) goesOn(layer int, c cell, m move) bool {
	return w.alive[layer+1].has(w.language.after(c, m.lead))
}

// ways are the cheapest moves to cells that are alive, and how many symbols they have together.
func (w *walk) ways(layer int, c cell) (ways []move, size int64) {
	var alive []move
	for _, m := range w.language.ways(c) {
		if w.goesOn(layer, c, m) {
			alive = append(alive, m)
		}
	}
	return cheapest(alive)
}

func (w *walk) draw(random *random) string {
	drawn := make([]rune, w.length)
	c := w.language.start()
	for layer := range drawn {
		ways, size := w.ways(layer, c)
		symbol, by := w.language.pick(ways, random.below(size))
		drawn[layer], c = symbol, w.language.after(c, by)
	}
	return string(drawn)
}
