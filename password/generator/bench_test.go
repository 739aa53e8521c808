package generator_test

import (
	"crypto/rand"
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"latchkey/password"
	"latchkey/password/generator"
)

const benchName = "bench-admin"

// benchPolicies returns the built-in policy, and one with an expression that requires kinds of characters.
func benchPolicies() (builtIn, lookAheads password.Policy) {
	builtIn = password.Default().Account
	lookAheads = builtIn
	lookAheads.AllowedRegex, lookAheads.MaximumSymbols = `^(?=.*[a-z])(?=.*\d)(?=.*[^\w\s]).{12,64}$`, 0
	return builtIn, lookAheads
}

// BenchmarkCheck checks the composition of passwords, of which half break a rule.
func BenchmarkCheck(b *testing.B) {
	policy, _ := benchPolicies()
	digit, secrets := regexp.MustCompile(`[0-9]`), make([]string, 1000)
	for i := range secrets {
		made, err := generator.Generate(policy, password.GeneratorOptions{}, benchName, rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		secrets[i] = made.Text
		if i%2 == 1 {
			secrets[i] = digit.ReplaceAllString(made.Text, "x")
		}
	}
	next := 0
	for b.Loop() {
		next = (next + 1) % len(secrets)
		if accepted := len(policy.Check(benchName, secrets[next])) == 0; accepted != (next%2 == 0) {
			b.Fatalf("%q: accepted %v", secrets[next], accepted)
		}
	}
	limitPerOperation(b, time.Second/500_000)
}

// BenchmarkGenerate leaves out the first password, which builds the tables.
func BenchmarkGenerate(b *testing.B) {
	run := func(name string, policy password.Policy, limit time.Duration) {
		b.Run(name, func(b *testing.B) {
			ready := prepare(b, policy)
			for b.Loop() {
				if _, err := generator.Generate(ready, password.GeneratorOptions{}, benchName, rand.Reader); err != nil {
					b.Fatal(err)
				}
			}
			limitPerOperation(b, limit)
		})
	}
	builtIn, lookAheads := benchPolicies()
	run("built-in", builtIn, time.Second/20_000)
	run("look-aheads", lookAheads, time.Second/2_000)
}

// BenchmarkPrepare reads a policy, proves that it has no contradictions, and generates a password.
func BenchmarkPrepare(b *testing.B) {
	run := func(name string, policy password.Policy, limit time.Duration) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				prepare(b, policy)
			}
			limitPerOperation(b, limit)
		})
	}
	builtIn, lookAheads := benchPolicies()
	run("built-in", builtIn, 10*time.Millisecond)
	run("look-aheads", lookAheads, 200*time.Millisecond)
}

// limitPerOperation fails a benchmark that ran long enough to be judged.
func limitPerOperation(b *testing.B, limit time.Duration) {
	b.Helper()
	took := b.Elapsed() / time.Duration(b.N)
	if b.Elapsed() > 500*time.Millisecond && took > limit {
		b.Errorf("an operation took %s, the limit is %s", took, limit)
	}
}

// prepare reads a policy from a file with the same rules, and generates a password.
func prepare(b *testing.B, policy password.Policy) password.Policy {
	b.Helper()
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
	if _, err = generator.Generate(policies.Account, password.GeneratorOptions{}, benchName, rand.Reader); err != nil {
		b.Fatal(err)
	}
	return policies.Account
}
