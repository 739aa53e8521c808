package regex

import (
	"fmt"
	"testing"

	"latchkey/internal/testkit"
)

// blocksOf counts equivalent states by Moore's algorithm (1956): slow but simple.
func blocksOf(a *Automaton) int {
	block, count := make([]int, a.States()), 0
	for s, accepts := range a.accepts {
		if accepts {
			block[s] = 1
		}
	}
	for {
		known := map[string]int{}
		next := make([]int, a.States())
		for s := range block {
			key := fmt.Sprint(block[s])
			for class := range a.classes.sets {
				key += fmt.Sprint(" ", block[a.Step(State(s), class)])
			}
			if _, found := known[key]; !found {
				known[key] = len(known)
			}
			next[s] = known[key]
		}
		if len(known) == count {
			return count
		}
		block, count = next, len(known)
	}
}

// The numbers were worked out by hand and include Dead.
func TestAutomataAreMinimal(t *testing.T) {
	testkit.Parallel(t)
	for expression, want := range map[string]int{
		`.*`:        2,
		`[a&&b]`:    1,
		`a|b`:       3,
		`(?:a|aa)+`: 3,
		`(a+)+`:     3,
		`(?:ab|cb)`: 4,
		`(?=(?:.*[a-z]){4})(?=(?:.*[A-Z]){4})(?=(?:.*\d){4})(?=(?:.*[^\w\s]){4})[!-~]*`: 5*5*5*5 + 1,
		`(?=.*a.{3}$)[ab]*`:                          1<<4 + 1,
		`(?!.*aab)[ab]*`:                             4,
		`(?=.*a)(?=.*b)(?=.*c)(?=.*d)[a-z]*`:         1<<4 + 1,
		`(?i)(?!.*(?:password|latchkey)).{4,}`:       0, // many
		`(?=.*[a-z])(?=.*\d)(?=.*[^\w\s]).{12,64}`:   0,
		`(?:\w{3,5}[-.]){2,6}\w+`:                    0,
		`(?:(?!a1).)*+`:                              0,
		`[a-z]+(?:-[a-z]+){3,5}|\p{Lu}{2}\d{6}[!?]*`: 0,
	} {
		r, err := Compile(expression)
		if err != nil || r.Automaton() == nil {
			t.Fatalf("%s: no automaton (%v)", expression, err)
		}
		a := r.Automaton()
		if got := a.States(); want > 0 && got != want {
			t.Errorf("%s has %d states, want %d", expression, got, want)
		}
		if blocks := blocksOf(a); blocks != a.States() {
			t.Errorf("%s has %d states, of which %d differ", expression, a.States(), blocks)
		}
	}
}
