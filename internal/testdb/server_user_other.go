//go:build !linux

package testdb

import (
	"os/exec"
	"os/user"
)

// Only root on Linux needs another user to run PostgreSQL.

func asUser(*exec.Cmd, *user.User) error { return nil }

func serverUser() (*user.User, error) { return nil, nil }

func giveTo(string, *user.User) error { return nil }
