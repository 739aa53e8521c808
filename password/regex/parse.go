package regex

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxGroups limits how deep groups and classes can be nested.
const maxGroups = 100

// token is a code point of a pattern.
type token struct {
	r      rune
	quoted bool // between \Q and \E: a literal
	at     int  // from 1
}

// flags are the active flags of (?iuUs).
type flags struct {
	fold    bool // i
	unicode bool // u: folding beyond ASCII
	classes bool // U: \d, \w, \s and POSIX classes beyond ASCII
	dotAll  bool // s
}

// parser reads Java's syntax by recursive descent.
type parser struct {
	tokens []token
	next   int
	flags  flags
	depth  int
	behind bool // inside a look-behind
	groups []capture
	names  map[string]int
}

// capture is a group; it can be referred to once it is closed.
type capture struct {
	node    *node  // nil while it is open
	invalid string // why it cannot be referred to any more; "" = it can
}

func read(pattern string) (*node, error) {
	if utf8.RuneCountInString(pattern) > MaxPattern {
		return nil, Error{MaxPattern, "the expression is longer than 10000 characters"}
	}
	r := &parser{tokens: unquote([]rune(pattern)), names: map[string]int{}}
	tree, err := r.choice()
	if err == nil && !r.atEnd() {
		err = r.fail("there is no ( for this )")
	}
	return tree, err
}

// unquote removes \Q…\E from a pattern, as Java does before anything else. Without \E it extends to the end.
func unquote(pattern []rune) []token {
	var tokens []token
	quoted := false
	for i := 0; i < len(pattern); i++ {
		escape := pattern[i] == '\\' && i+1 < len(pattern)
		switch {
		case escape && !quoted && pattern[i+1] == 'Q', escape && quoted && pattern[i+1] == 'E':
			quoted = !quoted
			i++
		case escape && !quoted:
			tokens = append(tokens, token{pattern[i], false, i + 1}, token{pattern[i+1], false, i + 2})
			i++
		default:
			tokens = append(tokens, token{pattern[i], quoted, i + 1})
		}
	}
	return tokens
}

func (r *parser) atEnd() bool { return r.next >= len(r.tokens) }

// peek returns the next character, 0 if it is quoted or there is none.
func (r *parser) peek() rune { return r.peekAt(0) }

func (r *parser) peekAt(i int) rune {
	if r.next+i >= len(r.tokens) || r.tokens[r.next+i].quoted {
		return 0
	}
	return r.tokens[r.next+i].r
}

// accept skips the characters if they are next.
func (r *parser) accept(signs string) bool {
	for i, c := range []rune(signs) {
		if r.peekAt(i) != c {
			return false
		}
	}
	r.next += len([]rune(signs))
	return true
}

// position returns the current position, from 1.
func (r *parser) position() int {
	switch {
	case !r.atEnd():
		return r.tokens[r.next].at
	case len(r.tokens) == 0:
		return 1
	}
	return r.tokens[len(r.tokens)-1].at + 1
}

func (r *parser) fail(why string) error { return Error{r.position(), why} }

// choice reads branches up to the end or a closing parenthesis.
func (r *parser) choice() (*node, error) {
	var branches []*node
	for {
		branch, err := r.sequence()
		if err != nil {
			return nil, err
		}
		branches = append(branches, branch)
		if !r.accept("|") {
			break
		}
	}
	if len(branches) == 1 {
		return branches[0], nil
	}
	return choiceNode(branches), nil
}

func (r *parser) sequence() (*node, error) {
	var parts []*node
	for !r.atEnd() && r.peek() != '|' && r.peek() != ')' {
		part, err := r.part()
		if err != nil {
			return nil, err
		}
		if part != nil {
			parts = append(parts, part)
		}
	}
	return sequenceNode(parts), nil
}

// part reads an atom with its quantifier; nil for a group that only sets flags.
func (r *parser) part() (*node, error) {
	first := len(r.groups)
	atom, err := r.atom()
	if err != nil || atom == nil {
		return nil, err
	}
	part, err := r.quantified(atom)
	if err == nil && part.kind == nodeRepeat {
		r.invalidateGroups(first, "the group referred to is repeated, and Java is not consistent about what it captures then")
	}
	return part, err
}

func (r *parser) atom() (*node, error) {
	t := r.tokens[r.next]
	if t.quoted {
		return r.literal(t.r)
	}
	switch t.r {
	case '(':
		return r.group()
	case '[':
		return r.classNode()
	case '\\':
		return r.escape()
	case '.':
		r.next++
		return setNode(r.flags.dot()), nil
	case '^':
		r.next++
		return &node{kind: nodeStart}, nil
	case '$':
		r.next++
		return &node{kind: nodeEndOfLines}, nil
	case '*', '+', '?', '{':
		return nil, r.fail("there is nothing that " + string(t.r) + " could repeat; write \\" + string(t.r) + " for the character")
	}
	return r.literal(t.r)
}

