package regex

import (
	"math"
	"slices"
)

// nodeKind is the kind of a node of a syntax tree.
type nodeKind int

const (
	nodeSet        nodeKind = iota // one code point of a set
	nodeSequence                   // kids in sequence
	nodeChoice                     // one of kids
	nodeRepeat                     // the kid, low to high times
	nodeGroup                      // the kid, captured
	nodeAtomic                     // the kid, without backtracking into it
	nodeAhead                      // the kid follows
	nodeNotAhead                   // the kid does not follow
	nodeBehind                     // the kid precedes
	nodeNotBehind                  // the kid does not precede
	nodeReference                  // what a group captured
	nodeStart                      // ^ and \A: the beginning
	nodeEnd                        // \z: the end
	nodeEndOfLines                 // $ and \Z: the end, or before the line break that is last
)

// repeatMode is how a repetition backtracks.
type repeatMode int

const (
	greedy repeatMode = iota
	lazy
	possessive
)

// unlimited is a number of repetitions or a length without an upper bound.
const unlimited = math.MaxInt32

// node is a part of a syntax tree. Everything that depends on flags is resolved into sets.
type node struct {
	kind      nodeKind
	set       Set
	kids      []*node
	low, high int
	mode      repeatMode
	group     int // number, of a group or reference

	shortest, longest int // lengths that it can match, in code points; longest can be unlimited
}

func setNode(s Set) *node { return &node{kind: nodeSet, set: s, shortest: 1, longest: 1} }

func sequenceNode(kids []*node) *node {
	n := &node{kind: nodeSequence, kids: kids}
	for _, kid := range kids {
		n.shortest, n.longest = addLengths(n.shortest, kid.shortest), addLengths(n.longest, kid.longest)
	}
	return n
}

func choiceNode(kids []*node) *node {
	n := &node{kind: nodeChoice, kids: kids, shortest: unlimited}
	for _, kid := range kids {
		n.shortest, n.longest = min(n.shortest, kid.shortest), max(n.longest, kid.longest)
	}
	return n
}

func repeatNode(kid *node, low, high int, mode repeatMode) *node {
	return &node{kind: nodeRepeat, kids: []*node{kid}, low: low, high: high, mode: mode,
		shortest: timesLength(kid.shortest, low), longest: timesLength(kid.longest, high)}
}

// wrapNode makes a node with the lengths of its one kid.
func wrapNode(kind nodeKind, kid *node) *node {
	return &node{kind: kind, kids: []*node{kid}, shortest: kid.shortest, longest: kid.longest}
}

// lookNode makes a look-around, which has zero width.
func lookNode(kind nodeKind, kid *node) *node { return &node{kind: kind, kids: []*node{kid}} }

func referenceNode(group *node) *node {
	return &node{kind: nodeReference, group: group.group, shortest: group.shortest, longest: group.longest}
}

// isAssertion reports whether the node has zero width.
func (n *node) isAssertion() bool {
	switch n.kind {
	case nodeAhead, nodeNotAhead, nodeBehind, nodeNotBehind, nodeStart, nodeEnd, nodeEndOfLines:
		return true
	}
	return false
}

// emptyByAssertion reports whether the empty text matches in some places only.
func (n *node) emptyByAssertion() bool { return n.longest > 0 && n.shortest == 0 && !n.mayBeEmpty() }

// mayBeEmpty reports whether the empty text matches everywhere.
func (n *node) mayBeEmpty() bool {
	switch n.kind {
	case nodeSequence:
		return !slices.ContainsFunc(n.kids, func(kid *node) bool { return !kid.mayBeEmpty() })
	case nodeChoice:
		return slices.ContainsFunc(n.kids, (*node).mayBeEmpty)
	case nodeRepeat:
		takesAll := n.mode == possessive && n.longest > 0 // then it is empty only if nothing can be taken
		return !takesAll && (n.low == 0 || n.kids[0].mayBeEmpty())
	case nodeGroup:
		return n.kids[0].mayBeEmpty()
	}
	return false
}

func addLengths(a, b int) int { return min(a+b, unlimited) }

func timesLength(length, count int) int {
	if length == 0 || count == 0 {
		return 0
	}
	if length > unlimited/count {
		return unlimited
	}
	return length * count
}
