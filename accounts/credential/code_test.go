package credential

import (
	"bytes"
	"crypto/rand"
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/testkit"
)

var testForm = CodeForm{Length: 16, Group: 4}

func TestCodesAreReadAsTheyAreShown(t *testing.T) {
	testkit.Parallel(t)
	shape, seen, used := regexp.MustCompile(`^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$`), map[string]bool{}, map[rune]bool{}
	for range 200 {
		shown, err := testForm.New(rand.Reader)
		if err != nil || !shape.MatchString(shown) || seen[shown] {
			t.Fatalf("%q: %v", shown, err)
		}
		seen[shown] = true
		plain := strings.ReplaceAll(shown, "-", "")
		for _, typed := range []string{shown, plain, strings.ToLower(shown), " " + strings.ReplaceAll(shown, "-", " ") + "\n", strings.ReplaceAll(strings.ReplaceAll(shown, "0", "O"), "1", "l")} {
			if code, ok := testForm.Parse(typed); !ok || code != plain {
				t.Errorf("%q was read as %q, %v", typed, code, ok)
			}
		}
		for _, r := range plain {
			used[r] = true
		}
	}
	if len(used) != len(codeAlphabet) {
		t.Errorf("200 codes use %d of %d characters", len(used), len(codeAlphabet))
	}
}

func TestWhatIsNoCode(t *testing.T) {
	testkit.Parallel(t)
	for _, typed := range []string{"", "7K3MQ9PX7K3MQ9P", "7K3MQ9PX7K3MQ9PXX", "7K3M-Q9PX-7K3M-Q9PU", "7K3M_Q9PX_7K3M_Q9PX", "７K3MQ9PX7K3MQ9PX", strings.Repeat("-", 64) + "7K3MQ9PX7K3MQ9PX", strings.Repeat("7", 1<<16)} {
		if code, ok := testForm.Parse(typed); ok {
			t.Errorf("%.40q was read as %q", typed, code)
		}
	}
}

func TestCodeWithoutRandomness(t *testing.T) {
	testkit.Parallel(t)
	if code, err := testForm.New(bytes.NewReader(make([]byte, 3))); err == nil {
		t.Errorf("made %q", code)
	}
}

func FuzzParseCode(f *testing.F) {
	for _, typed := range []string{"7K3M-Q9PX-7K3M-Q9PX", "oil", "", "\xff"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := testForm.Parse(typed)
		if again, same := testForm.Parse(code); ok && (!same || again != code) {
			t.Errorf("%q became %q, which became %q", typed, code, again)
		}
	})
}
