package regex

import "testing"

func TestIncluded(t *testing.T) {
	ascii := NewSet(Range{' ', '~'})
	for _, row := range []struct {
		first, second    string
		within, contains bool
	}{
		{`[a-z]{8}`, `[a-z]{8,}`, true, false},
		{`[a-z]{8,}`, `\w{8,}`, true, false},
		{`(?=.*\d)\w{8,}`, `\w{8,}`, true, false},
		{`.{8,}`, `[\x00-\x7f]{8,}`, true, true}, // of ASCII
		{`[ab]*`, `(?:a|b|ab)*`, true, true},
		{`[ab]+`, `[bc]+`, false, false},
		{`a+`, `a*`, true, true}, // but for the empty text
		{`(?:ab)*`, `(?:ab)*|b`, true, false},
		{`a(?!.*b)b`, `x`, true, false}, // nothing is part of everything
		{`(?:(?!foo).)*`, `(?!.*foo).*`, true, true},
	} {
		first, second := automatonOf(t, row.first), automatonOf(t, row.second)
		if got := Included(first, second, ascii); got != row.within {
			t.Errorf("%s in %s: %v", row.first, row.second, got)
		}
		if got := Included(second, first, ascii); got != row.contains {
			t.Errorf("%s in %s: %v", row.second, row.first, got)
		}
	}
}

func automatonOf(t *testing.T, pattern string) *Automaton {
	t.Helper()
	compiled, err := Compile(pattern)
	if err != nil || compiled.Automaton() == nil {
		t.Fatal(pattern, err)
	}
	return compiled.Automaton()
}
