package main

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"latchkey/password"
)

// sample is how many passwords are checked in turn; every second one breaks a rule.
const sample = 1000

func measurePasswords(ctx context.Context, b *bench, r *report) error {
	policy := password.Default().Account
	secrets, err := someSecrets(policy)
	if err != nil {
		return err
	}
	next := 0
	checked, err := throughput(ctx, 1, b.round, func(int) error {
		next = (next + 1) % sample
		if accepted := len(policy.Check(adminName, secrets[next])) == 0; accepted != (next%2 == 0) {
			return errors.New("a password was judged wrongly")
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.add(figure{name: "checked", measured: number(checked) + " /s", note: "composition, half of them breaking a rule"})
	generated, err := throughput(ctx, 1, b.round, func(int) error {
		_, err := policy.Generate(rand.Reader, adminName)
		return err
	})
	r.add(figure{name: "generated", measured: number(generated) + " /s", note: "each accepted by the check"})
	return err
}

// someSecrets generates passwords, and takes the digits from every second one.
func someSecrets(policy password.Policy) ([]string, error) {
	secrets := make([]string, sample)
	for i := range secrets {
		generated, err := policy.Generate(rand.Reader, adminName)
		if err != nil {
			return nil, err
		}
		if i%2 == 1 {
			generated = withoutDigits(generated)
		}
		secrets[i] = generated
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

// rawHashes is the rate of argon2id with the program's parameters and nothing around it.
func rawHashes(ctx context.Context, stored string, workers int, about time.Duration) (float64, error) {
	return throughput(ctx, workers, about, func(int) error {
		match, _, err := password.DefaultParams.Verify(stored, secret)
		if err == nil && !match {
			err = errors.New("the right password does not match")
		}
		return err
	})
}
