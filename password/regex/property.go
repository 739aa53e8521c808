package regex

import (
	"slices"
	"strings"
	"unicode"
)

// shorthands are the one-letter classes by lower-case letter (java.util.regex.Pattern, "Predefined character classes").
var shorthands = map[rune]Set{
	'd': SetOf(digits),
	'w': SetOf(letters + digits + "_"),
	's': SetOf(" \t\n\v\f\r"),
	'h': SetOf(" \t\u00a0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"),
	'v': SetOf("\n\v\f\r\u0085\u2028\u2029"),
}

// unicodeShorthands are those that (?U) changes (same source, UNICODE_CHARACTER_CLASS).
var unicodeShorthands = map[rune]Set{
	'd': FromTables(unicode.Nd),
	'w': alphabetic.Union(FromTables(unicode.M, unicode.Nd, unicode.Pc, unicode.Join_Control)),
	's': FromTables(unicode.White_Space),
}

var (
	alphabetic = FromTables(unicode.L, unicode.Nl, unicode.Other_Alphabetic)
	lowercase  = FromTables(unicode.Ll, unicode.Other_Lowercase)
	uppercase  = FromTables(unicode.Lu, unicode.Other_Uppercase)
)

// posix are the classes of ASCII (same source, "POSIX character classes").
var posix = map[string]Set{
	"Lower":  NewSet(Range{'a', 'z'}),
	"Upper":  NewSet(Range{'A', 'Z'}),
	"ASCII":  NewSet(Range{0, 0x7f}),
	"Alpha":  SetOf(letters),
	"Digit":  SetOf(digits),
	"Alnum":  SetOf(letters + digits),
	"Punct":  NewSet(Range{'!', '/'}, Range{':', '@'}, Range{'[', '`'}, Range{'{', '~'}),
	"Graph":  NewSet(Range{'!', '~'}),
	"Print":  NewSet(Range{' ', '~'}),
	"Blank":  SetOf(" \t"),
	"Cntrl":  NewSet(Range{0, 0x1f}, Range{0x7f, 0x7f}),
	"XDigit": SetOf(hexDigits),
	"Space":  SetOf(" \t\n\v\f\r"),
}

// unicodePosix are those that (?U) widens and that can be given exactly.
var unicodePosix = map[string]Set{
	"Lower": lowercase,
	"Upper": uppercase,
	"ASCII": posix["ASCII"],
	"Alpha": alphabetic,
	"Digit": FromTables(unicode.Nd),
	"Alnum": alphabetic.Union(FromTables(unicode.Nd)),
	"Punct": FromTables(unicode.P),
	"Cntrl": FromTables(unicode.Cc),
	"Space": FromTables(unicode.White_Space),
}

// javaClasses correspond to methods of java.lang.Character (same source, "java.lang.Character classes").
var javaClasses = map[string]Set{
	"javaLowerCase":     lowercase,
	"javaUpperCase":     uppercase,
	"javaTitleCase":     FromTables(unicode.Lt),
	"javaAlphabetic":    alphabetic,
	"javaIdeographic":   FromTables(unicode.Ideographic),
	"javaLetter":        FromTables(unicode.L),
	"javaDigit":         FromTables(unicode.Nd),
	"javaLetterOrDigit": FromTables(unicode.L, unicode.Nd),
	"javaSpaceChar":     FromTables(unicode.Z),
	"javaWhitespace":    FromTables(unicode.Z).Minus(SetOf("\u00a0\u2007\u202f")).Union(SetOf("\t\n\v\f\r\x1c\x1d\x1e\x1f")),
}

// binaryProperties follow the prefix Is, in upper case (same source, "Binary properties").
var binaryProperties = map[string]Set{
	"ALPHABETIC":  alphabetic,
	"LETTER":      FromTables(unicode.L),
	"LOWERCASE":   lowercase,
	"UPPERCASE":   uppercase,
	"TITLECASE":   FromTables(unicode.Lt),
	"IDEOGRAPHIC": FromTables(unicode.Ideographic),
	"PUNCTUATION": FromTables(unicode.P),
	"CONTROL":     FromTables(unicode.Cc),
	"DIGIT":       FromTables(unicode.Nd),
	"WHITE_SPACE": FromTables(unicode.White_Space),
	"WHITESPACE":  FromTables(unicode.White_Space),
	"HEX_DIGIT":   FromTables(unicode.Nd, unicode.Hex_Digit),
	"HEXDIGIT":    FromTables(unicode.Nd, unicode.Hex_Digit),
}

// setEscape reads an escape that stands for a set. It does not consume other escapes, for which found is false.
func (r *parser) setEscape() (set Set, found bool, err error) {
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
		set = set.Negate()
	}
	r.next += 2
	return set, true, nil
}

// property reads \p{Name}, \pL and their negations.
func (r *parser) property(negated bool) (Set, error) {
	at := r.position()
	r.next += 2
	var name string
	if r.accept("{") {
		name = r.takeWhile(letters + digits + "_=")
		if !r.accept("}") {
			return nil, Error{at, `a property is written as in \p{Lu}`}
		}
	} else {
		name = r.takeExactly(1, letters)
	}
	set, ok := r.propertySet(name)
	switch {
	case !ok:
		return nil, Error{at, "the property " + quoteName(name) + " is not known or not supported here"}
	case r.flags.fold && isCaseName(name):
		return nil, Error{at, "versions of Java disagree on " + name + " under (?i)"}
	case negated:
		return set.Negate(), nil
	}
	return set, nil
}

// caseNames are the properties, in upper case, that newer versions of Java widen under (?i).
var caseNames = []string{"LOWER", "UPPER", "LU", "LL", "LT", "LOWERCASE", "UPPERCASE", "TITLECASE", "JAVALOWERCASE", "JAVAUPPERCASE", "JAVATITLECASE"}

func isCaseName(name string) bool {
	_, value, found := strings.Cut(name, "=")
	if !found {
		value = strings.TrimPrefix(name, "Is")
	}
	return slices.Contains(caseNames, strings.ToUpper(value))
}

func (r *parser) propertySet(name string) (Set, bool) {
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
	if set, found := javaClasses[name]; found {
		return set, true
	}
	return category(name)
}

func keyedProperty(kind, value string) (Set, bool) {
	switch kind {
	case "gc", "general_category":
		return category(value)
	case "sc", "script":
		return script(value)
	}
	return nil, false
}

// isProperty looks a name up in the same order as Java.
func isProperty(name string) (Set, bool) {
	if set, found := binaryProperties[strings.ToUpper(name)]; found {
		return set, true
	}
	if set, found := category(name); found {
		return set, true
	}
	return script(name)
}

// category returns a general category. C and Cn are refused because they depend on the version of Unicode, and Cs because no
// text contains surrogates.
func category(name string) (Set, bool) {
	table, found := unicode.Categories[name]
	if !found || len(name) > 2 || name == "C" || name == "Cn" || name == "Cs" || name == "LC" {
		return nil, false
	}
	return FromTables(table), true
}

func script(name string) (Set, bool) {
	for known, table := range unicode.Scripts {
		if strings.EqualFold(known, name) {
			return FromTables(table), true
		}
	}
	return nil, false
}

// maxName limits the letters of an unknown property in an error.
const maxName = 60

func quoteName(name string) string {
	if len(name) > maxName {
		name = name[:maxName] + "…"
	}
	if name == "" {
		return `""`
	}
	return name
}
