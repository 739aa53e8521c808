package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"latchkey/config"
	"latchkey/password"
)

// notifySIGHUP subscribes to SIGHUP. Without a policy file, as in the demo, SIGHUP keeps its default (exit).
func notifySIGHUP(cfg config.Config) (asked <-chan os.Signal, stop func()) {
	signals := make(chan os.Signal, 1)
	if cfg.PasswordPolicy+cfg.PolicyPlace != "" {
		signal.Notify(signals, syscall.SIGHUP)
	}
	return signals, func() { signal.Stop(signals) }
}

// reloads reads the password policy again for each signal, until ctx ends.
func (a *app) reloads(ctx context.Context, asked <-chan os.Signal) {
	for {
		select {
		case <-asked:
			a.reload(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// reload reads the policy file again, or one that was created since.
func (a *app) reload(ctx context.Context) {
	cfg := a.config
	named := cmp.Or(a.reloaded, cfg.PasswordPolicy)
	cfg.PasswordPolicy = cmp.Or(named, cfg.PolicyPlace)
	policies, readErr := a.reading.policies(ctx, cfg)
	if named == "" && errors.Is(readErr, fs.ErrNotExist) {
		cfg.PasswordPolicy = ""
		policies, readErr = a.reading.policies(ctx, cfg)
	}
	if ctx.Err() != nil {
		return // the program stops
	}
	err := a.accounts.Policies.Reload(ctx, func() (password.Policies, error) { return policies, readErr })
	if err == nil { // else it is in the log
		a.reloaded = cfg.PasswordPolicy
		a.warnOfPolicy()
	}
}
