package password

import "latchkey/password/regex"

// usualLength is how long generated passwords are where nobody asks for another length, in code points.
const usualLength = 20

// Recipe is what generated passwords are made of, within what the policy allows. The zero Recipe is the program's own:
// 20 symbols that are not easily taken for one another, and others only where a rule needs them.
type Recipe struct {
	Length int // code points; < 1: 20

	// The alphabets. With any of them set, no other symbols are taken than those.
	Upper, Lower, Digits, Special string
}

// alphabet is what the recipe's passwords are written in; nil for the program's own.
func (r Recipe) alphabet() []shade {
	if given := regex.SetOf(r.Upper + r.Lower + r.Digits + r.Special); len(given) > 0 {
		return []shade{{given, 0}}
	}
	return nil
}

// wanted is how long its passwords are to be.
func (r Recipe) wanted() int {
	if r.Length < 1 {
		return usualLength
	}
	return r.Length
}
