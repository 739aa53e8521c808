package testkit

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// RequireEnv names the variable that lists what must not be missing, such as "postgres,chromium".
const RequireEnv = "LATCHKEY_TEST_REQUIRE"

// Missing skips a test because the machine lacks something, or fails it if [RequireEnv] lists that thing.
func Missing(tb testing.TB, what, why string) {
	tb.Helper()
	if required(os.Getenv(RequireEnv), what) {
		tb.Fatalf("%s is required (%s) but missing: %s", what, RequireEnv, why)
	}
	tb.Skipf("left out, %s is missing: %s", what, why)
}

// WithoutEnv names the variable that lists, like [RequireEnv], what tests ignore although the machine has it.
const WithoutEnv = "LATCHKEY_TEST_WITHOUT"

// Hidden reports whether [WithoutEnv] lists a thing.
func Hidden(what string) bool { return required(os.Getenv(WithoutEnv), what) }

func required(list, what string) bool {
	names := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	return slices.Contains(names, what)
}

// LongEnv names the variable that, if set, selects the long mode: more repetitions, and time measurements.
const LongEnv = "LATCHKEY_TEST_LONG"

// Long reports whether the long mode is selected.
func Long() bool { return os.Getenv(LongEnv) != "" }

// Times returns short, or long in the long mode, as how often a test repeats something.
func Times(short, long int) int {
	if Long() {
		return long
	}
	return short
}