func (r *parser) literal(c rune) (*node, error) {
	r.next++
	return setNode(r.flags.foldLetter(c)), nil
}

// lineBreaks are Java's line terminators.
var lineBreaks = SetOf("\n\r\u0085\u2028\u2029")

func (f flags) dot() Set {
	if f.dotAll {
		return Any
	}
	return lineBreaks.Negate()
}

// takeWhile reads characters of a set.
func (r *parser) takeWhile(set string) string {
	var b strings.Builder
	for c := r.peek(); c != 0 && strings.ContainsRune(set, c); c = r.peek() {
		b.WriteRune(c)
		r.next++
	}
	return b.String()
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// lookarounds are the openings of zero-width groups.
var lookarounds = []struct {
	opening string
	kind    nodeKind
}{
	{"(?=", nodeAhead},
	{"(?!", nodeNotAhead},
	{"(?<=", nodeBehind},
	{"(?<!", nodeNotBehind},
}

// group reads anything that begins with a parenthesis; nil for a group that only sets flags, such as (?i).
func (r *parser) group() (*node, error) {
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

// inside reads the contents of a group and its closing parenthesis, and then restores the flags.
func (r *parser) inside(opened int) (*node, error) {
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

func (r *parser) captured(opened int) (*node, error) {
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

func (r *parser) named(opened int) (*node, error) {
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

// name reads a group's name and the following >.
func (r *parser) name() (string, error) {
	at := r.position()
	name := r.takeWhile(letters + digits)
	if name == "" || strings.Contains(digits, name[:1]) || !r.accept(">") {
		return "", Error{at, "a group's name is a letter, then letters and digits, then >"}
	}
	return name, nil
}

func (r *parser) atomic(opened int) (*node, error) {
	if r.behind {
		return nil, Error{opened, "atomic groups are not supported in a look-behind"}
	}
	kid, err := r.inside(opened)
	if err != nil {
		return nil, err
	}
	return wrapNode(nodeAtomic, kid), nil
}

// lookaround reads a look-around. The engine matches a look-behind backwards, Java forwards; without captures and atomic
// groups that makes no difference.
func (r *parser) lookaround(kind nodeKind, opened int) (*node, error) {
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
		r.invalidateGroups(first, "a group inside a negative look-around never captures anything")
	}
	return lookNode(kind, kid), nil
}

// invalidateGroups makes references to the groups from first on invalid.
func (r *parser) invalidateGroups(first int, why string) {
	for i := range r.groups[first:] {
		r.groups[first+i].invalid = why
	}
}

// flagged reads (?flags) and (?flags:…).
func (r *parser) flagged(opened int) (*node, error) {
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

// flag reads one flag. Flags about lines are refused, because passwords have no line breaks.
func (r *parser) flag(f *flags, on bool) error {
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

const digits = "0123456789"

// quantified reads an optional quantifier: ? * + {n} {n,} {n,m}, each greedy, lazy (?) or possessive (+).
func (r *parser) quantified(atom *node) (*node, error) {
	at := r.position()
	low, high, found, err := r.bounds()
	if err != nil || !found {
		return atom, err
	}
	mode := r.mode()
	switch {
	case atom.isAssertion():
		return nil, Error{at, "this repeats something of zero width"}
	case high == unlimited && r.behind:
		return nil, Error{at, "a look-behind must have a maximum length; use {n,m} instead of * and +"}
	case r.behind && atom.kind != nodeSet:
		return nil, Error{at, "repeating a group is not supported in a look-behind"}
	case low > 1 && atom.emptyByAssertion():
		return nil, Error{at, "this repeats a part that is empty only if a look-around, an anchor or something possessive allows it, and Java ends such a repetition early"}
	case mode == possessive && r.behind:
		return nil, Error{at, "possessive quantifiers are not supported in a look-behind"}
	case r.peek() != 0 && isQuantifier(r.peek()):
		return nil, r.fail("two quantifiers in a row; put the first with its part into (?:…)")
	}
	return repeatNode(atom, low, high, mode), nil
}

func isQuantifier(c rune) bool { return c == '*' || c == '+' || c == '?' || c == '{' }

func (r *parser) bounds() (low, high int, found bool, err error) {
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

func (r *parser) braces() (low, high int, err error) {
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

func (r *parser) count() (int, error) {
	at := r.position()
	n, err := strconv.ParseInt(r.takeWhile(digits), 10, 32)
	if err != nil {
		return 0, Error{at, `a number up to 2147483647 must stand here, as in {2,5}; write \{ for the character`}
	}
	return int(n), nil
}

func (r *parser) mode() repeatMode {
	switch {
	case r.accept("?"):
		return lazy
	case r.accept("+"):
		return possessive
	}
	return greedy
}
