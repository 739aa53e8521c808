package regex

// unprovable says what no automaton can hold in a tree; "" = one can hold it all.
func unprovable(n *node) string {
	switch {
	case n.kind == nodeReference:
		return "it refers to what a group has matched"
	case n.kind == nodeBehind || n.kind == nodeNotBehind:
		return "it looks behind"
	case n.kind == nodeRepeat && n.mode == possessive && atOnce(n) == nil:
		return "a possessive quantifier stands behind a part of no fixed length"
	case n.kind == nodeAtomic && atOnce(n.kids[0]) == nil:
		return "an atomic group holds a choice of ways"
	}
	for _, kid := range n.kids {
		if why := unprovable(kid); why != "" {
			return why
		}
	}
	return ""
}

// atOnce is a tree that matches what n does when nothing goes back into it; nil where that is more than which texts
// match. A part of fixed length leaves no choice. Of such a part, a possessive repetition takes as many as there are:
// either no further one follows, or it has its greatest number.
func atOnce(n *node) *node {
	switch {
	case n.shortest == n.longest:
		plain := *n
		plain.mode = greedy
		return &plain
	case n.kind == nodeGroup, n.kind == nodeAtomic, n.kind == nodeSequence && len(n.kids) == 1:
		return atOnce(n.kids[0])
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

// loosened is a tree that matches whatever n matches, and perhaps more, and that is provable: references stand for what
// their group could have matched, nothing is taken for good, and what looks behind is left out, as is what must not
// follow where that is not provable itself.
func loosened(n *node, groups map[int]*node) *node {
	switch {
	case unprovable(n) == "":
		return n
	case n.kind == nodeReference:
		return loosened(groups[n.group], groups)
	case n.kind == nodeBehind, n.kind == nodeNotBehind, n.kind == nodeNotAhead:
		return sequenceNode(nil)
	case n.kind == nodeAtomic:
		return loosened(n.kids[0], groups)
	}
	loose := *n
	loose.mode, loose.kids = greedy, make([]*node, len(n.kids))
	for i, kid := range n.kids {
		loose.kids[i] = loosened(kid, groups)
	}
	return &loose
}
