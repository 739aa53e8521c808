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

// hangUps begins to listen for SIGHUP, which ends the program as long as nobody does: a demo, whose policy stands in no
// file, when its terminal is closed.
func hangUps(cfg config.Config) (asked <-chan os.Signal, stop func()) {
	signals := make(chan os.Signal, 1)
	if cfg.PasswordPolicy+cfg.PolicyPlace != "" {
		signal.Notify(signals, syscall.SIGHUP)
	}
	return signals, func() { signal.Stop(signals) }
}

// reloads reads the password policy again whenever it is asked to, until ctx ends.
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

func (a *app) reload(ctx context.Context) {
	cfg := a.config
	cfg.PasswordPolicy = a.policyFile()
	err := a.inForce.Reload(ctx, func() (password.Policies, error) { return loadPolicies(cfg) })
	if err == nil { // else it has been said
		a.reloaded = cfg.PasswordPolicy
		a.warnOfPolicy()
	}
}

// policyFile is the file that is in force, or, where none is, one that is in its place by now.
func (a *app) policyFile() string {
	file := cmp.Or(a.reloaded, a.config.PasswordPolicy)
	if file != "" || a.config.PolicyPlace == "" {
		return file
	}
	if _, err := os.Stat(a.config.PolicyPlace); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return a.config.PolicyPlace
}
