package password

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"slices"
)

// maxSteps bounds how many cells are gone through to find out how long the passwords of a language are.
const maxSteps = 6_000_000

// reach is a cell that passwords come to, the shortest of them in so many bytes.
type reach struct {
	cell  cell
	bytes int
}

// origin is where all passwords begin.
func (l *language) origin() []reach { return []reach{{cell: l.start()}} }

// onward is all cells one symbol on from some, in order, as far as they can be reached within [MaxBytes].
func (l *language) onward(from []reach) []reach {
	var to []reach
	l.step++
	for _, r := range from {
		strides := l.stridesFrom(r.cell)
		l.spent += len(strides)
		for _, s := range strides {
			to = l.arrive(to, reach{l.after(r.cell, s.lead), r.bytes + s.bytes})
		}
	}
	slices.SortFunc(to, func(a, b reach) int { return cmp.Compare(a.cell, b.cell) })
	return to
}

// stride is where moves lead that do not differ in it, the shortest of them in so many bytes.
type stride struct {
	lead
	bytes int
}

func (l *language) stridesFrom(c cell) []stride {
	state := int(c) / l.values
	if l.strides[state] == nil {
		l.strides[state] = stridesOf(l.ways(c))
	}
	return l.strides[state]
}

func stridesOf(moves []move) []stride {
	strides := []stride{}
	for _, m := range moves {
		at := slices.IndexFunc(strides, func(s stride) bool { return s.lead == m.lead })
		if at < 0 {
			at = len(strides)
			strides = append(strides, stride{m.lead, m.bytes})
		}
		strides[at].bytes = min(strides[at].bytes, m.bytes)
	}
	return strides
}

// arrive adds a cell, or notes a shorter way to it.
func (l *language) arrive(to []reach, r reach) []reach {
	switch {
	case r.bytes > MaxBytes:
		return to
	case l.seen[r.cell] == l.step:
		known := &to[l.place[r.cell]]
		known.bytes = min(known.bytes, r.bytes)
		return to
	}
	l.seen[r.cell], l.place[r.cell] = l.step, int32(len(to))
	return append(to, r)
}

// lengths yields, in order, each length from low to high of which there is a password. It ends where no longer one can
// follow, and, undecided, where that takes too long to find out.
func (l *language) lengths(low, high int) iter.Seq[int] {
	return func(yield func(int) bool) {
		reached, barren := l.origin(), map[[sha256.Size]byte]bool{}
		for length := 0; length <= high && len(reached) > 0 && l.spent < maxSteps; length++ {
			switch good := slices.ContainsFunc(reached, func(r reach) bool { return l.accepts(r.cell) }); {
			case length < low:
			case good && !yield(length):
				return
			case good:
				clear(barren)
			default:
				key := cellsKey(reached)
				if barren[key] {
					return // since these cells were last reached nothing was accepted, and so it will go on
				}
				barren[key] = true
			}
			reached = l.onward(reached)
		}
	}
}

// undecided tells that looking for lengths was given up.
func (l *language) undecided() bool { return l.spent >= maxSteps }

func cellsKey(reached []reach) [sha256.Size]byte {
	b := make([]byte, 0, 4*len(reached))
	for _, r := range reached {
		b = binary.LittleEndian.AppendUint32(b, uint32(r.cell))
	}
	return sha256.Sum256(b)
}

// isEmpty tells that there is no password of any length up to high. It looks at each cell once, where lengths does so once
// for each length.
func (l *language) isEmpty(high int) bool {
	l.step++
	reached := []cell{l.start()}
	l.seen[reached[0]] = l.step
	for length := 0; length <= high && len(reached) > 0; length++ {
		if slices.ContainsFunc(reached, l.accepts) {
			return false
		}
		reached = l.beyond(reached)
	}
	return true
}

// beyond is all cells one symbol on from some that were not seen in this step.
func (l *language) beyond(from []cell) (to []cell) {
	for _, c := range from {
		for _, s := range l.stridesFrom(c) {
			if next := l.after(c, s.lead); l.seen[next] != l.step {
				l.seen[next] = l.step
				to = append(to, next)
			}
		}
	}
	return to
}

// nearest is the length nearest to the one wanted; of two equally near ones the longer.
func (l *language) nearest(wanted, low, high int) (int, bool) {
	best, found := 0, false
	if l.isEmpty(high) {
		return best, found
	}
	for length := range l.lengths(low, high) {
		if !found || distance(length, wanted) < distance(best, wanted) {
			best, found = length, true
		}
		if length >= wanted {
			break
		}
	}
	return best, found
}

// distance orders the longer of two lengths that are equally far before the shorter.
func distance(length, wanted int) int {
	if length >= wanted {
		return 2 * (length - wanted)
	}
	return 2*(wanted-length) + 1
}
