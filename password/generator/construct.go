package generator

import (
	"latchkey/password"
	"latchkey/password/regex"
)

// maxLengths limits the lengths that a constructor tries.
const maxLengths = 4

// constructor builds candidates for policies with too many states to count: it takes the minimums first, fills up with
// allowed symbols and shuffles. The caller checks the rules and retries. Candidates are not equally likely.
type constructor struct {
	counter classCounter
	classes [countedClasses]regex.Set // the cheapest symbols of each class that the expression allows anywhere
	fill    regex.Set                 // the cheapest of all
	lengths []int                     // the nearest that the expression allows, and the next longer ones
}

// newConstructor returns nil if the expression allows none of the lengths.
func newConstructor(automaton *regex.Automaton, counter classCounter, alphabet []alphabetTier, s span) *constructor {
	l := newLanguage(automaton, classCounter{}, alphabet)
	length, found := l.nearest(s)
	if !found {
		return nil
	}
	c := &constructor{counter: counter, lengths: []int{length}}
	for longer := range l.lengths(length+1, s.high) {
		if len(c.lengths) == maxLengths {
			break
		}
		c.lengths = append(c.lengths, longer)
	}
	var cheapest [countedClasses + 1]int64 // of each class, and of all
	sets := [countedClasses + 1]regex.Set{}
	take := func(i int, group symbolGroup) {
		if sets[i] == nil || group.cost < cheapest[i] {
			sets[i], cheapest[i] = nil, group.cost
		}
		if group.cost == cheapest[i] {
			sets[i] = sets[i].Union(group.set)
		}
	}
	for _, group := range l.used() {
		if group.class < password.ClassOther {
			take(int(group.class), group)
		}
		take(countedClasses, group)
	}
	copy(c.classes[:], sets[:])
	c.fill = sets[countedClasses]
	return c
}

// build returns a candidate, "" if the rules need a longer one or symbols that the expression does not allow.
func (c *constructor) build(random *random, length int) string {
	var text []rune
	missing := c.counter.complexity
	var spare []regex.Set // classes without a minimum
	for class, minimum := range c.counter.minimums {
		switch set := c.classes[class]; {
		case minimum > 0 && len(set) == 0:
			return ""
		case minimum > 0:
			missing--
			for range minimum {
				text = append(text, pick(random, set))
			}
		case len(set) > 0:
			spare = append(spare, set)
		}
	}
	for ; missing > 0 && len(spare) > 0; missing-- {
		i := int(random.below(int64(len(spare))))
		text = append(text, pick(random, spare[i]))
		spare = append(spare[:i], spare[i+1:]...)
	}
	if len(text) > length || len(c.fill) == 0 {
		return ""
	}
	for len(text) < length {
		text = append(text, pick(random, c.fill))
	}
	for i := len(text) - 1; i > 0; i-- { // Fisher-Yates
		j := random.below(int64(i + 1))
		text[i], text[j] = text[j], text[i]
	}
	return string(text)
}

func pick(random *random, set regex.Set) rune { return set.At(int(random.below(int64(set.Size())))) }
