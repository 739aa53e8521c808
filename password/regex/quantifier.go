package regex

import "strconv"

const digits = "0123456789"

// quantified reads what may stand behind an atom: ? * + {n} {n,} {n,m}, each greedy, lazy (?) or possessive (+).
func (r *regexReader) quantified(atom *node) (*node, error) {
	at := r.position()
	low, high, found, err := r.bounds()
	if err != nil || !found {
		return atom, err
	}
	mode := r.mode()
	switch {
	case atom.isAssertion():
		return nil, Error{at, "this repeats something that takes no room"}
	case high == unlimited && r.behind:
		return nil, Error{at, "a look-behind must have a greatest length; use {n,m} instead of * and +"}
	case r.behind && atom.kind != nodeSet:
		return nil, Error{at, "repeating a group is not supported in a look-behind"}
	case low > 1 && atom.emptyByAssertion():
		return nil, Error{at, "this repeats a part that takes no room only where a look-around, an anchor or something possessive lets it, and Java ends such a repetition early"}
	case mode == possessive && r.behind:
		return nil, Error{at, "possessive quantifiers are not supported in a look-behind"}
	case r.peek() != 0 && isQuantifier(r.peek()):
		return nil, r.fail("two quantifiers in a row; put the first with its part into (?:…)")
	}
	return repeatNode(atom, low, high, mode), nil
}

func isQuantifier(c rune) bool { return c == '*' || c == '+' || c == '?' || c == '{' }

func (r *regexReader) bounds() (low, high int, found bool, err error) {
	switch {
	case r.accept("*"):
		return 0, unlimited, true, nil
	case r.accept("+"):
		return 1, unlimited, true, nil
	case r.accept("?"):
		return 0, 1, true, nil
	case r.peek() == '{':
		low, high, err = r.braces()
		return low, high, true, err
	}
	return 0, 0, false, nil
}

func (r *regexReader) braces() (low, high int, err error) {
	opened := r.position()
	r.next++
	if low, err = r.count(); err != nil {
		return 0, 0, err
	}
	high = low
	if r.accept(",") {
		high = unlimited
		if r.peek() != '}' {
			if high, err = r.count(); err != nil {
				return 0, 0, err
			}
		}
	}
	switch {
	case !r.accept("}"):
		return 0, 0, Error{opened, `this { is not closed as in {2,5}; write \{ for the character`}
	case low > high:
		return 0, 0, Error{opened, "the smaller number comes first, as in {2,5}"}
	}
	return low, high, nil
}

func (r *regexReader) count() (int, error) {
	at := r.position()
	n, err := strconv.ParseInt(r.takeWhile(digits), 10, 32)
	if err != nil {
		return 0, Error{at, `a number up to 2147483647 must stand here, as in {2,5}; write \{ for the character`}
	}
	return int(n), nil
}

func (r *regexReader) mode() repeatMode {
	switch {
	case r.accept("?"):
		return lazy
	case r.accept("+"):
		return possessive
	}
	return greedy
}
