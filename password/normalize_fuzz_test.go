package password

import (
	"errors"
	"strings"
	"testing"
)

// Normalisation is idempotent.
func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{"a\u0301\u0327", "\u1100\u1161\u11a8", "\u0958", "ﬁ", " \u3000", "क्\u200d", strings.Repeat("\u0301", 40)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		once, err := Normalize(raw)
		if err != nil {
			return
		}
		if twice, err := Normalize(once); once == "" || err != nil && !errors.Is(err, ErrTooLong) || err == nil && twice != once {
			t.Errorf("%+q became %+q, then %+q (%v)", raw, once, twice, err)
		}
	})
}
