package mfa

import (
	"bytes"
	"crypto/rand"
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/testkit"
)

func TestRecoveryCodesAreReadAsTheyAreShown(t *testing.T) {
	testkit.Parallel(t)
	shape, seen, used := regexp.MustCompile(`^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$`), map[string]bool{}, map[rune]bool{}
	for range 200 {
		shown, err := newRecoveryCode(rand.Reader)
		if err != nil || !shape.MatchString(shown) || seen[shown] {
			t.Fatalf("%q: %v", shown, err)
		}
		seen[shown] = true
		plain := strings.ReplaceAll(shown, "-", "")
		for _, typed := range []string{shown, plain, strings.ToLower(shown), " " + strings.ReplaceAll(shown, "-", " ") + "\n", strings.ReplaceAll(strings.ReplaceAll(shown, "0", "O"), "1", "l")} {
			if code, ok := parseRecoveryCode(typed); !ok || code != plain {
				t.Errorf("%q was read as %q, %v", typed, code, ok)
			}
		}
		for _, r := range plain {
			used[r] = true
		}
	}
	if len(used) != len(recoveryAlphabet) {
		t.Errorf("200 codes use %d of %d characters", len(used), len(recoveryAlphabet))
	}
}

func TestWhatIsNoRecoveryCode(t *testing.T) {
	testkit.Parallel(t)
	for _, typed := range []string{"", "7K3MQ9PX7K3MQ9P", "7K3MQ9PX7K3MQ9PXX", "7K3M-Q9PX-7K3M-Q9PU", "7K3M_Q9PX_7K3M_Q9PX", "７K3MQ9PX7K3MQ9PX", strings.Repeat("-", 64) + "7K3MQ9PX7K3MQ9PX", strings.Repeat("7", 1<<16)} {
		if code, ok := parseRecoveryCode(typed); ok {
			t.Errorf("%.40q was read as %q", typed, code)
		}
	}
}

func TestEqualRecoveryCodesOfTwoAccountsAreStoredDifferently(t *testing.T) {
	testkit.Parallel(t)
	if hashRecoveryCode("a", "7K3MQ9PX7K3MQ9PX") == hashRecoveryCode("b", "7K3MQ9PX7K3MQ9PX") {
		t.Error("they have the same hash")
	}
}

func TestRecoveryCodeWithoutRandomness(t *testing.T) {
	testkit.Parallel(t)
	if code, err := newRecoveryCode(bytes.NewReader(make([]byte, 3))); err == nil {
		t.Errorf("made %q", code)
	}
}

func FuzzParseRecoveryCode(f *testing.F) {
	for _, typed := range []string{"7K3M-Q9PX-7K3M-Q9PX", "oil", "", "\xff"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := parseRecoveryCode(typed)
		if again, same := parseRecoveryCode(code); ok && (!same || again != code) {
			t.Errorf("%q became %q, which became %q", typed, code, again)
		}
	})
}
