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

// Skeleton is a form that names that look alike have in common. Two names are confusable if they have a skeleton with the same
// Text but different DiffersBy.
type Skeleton struct{ Text, DiffersBy string }

// exactMark is the prefix of case-sensitive skeletons. No name contains it.
const exactMark = "="

// SkeletonsOf returns the skeletons of a name that is compared by key. The first is the UTS 39 skeleton of the name as shown, which
// no two names may share: paypaI looks like paypal. The others ignore case, for the name as shown and in lower case: НОРЕ looks
// like hope in capitals only, and ѕсоре like SCOPE in small letters only. Names that differ only in ASCII do not conflict by these,
// since O and 0 look alike in one case only. E-mail addresses as names are compared without punycode.
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

// exact returns the skeleton defined by UTS 39, section 4.
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

// caseless returns the skeleton ignoring case and the dot of i̇, which looks like i.
func caseless(text string) string { return Fold(undotted(exact(text))) }

func beyondASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return -1
		}
		return r
	}, text)
}
