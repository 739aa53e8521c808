package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"latchkey/password"
	"latchkey/password/generator"
)

// The limits of checking and generating passwords, and of preparing a policy.
const (
	leastChecks            = 500_000 // per second
	leastGenerated         = 20_000  // per second, built-in policy
	leastWithLookAheads    = 2_000   // per second
	slowestPrepared        = 10.0    // ms, built-in policy
	slowestWithLookAheads  = 200.0   // ms
	checkedPasswords       = 1000    // in turn; every second one breaks a rule
	expressionOfLookAheads = `^(?=.*[a-z])(?=.*\d)(?=.*[^\w\s]).{12,64}$`
)

// withLookAheads returns the built-in policy with an expression that asks for kinds of symbols.
func withLookAheads() password.Policy {
	policy := password.Default().Account
	policy.AllowedRegex, policy.MaximumSymbols = expressionOfLookAheads, 0
	return policy
}

func (b *bench) measurePasswords() {
	rate := func(name, note string, least float64, f func(*testing.B)) {
		result := b.benchmark(name, f)
		perSecond := float64(result.N) / result.T.Seconds()
		b.add(name, "", number(perSecond)+" /s", atLeast(perSecond, least), note)
	}
	took := func(name, note string, slowest float64, f func(*testing.B)) {
		result := b.benchmark(name, f)
		ms := milliseconds(result.T) / float64(result.N)
		b.add(name, "", number(ms)+" ms", atMost(ms, slowest), note)
	}
	builtIn, note := password.Default().Account, "with three look-aheads"
	rate("checked", "composition; half of them break a rule", leastChecks, func(tb *testing.B) { benchmarkCheck(tb, builtIn) })
	rate("generated", "built-in policy", leastGenerated, func(tb *testing.B) { benchmarkGenerate(tb, builtIn) })
	took("prepared", "built-in policy: read, proved, one password", slowestPrepared, func(tb *testing.B) { benchmarkPrepare(tb, builtIn) })
	rate("generated", note, leastWithLookAheads, func(tb *testing.B) { benchmarkGenerate(tb, withLookAheads()) })
	took("prepared", note, slowestWithLookAheads, func(tb *testing.B) { benchmarkPrepare(tb, withLookAheads()) })
}

// benchmark runs one for the time of a round; a benchmark that failed has no iterations.
func (b *bench) benchmark(name string, f func(*testing.B)) testing.BenchmarkResult {
	result := benchmark(b.round.String(), f)
	if result.N == 0 && b.err == nil {
		b.err = errors.New("passwords: " + name + " failed; go test -bench . ./internal/bench says why")
	}
	return result
}

func benchmarkCheck(b *testing.B, policy password.Policy) {
	secrets := make([]string, checkedPasswords)
	for i := range secrets {
		made, err := generator.Generate(policy, password.GeneratorOptions{}, adminName, rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		generated := made.Text
		if i%2 == 1 {
			generated = strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return 'x'
				}
				return r
			}, generated)
		}
		secrets[i] = generated
	}
	next := 0
	for b.Loop() {
		next = (next + 1) % checkedPasswords
		if accepted := len(policy.Check(adminName, secrets[next])) == 0; accepted != (next%2 == 0) {
			b.Fatal("a password was judged wrongly")
		}
	}
}

// benchmarkGenerate leaves out the first password, for which the tables are built.
func benchmarkGenerate(b *testing.B, policy password.Policy) {
	ready := prepare(b, policy)
	for b.Loop() {
		if _, err := generator.Generate(ready, password.GeneratorOptions{}, adminName, rand.Reader); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkPrepare(b *testing.B, policy password.Policy) {
	for b.Loop() {
		prepare(b, policy)
	}
}

// prepare reads a policy from a file with the same rules, and generates a password.
func prepare(b *testing.B, policy password.Policy) password.Policy {
	rules := map[string]any{}
	for _, value := range policy.Values() {
		switch value.Rule {
		case password.RuleUserNameForbidden:
			rules[string(value.Rule)] = value.On
		case password.RuleAllowedRegex:
			rules[string(value.Rule)] = value.Text
		default:
			rules[string(value.Rule)] = value.N
		}
	}
	file, err := json.Marshal(map[string]any{"passwordPolicyConfigurations": map[string]any{"TECHNICAL": map[string]any{}, "ACCOUNT": rules}})
	if err != nil {
		b.Fatal(err)
	}
	policies, err := password.Parse("bench", file, generator.Contradictions)
	if err != nil {
		b.Fatal(err)
	}
	if _, err = generator.Generate(policies.Account, password.GeneratorOptions{}, adminName, rand.Reader); err != nil {
		b.Fatal(err)
	}
	return policies.Account
}
