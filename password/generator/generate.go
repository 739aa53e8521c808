package generator

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"latchkey/password"
)

// ErrNoPassword means that no password was found that keeps all rules: none exists, or it is too hard to find.
var ErrNoPassword = errors.New("generator: found no password that keeps all rules")

// maxDraws, maxDrawn (code points) and maxTimeouts limit how often a candidate is drawn that breaks a rule. They count
// instead of measuring time, so that the same randomness gives the same password.
const (
	maxDraws    = 2000
	maxDrawn    = 200_000
	maxTimeouts = 3
)

// Generate returns a password that keeps all composition rules of the policy for an account of that name. Options left open
// are the policy's. The length is the requested one if the rules allow it, else the nearest possible one.
//
// All passwords of that length and alphabet are equally likely, and the entropy is known, unless the policy has too many
// states to count or its expression is not provable. Randomness must come from crypto/rand; its errors are wrapped. The
// other error is [ErrNoPassword].
func Generate(policy password.Policy, o password.GeneratorOptions, accountName string, source io.Reader) (password.Generated, error) {
	policy, err := policy.Compiled()
	if err != nil {
		return password.Generated{}, fmt.Errorf("generator: allowedRegex: %w", err)
	}
	g := &search{policy: policy, accountName: accountName, random: newRandom(source)}
	made, found := g.run(o.Or(policy.GeneratorOptions()))
	switch {
	case g.random.err != nil:
		return password.Generated{}, fmt.Errorf("generator: %w", g.random.err)
	case !found:
		return password.Generated{}, ErrNoPassword
	}
	return made, nil
}

// search is one search for a password.
type search struct {
	policy      password.Policy
	accountName string
	random      *random
	timeouts    int
}

// run first forbids only a symbol that is the account name by itself. If every candidate contains the name, as very long
// ones or those of few symbols do, it tries without the first symbol of the name.
func (g *search) run(o password.GeneratorOptions) (password.Generated, bool) {
	key := planKey{options: o}
	if g.policy.UserNameForbidden && len(nameRunes(g.accountName)) > 0 {
		key.forbidden = g.accountName
	}
	first := planFor(g.policy, key)
	made, found := g.draw(first)
	if found || first.empty || !g.policy.UserNameForbidden {
		return made, found
	}
	_, size := utf8.DecodeRuneInString(g.accountName)
	if without := g.accountName[:size]; without != key.forbidden {
		return g.draw(planFor(g.policy, planKey{o, without}))
	}
	return made, false
}

// draw draws candidates until one keeps all rules. Rejecting the others leaves those that remain equally likely.
func (g *search) draw(p *plan) (password.Generated, bool) {
	if p.count != nil {
		text, found := g.try(p.count.length, maxDraws, p.count.draw)
		if !found {
			return password.Generated{}, false
		}
		return password.Generated{Text: text, Bits: p.entropy(g.policy, g.accountName)}, true
	}
	if p.construct == nil {
		return password.Generated{}, false
	}
	for _, length := range p.construct.lengths {
		build := func(random *random) string { return p.construct.build(random, length) }
		if text, found := g.try(length, maxDraws/maxLengths, build); found {
			return password.Generated{Text: text, Bits: password.Unknown}, true
		}
	}
	if relaxed := p.relaxed(); relaxed != nil {
		if text, found := g.try(relaxed.length, maxDraws, relaxed.draw); found {
			return password.Generated{Text: text, Bits: password.Unknown}, true
		}
	}
	return password.Generated{}, false
}

func (g *search) try(length, most int, draw func(*random) string) (string, bool) {
	for range min(most, 1+maxDrawn/max(1, length)) {
		text := draw(g.random)
		if text == "" || g.random.err != nil || g.timeouts >= maxTimeouts {
			return "", false
		}
		if g.allowed(text) {
			return text, true
		}
	}
	return "", false
}

func (g *search) allowed(text string) bool {
	if !password.IsNormalized(text) {
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
