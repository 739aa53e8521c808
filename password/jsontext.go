package password

import (
	"strings"
	"unicode/utf8"
)

// text is a source that is read from front to back and knows where it is.
type text struct {
	src  string
	next int
	at   place
}

func newText(src string) text { return text{src: src, at: place{line: 1, column: 1}} }

func (t *text) atEnd() bool { return t.next >= len(t.src) }

// peek is the next byte, 0 at the end. A NUL in the source is told apart by atEnd.
func (t *text) peek() byte {
	if t.atEnd() {
		return 0
	}
	return t.src[t.next]
}

func (t *text) startsWith(s string) bool { return strings.HasPrefix(t.src[t.next:], s) }

// skip moves on by n bytes, keeping count of lines, and of columns in code points.
func (t *text) skip(n int) {
	for _, r := range t.src[t.next : t.next+n] {
		t.at.column++
		if r == '\n' {
			t.at = place{line: t.at.line + 1, column: 1}
		}
	}
	t.next += n
}

// take returns the next bytes for as long as they are in the set.
func (t *text) take(set string) string {
	n := 0
	for t.next+n < len(t.src) && strings.IndexByte(set, t.src[t.next+n]) >= 0 {
		n++
	}
	taken := t.src[t.next : t.next+n]
	t.skip(n)
	return taken
}

// skipBlanks skips white space and comments. It returns false at a comment that is never closed, and stays there.
func (t *text) skipBlanks() bool {
	for {
		t.take(" \t\r\n")
		switch {
		case t.startsWith("//"):
			t.skipPast("\n")
		case t.startsWith("/*"):
			if !strings.Contains(t.src[t.next+2:], "*/") {
				return false
			}
			t.skip(2)
			t.skipPast("*/")
		default:
			return true
		}
	}
}

// skipPast moves behind the next occurrence of s, or to the end.
func (t *text) skipPast(s string) {
	if i := strings.Index(t.src[t.next:], s); i >= 0 {
		t.skip(i + len(s))
		return
	}
	t.skip(len(t.src) - t.next)
}

// firstInvalid returns the place of the first byte that is not UTF-8.
func firstInvalid(src string) (place, bool) {
	if utf8.ValidString(src) {
		return place{}, false
	}
	t := newText(src)
	for i := 0; ; {
		r, size := utf8.DecodeRuneInString(src[i:])
		if r == utf8.RuneError && size == 1 {
			t.skip(i)
			return t.at, true
		}
		i += size
	}
}
