package password

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// ErrNoPassword means that no password was found that keeps all rules: there is none, or they are too hard to find.
var ErrNoPassword = errors.New("password: none found that keeps all rules")

const (
	usualLength = 20 // code points

	// Bounds of the search. They are counted, not timed, so that the same randomness gives the same password.
	plainTries    = 16  // at one length, drawing every place alike
	demandTries   = 32  // more at the same length, meeting what is asked for first
	wantedTries   = 400 // the same at the wanted length, as a longer password is better than a quick answer
	nearLengths   = 40  // lengths that get all those tries; those farther away get few
	farTries      = 3
	maxCharacters = 1_000_000
	maxTimeouts   = 3
)

// Generate makes a password that keeps all composition rules, the regular expression included, and contains the account
// name no more than they allow. It has 20 code points, or as many as the rules want, or the nearest number for which one
// is found. It is normalised already.
//
// Randomness must come from crypto/rand; an error of it is returned, wrapped. [ErrNoPassword] is returned after a
// bounded search.
func (p Policy) Generate(rand io.Reader, accountName string) (string, error) {
	m, err := p.matcher()
	if err != nil {
		return "", fmt.Errorf("password: allowedRegex: %w", err)
	}
	p.regex = m // else each Check would compile it anew
	g := newGenerator(p, newRandom(rand), accountName)
	for i, length := range g.lengths() {
		if found, ok := g.atLength(length, i); ok {
			return found, nil
		}
		if g.random.err != nil {
			return "", fmt.Errorf("password: generate: %w", g.random.err)
		}
		if g.exhausted() {
			break
		}
	}
	return "", ErrNoPassword
}

// generator is one search for a password.
type generator struct {
	policy      Policy
	accountName string
	random      *random
	tree        *node
	wishes      *wishes
	named       runeSet // what would be the account name by itself
	palettes    map[paletteKind]*palette

	characters, timeouts int // spent
}

func newGenerator(p Policy, random *random, accountName string) *generator {
	g := &generator{policy: p, accountName: accountName, random: random, palettes: map[paletteKind]*palette{}}
	g.tree = repeatNode(setNode(anyRune), 0, unlimited, greedy)
	if p.regex != nil {
		g.tree = p.regex.tree
	}
	g.wishes = wishesOf(g.tree)
	if p.UserNameForbidden {
		g.named = nameRunes(accountName)
	}
	return g
}

func (g *generator) exhausted() bool {
	return g.characters > maxCharacters || g.timeouts >= maxTimeouts
}

// lengths are all that come into question, nearest to the wanted one first.
func (g *generator) lengths() []int {
	low := max(1, g.policy.MinimumSymbols, g.policy.classMinimums(), g.tree.shortest)
	high := min(g.policy.maximum(), g.tree.longest, MaxBytes)
	if low > high {
		return nil
	}
	wanted := min(max(usualLength, g.policy.MinimumSymbols), high)
	lengths := make([]int, 0, high-low+1)
	for length := low; length <= high; length++ {
		lengths = append(lengths, length)
	}
	slices.SortStableFunc(lengths, func(a, b int) int { return distance(a, wanted) - distance(b, wanted) })
	return lengths
}

// distance orders the longer of two lengths that are equally far before the shorter.
func distance(length, wanted int) int {
	if length >= wanted {
		return 2 * (length - wanted)
	}
	return 2*(wanted-length) + 1
}

// atLength searches at the length that is the rank-th nearest to the wanted one.
func (g *generator) atLength(length, rank int) (string, bool) {
	plain, more := plainTries, demandTries
	switch {
	case rank == 0:
		more = wantedTries
	case rank >= nearLengths:
		plain, more = 0, farTries
	}
	for number := range plain + more {
		found, ok := g.try(length, attempt{number: number, meet: number >= plain, late: number >= plain+more/2})
		if ok {
			return found, true
		}
		if g.exhausted() || g.random.err != nil {
			break
		}
	}
	return "", false
}

// attempt says how to go about one password.
type attempt struct {
	number int
	meet   bool // demands first
	late   bool // with a wider alphabet
}

// try makes one password and judges it.
func (g *generator) try(length int, a attempt) (string, bool) {
	g.characters += length
	slots, ok := layout(g.random, g.tree, length)
	if !ok {
		return "", false
	}
	made, ok := fill(g.random, slots, g.demands(a), g.palette(a))
	if !ok || g.random.err != nil || !isStable(made) {
		return "", false
	}
	broken := g.policy.Check(g.accountName, made)
	for _, v := range broken {
		if v.TimedOut {
			g.timeouts++
		}
	}
	return made, len(broken) == 0
}

// demands leaves out the guessed ones at each fourth try.
func (g *generator) demands(a attempt) []demand {
	switch {
	case !a.meet:
		return nil
	case a.number%4 == 3:
		return g.policy.classDemands()
	}
	return slices.Concat(g.wishes.demands, g.policy.classDemands())
}

// palette widens the alphabet at late tries, and gives up what was guessed to be barred at some.
func (g *generator) palette(a attempt) *palette {
	kind := paletteKind{wide: a.late, guess: a.number%8 != 5}
	if g.palettes[kind] == nil {
		p := &palette{barred: g.named, wide: kind.wide, known: map[*node]runeSet{}}
		if kind.guess {
			p.barred = p.barred.union(g.wishes.barred)
		}
		g.palettes[kind] = p
	}
	return g.palettes[kind]
}

type paletteKind struct{ wide, guess bool }
