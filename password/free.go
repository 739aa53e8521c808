package password

// free draws passwords of a language in which any symbol may follow any other: each symbol for itself, by its weight.
type free struct {
	language *language
	length   int
	ways     []move
	size     int64 // of all of them
}

func newFree(l *language, length int) *free {
	ways, size := cheapest(l.ways(l.start()))
	return &free{l, length, ways, size}
}

// isFree tells that nothing has to be kept in mind from one symbol to the next.
func (l *language) isFree() bool {
	start := l.start()
	for _, m := range l.ways(start) {
		if l.after(start, m.lead) != start {
			return false
		}
	}
	return l.accepts(start)
}

func (f *free) draw(random *random) string {
	drawn := make([]rune, f.length)
	for i := range drawn {
		drawn[i], _ = f.language.pick(f.ways, random.below(f.size))
	}
	return string(drawn)
}

// tries bounds the time, which grows with the length.
func (f *free) tries() int { return 1 + min(20_000, 20_000_000/f.length) }

func (f *free) sampled() int { return 1 + min(1_000, 1_000_000/f.length) }

// cheapest are the moves that cost least, and how many symbols they have together.
func cheapest(moves []move) (ways []move, size int64) {
	for _, m := range moves {
		switch {
		case len(ways) > 0 && m.cost > ways[0].cost:
			continue
		case len(ways) > 0 && m.cost < ways[0].cost:
			ways, size = nil, 0
		}
		ways, size = append(ways, m), size+m.size
	}
	return ways, size
}

// pick is the n-th symbol of some moves, and where it leads.
func (l *language) pick(ways []move, n int64) (rune, lead) {
	for _, m := range ways {
		if n < m.size {
			return l.symbol(m, n), m.lead
		}
		n -= m.size
	}
	return -1, lead{} // not reached: the sizes add up
}
