package password

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
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

// value is a JSON value with its place in the file.
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
	maxDepth   = 32   // a policy file needs three levels
	maxMembers = 1000 // of an object; it needs thirteen
)

// fileReader reads JSON with comments. It stops at the first syntax error, which is in broken; what was read until then is
// still returned, so that its other problems can be reported too.
type fileReader struct {
	src      string // with comments
	stripped string // without comments, but with the same offsets
	decoder  *jsontext.Decoder
	path     []string
	broken   *Problem

	counted int   // offset up to which at is known
	at      place // of counted
}

// readFile reads the one value of a file.
func readFile(src string) (value, *Problem) {
	stripped, unclosed := stripComments(src)
	r := &fileReader{src: src, stripped: stripped, at: firstPlace}
	r.decoder = jsontext.NewDecoder(bytes.NewBufferString(stripped), jsontext.AllowDuplicateNames(true))
	if strings.Trim(stripped, " \t\r\n") == "" && unclosed < 0 {
		r.failAt(placeIn(src, len(src)), "is empty; it must hold the object with "+rootKey)
		return value{}, r.broken
	}
	root, ok := r.value(0)
	if ok {
		if at := r.nextPlace(); r.decoder.PeekKind() != 0 {
			r.failAt(at, "has more than its one object")
		} else if _, err := r.decoder.ReadToken(); !errors.Is(err, io.EOF) {
			r.syntaxError(err, place{})
		}
	}
	if at := placeIn(src, max(0, unclosed)); unclosed >= 0 && (r.broken == nil || !r.broken.before(at)) {
		r.broken = &Problem{Line: at.line, Column: at.column, Key: path(r.path...), Why: "has a comment that is never closed with */"}
	}
	return root, r.broken
}

// stripComments replaces // and /* */ comments by spaces. unclosed is the offset of a comment that is not closed, or -1.
func stripComments(src string) (stripped string, unclosed int) {
	b := []byte(src)
	for i := 0; i < len(b); i++ {
		var end int
		switch rest := src[i:]; {
		case b[i] == '"':
			for i++; i < len(b) && b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			continue
		case strings.HasPrefix(rest, "//"):
			if end = strings.IndexByte(rest, '\n'); end < 0 {
				end = len(rest)
			}
		case strings.HasPrefix(rest, "/*"):
			if end = strings.Index(rest[2:], "*/") + 4; end < 4 {
				for ; i < len(b); i++ {
					b[i] = ' '
				}
				return string(b), len(src) - len(rest)
			}
		default:
			continue
		}
		for j := range end {
			b[i+j] = ' '
		}
		i += end - 1
	}
	return string(b), -1
}

var firstPlace = place{line: 1, column: 1}

// placeIn converts an offset.
func placeIn(src string, offset int) place { return firstPlace.after(src[:offset]) }

// before reports whether a problem precedes a place.
func (p Problem) before(at place) bool {
	return p.Line < at.line || p.Line == at.line && p.Column < at.column
}

// after returns the place behind a text that starts at p.
func (p place) after(text string) place {
	for _, c := range text {
		p.column++
		if c == '\n' {
			p = place{line: p.line + 1, column: 1}
		}
	}
	return p
}

// nextPlace returns where the next token starts.
func (r *fileReader) nextPlace() place {
	offset := int(r.decoder.InputOffset())
	for offset < len(r.stripped) && strings.IndexByte(" \t\r\n,:", r.stripped[offset]) >= 0 {
		offset++
	}
	r.at, r.counted = r.at.after(r.src[r.counted:offset]), offset
	return r.at
}

func (r *fileReader) value(depth int) (value, bool) {
	v := value{at: r.nextPlace()}
	if depth > maxDepth {
		return v, r.failAt(v.at, "is nested more than "+strconv.Itoa(maxDepth)+" levels deep")
	}
	token, err := r.decoder.ReadToken()
	if err != nil {
		return v, r.syntaxError(err, place{})
	}
	switch token.Kind() {
	case '{':
		v.kind = kindObject
		return r.object(v, depth)
	case '[': // no rule has a list, so its elements are only checked
		v.kind = kindArray
		for r.decoder.PeekKind() != ']' {
			if _, ok := r.value(depth + 1); !ok {
				return v, false
			}
		}
		return v, r.end(v.at)
	case '"':
		v.kind = kindString
	case '0':
		v.kind = kindNumber
	case 'n':
		v.kind = kindNull
	default:
		v.kind = kindBool
	}
	v.text = token.String()
	return v, true
}

