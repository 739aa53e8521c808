package regex

import (
	"strings"
	"unicode/utf8"
)

// maxGroups bounds how deep groups and classes may be nested.
const maxGroups = 100

// token is a code point of a pattern.
type token struct {
	r      rune
	quoted bool // between \Q and \E: stands for itself
	at     int  // from 1
}

// flags are those of (?iuUs) that hold at a place.
type flags struct {
	fold    bool // i
	unicode bool // u: folding beyond ASCII
	classes bool // U: \d, \w, \s and POSIX classes beyond ASCII
	dotAll  bool // s
}

// regexReader reads Java's syntax by recursive descent.
type regexReader struct {
	tokens []token
	next   int
	flags  flags
	depth  int
	behind bool // inside a look-behind
	groups []capture
	names  map[string]int
}

// capture is a group that can be referred to once it is closed.
type capture struct {
	node *node  // nil while it is open
	lost string // why it cannot be referred to any more; "" = it can
}

func read(pattern string) (*node, error) {
	if utf8.RuneCountInString(pattern) > MaxPattern {
		return nil, Error{MaxPattern, "the expression is longer than 10000 characters"}
	}
	r := &regexReader{tokens: unquote([]rune(pattern)), names: map[string]int{}}
	tree, err := r.choice()
	if err == nil && !r.atEnd() {
		err = r.fail("there is no ( for this )")
	}
	return tree, err
}

// unquote takes \Q…\E out of a pattern, as Java does before it reads anything else. Without \E it reaches to the end.
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

func (r *regexReader) atEnd() bool { return r.next >= len(r.tokens) }

// peek is the next sign that means something, 0 if it is quoted or there is none.
func (r *regexReader) peek() rune { return r.peekAt(0) }

func (r *regexReader) peekAt(i int) rune {
	if r.next+i >= len(r.tokens) || r.tokens[r.next+i].quoted {
		return 0
	}
	return r.tokens[r.next+i].r
}

// accept moves over the signs if they are next.
func (r *regexReader) accept(signs string) bool {
	for i, c := range []rune(signs) {
		if r.peekAt(i) != c {
			return false
		}
	}
	r.next += len([]rune(signs))
	return true
}

// position is where the reader stands, from 1.
func (r *regexReader) position() int {
	switch {
	case !r.atEnd():
		return r.tokens[r.next].at
	case len(r.tokens) == 0:
		return 1
	}
	return r.tokens[len(r.tokens)-1].at + 1
}

func (r *regexReader) fail(why string) error { return Error{r.position(), why} }

// choice reads branches up to the end or the closing parenthesis.
func (r *regexReader) choice() (*node, error) {
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

func (r *regexReader) sequence() (*node, error) {
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

// part reads an atom with its quantifier; nil for what only sets flags.
func (r *regexReader) part() (*node, error) {
	first := len(r.groups)
	atom, err := r.atom()
	if err != nil || atom == nil {
		return nil, err
	}
	part, err := r.quantified(atom)
	if err == nil && part.kind == nodeRepeat {
		r.lose(first, "the group referred to is repeated, and Java is not consistent about what it holds then")
	}
	return part, err
}

func (r *regexReader) atom() (*node, error) {
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

func (r *regexReader) literal(c rune) (*node, error) {
	r.next++
	return setNode(r.flags.foldLetter(c)), nil
}

// lineBreaks are the code points that end a line to Java.
var lineBreaks = SetOf("\n\r\u0085\u2028\u2029")

func (f flags) dot() Set {
	if f.dotAll {
		return Any
	}
	return lineBreaks.Negate()
}

// takeWhile moves over signs of a set and returns them.
func (r *regexReader) takeWhile(set string) string {
	var b strings.Builder
	for c := r.peek(); c != 0 && strings.ContainsRune(set, c); c = r.peek() {
		b.WriteRune(c)
		r.next++
	}
	return b.String()
}
