package password

import (
	"errors"
	"strings"
	"testing"
)

// Only the first refused symbol is named, or the emoji that an invisible one is part of.
func TestRefusalNamesOnlyTheRefusedSymbol(t *testing.T) {
	for raw, want := range map[string]Refused{
		"Aa1!❤\ufe0f":           {SymbolJoined, "❤\ufe0f", "U+FE0F"},
		"❤\ufe0f\u200d🔥":        {SymbolJoined, "❤\ufe0f", "U+FE0F"},
		"👩\u200d💻":              {SymbolJoined, "👩\u200d💻", "U+200D"},
		"👩🏽\u200d💻":             {SymbolJoined, "👩🏽\u200d💻", "U+200D"},
		"🏴\U000e0067\U000e007f": {SymbolJoined, "🏴\U000e0067", "U+E0067"},
		"‼\ufe0f":               {SymbolJoined, "‼\ufe0f", "U+FE0F"},
		"1\ufe0f\u20e3":         {SymbolInvisible, "", "U+FE0F"}, // the digit is one of the password's
		"a\u200bb":              {SymbolInvisible, "", "U+200B"},
		"é\u200d":               {SymbolInvisible, "", "U+200D"},
		"§\u200b":               {SymbolInvisible, "", "U+200B"},
		"\ufeffa":               {SymbolInvisible, "", "U+FEFF"},
		"\u202eabc":             {SymbolInvisible, "", "U+202E"},
		"soft\u00adhyphen":      {SymbolInvisible, "", "U+00AD"},
		"a\u2028":               {SymbolInvisible, "", "U+2028"},
		"a\u3164":               {SymbolInvisible, "", "U+3164"},
		"a\tb\u200b":            {SymbolControl, "", "U+0009"},
		"a\u0085":               {SymbolControl, "", "U+0085"},
		"\x7f":                  {SymbolControl, "", "U+007F"},
		"x\ue000":               {SymbolPrivate, "", "U+E000"},
		"x\U0010fffd":           {SymbolPrivate, "", "U+10FFFD"},
		"a\u0378":               {SymbolUnassigned, "", "U+0378"},
		"a\uffff":               {SymbolUnassigned, "", "U+FFFF"},
		"محـمد":                 {SymbolOther, "ـ", "U+0640"},
		"ᄀa":                    {SymbolOther, "ᄀ", "U+1100"},
		"l·x":                   {SymbolOther, "·", "U+00B7"},
		"l·l l··l":              {SymbolOther, "·", "U+00B7"},
		"ab・c":                  {SymbolOther, "・", "U+30FB"},
		"ab・あ\u200b":            {SymbolInvisible, "", "U+200B"},
		"١ ۲":                   {SymbolOther, "۲", "U+06F2"},
		"xׂ ׳":                  {SymbolOther, "׳", "U+05F3"},
		"می\u200cخ a\u200cb":    {SymbolInvisible, "", "U+200C"},
		"A\u030a\u200b":         {SymbolInvisible, "", "U+200B"},
		"A" + marks(40):         {SymbolOther, "", ""}, // no one of them is wrong
		strings.Repeat("क्\u200dष", 340) + "\u200b": {SymbolInvisible, "", "U+200B"},
	} {
		_, err := Normalize(raw)
		var refused *RefusedError
		if !errors.As(err, &refused) {
			t.Errorf("%+q: %v names no symbol", raw, err)
			continue
		}
		if refused.Refused != want {
			t.Errorf("%+q: got %+q, want %+q", raw, refused.Refused, want)
		}
		if text := err.Error(); strings.Contains(text, "U+") || len(text) > 100 {
			t.Errorf("%+q: the text of the error, which can be logged, is %q", raw, text)
		}
	}
}

func marks(n int) string { return strings.Repeat("\u0316", n) }
