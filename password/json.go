package password

import (
	"strconv"
	"strings"
)

// kind is the type of a JSON value.
type kind int

const (
	kindNone kind = iota // nothing could be read
	kindObject
	kindArray
	kindString
	kindNumber
	kindBool
	kindNull
)

func (k kind) String() string {
	return [...]string{"nothing", "an object", "a list", "a string", "a number", "true or false", "null"}[k]
}

// value is a JSON value that knows where it stands.
type value struct {
	kind    kind
	at      place
	text    string // of a number or literal as written, of a string decoded
	members []member
}

// member is a key of an object with its value.
type member struct {
	key   string
	at    place
	value value
}

const (
	maxDepth   = 32   // of nesting; a policy file needs three levels
	maxMembers = 1000 // of an object; it needs thirteen
)

// reader reads JSON with comments (// and /* */). It stops at the first thing that is not JSON, which is in broken; what
// was read until then is still returned, so that its other problems can be told too.
type reader struct {
	text
	path   []string
	broken *Problem
}

// fail notes what is wrong at the present place. It returns false for the convenience of its callers.
func (r *reader) fail(why string) bool { return r.failAt(r.at, why) }

func (r *reader) failAt(at place, why string) bool {
	if r.broken == nil {
		r.broken = &Problem{Line: at.line, Column: at.column, Key: path(r.path...), Why: why}
	}
	return false
}

// readFile reads the one value that a file consists of.
func readFile(src string) (value, *Problem) {
	r := &reader{text: newText(src)}
	if !r.blanks() {
		return value{}, r.broken
	}
	if r.atEnd() {
		r.fail("is empty; it must hold the object with " + rootKey)
		return value{}, r.broken
	}
	root, ok := r.value(0)
	if ok && r.blanks() && !r.atEnd() {
		r.fail("has " + r.found() + " behind the end of its one object")
	}
	return root, r.broken
}

func (r *reader) blanks() bool {
	return r.skipBlanks() || r.fail("has a comment that is never closed with */")
}

// found names what comes next.
func (r *reader) found() string {
	if r.atEnd() {
		return "nothing more"
	}
	for _, c := range r.src[r.next:] {
		return strconv.Quote(string(c))
	}
	return ""
}

func (r *reader) value(depth int) (value, bool) {
	v := value{at: r.at}
	if depth > maxDepth {
		return v, r.fail("is nested more than " + strconv.Itoa(maxDepth) + " levels deep")
	}
	switch c := r.peek(); {
	case c == '{':
		v.kind = kindObject
		return r.object(v, depth)
	case c == '[':
		v.kind = kindArray
		return r.array(v, depth)
	case c == '"':
		v.kind = kindString
		text, ok := r.string()
		v.text = text
		return v, ok
	case c == '-' || c >= '0' && c <= '9':
		v.kind = kindNumber
		return r.number(v)
	}
	return r.literal(v)
}

func (r *reader) object(v value, depth int) (value, bool) {
	ok := r.list('}', func() bool {
		if len(v.members) == maxMembers {
			return r.fail("has more than " + strconv.Itoa(maxMembers) + " keys")
		}
		m, ok := r.member(depth)
		if m.key != "" || ok {
			v.members = append(v.members, m)
		}
		return ok
	})
	return v, ok
}

// array checks the elements and forgets them: no rule has a list.
func (r *reader) array(v value, depth int) (value, bool) {
	return v, r.list(']', func() bool {
		_, ok := r.value(depth + 1)
		return ok
	})
}

// list reads elements between brackets, with commas between them.
func (r *reader) list(closing byte, element func() bool) bool {
	opened := r.at
	r.skip(1)
	for first := true; ; first = false {
		if !r.blanks() {
			return false
		}
		switch {
		case r.atEnd():
			return r.fail("is cut off: what was opened in line " + strconv.Itoa(opened.line) +
				" is not closed with " + string(closing))
		case r.peek() == closing && first:
			r.skip(1)
			return true
		}
		if !element() || !r.blanks() {
			return false
		}
		if done, ok := r.separator(closing); done || !ok {
			return ok
		}
	}
}

// separator reads what stands behind an element.
func (r *reader) separator(closing byte) (done, ok bool) {
	switch {
	case r.peek() == closing:
		r.skip(1)
		return true, true
	case r.peek() != ',':
		return true, r.fail("has " + r.found() + " where a comma or " + string(closing) + " must stand")
	}
	comma := r.at
	r.skip(1)
	if !r.blanks() {
		return true, false
	}
	if r.peek() == closing {
		return true, r.failAt(comma, "has a comma behind the last element")
	}
	return false, true
}

func (r *reader) member(depth int) (member, bool) {
	m := member{at: r.at}
	if r.peek() != '"' {
		return m, r.fail("has " + r.found() + " where a key in double quotes must stand")
	}
	var ok bool
	if m.key, ok = r.string(); !ok || !r.blanks() {
		return member{}, false
	}
	r.path = append(r.path, m.key)
	if r.peek() != ':' {
		return member{}, r.fail("has " + r.found() + " where a colon must stand")
	}
	r.skip(1)
	if r.blanks() {
		if m.value, ok = r.value(depth + 1); ok {
			r.path = r.path[:len(r.path)-1]
			return m, true
		}
	}
	if m.value.kind != kindObject {
		m.key = "" // a rule that was cut off has no value to judge
	}
	return m, false
}

// path joins keys; one that is long or not plain is quoted and cut.
func path(keys ...string) string {
	shown := make([]string, len(keys))
	for i, key := range keys {
		shown[i] = showKey(key)
	}
	return strings.Join(shown, ".")
}

// maxShown is how many code points of a key or number are shown.
const maxShown = 60

// showKey makes a key fit for a line of a terminal.
func showKey(key string) string {
	key = cut(key)
	if quoted := strconv.Quote(key); key == "" || quoted != `"`+key+`"` {
		return quoted
	}
	return key
}

// cut shortens what is too long to be shown.
func cut(text string) string {
	shown := 0
	for i := range text {
		if shown == maxShown {
			return text[:i] + "…"
		}
		shown++
	}
	return text
}
