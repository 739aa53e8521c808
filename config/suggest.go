package config

import "strings"

// known tells whether a name is a setting, enforced or not.
func known(name string) bool {
	_, now := find(name)
	return now || isLater(name)
}

// didYouMean is a hint for a mistyped name, or "".
func didYouMean(name string) string {
	asked := strings.ToUpper(strings.NewReplacer("-", "_", ".", "_", " ", "_").Replace(strings.TrimSpace(name)))
	asked = strings.TrimPrefix(asked, envPrefix)
	best, least := "", len(asked)/3+1
	consider := func(candidate string) {
		if d := distance(asked, candidate); d < least || d == least && candidate < best {
			best, least = candidate, d
		}
	}
	for _, s := range table {
		consider(s.name)
	}
	for _, s := range later {
		consider(s.name)
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance is the number of single-character edits between two names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
