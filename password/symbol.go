package password

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

// SymbolKind is why a symbol is refused.
type SymbolKind string

// The kinds of symbols that are refused.
const (
	SymbolControl    SymbolKind = "control"    // a tab, a line end
	SymbolInvisible  SymbolKind = "invisible"  // a zero-width space, a mark of direction
	SymbolJoined     SymbolKind = "joined"     // an invisible one inside of an emoji
	SymbolPrivate    SymbolKind = "private"    // means something else in each font
	SymbolUnassigned SymbolKind = "unassigned" // in the version of Unicode that the program knows
	SymbolOther      SymbolKind = "other"      // visible, and refused as such or for what stands beside it
)

// SymbolKinds are all of them.
func SymbolKinds() []SymbolKind {
	return []SymbolKind{SymbolControl, SymbolInvisible, SymbolJoined, SymbolPrivate, SymbolUnassigned, SymbolOther}
}

// Refused is a symbol for which a text is refused.
type Refused struct {
	Kind SymbolKind
	Text string // as people see it, with the emoji that it is a part of; "" = it cannot be seen
	Code string // U+FE0F; "" = no one symbol is wrong
}

// RefusedError is a password that is refused for a symbol. Its text says nothing of the password, so that it may be logged.
type RefusedError struct {
	Refused
	err error
}

func (e *RefusedError) Error() string { return e.err.Error() }
func (e *RefusedError) Unwrap() error { return e.err }

// inPlace are the symbols that PRECIS takes in some company only (RFC 5892, appendix A).
const inPlace = "\u200c\u200d·\u0375׳״・٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"

// maxInPlace is how many of them are looked at to name the one that is wrong; each costs a normalisation.
const maxInPlace = 50

// refusedIn names the first symbol for which a password is refused: the one behind the longest part that would do.
func refusedIn(raw string) Refused {
	text := norm.NFC.String(raw)
	allowed := precis.OpaqueString.Allowed()
	at := strings.IndexFunc(text, func(r rune) bool { return !allowed.Contains(r) && !strings.ContainsRune(inPlace, r) })
	if at < 0 {
		at = len(text)
	}
	for range maxInPlace {
		if _, err := precis.OpaqueString.String(text[:at]); err == nil || at == 0 {
			return refusedAt(raw, text, at)
		}
		at = max(0, strings.LastIndexAny(text[:at], inPlace))
	}
	return Refused{Kind: SymbolOther}
}

func refusedAt(raw, text string, at int) Refused {
	r, size := utf8.DecodeRuneInString(text[at:])
	if size == 0 || !strings.ContainsRune(raw, r) { // such as what NFC puts between very many marks
		return Refused{Kind: SymbolOther}
	}
	return NewRefused(text, at)
}

// NewRefused says why the symbol at that byte of a text is refused.
func NewRefused(text string, at int) Refused {
	r, _ := utf8.DecodeRuneInString(text[at:])
	found := Refused{Kind: symbolKind(r), Code: fmt.Sprintf("%U", r)}
	switch found.Kind {
	case SymbolOther:
		found.Text = string(r)
		if unicode.IsMark(r) {
			found.Text = "◌" + found.Text // which it stands on
		}
	case SymbolInvisible:
		if partOfEmoji(r) {
			found.Text = emojiAround(text, at)
		}
		if found.Text != "" {
			found.Kind = SymbolJoined
		}
	}
	return found
}

func symbolKind(r rune) SymbolKind {
	switch {
	case unicode.IsControl(r):
		return SymbolControl
	case unicode.Is(unicode.Cn, r):
		return SymbolUnassigned
	case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return SymbolInvisible
	case unicode.Is(unicode.Co, r):
		return SymbolPrivate
	default:
		return SymbolOther
	}
}

// partOfEmoji holds for what changes how an emoji looks: variation selectors, joiners, and the tags of flags.
func partOfEmoji(r rune) bool {
	return unicode.Is(unicode.Variation_Selector, r) || r == joiner || r >= 0xe0020 && r <= 0xe007f
}

const joiner = '\u200d'

// emojiAround is the emoji that the invisible symbol at that byte is a part of; "" = it is part of none. Letters and ASCII are
// none, so that nothing else of a password is shown.
func emojiAround(text string, at int) string {
	from := at
	for from > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:from])
		if r <= unicode.MaxASCII || !unicode.In(r, unicode.S, unicode.P) {
			return ""
		}
		if from -= size; !unicode.Is(unicode.Sk, r) { // not a modifier of what stands before it
			break
		}
	}
	if from == at {
		return ""
	}
	r, size := utf8.DecodeRuneInString(text[at:])
	to := at + size
	if r == joiner {
		next, size := utf8.DecodeRuneInString(text[to:])
		if unicode.Is(unicode.So, next) {
			to += size
		}
	}
	return text[from:to]
}
