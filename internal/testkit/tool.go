package testkit

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Tool reads a file that `npm ci` installs in tools/axe, by its path in node_modules. Without it the test is skipped, see
// [Missing].
func Tool(tb testing.TB, path string) []byte {
	tb.Helper()
	if Hidden("axe") {
		Missing(tb, "axe", "hidden by "+WithoutEnv)
	}
	_, thisFile, _, _ := runtime.Caller(0)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(thisFile), "../../tools/axe/node_modules", filepath.FromSlash(path)))
	if err != nil {
		Missing(tb, "axe", err.Error())
	}
	return text
}
