package regex

import (
	"fmt"
	"strings"
)

// endOfLines is Java's $ without flags: the end, or before a final line break, but not inside \r\n.
const endOfLines = `(?:\z|(?=\r\n\z)|(?=[\r\x{85}\x{2028}\x{2029}]\z)|(?<!\r)(?=\n\z))`

// openings is the engine's syntax of nodes with one kid.
var openings = map[nodeKind]string{
	nodeGroup:     "(",
	nodeAtomic:    "(?>",
	nodeAhead:     "(?=",
	nodeNotAhead:  "(?!",
	nodeBehind:    "(?<=",
	nodeNotBehind: "(?<!",
}

// translate writes a tree in the syntax of regexp2, anchored at both ends. It uses only syntax that means the same in all
// dialects: explicit sets, groups by number, quantifiers, look-arounds. Named groups are numbered here, because the engine
// would count them after the others.
func translate(tree *node) string {
	var b strings.Builder
	b.WriteString(`\A(?:`)
	writeNode(&b, tree)
	b.WriteString(`)\z`)
	return b.String()
}

func writeNode(b *strings.Builder, n *node) {
	if b.Len() > maxTranslated {
		return
	}
	switch n.kind {
	case nodeSet:
		writeSet(b, n.set)
	case nodeSequence:
		for _, kid := range n.kids {
			writeClosed(b, kid)
		}
	case nodeChoice:
		for i, kid := range n.kids {
			if i > 0 {
				b.WriteByte('|')
			}
			writeNode(b, kid)
		}
	case nodeRepeat:
		writeRepeat(b, n)
	case nodeReference:
		fmt.Fprintf(b, `(?:\%d)`, n.group)
	case nodeStart:
		b.WriteString(`\A`)
	case nodeEnd:
		b.WriteString(`\z`)
	case nodeEndOfLines:
		b.WriteString(endOfLines)
	default:
		b.WriteString(openings[n.kind])
		writeNode(b, n.kids[0])
		b.WriteByte(')')
	}
}

// writeClosed writes a node in a group if a neighbour or quantifier could act on a part of it.
func writeClosed(b *strings.Builder, n *node) {
	if n.kind != nodeSequence && n.kind != nodeChoice && n.kind != nodeRepeat {
		writeNode(b, n)
		return
	}
	b.WriteString("(?:")
	writeNode(b, n)
	b.WriteByte(')')
}

// writeRepeat writes a repetition. Java does not backtrack into the rounds of a possessive one, so both are atomic.
func writeRepeat(b *strings.Builder, n *node) {
	if n.mode == possessive {
		b.WriteString("(?>(?>")
		writeNode(b, n.kids[0])
		b.WriteByte(')')
		defer b.WriteByte(')')
	} else {
		writeClosed(b, n.kids[0])
	}
	fmt.Fprintf(b, "{%d,", n.low)
	if n.high != unlimited {
		fmt.Fprint(b, n.high)
	}
	b.WriteByte('}')
	if n.mode == lazy {
		b.WriteByte('?')
	}
}

// writeSet writes a set; an empty one is a look-ahead that always fails.
func writeSet(b *strings.Builder, s Set) {
	switch {
	case len(s) == 0:
		b.WriteString("(?!)")
		return
	case len(s) == 1 && s[0].Low == s[0].High:
		writeRune(b, s[0].Low)
		return
	}
	b.WriteByte('[')
	for _, r := range s {
		writeRune(b, r.Low)
		if r.High > r.Low {
			b.WriteByte('-')
			writeRune(b, r.High)
		}
	}
	b.WriteByte(']')
}

func writeRune(b *strings.Builder, c rune) {
	if c < 0x80 && strings.ContainsRune(letters+digits, c) {
		b.WriteRune(c)
		return
	}
	fmt.Fprintf(b, `\x{%x}`, c)
}
