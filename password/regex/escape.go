package regex

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// refusedEscapes are escapes of Java that are not supported.
var refusedEscapes = map[rune]string{
	'b': `versions of Java disagree on \b outside ASCII; write look-arounds such as (?<!\w)`,
	'B': `versions of Java disagree on \B outside ASCII; write look-arounds such as (?<=\w)(?=\w)`,
	'G': `\G makes no sense where the whole password must match`,
	'R': `\R stands for line breaks, which a password does not have`,
	'X': `\X is not supported; write . for a code point`,
	'N': `\N{…} is not supported; write the character itself or \x{…}`,
	'E': `there is no \Q for this \E`,
}

// escape reads an escape outside a class.
func (r *parser) escape() (*node, error) {
	switch c := r.peekAt(1); {
	case c == 'A':
		r.next += 2
		return &node{kind: nodeStart}, nil
	case c == 'z':
		r.next += 2
		return &node{kind: nodeEnd}, nil
	case c == 'Z':
		r.next += 2
		return &node{kind: nodeEndOfLines}, nil
	case c == 'k':
		return r.namedReference()
	case c >= '1' && c <= '9':
		return r.numberedReference()
	}
	set, isSet, err := r.setEscape()
	if err != nil || isSet {
		return setNode(set), err
	}
	c, err := r.runeEscape()
	return setNode(r.flags.foldLetter(c)), err
}

// runeEscape reads an escape that stands for one code point.
func (r *parser) runeEscape() (rune, error) {
	c := r.peekAt(1)
	if why, refused := refusedEscapes[c]; refused {
		return 0, r.fail(why)
	}
	if i := strings.IndexRune("tnrfae", c); c != 0 && i >= 0 {
		r.next += 2
		return rune("\t\n\r\f\a\x1b"[i]), nil
	}
	switch {
	case c == 0:
		return 0, r.fail(`a \ at the end stands for nothing; write \\ for the character`)
	case c == '0', c == 'x', c == 'u', c == 'c':
		return r.codeEscape(c)
	case strings.ContainsRune(letters+digits, c):
		return 0, r.fail("Java knows no \\" + string(c) + " here")
	}
	r.next += 2
	return c, nil
}

// codeEscape reads \0nn, \xhh, \x{h…h}, \uhhhh and \cX.
func (r *parser) codeEscape(c rune) (rune, error) {
	at := r.position()
	r.next += 2
	var code rune
	var ok bool
	switch {
	case c == '0':
		code, ok = r.octal()
	case c == 'c':
		code, ok = r.control()
	case c == 'u':
		code, ok = r.utf16()
	case r.accept("{"):
		code, ok = r.hex(r.takeWhile(hexDigits))
		ok = r.accept("}") && ok
	default:
		code, ok = r.hex(r.takeExactly(2, hexDigits))
	}
	if !ok || !utf8.ValidRune(code) {
		return 0, Error{at, `this names no character; Java has \0nn, \xhh, \x{hhhh}, \uhhhh and \cX`}
	}
	return code, nil
}

const hexDigits = digits + "abcdefABCDEF"

func (r *parser) hex(text string) (rune, bool) {
	code, err := strconv.ParseUint(text, 16, 31)
	return rune(code), err == nil
}

// takeExactly reads n characters of the set, or returns "".
func (r *parser) takeExactly(n int, set string) string {
	var b strings.Builder
	for range n {
		c := r.peek()
		if c == 0 || !strings.ContainsRune(set, c) {
			return ""
		}
		b.WriteRune(c)
		r.next++
	}
	return b.String()
}

// octal reads up to three digits with a value of at most 0377.
func (r *parser) octal() (rune, bool) {
	code, n := rune(0), 0
	for ; n < 3 && r.peek() >= '0' && r.peek() <= '7' && code*8+r.peek()-'0' <= 0o377; n++ {
		code = code*8 + r.peek() - '0'
		r.next++
	}
	return code, n > 0
}

// control reads the X of \cX. It refuses lower-case letters, with which Java makes no control character.
func (r *parser) control() (rune, bool) {
	c := r.peek()
	r.next++
	return c ^ 64, c >= '?' && c <= '_'
}

// utf16 reads hhhh, or two of them that form a surrogate pair.
func (r *parser) utf16() (rune, bool) {
	code, ok := r.hex(r.takeExactly(4, hexDigits))
	if ok && utf16.IsSurrogate(code) && r.accept(`\u`) {
		low, _ := r.hex(r.takeExactly(4, hexDigits))
		code = utf16.DecodeRune(code, low)
		ok = code != utf8.RuneError
	}
	return code, ok
}

// numberedReference reads \1 and so on. Further digits belong to it as long as there are that many groups.
func (r *parser) numberedReference() (*node, error) {
	at := r.position()
	number := int(r.peekAt(1) - '0')
	r.next += 2
	for c := r.peek(); c >= '0' && c <= '9' && number*10+int(c-'0') <= len(r.groups); c = r.peek() {
		number = number*10 + int(c-'0')
		r.next++
	}
	return r.reference(at, number)
}

func (r *parser) namedReference() (*node, error) {
	at := r.position()
	r.next += 2
	if !r.accept("<") {
		return nil, Error{at, `\k must be followed by <name>`}
	}
	name, err := r.name()
	if err != nil {
		return nil, err
	}
	return r.reference(at, r.names[name])
}

func (r *parser) reference(at, number int) (*node, error) {
	switch {
	case number < 1 || number > len(r.groups) || r.groups[number-1].node == nil:
		return nil, Error{at, "no group that is closed before this has that number or name"}
	case r.groups[number-1].invalid != "":
		return nil, Error{at, r.groups[number-1].invalid}
	case r.flags.fold:
		return nil, Error{at, "references under (?i) are not supported"}
	case r.groups[number-1].node.shortest == 0:
		return nil, Error{at, "a reference to a group that can be empty is not supported"}
	case r.behind:
		return nil, Error{at, "references are not supported in a look-behind"}
	}
	return referenceNode(r.groups[number-1].node), nil
}
