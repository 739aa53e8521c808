package testkit

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// RequireEnv names the variable that lists, separated by commas, what tests
// must not be left out for: "postgres,chromium".
const RequireEnv = "LATCHKEY_TEST_REQUIRE"

// Missing leaves a test out because the machine lacks something, or fails it
// where LATCHKEY_TEST_REQUIRE names that thing: CI must not stay green by
// testing nothing. what is the name in that list, why is for people.
func Missing(tb testing.TB, what, why string) {
	tb.Helper()
	if required(os.Getenv(RequireEnv), what) {
		tb.Fatalf("%s is required (%s) but missing: %s", what, RequireEnv, why)
	}
	tb.Skipf("left out, %s is missing: %s", what, why)
}

// WithoutEnv names the variable that lists, like [RequireEnv], what tests must not find although the machine has it: CI
// runs them as on a machine with nothing but Go.
const WithoutEnv = "LATCHKEY_TEST_WITHOUT"

// Hidden reports whether tests must not find that thing.
func Hidden(what string) bool { return required(os.Getenv(WithoutEnv), what) }

func required(list, what string) bool {
	names := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	return slices.Contains(names, what)
}

// LongEnv names what, when it is set to anything, makes tests take the time that they need.
const LongEnv = "LATCHKEY_TEST_LONG"

// Long tells whether tests take the time that they need.
func Long() bool { return os.Getenv(LongEnv) != "" }

// Times is how often a test repeats itself: short, or long where LATCHKEY_TEST_LONG is set.
func Times(short, long int) int {
	if Long() {
		return long
	}
	return short
}
