package password

import "latchkey/password/regex"

// filled makes a password of a policy without an expression whose minimums are too large to be counted: the symbols that
// must be there, what is missing to the length, and all of it shuffled. Not every password is as likely as each other.
func (g *generator) filled() (Generated, bool) {
	span := g.policy.span(g.recipe)
	if span.low > span.high {
		return Generated{}, false
	}
	var alphabet regex.Set
	for _, shade := range g.alphabet() {
		if shade.cost == 0 {
			alphabet = alphabet.Union(shade.set)
		}
	}
	if g.policy.UserNameForbidden {
		alphabet = alphabet.Minus(nameRunes(g.accountName))
	}
	for range maxDraws {
		made := g.shuffled(g.fill(alphabet, span.wanted))
		if g.random.err != nil || made == "" {
			break
		}
		if g.allowed(made) {
			return Generated{Text: made}, true
		}
	}
	return Generated{}, false
}

// fill draws the minimums, and the rest from anything.
func (g *generator) fill(alphabet regex.Set, length int) (drawn []rune) {
	for kind, minimum := range g.policy.tally().minimums {
		drawn = g.draw(drawn, alphabet.Intersect(kindSets[kind]), minimum)
	}
	return g.draw(drawn, alphabet, length-len(drawn))
}

func (g *generator) draw(drawn []rune, from regex.Set, count int) []rune {
	if len(from) == 0 {
		return drawn
	}
	size := from.Size()
	for range count {
		drawn = append(drawn, from.At(g.random.below(size)))
	}
	return drawn
}

func (g *generator) shuffled(drawn []rune) string {
	shuffled := make([]rune, len(drawn))
	for to, from := range g.random.order(len(drawn)) {
		shuffled[to] = drawn[from]
	}
	return string(shuffled)
}
