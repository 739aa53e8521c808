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
	SymbolJoined     SymbolKind = "joined"     // an invisible one inside an emoji
	SymbolPrivate    SymbolKind = "private"    // private use: its meaning depends on the font
	SymbolUnassigned SymbolKind = "unassigned" // in the Unicode version of the program
	SymbolOther      SymbolKind = "other"      // visible, and refused by itself or next to its neighbours
)

// SymbolKinds returns all kinds.
func SymbolKinds() []SymbolKind {
	return []SymbolKind{SymbolControl, SymbolInvisible, SymbolJoined, SymbolPrivate, SymbolUnassigned, SymbolOther}
}

// Refused is the symbol because of which a text is refused.
type Refused struct {
	Kind SymbolKind
	Text string // as displayed, with the emoji that it is part of; "" = invisible
	Code string // such as U+FE0F; "" = no single symbol is wrong
}

// RefusedError is a password that is refused because of a symbol. Its text reveals nothing of the password and can be logged.
type RefusedError struct {
	Refused
	err error
}

func (e *RefusedError) Error() string { return e.err.Error() }
func (e *RefusedError) Unwrap() error { return e.err }

// inPlace is the symbols that PRECIS allows in some contexts only (RFC 5892, appendix A).
const inPlace = "\u200c\u200d·\u0375׳״・٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"

// maxInPlace limits how many of them are examined; each costs a normalisation.
const maxInPlace = 50

// refusedIn finds the first symbol because of which a password is refused: the one after the longest acceptable part.
func refusedIn(raw string) Refused {
	text := norm.NFC.String(raw)
	allowed := precis.OpaqueString.Allowed()
	at := strings.IndexFunc(text, func(r rune) bool { return !allowed.Contains(r) && !strings.ContainsRune(inPlace, r) })
	if at < 0 {
		at = len(text)
	}
	for range maxInPlace {
		if _, err := precis.OpaqueString.String(text[:at]); err == nil || at == 0 {
			r, size := utf8.DecodeRuneInString(text[at:])
			if size == 0 || !strings.ContainsRune(raw, r) { // such as what NFC inserts between very many marks
				break
			}
			return NewRefused(text, at)
		}
		at = max(0, strings.LastIndexAny(text[:at], inPlace))
	}
	return Refused{Kind: SymbolOther}
}

// NewRefused describes the symbol at that byte of a text.
func NewRefused(text string, at int) Refused {
	r, _ := utf8.DecodeRuneInString(text[at:])
	found := Refused{Kind: symbolKind(r), Code: fmt.Sprintf("%U", r)}
	switch found.Kind {
	case SymbolOther:
		found.Text = string(r)
		if unicode.IsMark(r) {
			found.Text = "◌" + found.Text // a base to display it on
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

// partOfEmoji reports whether r changes how an emoji looks: variation selectors, joiners and the tags of flags.
func partOfEmoji(r rune) bool {
	return unicode.Is(unicode.Variation_Selector, r) || r == joiner || r >= 0xe0020 && r <= 0xe007f
}

const joiner = '\u200d'

// emojiAround returns the emoji that the invisible symbol at that byte is part of; "" = none. Letters and ASCII do not count, so
// that nothing else of a password is shown.
func emojiAround(text string, at int) string {
	from := at
	for from > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:from])
		if r <= unicode.MaxASCII || !unicode.In(r, unicode.S, unicode.P) {
			return ""
		}
		if from -= size; !unicode.Is(unicode.Sk, r) { // not a modifier of the symbol before it
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
