package password

import "math"

// few stands for none where something is divided by it.
const few = 0.1

// sample is what became of some passwords that were drawn.
type sample struct {
	means   [allKinds]float64 // how many symbols of each kind one had
	squares [allKinds]float64 // and their squares, in the mean too
	kept    float64           // the part that was not turned down
}

func (t *tilt) sample(random *random) (s sample) {
	times := t.source.sampled()
	part := 1 / float64(times)
	for range times {
		have := kindsOf(t.source.draw(random))
		for kind, n := range have {
			s.means[kind] += part * float64(n)
			s.squares[kind] += part * float64(n*n)
		}
		if t.keeps(have, random) {
			s.kept += part
		}
	}
	return s
}

// weigh changes the weights so that each kind that would have too few symbols has its minimum in the mean, and all others
// together have what is left. That turns down the fewest.
func (t *tilt) weigh(s sample) {
	room := float64(t.length)
	for _, minimum := range t.language.tally.minimums {
		room -= float64(minimum)
	}
	others := t.others(s, room)
	for kind, minimum := range t.minimums {
		if !t.isScarce(kind, s) {
			continue
		}
		factor := float64(minimum) / max(s.means[kind], few) * others
		if most := s.most(kind); most < room*0.8 {
			factor = min(odds(float64(minimum), most)/odds(s.means[kind], most), 64)
		}
		t.weights[kind] = int64(min(max(plainWeight, float64(t.weights[kind])*factor), highestWeight))
	}
}

// others is by how much too many symbols there are that no minimum asks for.
func (t *tilt) others(s sample, room float64) float64 {
	left, mean := room, room
	for kind, minimum := range t.minimums {
		if t.isScarce(kind, s) {
			left, mean = left-float64(minimum), mean-s.means[kind]
		}
	}
	return max(mean, few) / max(left, few)
}

func (t *tilt) isScarce(kind int, s sample) bool {
	return t.weights[kind] > plainWeight || s.means[kind] < float64(t.minimums[kind])
}

func (s sample) variance(kind int) float64 {
	return max(0, s.squares[kind]-s.means[kind]*s.means[kind])
}

// most is at how many places a symbol of the kind can stand, as the variance shows: that of a binomial distribution.
func (s sample) most(kind int) float64 {
	mean, variance := s.means[kind], s.variance(kind)
	if variance >= mean {
		return math.Inf(1)
	}
	return mean * mean / (mean - variance)
}

// odds are those of one of so many places.
func odds(mean, most float64) float64 { return max(mean, few) / max(most-mean, few) }
