package password

import (
	"slices"
	"strings"
	"unicode"
)

// shorthands are the one-letter classes by their small letter (java.util.regex.Pattern, "Predefined character classes").
var shorthands = map[rune]runeSet{
	'd': setOf(digits),
	'w': setOf(letters + digits + "_"),
	's': setOf(" \t\n\v\f\r"),
	'h': setOf(" \t\u00a0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"),
	'v': setOf("\n\v\f\r\u0085\u2028\u2029"),
}

// unicodeShorthands are those that (?U) changes (same source, UNICODE_CHARACTER_CLASS).
var unicodeShorthands = map[rune]runeSet{
	'd': fromTables(unicode.Nd),
	'w': alphabetic.union(fromTables(unicode.M, unicode.Nd, unicode.Pc, unicode.Join_Control)),
	's': fromTables(unicode.White_Space),
}

var (
	alphabetic = fromTables(unicode.L, unicode.Nl, unicode.Other_Alphabetic)
	lowercase  = fromTables(unicode.Ll, unicode.Other_Lowercase)
	uppercase  = fromTables(unicode.Lu, unicode.Other_Uppercase)
)

// posix are the classes of ASCII (same source, "POSIX character classes").
var posix = map[string]runeSet{
	"Lower":  newSet(runeRange{'a', 'z'}),
	"Upper":  newSet(runeRange{'A', 'Z'}),
	"ASCII":  newSet(runeRange{0, 0x7f}),
	"Alpha":  setOf(letters),
	"Digit":  setOf(digits),
	"Alnum":  setOf(letters + digits),
	"Punct":  newSet(runeRange{'!', '/'}, runeRange{':', '@'}, runeRange{'[', '`'}, runeRange{'{', '~'}),
	"Graph":  newSet(runeRange{'!', '~'}),
	"Print":  newSet(runeRange{' ', '~'}),
	"Blank":  setOf(" \t"),
	"Cntrl":  newSet(runeRange{0, 0x1f}, runeRange{0x7f, 0x7f}),
	"XDigit": setOf(hexDigits),
	"Space":  setOf(" \t\n\v\f\r"),
}

// unicodePosix are those that (?U) widens and that we can give exactly.
var unicodePosix = map[string]runeSet{
	"Lower": lowercase,
	"Upper": uppercase,
	"ASCII": posix["ASCII"],
	"Alpha": alphabetic,
	"Digit": fromTables(unicode.Nd),
	"Alnum": alphabetic.union(fromTables(unicode.Nd)),
	"Punct": fromTables(unicode.P),
	"Cntrl": fromTables(unicode.Cc),
	"Space": fromTables(unicode.White_Space),
}

// binaryProperties are those behind Is, in upper case (same source, "Binary properties").
var binaryProperties = map[string]runeSet{
	"ALPHABETIC":  alphabetic,
	"LETTER":      fromTables(unicode.L),
	"LOWERCASE":   lowercase,
	"UPPERCASE":   uppercase,
	"TITLECASE":   fromTables(unicode.Lt),
	"IDEOGRAPHIC": fromTables(unicode.Ideographic),
	"PUNCTUATION": fromTables(unicode.P),
	"CONTROL":     fromTables(unicode.Cc),
	"DIGIT":       fromTables(unicode.Nd),
	"WHITE_SPACE": fromTables(unicode.White_Space),
	"WHITESPACE":  fromTables(unicode.White_Space),
	"HEX_DIGIT":   fromTables(unicode.Nd, unicode.Hex_Digit),
	"HEXDIGIT":    fromTables(unicode.Nd, unicode.Hex_Digit),
}

// setEscape reads an escape that stands for a set; found is false for all others, over which it does not move.
func (r *regexReader) setEscape() (set runeSet, found bool, err error) {
	c := r.peekAt(1)
	if c == 'p' || c == 'P' {
		set, err = r.property(c == 'P')
		return set, true, err
	}
	small := unicode.ToLower(c)
	set, found = shorthands[small]
	if !found || c > unicode.MaxASCII {
		return nil, false, nil
	}
	if wide, widened := unicodeShorthands[small]; widened && r.flags.classes {
		set = wide
	}
	if c != small {
		set = set.negate()
	}
	r.next += 2
	return set, true, nil
}

// property reads \p{Name}, \pL and their negations.
func (r *regexReader) property(negated bool) (runeSet, error) {
	at := r.position()
	r.next += 2
	var name string
	if r.accept("{") {
		name = r.takeWhile(letters + digits + "_=")
		if !r.accept("}") {
			return nil, patternError{at, `a property is written as in \p{Lu}`}
		}
	} else {
		name = r.takeUpTo(1, letters)
	}
	set, ok := r.propertySet(name)
	switch {
	case !ok:
		return nil, patternError{at, "the property " + showKey(name) + " is not known or not supported here"}
	case r.flags.fold && isCaseName(name):
		return nil, patternError{at, "versions of Java disagree on " + name + " under (?i)"}
	case negated:
		return set.negate(), nil
	}
	return set, nil
}

// caseNames are the properties, in upper case, that newer versions of Java widen under (?i).
var caseNames = []string{"LOWER", "UPPER", "LU", "LL", "LT", "LOWERCASE", "UPPERCASE", "TITLECASE"}

func isCaseName(name string) bool {
	_, value, found := strings.Cut(name, "=")
	if !found {
		value = strings.TrimPrefix(name, "Is")
	}
	return slices.Contains(caseNames, strings.ToUpper(value))
}

func (r *regexReader) propertySet(name string) (runeSet, bool) {
	if kind, value, found := strings.Cut(name, "="); found {
		return keyedProperty(kind, value)
	}
	if rest, found := strings.CutPrefix(name, "Is"); found {
		return isProperty(rest)
	}
	classes := posix
	if r.flags.classes {
		classes = unicodePosix
	}
	if set, found := classes[name]; found {
		return set, true
	}
	return category(name)
}

func keyedProperty(kind, value string) (runeSet, bool) {
	switch kind {
	case "gc", "general_category":
		return category(value)
	case "sc", "script":
		return script(value)
	}
	return nil, false
}

// isProperty looks in the order in which Java does.
func isProperty(name string) (runeSet, bool) {
	if set, found := binaryProperties[strings.ToUpper(name)]; found {
		return set, true
	}
	if set, found := category(name); found {
		return set, true
	}
	return script(name)
}

// category gives a general category. C and Cn are left out: they hold all code points that some version of Unicode has
// not assigned yet; Cs because no text holds surrogates.
func category(name string) (runeSet, bool) {
	table, found := unicode.Categories[name]
	if !found || len(name) > 2 || name == "C" || name == "Cn" || name == "Cs" || name == "LC" {
		return nil, false
	}
	return fromTables(table), true
}

func script(name string) (runeSet, bool) {
	for known, table := range unicode.Scripts {
		if strings.EqualFold(known, name) {
			return fromTables(table), true
		}
	}
	return nil, false
}
