package password

import (
	"strings"

	"latchkey/internal/problem"
)

// didYouMean returns the known key nearest to an unknown one, or all known keys if none is near.
func didYouMean(key string, known []string) string {
	const maxEdits = 3
	if nearest := problem.Nearest(key, known, min(maxEdits, len(key)/2)); nearest != "" {
		return "did you mean " + nearest + "?"
	}
	return "known here are " + strings.Join(known, ", ")
}
