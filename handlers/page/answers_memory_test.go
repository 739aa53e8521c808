package page

import (
	"fmt"
	"testing"

	"latchkey/accounts"
	"latchkey/internal/testkit"
)

// A flood of forms fills the memory to its bounds and no further; the newest are kept.
func TestRecentAnswersAreBounded(t *testing.T) {
	testkit.Parallel(t)
	for what, size := range map[string]int{"many": 1, "large": 1 << 20} {
		recent := newMemoryAnswers(testkit.NewClock().Now)
		room := min(maxMemoryAnswers, maxMemoryAnswerBytes/size)
		for i := range 3 * room {
			id := accounts.AnswerID{Form: fmt.Sprint(i)}
			if claimed, err := recent.Claim(t.Context(), id); !claimed || err != nil {
				t.Fatalf("%s: form %d was not carried out", what, i)
			}
			_ = recent.Keep(t.Context(), id, make([]byte, size))
		}
		for i := range 3 * room {
			_, _, err := recent.Find(t.Context(), fmt.Sprint(i))
			if kept := err == nil; kept != (i >= 2*room) {
				t.Errorf("%s: form %d of %d is kept: %t", what, i, 3*room, kept)
			}
		}
	}
}

func TestRecentAnswersAreClaimedOnce(t *testing.T) {
	testkit.Parallel(t)
	clock := testkit.NewClock()
	recent := newMemoryAnswers(clock.Now)
	claim := func(holder string, want bool) {
		t.Helper()
		claimed, err := recent.Claim(t.Context(), accounts.AnswerID{Form: "form", Holder: holder})
		if err != nil || claimed != want {
			t.Errorf("%s claims the form: %t, want %t (%v)", holder, claimed, want, err)
		}
	}
	claim("first", true)
	claim("second", false)
	clock.Advance(accounts.AnswerClaim)
	claim("third", true) // the first has not finished in time
	_ = recent.Drop(t.Context(), "form", "first")
	claim("fourth", false)
	_ = recent.Drop(t.Context(), "form", "third")
	claim("fifth", true)
}
