package names

import (
	"slices"
	"unicode"
)

// scriptExtension lists the scripts of a range of symbols that are used in scripts other than their own.
type scriptExtension struct {
	low, high rune
	scripts   []string
}

// writingSystems maps scripts to the writing systems that combine them with others (UTS 39, section 5.1). Codes are from ISO 15924.
var writingSystems = map[string][]string{
	"Han": {"Hanb", "Jpan", "Kore"}, "Bopomofo": {"Hanb"}, "Hiragana": {"Jpan"}, "Katakana": {"Jpan"}, "Hangul": {"Kore"},
}

// HighlyRestrictive reports whether text uses a single script, or Latin with the scripts of Chinese, Japanese or Korean
// (UTS 39, section 5.2). It does not check which symbols are allowed in names.
func HighlyRestrictive(text string) bool {
	if isASCII(text) {
		return true
	}
	var symbols [][]string // for each symbol that is not of every script, its scripts
	for _, r := range text {
		if scripts := scriptsOf(r); scripts != nil {
			symbols = append(symbols, scripts)
		}
	}
	covers := func(scripts ...string) bool {
		return !slices.ContainsFunc(symbols, func(of []string) bool {
			return !slices.ContainsFunc(of, func(script string) bool { return slices.Contains(scripts, script) })
		})
	}
	for _, system := range []string{"Jpan", "Hanb", "Kore"} {
		if covers("Latin", system) {
			return true
		}
	}
	return len(symbols) == 0 || slices.ContainsFunc(symbols[0], func(script string) bool { return covers(script) })
}

// scriptsOf returns the scripts and writing systems that a symbol is used in; nil = in all of them.
func scriptsOf(r rune) []string {
	scripts := extendedScripts(r)
	if slices.Contains(scripts, "Common") || slices.Contains(scripts, "Inherited") {
		return nil
	}
	for _, script := range scripts {
		scripts = append(scripts[:len(scripts):len(scripts)], writingSystems[script]...)
	}
	return scripts
}

func extendedScripts(r rune) []string {
	i, found := slices.BinarySearchFunc(scriptExtensions[:], r, func(e scriptExtension, r rune) int {
		switch {
		case e.high < r:
			return -1
		case e.low > r:
			return 1
		default:
			return 0
		}
	})
	if found {
		return scriptExtensions[i].scripts
	}
	for script, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return []string{script}
		}
	}
	return []string{"Unknown"}
}
