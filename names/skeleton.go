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

// Skeleton is what names that look alike have in common. Two names are confusable if they share the text of a skeleton and
// differ in what it tells them apart by.
type Skeleton struct{ Text, DiffersBy string }

// exactMark stands before the skeletons in which case counts; no name has it.
const exactMark = "="

// SkeletonsOf returns the skeletons of a name that is compared by key. The first is that of UTS 39 of the name as shown, which no
// two names may share: paypaI looks like paypal. The others are without regard to case, of the name as shown and in lower case:
// НОРЕ looks like hope in capitals only, and ѕсоре like SCOPE in small letters only. These tell names apart by what is not ASCII,
// since O and 0 are not taken for each other in other case. An e-mail as a name is judged in its own letters.
func SkeletonsOf(name, key string) []Skeleton {
	shown := norm.NFC.String(width.Fold.String(name))
	if strings.Contains(key, "@") { // its domain is in ASCII
		key = Fold(shown)
	}
	beyond := beyondASCII(key)
	skeletons := []Skeleton{{exactMark + exact(shown), key}, {caseless(shown), beyond}, {caseless(Fold(key)), beyond}}
	slices.SortFunc(skeletons, func(a, b Skeleton) int { return strings.Compare(a.Text, b.Text) })
	return slices.Compact(skeletons)
}

// exact is the skeleton of UTS 39, section 4.
func exact(text string) string {
	var like strings.Builder
	for _, r := range norm.NFD.String(text) {
		i, found := slices.BinarySearchFunc(confusables[:], r, func(c confusable, r rune) int { return int(c.symbol - r) })
		if found {
			like.WriteString(confusables[i].like)
		} else {
			like.WriteRune(r)
		}
	}
	return norm.NFD.String(like.String())
}

// caseless is the skeleton without regard to case, and without the dot of i̇, which is drawn as i.
func caseless(text string) string { return Fold(undotted(exact(text))) }

func beyondASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return -1
		}
		return r
	}, text)
}