func (r *fileReader) object(v value, depth int) (value, bool) {
	for r.decoder.PeekKind() != '}' {
		m := member{at: r.nextPlace()}
		if len(v.members) == maxMembers {
			return v, r.failAt(m.at, "has more than "+strconv.Itoa(maxMembers)+" keys")
		}
		name, err := r.decoder.ReadToken()
		if err != nil {
			return v, r.syntaxError(err, v.at)
		}
		m.key = name.String()
		r.path = append(r.path, m.key)
		var ok bool
		if m.value, ok = r.value(depth + 1); !ok {
			if m.value.kind == kindObject { // else the value of the rule is not known
				v.members = append(v.members, m)
			}
			return v, false
		}
		r.path = r.path[:len(r.path)-1]
		v.members = append(v.members, m)
	}
	return v, r.end(v.at)
}

// end reads the bracket that closes what was opened there.
func (r *fileReader) end(opened place) bool {
	if _, err := r.decoder.ReadToken(); err != nil {
		return r.syntaxError(err, opened)
	}
	return true
}

// syntaxError reports an error of the decoder, inside of what was opened there if that is known. It returns false.
func (r *fileReader) syntaxError(err error, opened place) bool {
	var syntax *jsontext.SyntacticError
	offset, why := int(r.decoder.InputOffset()), err.Error()
	if errors.As(err, &syntax) {
		offset, why = int(syntax.ByteOffset), syntax.Err.Error()
	}
	at, rest := placeIn(r.src, offset), r.stripped[offset:]
	switch {
	case strings.HasPrefix(rest, ",") && strings.IndexAny(strings.TrimLeft(rest[1:], " \t\r\n"), "}]") == 0:
		return r.failAt(at, "has a comma behind the last element")
	case errors.Is(err, io.ErrUnexpectedEOF) && opened != place{}:
		return r.failAt(at, "is cut off: what was opened in line "+strconv.Itoa(opened.line)+" is not closed")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return r.failAt(at, "is cut off in the middle of a value")
	case strings.HasPrefix(why, "invalid escape"):
		why += `; in a regular expression each \ is written \\`
	}
	return r.failAt(at, "is not valid JSON: "+printable(why))
}

func (r *fileReader) failAt(at place, why string) bool {
	if r.broken == nil {
		r.broken = &Problem{Line: at.line, Column: at.column, Key: path(r.path...), Why: why}
	}
	return false
}

// printable replaces control characters, which an error can quote.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, text)
}

// firstInvalid returns the place of the first byte that is not UTF-8.
func firstInvalid(src string) (place, bool) {
	for i, r := range src {
		if r == utf8.RuneError && !strings.HasPrefix(src[i:], string(utf8.RuneError)) {
			return placeIn(src, i), true
		}
	}
	return place{}, false
}

// path joins keys; a key that is long or not printable is quoted and shortened.
func path(keys ...string) string {
	shown := make([]string, len(keys))
	for i, key := range keys {
		shown[i] = showKey(key)
	}
	return strings.Join(shown, ".")
}

// showKey makes a key fit for a line of a terminal.
func showKey(key string) string {
	key = Shorten(key)
	if quoted := strconv.Quote(key); key == "" || quoted != `"`+key+`"` {
		return quoted
	}
	return key
}

// maxShown is how many code points of a text Shorten keeps.
const maxShown = 60

// Shorten cuts texts that are too long to be shown in a problem.
func Shorten(text string) string {
	shown := 0
	for i := range text {
		if shown == maxShown {
			return text[:i] + "…"
		}
		shown++
	}
	return text
}
