package password

// slot is a place of a password that is being generated.
type slot struct {
	from *node // its set may stand here
	same int   // index of an earlier slot that this must repeat, else -1
}

// maxSteps bounds the walk through one expression.
const maxSteps = 20_000

// layoutWalk walks an expression on a random path that leads to a length.
type layoutWalk struct {
	random   *random
	slots    []slot
	captured map[int][2]int // first slot and the one behind the last, of each group
	steps    int
	failed   bool
}

// layout finds what may stand at each of length places. Look-arounds are ignored, so that what is made of it may still
// not match. It returns false when the path taken did not lead to that length.
func layout(random *random, tree *node, length int) ([]slot, bool) {
	w := &layoutWalk{random: random, captured: map[int][2]int{}}
	w.walk(tree, length)
	return w.slots, !w.failed && len(w.slots) == length
}

func (w *layoutWalk) walk(n *node, length int) {
	if w.steps++; w.steps > maxSteps {
		w.failed = true
	}
	if w.failed {
		return
	}
	switch n.kind {
	case nodeSet:
		w.slots = append(w.slots, slot{from: n, same: -1})
	case nodeSequence:
		w.sequence(n.kids, length)
	case nodeChoice:
		w.walk(w.branch(n.kids, length), length)
	case nodeRepeat:
		w.repeat(n, length)
	case nodeGroup:
		first := len(w.slots)
		w.walk(n.kids[0], length)
		w.captured[n.group] = [2]int{first, len(w.slots)}
	case nodeAtomic:
		w.walk(n.kids[0], length)
	case nodeReference:
		w.reference(n.group)
	}
}

func (w *layoutWalk) sequence(kids []*node, length int) {
	for i, share := range w.shares(kids, length) {
		w.walk(kids[i], share)
	}
}

// shares divides a length among parts that follow each other, within what each of them can take.
func (w *layoutWalk) shares(kids []*node, length int) []int {
	shares := make([]int, len(kids))
	for i, kid := range kids {
		shares[i] = kid.shortest
		length -= kid.shortest
	}
	for round := 0; round < 2 && length > 0; round++ {
		for _, i := range w.random.order(len(kids)) {
			more := max(0, min(length, kids[i].longest-shares[i]))
			if round == 0 {
				more = w.random.below(more + 1)
			}
			shares[i] += more
			length -= more
		}
	}
	return shares
}

// branch picks one of those that can have the length, or any.
func (w *layoutWalk) branch(kids []*node, length int) *node {
	var fitting []*node
	for _, kid := range kids {
		if kid.shortest <= length && length <= kid.longest {
			fitting = append(fitting, kid)
		}
	}
	if len(fitting) == 0 {
		fitting = kids
	}
	return fitting[w.random.below(len(fitting))]
}

func (w *layoutWalk) repeat(n *node, length int) {
	kid := n.kids[0]
	low, high := n.low, min(n.high, max(n.low, length))
	if kid.shortest > 0 {
		high = max(n.low, min(high, length/kid.shortest))
	}
	if kid.longest > 0 {
		low = min(high, max(low, (length+kid.longest-1)/kid.longest))
	}
	if low > maxSteps {
		w.failed = true
		return
	}
	times := low + w.random.below(high-low+1)
	kids := make([]*node, times)
	for i := range kids {
		kids[i] = kid
	}
	w.sequence(kids, length)
}

func (w *layoutWalk) reference(group int) {
	span, found := w.captured[group]
	if !found || len(w.slots) > maxSteps {
		w.failed = true
		return
	}
	for i := span[0]; i < span[1]; i++ {
		w.slots = append(w.slots, slot{from: w.slots[i].from, same: i})
	}
}
