package models

import (
	"strings"
	"unicode"

	"latchkey/names"
)

// PostgreSQL's index of texts reads a list for each three letters that it is asked for, and those of common ones are long. So it is asked for the
// rarest parts of words only, and what it finds is compared with the whole words.
const (
	partLetters = 6 // of a part
	leastPart   = 4 // letters or digits in a row that are worth asking for
)

// byFrequency are letters and digits, from those that names and addresses have most often to the rarest ones.
const byFrequency = "eaionrsltmdchugpbkfwyvjzxq0123456789"

// rarity guesses how rare some letters and digits are.
func rarity(letters []rune) (sum int) {
	for _, r := range letters {
		if at := strings.IndexRune(byFrequency, r); at >= 0 {
			sum += at
		} else {
			sum += len(byFrequency) / 2
		}
	}
	return sum
}

// rarest returns the part of some letters that is likely in the fewest texts.
func rarest(letters []rune) []rune {
	best := letters[:min(len(letters), partLetters)]
	for i := range max(len(letters)-partLetters+1, 0) {
		if part := letters[i : i+partLetters]; rarity(part) > rarity(best) {
			best = part
		}
	}
	return best
}

// partsOf returns the parts of a term, in their order, by which PostgreSQL's index finds texts with all of it; none if the index would read all texts.
func partsOf(term string) (parts []string) {
	for _, run := range strings.FieldsFunc(term, func(r rune) bool { return !indexes(r) }) {
		if letters := []rune(run); len(letters) >= leastPart {
			parts = append(parts, string(rarest(letters)))
		}
	}
	if len(parts) == 0 && hasTrigram(term) {
		parts = []string{term}
	}
	return parts
}

// rarestPart returns the part of the words that is likely in the fewest texts; "" = there is none.
func (s accountSearch) rarestPart() (part string) {
	for _, word := range s.words {
		for _, other := range partsOf(names.SearchTerm(word)) {
			if rarity([]rune(other)) > rarity([]rune(part)) {
				part = other
			}
		}
	}
	return part
}

// indexes reports whether pg_trgm indexes a character: it leaves out all but letters and digits.
func indexes(r rune) bool { return unicode.In(r, unicode.L, unicode.N) }

// hasTrigram reports whether pg_trgm can find the term: it knows letters and digits only, and where words of them begin. For others PostgreSQL would
// read its whole index.
func hasTrigram(term string) bool {
	run := strings.Count(term, " ")
	for _, r := range term {
		switch {
		case indexes(r):
			run++
		case r != ' ':
			run = 0
		}
		if run == 3 {
			return true
		}
	}
	return false
}
