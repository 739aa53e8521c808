package regex

import "strings"

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// lookarounds are the openings of groups that take no room.
var lookarounds = []struct {
	opening string
	kind    nodeKind
}{
	{"(?=", nodeAhead},
	{"(?!", nodeNotAhead},
	{"(?<=", nodeBehind},
	{"(?<!", nodeNotBehind},
}

// group reads whatever begins with a parenthesis; nil for what only sets flags, such as (?i).
func (r *regexReader) group() (*node, error) {
	for _, l := range lookarounds {
		if opened := r.position(); r.accept(l.opening) {
			return r.lookaround(l.kind, opened)
		}
	}
	opened := r.position()
	switch {
	case r.accept("(?:"):
		return r.inside(opened)
	case r.accept("(?>"):
		return r.atomic(opened)
	case r.accept("(?<"):
		return r.named(opened)
	case r.accept("(?"):
		return r.flagged(opened)
	}
	r.next++
	return r.captured(opened)
}

// inside reads the contents of a group and its closing parenthesis. Flags set inside end with it.
func (r *regexReader) inside(opened int) (*node, error) {
	if r.depth++; r.depth > maxGroups {
		return nil, Error{opened, "groups are nested more than 100 deep"}
	}
	before := r.flags
	n, err := r.choice()
	r.flags = before
	r.depth--
	if err == nil && !r.accept(")") {
		err = Error{opened, "this ( is not closed"}
	}
	return n, err
}

func (r *regexReader) captured(opened int) (*node, error) {
	if r.behind {
		return nil, Error{opened, "capturing groups are not supported in a look-behind; write (?:…)"}
	}
	number := len(r.groups) + 1
	r.groups = append(r.groups, capture{})
	kid, err := r.inside(opened)
	if err != nil {
		return nil, err
	}
	n := wrapNode(nodeGroup, kid)
	n.group = number
	r.groups[number-1].node = n
	return n, nil
}

func (r *regexReader) named(opened int) (*node, error) {
	name, err := r.name()
	if err != nil {
		return nil, err
	}
	if _, taken := r.names[name]; taken {
		return nil, Error{opened, "there is already a group called " + name}
	}
	r.names[name] = len(r.groups) + 1
	return r.captured(opened)
}

// name reads a group's name and the > behind it.
func (r *regexReader) name() (string, error) {
	at := r.position()
	name := r.takeWhile(letters + digits)
	if name == "" || strings.Contains(digits, name[:1]) || !r.accept(">") {
		return "", Error{at, "a group's name is a letter, then letters and digits, then >"}
	}
	return name, nil
}

func (r *regexReader) atomic(opened int) (*node, error) {
	if r.behind {
		return nil, Error{opened, "atomic groups are not supported in a look-behind"}
	}
	kid, err := r.inside(opened)
	if err != nil {
		return nil, err
	}
	return wrapNode(nodeAtomic, kid), nil
}

// lookaround reads a look-around. The engine reads a look-behind from its end, Java from its beginning; where no
// captures and no atomic groups are in it, that makes no difference.
func (r *regexReader) lookaround(kind nodeKind, opened int) (*node, error) {
	if r.behind {
		return nil, Error{opened, "a look-around inside a look-behind is not supported"}
	}
	r.behind = kind == nodeBehind || kind == nodeNotBehind
	first := len(r.groups)
	kid, err := r.inside(opened)
	r.behind = false
	if err != nil {
		return nil, err
	}
	if kind == nodeNotAhead {
		r.lose(first, "a group inside a negative look-around never holds anything to refer to")
	}
	return lookNode(kind, kid), nil
}

// lose closes the groups from first on to references that follow.
func (r *regexReader) lose(first int, why string) {
	for i := range r.groups[first:] {
		r.groups[first+i].lost = why
	}
}

// flagged reads (?flags) and (?flags:…).
func (r *regexReader) flagged(opened int) (*node, error) {
	before, set := r.flags, r.flags
	if r.peek() == ')' || r.peek() == ':' {
		return nil, r.fail("a flag must stand here")
	}
	for on := true; r.peek() != ')' && r.peek() != ':'; {
		if on && r.accept("-") {
			on = false
			continue
		}
		if err := r.flag(&set, on); err != nil {
			return nil, err
		}
	}
	r.flags = set
	if r.accept(")") {
		return nil, nil
	}
	r.next++
	n, err := r.inside(opened)
	r.flags = before
	return n, err
}

// flag reads one flag. Those about lines make no difference in a password, which has no line breaks.
func (r *regexReader) flag(f *flags, on bool) error {
	switch c := r.peek(); {
	case c == 'i':
		f.fold = on
	case c == 's':
		f.dotAll = on
	case c == 'u' && on:
		f.unicode = true
	case c == 'U' && on:
		f.unicode, f.classes = true, true
	case c == 'u' || c == 'U':
		return r.fail("switching " + string(c) + " off is not supported; close its group instead")
	case c == 'm' || c == 'd':
		return r.fail("the flag " + string(c) + " is about lines, which a password does not have; leave it out")
	case c == 'x':
		return r.fail("the flag x is not supported; leave out white space and comments")
	default:
		return r.fail("this group begins with something that Java does not know")
	}
	r.next++
	return nil
}
