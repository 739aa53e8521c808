package regex

// Superset accepts whatever matches an expression that is not provable, and perhaps more: without its last look-aheads
// where all of them make it too large. It is nil where it is too large even so.
func (r *Regex) Superset() *Automaton {
	loose := loosened(r.tree, r.groups())
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

// withLooks is the tree with so many of its look-aheads, the first ones; one inside another comes before that.
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

// Refers tells whether the expression refers to what its groups have matched.
func (r *Regex) Refers() bool { return len(references(r.tree, nil)) > 0 }

// Guess supposes what the groups have matched that the expression refers to: choose is given what a group may match, and
// returns a text of it. What is accepted then matches more often than what [Regex.Superset] accepts, though not always.
// It is nil where nothing was chosen, or the automaton would be too large.
func (r *Regex) Guess(choose func(*Automaton) (string, bool)) *Automaton {
	groups, chosen := r.groups(), map[int]*node{}
	for _, number := range references(r.tree, nil) {
		if chosen[number] != nil {
			continue
		}
		content, _ := build(unasserted(loosened(groups[number].kids[0], groups)))
		if content == nil {
			return nil
		}
		text, ok := choose(content)
		if !ok {
			return nil
		}
		chosen[number] = literal(text)
	}
	a, _ := build(loosened(supposing(r.tree, chosen), groups))
	return a
}

// groups are all groups by their number.
func (r *Regex) groups() map[int]*node {
	found := map[int]*node{}
	var find func(*node)
	find = func(n *node) {
		if n.kind == nodeGroup {
			found[n.group] = n
		}
		for _, kid := range n.kids {
			find(kid)
		}
	}
	find(r.tree)
	return found
}

// references are the numbers of the groups that are referred to, in order, some more than once.
func references(n *node, found []int) []int {
	if n.kind == nodeReference {
		found = append(found, n.group)
	}
	for _, kid := range n.kids {
		found = references(kid, found)
	}
	return found
}

func literal(text string) *node {
	var kids []*node
	for _, c := range text {
		kids = append(kids, setNode(NewSet(Range{c, c})))
	}
	return sequenceNode(kids)
}

// supposing is the tree with groups, and what refers to them, replaced by what was chosen.
func supposing(n *node, chosen map[int]*node) *node {
	if n.kind == nodeGroup || n.kind == nodeReference {
		if text := chosen[n.group]; text != nil {
			return text
		}
	}
	return n.with(func(kid *node) *node { return supposing(kid, chosen) })
}
