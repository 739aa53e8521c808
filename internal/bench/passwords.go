package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"

	"latchkey/password"
	"latchkey/password/generator"
)

// sample is how many passwords are checked in turn; every second one breaks a rule.
const sample = 1000

// The limits of judging and making passwords, and of making a policy ready to do so.
const (
	fewestChecks         = 500_000 // a second
	fewestGenerated      = 20_000  // a second, by the built-in policy
	fewestByLookAheads   = 2_000   // a second
	slowestCompiled      = 10.0    // milliseconds, of the built-in policy
	slowestWithLookAhead = 200.0   // milliseconds
)

// withLookAheads is an expression as people write them to ask for kinds of symbols.
const withLookAheads = `^(?=.*[a-z])(?=.*\d)(?=.*[^\w\s]).{12,64}$`

func measurePasswords(ctx context.Context, b *bench, r *report) error {
	policy := password.Default().Account
	if err := measureChecks(ctx, b, r, policy); err != nil {
		return err
	}
	strict := policy
	strict.AllowedRegex, strict.MaximumSymbols = withLookAheads, 0
	for _, made := range []struct {
		note            string
		policy          password.Policy
		fewest, slowest float64
	}{
		{"the built-in policy", policy, fewestGenerated, slowestCompiled},
		{"and an expression with three look-aheads", strict, fewestByLookAheads, slowestWithLookAhead},
	} {
		if err := measureGenerated(ctx, b, r, made.policy, made.note, made.fewest); err != nil {
			return err
		}
		if err := measureCompiled(ctx, b, r, made.policy, made.note, made.slowest); err != nil {
			return err
		}
	}
	return nil
}

func measureChecks(ctx context.Context, b *bench, r *report, policy password.Policy) error {
	secrets, err := someSecrets(policy)
	if err != nil {
		return err
	}
	next := 0
	checked, err := b.perSecond(ctx, func() error {
		next = (next + 1) % sample
		if accepted := len(policy.Check(adminName, secrets[next])) == 0; accepted != (next%2 == 0) {
			return errors.New("a password was judged wrongly")
		}
		return nil
	})
	r.add(figure{
		name: "checked", measured: number(checked) + " /s", limit: atLeast(checked, fewestChecks, " /s"),
		note: "composition, half of them breaking a rule",
	})
	return err
}

// measureGenerated leaves the first password out, for which the tables are made.
func measureGenerated(ctx context.Context, b *bench, r *report, policy password.Policy, note string, fewest float64) error {
	ready, err := ready(policy)
	if err != nil {
		return err
	}
	generated, err := b.perSecond(ctx, func() error {
		_, err := generator.Generate(ready, password.GeneratorOptions{}, adminName, rand.Reader)
		return err
	})
	r.add(figure{name: "generated", measured: number(generated) + " /s", limit: atLeast(generated, fewest, " /s"), note: note})
	return err
}

// measureCompiled takes the first password in.
func measureCompiled(ctx context.Context, b *bench, r *report, policy password.Policy, note string, slowest float64) error {
	compiled, err := b.perSecond(ctx, func() error {
		_, err := ready(policy)
		return err
	})
	took := 1000 / compiled
	r.add(figure{
		name: "made ready", measured: number(took) + " ms", limit: atMost(took, slowest, " ms"), note: note + ": read, proved, and one password",
	})
	return err
}

// ready reads a policy from a file that says the same, and generates its first password.
func ready(policy password.Policy) (password.Policy, error) {
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
		return policy, err
	}
	policies, err := password.Parse("bench", file, generator.Contradictions)
	if err != nil {
		return policy, err
	}
	_, err = generator.Generate(policies.Account, password.GeneratorOptions{}, adminName, rand.Reader)
	return policies.Account, err
}

// perSecond is how often a second one goroutine can do the work.
func (b *bench) perSecond(ctx context.Context, work func() error) (float64, error) {
	done, took, err := repeat(ctx, 1, b.round, func(int) error { return work() })
	return done / took.Seconds(), err
}

// someSecrets generates passwords, and takes the digits from every second one.
func someSecrets(policy password.Policy) ([]string, error) {
	secrets := make([]string, sample)
	for i := range secrets {
		generated, err := generator.Generate(policy, password.GeneratorOptions{}, adminName, rand.Reader)
		if err != nil {
			return nil, err
		}
		if i%2 == 1 {
			generated.Text = withoutDigits(generated.Text)
		}
		secrets[i] = generated.Text
	}
	return secrets, nil
}

func withoutDigits(text string) string {
	letters := []rune(text)
	for i, r := range letters {
		if r >= '0' && r <= '9' {
			letters[i] = 'x'
		}
	}
	return string(letters)
}
