package handlers_test

import (
	"errors"
	"fmt"
	"testing"

	"latchkey/accounts"
	"latchkey/handlers"
	"latchkey/internal/testkit"
)

// A flood of forms fills the memory to its bounds and no further; then forms are carried out as often as they are sent, until
// the first have ended.
func TestRecentAnswersAreBounded(t *testing.T) {
	testkit.Parallel(t)
	for what, size := range map[string]int{"many": 1, "large": 1 << 20} {
		clock := testkit.NewClock()
		recent := handlers.NewRecentAnswers(clock.Now)
		kept := func(from, to int) (count int) {
			for i := from; i < to; i++ {
				id := fmt.Sprint(what, i)
				if claimed, err := recent.Claim(t.Context(), accounts.AnswerID{Form: id}); !claimed || err != nil {
					t.Fatalf("%s: form %d was not carried out", what, i)
				}
				_ = recent.Keep(t.Context(), accounts.AnswerID{Form: id}, make([]byte, size))
				if sealed, _, err := recent.Find(t.Context(), id); err == nil && len(sealed) == size {
					count++
				} else if !errors.Is(err, accounts.ErrNotFound) {
					t.Fatal(err)
				}
			}
			return count
		}
		room := min(handlers.MaxRecent, handlers.MaxRecentBytes/size)
		check(t, what+", kept", kept(0, 2*room), room)
		clock.Advance(accounts.AnswerLife)
		check(t, what+", kept a minute later", kept(2*room, 4*room), room)
	}
}

func TestRecentAnswersAreClaimedOnce(t *testing.T) {
	testkit.Parallel(t)
	clock := testkit.NewClock()
	recent := handlers.NewRecentAnswers(clock.Now)
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
