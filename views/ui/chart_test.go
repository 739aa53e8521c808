package ui

import "testing"

// The grid lines are round numbers, and the highest bar is within them.
func TestGridLinesAreRound(t *testing.T) {
	t.Parallel()
	for most, want := range map[int]int{
		0: 1, 1: 1, 3: 1, 4: 2, 7: 3, 10: 4, 13: 5, 16: 10, 40: 20, 61: 25, 75: 25, 81: 30, 301: 200, 750: 250, 2210: 1000, 12_904: 5000,
	} {
		if got := (Chart{Bars: []Bar{{Count: most}}}).step(); got != want {
			t.Errorf("%d: a grid line every %d, want %d", most, got, want)
		}
	}
}
