package generator

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"latchkey/names"
	"latchkey/password"
	"latchkey/password/regex"
)

var (
	// readable is the default alphabet: no characters that are easily confused, no space, no quotes.
	readable = regex.SetOf(readableText())
	// visible is all visible ASCII.
	visible = regex.NewSet(regex.Range{Low: '!', High: '~'})
	space   = regex.SetOf(" ")
	// common is Latin, Greek and Cyrillic letters and signs that most fonts have.
	common = regex.NewSet(regex.Range{Low: 0xa1, High: 0x17f}, regex.Range{Low: 0x370, High: 0x52f}).Intersect(nfcStable(0xa1, 0x52f))

	// assigned contains every code point that PRECIS can allow in a password in some context (RFC 8264, section 4.3).
	assigned = regex.FromTables(unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Cf).Union(space)
)

func readableText() string {
	o := password.DefaultGeneratorOptions()
	return o.Upper.Symbols + o.Lower.Symbols + o.Digits.Symbols + o.Special.Symbols
}

// stable is the part of assigned that is allowed next to any other code point. It is computed on first use, which few
// policies need.
var stable = sync.OnceValue(func() regex.Set {
	var all regex.Set
	for _, r := range assigned {
		all = append(all, nfcStable(r.Low, r.High)...)
	}
	return regex.NewSet(all...)
})

// nfcStable returns the part of a range that normalisation leaves alone wherever it stands.
func nfcStable(low, high rune) regex.Set {
	var found []regex.Range
	for c := low; c <= high; c++ {
		if password.IsNFCStable(c) {
			found = append(found, regex.Range{Low: c, High: c})
		}
	}
	return regex.NewSet(found...)
}

// alphabetTier is a part of an alphabet and the cost of each of its symbols. Only the cheapest passwords are drawn.
type alphabetTier struct {
	set  regex.Set
	cost int64
}

// The costs of symbols that are not readable. Each exceeds the cost of any number of cheaper ones, because no password
// has more than [password.MaxBytes] of them.
const (
	costVisible  int64 = 1
	costSpace          = costVisible * (password.MaxBytes + 1)
	costCommon         = costSpace * (password.MaxBytes + 1)
	costStable         = costCommon * (password.MaxBytes + 1)
	costAssigned       = costStable * (password.MaxBytes + 1)
)

// readableFirst prefers readable symbols and uses only as many others as the rules need.
func readableFirst() []alphabetTier {
	return []alphabetTier{
		{readable, 0}, {visible.Minus(readable), costVisible}, {space, costSpace}, {common, costCommon},
	}
}

// visibleFirst treats all visible ASCII alike.
func visibleFirst() []alphabetTier {
	return []alphabetTier{{visible, 0}, {space, costSpace}, {common, costCommon}}
}

// allOfUnicode is readableFirst plus the rest of Unicode. Every normalised password can be written in it, but not
// everything written in it is normalised.
func allOfUnicode() []alphabetTier {
	known := visible.Union(space, common)
	return append(readableFirst(),
		alphabetTier{stable().Minus(known), costStable}, alphabetTier{assigned.Minus(known.Union(stable())), costAssigned})
}

// withOptions replaces each class of the alphabet for which the options name symbols.
func withOptions(tiers []alphabetTier, o password.GeneratorOptions) []alphabetTier {
	given, rest, replaced := regex.Set{}, regex.Any, false
	for class, set := range map[password.Class]password.Set{
		password.ClassUpper: o.Upper, password.ClassLower: o.Lower, password.ClassDigit: o.Digits, password.ClassSpecial: o.Special,
	} {
		if set != (password.Set{}) {
			given, rest = given.Union(regex.SetOf(set.Symbols)), rest.Minus(class.Set())
			replaced = true
		}
	}
	if !replaced {
		return tiers
	}
	changed := []alphabetTier{{given, 0}}
	for _, t := range tiers {
		changed = append(changed, alphabetTier{t.set.Intersect(rest).Minus(given), t.cost})
	}
	return changed
}

// without removes a set from every tier.
func without(tiers []alphabetTier, removed regex.Set) []alphabetTier {
	left := make([]alphabetTier, len(tiers))
	for i, t := range tiers {
		left[i] = alphabetTier{t.set.Minus(removed), t.cost}
	}
	return left
}

// nameRunes contains the code points that contain the account name by themselves. It is empty unless the folded name is a
// single character.
func nameRunes(name string) regex.Set {
	if name == "" || len(name) > utf8.UTFMax || utf8.RuneCountInString(names.Fold(name)) != 1 {
		return nil
	}
	var found []regex.Range
	for c := rune('!'); c < 0x530; c++ {
		if password.ContainsName(string(c), name) {
			found = append(found, regex.Range{Low: c, High: c})
		}
	}
	return regex.NewSet(found...)
}
