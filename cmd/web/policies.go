package main

import (
	"context"
	"fmt"
	"time"

	"latchkey/config"
	"latchkey/password"
	"latchkey/password/generator"
)

// readingTime bounds reading the policy file while serving, in case its file system hangs.
const readingTime = 10 * time.Second

// policyReader reads policy files.
type policyReader struct {
	file  func(path string) ([]byte, error)
	limit time.Duration // 0 = as long as it takes
}

// forCommand reads what a command line names, including pipes.
func forCommand() policyReader { return policyReader{file: password.Read} }

// forServing reads only regular files, with a time limit, since they are read again on SIGHUP.
func forServing() policyReader { return policyReader{file: password.ReadRegular, limit: readingTime} }

// policies reads the policy file, or uses the built-in policy if there is none, and applies the settings to it.
func (r policyReader) policies(ctx context.Context, cfg config.Config) (policies password.Policies, err error) {
	policies = password.Default()
	if cfg.PasswordPolicy != "" {
		if policies, err = r.parsed(ctx, cfg.PasswordPolicy); err != nil {
			return policies, err
		}
	}
	return policies.With(compliance(cfg.Compliance), generator.Contradictions)
}

func (r policyReader) parsed(ctx context.Context, path string) (password.Policies, error) {
	if r.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, r.limit, fmt.Errorf("it takes longer than %s", r.limit))
		defer cancel()
	}
	src, err := unlessEnded(ctx, "password policy: "+path, func() ([]byte, error) { return r.file(path) })
	if err != nil {
		return password.Policies{}, err
	}
	return password.Parse(path, src, generator.Contradictions)
}

func compliance(set config.Compliance) password.Compliance {
	return password.Compliance{
		MinLength: set.MinLength, Complexity: set.Complexity, LastPasswords: set.LastPasswords,
		Options: password.GeneratorOptions{
			Length: set.GeneratedLength, Upper: password.Set{Symbols: set.Upper}, Lower: password.Set{Symbols: set.Lower},
			Digits: password.Set{Symbols: set.Digits}, Special: password.Set{Symbols: set.Special},
		},
	}
}
