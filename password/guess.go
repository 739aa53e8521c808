package password

import "latchkey/password/regex"

const (
	guesses     = 60 // how often it is supposed what the groups of an expression have matched
	drawsAGuess = 50
)

// guessed makes a password of an expression that refers to what its groups have matched, by supposing texts for them. Of
// what it finds it takes what comes nearest to the wanted length.
func (g *generator) guessed() (best Generated, found bool) {
	span := g.policy.span(g.recipe)
	for range guesses {
		automaton := g.policy.compiled.regex.Guess(func(content *regex.Automaton) (string, bool) { return g.content(content, span.wanted) })
		if automaton == nil || g.random.err != nil || g.timeouts >= maxTimeouts {
			break
		}
		plan := plainPlan(automaton, g.policy.tally(), g.alphabet(), span)
		if !plan.drawable() || found && distance(plan.length(), span.wanted) >= distance(len([]rune(best.Text)), span.wanted) {
			continue
		}
		if made, good := g.drawn(plan, drawsAGuess); good {
			best, found = made, true
		}
	}
	return best, found
}

// content draws what a group may have matched, at any length up to most.
func (g *generator) content(automaton *regex.Automaton, most int) (string, bool) {
	plan := plainPlan(automaton, tally{}, g.alphabet(), span{low: 1, high: MaxBytes, wanted: 1 + int(g.random.below(int64(most)))})
	if !plan.drawable() {
		return "", false
	}
	draws := plan.draws(1)
	return plan.draw(g.random, &draws), true
}

func (g *generator) alphabet() []shade {
	return g.recipe.alphabet(thrifty())
}
