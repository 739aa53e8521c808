package password

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"latchkey/names"
	"latchkey/password/regex"
)

var (
	// readable is what generated passwords consist of where no rule asks for more: nothing that is easily taken for
	// something else, no space, no quotes.
	readable = regex.SetOf(ownRecipe.Upper + ownRecipe.Lower + ownRecipe.Digits + ownRecipe.Special)
	// visible is all of ASCII that can be seen.
	visible = regex.NewSet(regex.Range{Low: '!', High: '~'})
	space   = regex.SetOf(" ")
	// common are letters and signs of Latin, Greek and Cyrillic that fonts have and that stay what they are beside others.
	common = regex.NewSet(regex.Range{Low: 0xa1, High: 0x17f}, regex.Range{Low: 0x370, High: 0x52f}).Intersect(lasting(0xa1, 0x52f))

	// The classes of [CountClasses] as sets, and lower case.
	upperRunes   = regex.FromTables(unicode.Lu, unicode.Lt)
	digitRunes   = regex.FromTables(unicode.Nd)
	specialRunes = regex.FromTables(unicode.L, unicode.M, unicode.N, unicode.Cc).Negate()
	lowerRunes   = regex.FromTables(unicode.Ll)
)

// assigned holds all code points that can be part of any password, and some more: what PRECIS may take (RFC 8264, section
// 4.3), in whatever company.
var assigned = regex.FromTables(unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Cf).Union(space)

// everything holds those that may stand in a password beside any others. It is made when it is first needed, which few
// policies do.
var everything = sync.OnceValue(func() regex.Set {
	var all regex.Set
	for _, r := range assigned {
		all = append(all, lasting(r.Low, r.High)...)
	}
	return regex.NewSet(all...)
})

// lasting holds those of a range that normalisation leaves alone wherever they stand: none that combines with what stands
// before it, and none that PRECIS allows in some company only (RFC 8264, section 9.9: contextual rules).
func lasting(low, high rune) regex.Set {
	var found []regex.Range
	for c := low; c <= high; c++ {
		if norm.NFC.PropertiesString(string(c)).BoundaryBefore() && isStable(string(c)) && !inContext(c) {
			found = append(found, regex.Range{Low: c, High: c})
		}
	}
	return regex.NewSet(found...)
}

// inContext holds for digits that must not stand beside those of the other kind (RFC 5892, appendix A.8 and A.9).
func inContext(c rune) bool { return c >= 0x660 && c <= 0x669 || c >= 0x6f0 && c <= 0x6f9 }

// isStable holds for what normalises to itself.
func isStable(s string) bool {
	normalized, err := normalize(s)
	return err == nil && normalized == s
}

// shade is a part of an alphabet, and what a symbol of it costs: passwords are drawn from those that cost least.
type shade struct {
	set  regex.Set
	cost int64
}

// What a symbol costs that is not readable. A dearer one is never taken as long as any number of cheaper ones will do,
// since no password has more than [MaxBytes] of them.
const (
	costVisible int64 = 1
	costSpace         = costVisible * (MaxBytes + 1)
	costCommon        = costSpace * (MaxBytes + 1)
	costLasting       = costCommon * (MaxBytes + 1)
	costAny           = costLasting * (MaxBytes + 1)
)

// thrifty takes readable symbols, and of the others only as many as the rules need.
func thrifty() []shade {
	return []shade{
		{readable, 0}, {visible.Minus(readable), costVisible}, {space, costSpace}, {common, costCommon},
	}
}

// generous takes whatever can be seen of ASCII for readable.
func generous() []shade { return []shade{{visible, 0}, {space, costSpace}, {common, costCommon}} }

// unbounded is thrifty with the rest of Unicode behind it. Not all that is written in it is normalised, but nothing that is
// normalised cannot be written in it.
func unbounded() []shade {
	known := visible.Union(space, common)
	return append(thrifty(), shade{everything().Minus(known), costLasting}, shade{assigned.Minus(known.Union(everything())), costAny})
}

// without leaves a set out of every shade.
func without(shades []shade, barred regex.Set) []shade {
	left := make([]shade, len(shades))
	for i, s := range shades {
		left[i] = shade{s.set.Minus(barred), s.cost}
	}
	return left
}

// nameRunes holds what would by itself contain a name that is a single character when folded. Of other names
// it is empty.
func nameRunes(name string) regex.Set {
	if name == "" || len(name) > utf8.UTFMax || utf8.RuneCountInString(names.Fold(name)) != 1 {
		return nil
	}
	var found []regex.Range
	for c := rune('!'); c < 0x530; c++ {
		if containsName(string(c), name) {
			found = append(found, regex.Range{Low: c, High: c})
		}
	}
	return regex.NewSet(found...)
}
