package regex

// operation is the kind of an instruction.
type operation int8

const (
	opRune     operation = iota // reads a code point of a set, then continues
	opFork                      // continues in two ways
	opLook                      // continues if its other way leads to opDone
	opNotLook                   // continues if it does not
	opStart                     // continues at the beginning
	opNotBreak                  // continues unless a carriage return was just read
	opEnd                       // continues if nothing more follows
	opDone                      // accepts whatever follows
)

// instruction is a step of a program. next and other are indices.
type instruction struct {
	op          operation
	set         int // of opRune: its number
	next, other int
}

const (
	maxInstructions = 20_000
	maxSets         = 1000
)

// program is an expression as a graph of instructions (Thompson's construction) in which look-aheads require more than one
// way at once. It is written from its end, because each part needs to know what follows it.
type program struct {
	steps []instruction
	sets  []Set
	known map[string]int // number of each set, by its key
}

// programOf writes the program of a tree that is provable. It panics with errTooLarge.
func programOf(tree *node) (p *program, start int) {
	p = &program{known: map[string]int{}}
	p.set(SetOf("\r")) // for opNotBreak
	end := p.add(instruction{op: opEnd, next: p.add(instruction{op: opDone})})
	return p, p.write(tree, end)
}

func (p *program) add(i instruction) int {
	if len(p.steps) >= maxInstructions {
		panic(errTooLarge)
	}
	p.steps = append(p.steps, i)
	return len(p.steps) - 1
}

func (p *program) set(s Set) int {
	name := s.key()
	number, found := p.known[name]
	if !found {
		if len(p.sets) >= maxSets {
			panic(errTooLarge)
		}
		number = len(p.sets)
		p.sets, p.known[name] = append(p.sets, s), number
	}
	return number
}

// write adds the steps of a node that lead to next, and returns the first one.
func (p *program) write(n *node, next int) int {
	switch n.kind {
	case nodeSet:
		return p.add(instruction{op: opRune, set: p.set(n.set), next: next})
	case nodeSequence:
		for i := len(n.kids) - 1; i >= 0; i-- {
			next = p.write(n.kids[i], next)
		}
		return next
	case nodeChoice:
		return p.choice(n.kids, next)
	case nodeRepeat:
		return p.repeat(n, next)
	case nodeAhead:
		return p.add(instruction{op: opLook, next: next, other: p.lookAhead(n.kids[0])})
	case nodeNotAhead:
		return p.add(instruction{op: opNotLook, next: next, other: p.lookAhead(n.kids[0])})
	case nodeStart:
		return p.add(instruction{op: opStart, next: next})
	case nodeEnd:
		return p.add(instruction{op: opEnd, next: next})
	case nodeEndOfLines:
		return p.endOfLines(next)
	case nodeAtomic:
		return p.write(atomicEquivalent(n.kids[0]), next)
	}
	return p.write(n.kids[0], next) // a group
}

// lookAhead adds the steps of a look-ahead.
func (p *program) lookAhead(n *node) int { return p.write(n, p.add(instruction{op: opDone})) }

func (p *program) choice(kids []*node, next int) int {
	first := p.write(kids[len(kids)-1], next)
	for i := len(kids) - 2; i >= 0; i-- {
		first = p.add(instruction{op: opFork, next: p.write(kids[i], next), other: first})
	}
	return first
}

// repeat writes the required rounds and, behind them, the optional ones.
func (p *program) repeat(n *node, next int) int {
	if n.mode == possessive {
		return p.write(atomicEquivalent(n), next)
	}
	low, high := n.low, n.high
	switch {
	case n.kids[0].longest == 0:
		low, high = min(low, 1), min(high, 1) // zero width: once is enough
	case n.kids[0].mayBeEmpty():
		low = 0 // empty rounds make up for missing ones
	}
	switch {
	case low > longestText && n.kids[0].shortest == 0:
		panic(errTooLarge)
	case low > longestText:
		return p.add(instruction{op: opRune, set: p.set(nil), next: next})
	case high > longestText:
		next = p.loop(n.kids[0], next)
	default:
		end := next
		for range high - low {
			next = p.add(instruction{op: opFork, next: p.write(n.kids[0], next), other: end})
		}
	}
	for range low {
		next = p.write(n.kids[0], next)
	}
	return next
}

// longestText limits counted repetitions: a password has at most that many bytes.
const longestText = 4096

func (p *program) loop(kid *node, next int) int {
	head := p.add(instruction{op: opFork, other: next})
	first := p.write(kid, head)
	p.steps[head].next = first
	return head
}

// endOfLines writes Java's $ without flags: the end, or before a final line break, but not inside \r\n.
func (p *program) endOfLines(next int) int {
	end := &node{kind: nodeEnd}
	feed, others := setNode(SetOf("\n")), setNode(lineBreaks.Minus(SetOf("\n")))
	first := p.add(instruction{op: opEnd, next: next})
	before := func(breaks ...*node) int {
		return p.add(instruction{op: opLook, next: next, other: p.lookAhead(sequenceNode(append(breaks, end)))})
	}
	alone := p.add(instruction{op: opNotBreak, next: before(feed)})
	for _, way := range []int{alone, before(others), before(setNode(SetOf("\r")), feed)} {
		first = p.add(instruction{op: opFork, next: first, other: way})
	}
	return first
}
