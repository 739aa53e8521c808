package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"latchkey/password"
)

// hangUps begins to listen for SIGHUP, which ends the program as long as nobody does: a demo, whose policy stands in no
// file, when its terminal is closed.
func (a *app) hangUps() (asked <-chan os.Signal, stop func()) {
	signals := make(chan os.Signal, 1)
	if a.config.PasswordPolicy+a.config.PolicyPlace != "" {
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
	if err := a.inForce.Reload(ctx, a.readPolicyAgain); err == nil { // else it has been said
		a.warnOfPolicy()
	}
}

// readPolicyAgain reads the file that was read at start, or, where none was there, one that is in its place by now. From
// then on it is the file.
func (a *app) readPolicyAgain() (password.Policies, error) {
	path := a.config.PasswordPolicy
	if path == "" && a.config.PolicyPlace != "" {
		path = a.config.PolicyPlace
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			path = ""
		}
	}
	cfg := a.config
	cfg.PasswordPolicy = path
	policies, err := loadPolicies(cfg)
	if err == nil {
		a.config.PasswordPolicy = path // and nothing else, which others read meanwhile
	}
	return policies, err
}
