package regex

// classNode reads a class as a node.
func (r *parser) classNode() (*node, error) {
	set, err := r.class()
	if err != nil {
		return nil, err
	}
	return setNode(set), nil
}

// class reads […]: characters, ranges, escapes, nested classes, and intersections with &&.
//
// It refuses negated classes with nested classes or intersections, and some operands of &&, on which Java 8 and later versions
// disagree.
func (r *parser) class() (Set, error) {
	opened := r.position()
	if r.depth++; r.depth > maxGroups {
		return nil, Error{opened, "classes are nested more than 100 deep"}
	}
	defer func() { r.depth-- }()
	r.next++
	negated := r.accept("^")
	set, simple, err := r.classItems()
	if err != nil {
		return nil, err
	}
	if r.peek() == '&' {
		if set, err = r.intersections(set, simple); err != nil {
			return nil, err
		}
		simple = false
	}
	switch {
	case !r.accept("]"):
		return nil, Error{opened, "this [ is not closed"}
	case negated && !simple:
		return nil, Error{opened, "versions of Java disagree on [^…] with a class or && inside; write it without ^"}
	case negated:
		return set.Negate(), nil
	}
	return set, nil
}

// classItems reads up to ] or &&. A ] in first place is a literal. simple means that there is no nested class.
func (r *parser) classItems() (set Set, simple bool, err error) {
	simple = true
	var items []Range
	for first := true; !r.atEnd(); first = false {
		switch {
		case r.peek() == ']' && !first:
			return NewSet(items...), simple, nil
		case r.peek() == '&' && r.peekAt(1) == '&':
			if first {
				return nil, false, r.fail("something must stand before &&")
			}
			return NewSet(items...), simple, nil
		}
		item, nested, err := r.classItem()
		if err != nil {
			return nil, false, err
		}
		items, simple = append(items, item...), simple && !nested
	}
	return NewSet(items...), simple, nil
}

func (r *parser) classItem() (set Set, nested bool, err error) {
	if r.peek() == '[' {
		set, err = r.class()
		return set, true, err
	}
	if r.peek() == '\\' {
		if set, found, err := r.setEscape(); found || err != nil {
			return set, false, err
		}
	}
	set, err = r.classRange()
	return set, false, err
}

// classRange reads a character or a range. A - before ] or [ is a literal.
func (r *parser) classRange() (Set, error) {
	at := r.position()
	low, err := r.classRune()
	if err != nil {
		return nil, err
	}
	if r.peek() != '-' || r.peekAt(1) == ']' || r.peekAt(1) == '[' {
		return r.flags.foldRune(low), nil
	}
	r.next++
	high, err := r.classRune()
	if err != nil {
		return nil, err
	}
	if low > high {
		return nil, Error{at, "the range " + string(low) + "-" + string(high) + " is the wrong way round"}
	}
	return r.flags.foldRange(Range{low, high}), nil
}

func (r *parser) classRune() (rune, error) {
	if r.atEnd() {
		return 0, r.fail("the class is cut off here")
	}
	if r.peek() != '\\' {
		r.next++
		return r.tokens[r.next-1].r, nil
	}
	return r.runeEscape()
}

// intersections reads any number of && with their operands.
func (r *parser) intersections(set Set, simple bool) (Set, error) {
	if !simple {
		return nil, r.fail("versions of Java disagree on && behind a nested class")
	}
	for r.accept("&&") {
		with, last, err := r.operand()
		if err != nil {
			return nil, err
		}
		set = set.Intersect(with)
		if last {
			break
		}
	}
	if !r.atEnd() && r.peek() != ']' {
		return nil, r.fail("behind && one class in brackets may stand, or characters and ranges up to the closing ]")
	}
	return set, nil
}

// operand reads the right side of &&: a nested class, after which another && can follow, or plain items.
func (r *parser) operand() (set Set, last bool, err error) {
	switch r.peek() {
	case '[':
		set, err = r.class()
		return set, false, err
	case ']', '&', '^':
		return nil, false, r.fail("behind && a class or characters must stand")
	}
	set, simple, err := r.classItems()
	if err == nil && !simple {
		err = r.fail("versions of Java disagree on classes mixed with characters behind &&")
	}
	return set, true, err
}
