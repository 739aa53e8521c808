package generator

import "latchkey/password"

// countedClasses is the number of classes that rules can count; the rest is [password.ClassOther].
const countedClasses = int(password.ClassOther)

// classCounter counts the symbols of each class up to the number from which more make no difference. All counts together
// are one number, a mixed-radix value that starts at 0.
type classCounter struct {
	minimums   [countedClasses]int
	limits     [countedClasses]int // each count stops here
	complexity int                 // classes that must occur
}

func newClassCounter(p password.Policy) classCounter {
	c := classCounter{complexity: p.Complexity()}
	c.minimums[password.ClassSpecial] = max(0, p.MinimumSpecialSymbols)
	c.minimums[password.ClassUpper] = max(0, p.MinimumUpperCaseSymbols)
	c.minimums[password.ClassDigit] = max(0, p.MinimumDigits)
	c.limits = c.minimums
	if c.complexity > 0 {
		for class := range c.limits {
			c.limits[class] = max(1, c.limits[class])
		}
	}
	return c
}

// values returns the number of values of the counter.
func (c classCounter) values() int {
	n := 1
	for _, limit := range c.limits {
		n = min(n*(limit+1), maxStates+1)
	}
	return n
}

// counted maps the classes that are not counted to [password.ClassOther].
func (c classCounter) counted(class password.Class) password.Class {
	if class < password.ClassOther && c.limits[class] > 0 {
		return class
	}
	return password.ClassOther
}

// add returns the value after another symbol of a class.
func (c classCounter) add(value int, class password.Class) int {
	unit := 1
	for k, limit := range c.limits {
		if k == int(class) {
			if value/unit%(limit+1) < limit {
				return value + unit
			}
			return value
		}
		unit *= limit + 1
	}
	return value
}

// satisfied reports whether a value reaches all minimums and has enough classes.
func (c classCounter) satisfied(value int) bool {
	present := 0
	for k, limit := range c.limits {
		count := value % (limit + 1)
		value /= limit + 1
		if count < c.minimums[k] {
			return false
		}
		if count > 0 {
			present++
		}
	}
	return present >= c.complexity
}

// singles are counters of one minimum each. They have few values, so that a minimum that is out of reach is found even
// if all of them together are too many states.
func (c classCounter) singles() []classCounter {
	var singles []classCounter
	for class, minimum := range c.minimums {
		if minimum > 0 {
			var single classCounter
			single.minimums[class], single.limits[class] = minimum, minimum
			singles = append(singles, single)
		}
	}
	return singles
}
