package password

import "strings"

// didYouMean suggests the known key that is most similar to an unknown one, or lists all.
func didYouMean(key string, known []string) string {
	best, distance := "", 4
	for _, k := range known {
		if len(key) > 2*len(k) {
			continue
		}
		if d := editDistance(strings.ToLower(key), strings.ToLower(k)); d < min(distance, len(k)/2+1) {
			best, distance = k, d
		}
	}
	if best == "" {
		return "known here are " + strings.Join(known, ", ")
	}
	return "did you mean " + best + "?"
}

// editDistance is the Levenshtein distance of a and b.
func editDistance(a, b string) int {
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
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
