package regex

// Reason is why an expression is not provable.
type Reason string

// The reasons: what no automaton can express, and what needs too large a one.
const (
	Provable   Reason = ""
	Reference  Reason = "reference"   // to what a group captured
	LookBehind Reason = "look-behind" // of either kind
	Possessive Reason = "possessive"  // repetition of a part without a fixed length
	Atomic     Reason = "atomic"      // group with more than one choice
	TooLarge   Reason = "too-large"   // more than a million transitions, or too many operations
)

// Reasons returns all reasons.
func Reasons() []Reason { return []Reason{Reference, LookBehind, Possessive, Atomic, TooLarge} }

// unprovable returns the first part of a tree that no automaton can express.
func unprovable(n *node) Reason {
	switch {
	case n.kind == nodeReference:
		return Reference
	case n.kind == nodeBehind || n.kind == nodeNotBehind:
		return LookBehind
	case n.kind == nodeRepeat && n.mode == possessive && atomicEquivalent(n) == nil:
		return Possessive
	case n.kind == nodeAtomic && atomicEquivalent(n.kids[0]) == nil:
		return Atomic
	}
	for _, kid := range n.kids {
		if why := unprovable(kid); why != Provable {
			return why
		}
	}
	return Provable
}

// atomicEquivalent returns a tree without atomic parts that matches what n matches without backtracking into it; nil if there is
// none. A part of fixed length leaves no choice. A possessive repetition of such a part takes as many as there are: either no
// further one follows, or it has its maximum.
func atomicEquivalent(n *node) *node {
	switch {
	case n.shortest == n.longest:
		plain := *n
		plain.mode = greedy
		return &plain
	case n.kind == nodeGroup, n.kind == nodeAtomic, n.kind == nodeSequence && len(n.kids) == 1:
		return atomicEquivalent(n.kids[0])
	case n.kind != nodeRepeat || n.kids[0].shortest != n.kids[0].longest:
		return nil
	}
	kid := n.kids[0]
	if n.mode == lazy {
		return repeatNode(kid, n.low, n.low, greedy)
	}
	most := n.high
	if most != unlimited {
		most--
	}
	fewer := sequenceNode([]*node{repeatNode(kid, n.low, most, greedy), lookNode(nodeNotAhead, kid)})
	if n.high == unlimited {
		return fewer
	}
	return choiceNode([]*node{fewer, repeatNode(kid, n.high, n.high, greedy)})
}

// withoutAssertions removes the zero-width parts of a tree.
func withoutAssertions(n *node) *node {
	if n.isAssertion() {
		return sequenceNode(nil)
	}
	return n.with(withoutAssertions)
}

// with returns the node with changed kids.
func (n *node) with(change func(*node) *node) *node {
	if len(n.kids) == 0 {
		return n
	}
	changed := *n
	changed.kids = make([]*node, len(n.kids))
	for i, kid := range n.kids {
		changed.kids[i] = change(kid)
	}
	return &changed
}

// overApproximate returns a provable tree that matches everything n matches, and perhaps more: references become their group,
// possessive and atomic parts become greedy ones, and look-behinds and unprovable negative look-aheads are dropped.
func overApproximate(n *node, groups map[int]*node) *node {
	switch {
	case unprovable(n) == Provable:
		return n
	case n.kind == nodeReference:
		return withoutAssertions(overApproximate(groups[n.group], groups))
	case n.kind == nodeBehind, n.kind == nodeNotBehind, n.kind == nodeNotAhead:
		return sequenceNode(nil)
	case n.kind == nodeAtomic:
		return overApproximate(n.kids[0], groups)
	}
	greedily := *n
	greedily.mode = greedy
	return greedily.with(func(kid *node) *node { return overApproximate(kid, groups) })
}

// superset builds an automaton that accepts everything the tree matches, and perhaps more. If it is too large with all
// look-aheads, the last ones are dropped. It is nil if it is too large even without any.
func superset(tree *node) *Automaton {
	loose := overApproximate(tree, groupsOf(tree, map[int]*node{}))
	looks := countLooks(loose)
	for quarters := 4; quarters >= 0; quarters-- {
		keep := looks * quarters / 4
		if a, _ := build(withLooks(loose, &keep)); a != nil {
			return a
		}
	}
	return nil
}

func countLooks(n *node) int {
	count := 0
	if n.kind == nodeAhead || n.kind == nodeNotAhead {
		count++
	}
	for _, kid := range n.kids {
		count += countLooks(kid)
	}
	return count
}

// withLooks returns the tree with only the first look-aheads; nested ones count before their parent.
func withLooks(n *node, keep *int) *node {
	made := n.with(func(kid *node) *node { return withLooks(kid, keep) })
	if n.kind == nodeAhead || n.kind == nodeNotAhead {
		if *keep == 0 {
			return sequenceNode(nil)
		}
		*keep--
	}
	return made
}

// groupsOf collects the groups of a tree by number.
func groupsOf(n *node, found map[int]*node) map[int]*node {
	if n.kind == nodeGroup {
		found[n.group] = n
	}
	for _, kid := range n.kids {
		groupsOf(kid, found)
	}
	return found
}
