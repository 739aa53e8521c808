package password

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// ErrNoPassword means that no password was found that keeps all rules: there is none, or they are too hard to find.
var ErrNoPassword = errors.New("password: none found that keeps all rules")

const (
	// maxDraws and maxDrawn bound how often a password is drawn again that the rules do not allow, and of how many symbols
	// these may be together. They are counted, not timed, so that the same randomness gives the same password.
	maxDraws = 2000
	maxDrawn = 200_000
	// maxTimeouts bounds how often matching may take too long meanwhile.
	maxTimeouts = 3
	// sampled is how many passwords are looked at for what is not allowed. Of a part of 5 % one is found in 29 cases of 30,
	// and less than that is less than 0.1 bits.
	sampled = 64
)

// Generated is a password and how hard it is to guess.
type Generated struct {
	Text string  // normalised
	Bits float64 // of entropy: the binary logarithm of how many passwords were as likely; see [Unknown]
}

// Unknown is how many bits of entropy a password has of which that was not counted.
const Unknown = -1

// Generate makes a password by the policy's recipe; see [Policy.GenerateWith].
func (p Policy) Generate(source io.Reader, accountName string) (string, error) {
	made, err := p.GenerateWith(source, accountName, Recipe{})
	return made.Text, err
}

// GenerateWith makes a password that keeps all composition rules and contains the account name no more than they allow.
// What the recipe leaves open is the policy's. The password has the length of the recipe, as far as the rules allow that
// length, or the nearest length that there is. Each password of that length and alphabet is as likely as each other, unless
// the policy is too large even for weights (walk.go) or its expression refers to its groups (guess.go).
//
// Randomness must come from crypto/rand; an error of it is returned, wrapped. Where nothing is found in the alphabet it is
// [ErrNoPassword].
func (p Policy) GenerateWith(source io.Reader, accountName string, r Recipe) (Generated, error) {
	c, err := p.compile()
	if err != nil {
		return Generated{}, fmt.Errorf("password: allowedRegex: %w", err)
	}
	p.compiled = c // else each Check would compile it anew
	g := &generator{policy: p, accountName: accountName, recipe: r.Or(p.Recipe()), random: newRandom(source)}
	made, found := g.generate()
	switch {
	case g.random.err != nil:
		return Generated{}, fmt.Errorf("password: generate: %w", g.random.err)
	case !found:
		return Generated{}, ErrNoPassword
	}
	return made, nil
}

// generator is one search for a password.
type generator struct {
	policy      Policy
	accountName string
	recipe      Recipe
	random      *random
	timeouts    int
}

func (g *generator) generate() (Generated, bool) {
	plan := g.plan()
	switch made, found := g.drawn(plan, maxDraws); {
	case found:
		return made, true
	case plan.empty:
		return Generated{}, false
	case g.policy.compiled.refers():
		return g.guessed()
	}
	return g.drawn(g.nameless(), maxDraws)
}

// plan leaves out what would be the account name by itself.
func (g *generator) plan() *plan {
	o := order{recipe: g.recipe}
	if g.policy.UserNameForbidden && len(nameRunes(g.accountName)) > 0 {
		o.barred = g.accountName
	}
	return g.policy.compiled.plan(g.policy, o)
}

// nameless leaves the first symbol of the account name out, for when the name was in every password drawn: so it is where
// they are very long, or written in few symbols.
func (g *generator) nameless() *plan {
	_, size := utf8.DecodeRuneInString(g.accountName)
	return g.policy.compiled.plan(g.policy, order{g.recipe, g.accountName[:size]})
}

// drawn draws until all rules are kept. That leaves those that are allowed as likely as each other.
func (g *generator) drawn(plan *plan, most int) (Generated, bool) {
	if !plan.drawable() {
		return Generated{}, false
	}
	for left := plan.draws(most); left > 0; {
		text := plan.draw(g.random, &left)
		if text == "" || g.random.err != nil || g.timeouts >= maxTimeouts {
			break
		}
		if g.allowed(text) {
			return Generated{Text: text, Bits: g.bits(plan)}, true
		}
	}
	return Generated{}, false
}

// bits is the entropy of what is drawn, as far as all that can be drawn is allowed. Passwords that hold the account name are
// not, nor are those that break a rule which cannot be proved; where there are many others, or none of a sample does, they
// are too few to make a difference.
func (g *generator) bits(plan *plan) float64 {
	switch {
	case plan.count == nil, !plan.count.isSure(), !plan.isNearlyExact():
		return Unknown
	case plan.count.bits() < enough && g.isNamed(plan.count):
		return Unknown
	}
	return plan.count.bits()
}

// isNamed tells whether a good part of the passwords holds the account name: any of a sample, which is always the same.
func (g *generator) isNamed(count *count) bool {
	if !g.policy.UserNameForbidden || !count.canWrite(g.accountName) {
		return false
	}
	sample := sameRandom()
	for range sampled {
		if containsName(count.draw(sample), g.accountName) {
			return true
		}
	}
	return false
}

func (g *generator) allowed(text string) bool {
	if !isStable(text) {
		return false
	}
	broken := g.policy.Check(g.accountName, text)
	for _, v := range broken {
		if v.TimedOut {
			g.timeouts++
		}
	}
	return len(broken) == 0
}
