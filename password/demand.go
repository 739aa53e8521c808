package password

// demand asks for a number of code points of a set, anywhere in a password.
type demand struct {
	set   runeSet
	count int
}

// classDemands are those of the class minimums.
func (p Policy) classDemands() []demand {
	return []demand{
		{specialRunes, p.MinimumSpecialSymbols},
		{upperRunes, p.MinimumUpperCaseSymbols},
		{digitRunes, p.MinimumDigits},
	}
}

// wishes are what the look-aheads of an expression seem to ask for. They are guesses that make a match likely; whether
// there is one is judged by Check.
type wishes struct {
	demands []demand
	barred  runeSet
	steps   int
}

func wishesOf(tree *node) *wishes {
	w := &wishes{}
	w.find(tree)
	return w
}

// find looks for look-aheads that hold for the whole expression: not in a choice, not in a repetition.
func (w *wishes) find(n *node) {
	switch n.kind {
	case nodeAhead:
		if only, found := onlyOf(n.kids[0]); found {
			w.barred = w.barred.union(only.negate())
			return
		}
		w.collect(n.kids[0], 1)
	case nodeNotAhead:
		if bad, found := somewhere(n.kids[0]); found {
			w.barred = w.barred.union(bad)
		}
	case nodeSequence, nodeGroup, nodeAtomic:
		for _, kid := range n.kids {
			w.find(kid)
		}
	}
}

// collect notes what must occur for a look-ahead such as (?=.*\d) or (?=(.*[a-z]){2}).
func (w *wishes) collect(n *node, times int) {
	if w.steps++; w.steps > maxSteps || times == 0 {
		return
	}
	switch n.kind {
	case nodeSet:
		if !isWide(n.set) {
			w.demands = append(w.demands, demand{n.set, times})
		}
	case nodeChoice:
		w.collect(n.kids[0], times)
	case nodeRepeat:
		w.collect(n.kids[0], timesLength(times, n.low))
	case nodeSequence, nodeGroup, nodeAtomic:
		for _, kid := range n.kids {
			w.collect(kid, times)
		}
	}
}

// isWide holds for sets such as that of . which say nothing.
func isWide(s runeSet) bool { return len(preferred.minus(s)) == 0 }

// onlyOf recognizes [set]*$ with or without ^: nothing but the set may occur.
func onlyOf(n *node) (runeSet, bool) {
	parts := withoutStart(n)
	if len(parts) != 2 || parts[1].kind != nodeEnd && parts[1].kind != nodeEndOfLines {
		return nil, false
	}
	if repeat := parts[0]; repeat.kind == nodeRepeat && repeat.kids[0].kind == nodeSet {
		return repeat.kids[0].set, true
	}
	return nil, false
}

// somewhere recognizes .*[set]: the set occurs.
func somewhere(n *node) (runeSet, bool) {
	parts := withoutStart(n)
	if len(parts) < 2 || parts[0].kind != nodeRepeat || parts[0].low > 0 || parts[0].high != unlimited {
		return nil, false
	}
	kid := parts[0].kids[0]
	if kid.kind != nodeSet || !isWide(kid.set) || parts[1].kind != nodeSet || len(parts) > 2 {
		return nil, false
	}
	return parts[1].set, true
}

// withoutStart gives the parts of a sequence, without ^ at its beginning and groups around it.
func withoutStart(n *node) []*node {
	for n.kind == nodeGroup || n.kind == nodeAtomic || n.kind == nodeSequence && len(n.kids) == 1 {
		n = n.kids[0]
	}
	if n.kind != nodeSequence {
		return nil
	}
	parts := n.kids
	if len(parts) > 0 && parts[0].kind == nodeStart {
		parts = parts[1:]
	}
	return parts
}
