package password

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// numberForm is the grammar of a JSON number (RFC 8259, section 6).
var numberForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

func (r *reader) number(v value) (value, bool) {
	v.text = r.take("+-0123456789.eE")
	if !numberForm.MatchString(v.text) {
		return v, r.failAt(v.at, "has "+showKey(v.text)+", which is not a number in JSON")
	}
	return v, true
}

func (r *reader) literal(v value) (value, bool) {
	v.text = r.take("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
	switch v.text {
	case "true", "false":
		v.kind = kindBool
		return v, true
	case "null":
		v.kind = kindNull
		return v, true
	case "":
		if r.atEnd() {
			return v, r.fail("is cut off where a value must stand")
		}
		return v, r.fail("has " + r.found() + " where a value must stand")
	}
	return v, r.failAt(v.at, "has "+showKey(v.text)+" where a value must stand; strings need double quotes")
}

// string reads a string and decodes it (RFC 8259, section 7). Comment marks inside it are part of it.
func (r *reader) string() (string, bool) {
	opened := r.at
	r.skip(1)
	var b strings.Builder
	for !r.atEnd() {
		c, size := utf8.DecodeRuneInString(r.src[r.next:])
		switch {
		case c == '"':
			r.skip(1)
			return b.String(), true
		case c == '\\':
			if !r.escape(&b) {
				return "", false
			}
		case c < ' ':
			return "", r.fail("has " + r.found() + " inside a string; write it as an escape, or close the string")
		default:
			b.WriteRune(c)
			r.skip(size)
		}
	}
	return "", r.failAt(opened, "is cut off inside a string")
}

// shortEscapes are the letters behind a backslash, and what they stand for.
const (
	escapeLetters = `"\/bfnrt`
	escapeValues  = "\"\\/\b\f\n\r\t"
)

func (r *reader) escape(b *strings.Builder) bool {
	at := r.at
	r.skip(1)
	if r.peek() == 'u' {
		c, ok := r.unicodeEscape(at)
		b.WriteRune(c)
		return ok
	}
	i := strings.IndexByte(escapeLetters, r.peek())
	if r.atEnd() || i < 0 {
		return r.failAt(at, "has an escape that JSON does not know; in a regular expression each \\ is written \\\\")
	}
	b.WriteByte(escapeValues[i])
	r.skip(1)
	return true
}

// unicodeEscape reads \uXXXX, or two of them that are a surrogate pair.
func (r *reader) unicodeEscape(at place) (rune, bool) {
	first, ok := r.hex4()
	if ok && utf16.IsSurrogate(first) {
		var second rune
		if r.startsWith(`\u`) {
			r.skip(1)
			second, _ = r.hex4()
		}
		first = utf16.DecodeRune(first, second)
		ok = first != utf8.RuneError
	}
	if !ok {
		return 0, r.failAt(at, `has a broken \u escape: it takes four hexadecimal digits, and surrogates come in pairs`)
	}
	return first, true
}

// hex4 reads u and four hexadecimal digits.
func (r *reader) hex4() (rune, bool) {
	if len(r.src)-r.next < 5 {
		return 0, false
	}
	n, err := strconv.ParseUint(r.src[r.next+1:r.next+5], 16, 32)
	if err != nil {
		return 0, false
	}
	r.skip(5)
	return rune(n), true
}
