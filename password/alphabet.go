package password

import "unicode"

var (
	// preferred is what generated passwords consist of where no rule asks for more: nothing that is easily taken for
	// something else, no space, no quotes.
	preferred = setOf("23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ!#$%&*+-.:=?@_")
	printable = newSet(runeRange{'!', '~'})

	// alphabets are tried in this order for a place at which nothing of those before may stand.
	alphabets = []runeSet{preferred, printable, setOf(" "), commonLetters}

	commonLetters = newSet(runeRange{0xa1, 0x17f}, runeRange{0x370, 0x52f}).minus(setOf("\u00ad"))

	// The classes of [CountClasses] as sets.
	upperRunes   = fromTables(unicode.Lu, unicode.Lt)
	digitRunes   = fromTables(unicode.Nd)
	specialRunes = fromTables(unicode.L, unicode.M, unicode.N, unicode.Cc).negate()
)

// palette says what to draw at a place of a generated password.
type palette struct {
	barred runeSet // avoided where anything else may stand
	wide   bool    // takes all of printable ASCII for preferred
	known  map[*node]runeSet
}

// colours are what to draw at a place where a set may stand.
func (p *palette) colours(s runeSet) runeSet {
	if left := s.minus(p.barred); len(left) > 0 {
		s = left
	}
	for i, alphabet := range alphabets {
		if p.wide && i == 0 {
			continue
		}
		if common := s.intersect(alphabet); len(common) > 0 {
			return common
		}
	}
	return s
}

// of is colours for the set of a node, remembered.
func (p *palette) of(n *node) runeSet {
	found, ok := p.known[n]
	if !ok {
		found = p.colours(n.set)
		p.known[n] = found
	}
	return found
}

// nameRunes holds what would by itself contain a name that is a single character when folded.
func nameRunes(name string) runeSet {
	if len([]rune(foldName(name))) != 1 {
		return nil
	}
	var found []runeRange
	for c := rune('!'); c < 0x530; c++ {
		if containsName(string(c), name) {
			found = append(found, runeRange{c, c})
		}
	}
	return newSet(found...)
}
