package handlers_test

import (
	"fmt"
	"testing"

	"latchkey/accounts"
	"latchkey/handlers"
	"latchkey/internal/testkit"
)

// A flood of forms fills the memory to its bounds and no further; the newest are kept.
func TestRecentAnswersAreBounded(t *testing.T) {
	testkit.Parallel(t)
	for what, size := range map[string]int{"many": 1, "large": 1 << 20} {
		recent := handlers.NewMemoryAnswers(testkit.NewClock().Now)
		room := min(handlers.MaxMemoryAnswers, handlers.MaxMemoryAnswerBytes/size)
		for i := range 3 * room {
			id := accounts.AnswerID{Form: fmt.Sprint(i)}
			if claimed, err := recent.Claim(t.Context(), id); !claimed || err != nil {
				t.Fatalf("%s: form %d was not carried out", what, i)
			}
			_ = recent.Keep(t.Context(), id, make([]byte, size))
		}
		for i := range 3 * room {
			_, _, err := recent.Find(t.Context(), fmt.Sprint(i))
			check(t, fmt.Sprintf("%s: form %d of %d is kept", what, i, 3*room), err == nil, i >= 2*room)
		}
	}
}

func TestRecentAnswersAreClaimedOnce(t *testing.T) {
	testkit.Parallel(t)
	clock := testkit.NewClock()
	recent := handlers.NewMemoryAnswers(clock.Now)
	claim := func(holder string) bool {
		claimed, err := recent.Claim(t.Context(), accounts.AnswerID{Form: "form", Holder: holder})
		return must[bool](t)(claimed, err)
	}
	check(t, "first", claim("first"), true)
	check(t, "second", claim("second"), false)
	clock.Advance(accounts.AnswerClaim)
	check(t, "after the first died", claim("third"), true)
	_ = recent.Drop(t.Context(), "form", "first")
	check(t, "after the first came back", claim("fourth"), false)
	_ = recent.Drop(t.Context(), "form", "third")
	check(t, "after the third failed", claim("fifth"), true)
}
