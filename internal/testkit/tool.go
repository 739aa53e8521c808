package testkit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Tool is a file that `npm ci` puts there, or leaves the test out where there is none.
func Tool(tb testing.TB, what string, read func() (string, error)) string {
	tb.Helper()
	text, err := read()
	if errors.Is(err, os.ErrNotExist) {
		Missing(tb, "axe", err.Error())
	}
	if err != nil {
		tb.Fatalf("reading %s: %v", what, err)
	}
	return text
}

// ReadTool reads a file that `npm ci` puts into tools, by its path from the root of the module.
func ReadTool(file string) (string, error) {
	if Hidden("axe") {
		return "", fmt.Errorf("hidden by %s: %w", WithoutEnv, os.ErrNotExist)
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	if err != nil {
		return "", fmt.Errorf("it is not installed here, `npm ci` in tools/axe does that: %w", err)
	}
	return string(text), nil
}

// moduleRoot is the directory of go.mod: a test runs in that of its package.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod above the test: %w", os.ErrNotExist)
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}
