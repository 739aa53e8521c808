package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/pflag"

	"latchkey/config"
)

// load runs Load in an empty directory with flags and environment, and settings.yml unless file is empty.
func load(t *testing.T, file string, env map[string]string, args ...string) (config.Config, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	if file != "" {
		write(t, "settings.yml", file)
	}
	return loadHere(t, env, args...)
}

func loadHere(t *testing.T, env map[string]string, args ...string) (config.Config, error) {
	t.Helper()
	fs := pflag.NewFlagSet("web", pflag.ContinueOnError)
	config.AddFlags(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return config.Load(fs, func(name string) string { return env[name] })
}

func write(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func temp(t *testing.T, name, content string) string {
	t.Helper()
	return write(t, filepath.Join(t.TempDir(), name), content)
}

// wantProblems compares the whole text of an error: order, number and wording of its lines.
func wantProblems(t *testing.T, err error, want string) {
	t.Helper()
	var problems config.Problems
	switch {
	case want == "" && err != nil:
		t.Fatalf("refused:\n%v", err)
	case want != "" && !errors.As(err, &problems):
		t.Fatalf("got %v, want Problems:\n%s", err, want)
	case want != "" && err.Error() != want:
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}
