package password

// fill draws a password for the places of a layout. Demands are met first, at random places that can; false when there
// are not enough of them.
func fill(random *random, slots []slot, demands []demand, palette *palette) (string, bool) {
	f := &filling{random: random, slots: slots, palette: palette, fixed: make([]runeSet, len(slots))}
	for _, d := range demands {
		if !f.meet(d) {
			return "", false
		}
	}
	return f.draw(), true
}

type filling struct {
	random  *random
	slots   []slot
	palette *palette
	fixed   []runeSet // what a demand has left of a place; nil = no demand has
}

// meet reserves places for a demand, counting those that earlier demands have already reserved for part of its set.
func (f *filling) meet(d demand) bool {
	missing := d.count - f.alreadyMet(d)
	if missing <= 0 {
		return true
	}
	for _, i := range f.random.order(len(f.slots)) {
		if f.fixed[i] != nil || f.slots[i].same >= 0 {
			continue
		}
		if left := f.slots[i].from.set.intersect(d.set); len(left) > 0 {
			f.fixed[i] = f.palette.colours(left)
			if missing--; missing == 0 {
				return true
			}
		}
	}
	return false
}

func (f *filling) alreadyMet(d demand) int {
	met := 0
	for _, set := range f.fixed {
		if set != nil && len(set.minus(d.set)) == 0 {
			met++
		}
	}
	return met
}

func (f *filling) draw() string {
	drawn := make([]rune, len(f.slots))
	for i, s := range f.slots {
		switch {
		case s.same >= 0:
			drawn[i] = drawn[s.same]
		case f.fixed[i] != nil:
			drawn[i] = f.pick(f.fixed[i])
		default:
			drawn[i] = f.pick(f.palette.of(s.from))
		}
	}
	return string(drawn)
}

// maxPicks bounds how often a code point is drawn anew that may not stand in a password.
const maxPicks = 64

// pick draws from a set. Sets such as [^a-z] are full of code points that are unassigned or change when normalised.
func (f *filling) pick(s runeSet) rune {
	size := s.size()
	for range maxPicks {
		c := s.at(f.random.below(size))
		if c < 0x80 || isStable(string(c)) {
			return c
		}
	}
	return -1
}

// isStable holds for what normalises to itself.
func isStable(s string) bool {
	normalized, err := Normalize(s)
	return err == nil && normalized == s
}
