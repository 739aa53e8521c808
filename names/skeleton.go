package names

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// confusable is a symbol and what it looks like (UTS 39, section 4).
type confusable struct {
	symbol rune
	like   string
}

// Skeletons are those of an account's name. Names are confusable if they share a skeleton and differ in more than ASCII: that
// anna1 looks like annal is in the nature of ordinary names, and a name in ASCII cannot pretend to be another script's.
type Skeletons struct {
	Forms       []string // the skeletons of the name as shown and in lower case
	BeyondASCII string   // the symbols of its key that are not ASCII
}

// SkeletonsOf returns the skeletons of a name that is compared by key. Both forms of it count: НОРЕ looks like hope in capitals
// only, and ѕсоре like SCOPE in small letters only. Names that were compared by other keys before, and are the same today, share
// their skeletons in different symbols.
func SkeletonsOf(name, key string) Skeletons {
	forms := []string{skeleton(norm.NFC.String(width.Fold.String(name))), skeleton(Fold(key))}
	slices.Sort(forms)
	return Skeletons{slices.Compact(forms), beyondASCII(key)}
}

// skeleton is that of UTS 39, section 4, with two changes: case does not count, and the dot of i̇, which is drawn as i, is left out.
func skeleton(text string) string {
	var like strings.Builder
	for _, r := range norm.NFD.String(text) {
		i, found := slices.BinarySearchFunc(confusables[:], r, func(c confusable, r rune) int { return int(c.symbol - r) })
		if found {
			like.WriteString(confusables[i].like)
		} else {
			like.WriteRune(r)
		}
	}
	return Fold(undotted(norm.NFD.String(like.String())))
}

func beyondASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return -1
		}
		return r
	}, text)
}
