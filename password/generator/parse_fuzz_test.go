package generator

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"latchkey/password"
)

// The limits of a policy file and of the problems reported.
const (
	maxFileBytes = 1 << 20
	maxProblems  = 50
)

// Any file is a policy or has problems.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"../testdata/plain.json", "../testdata/commented.json"} {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
		f.Add(src[:len(src)/2])
	}
	f.Add([]byte(file(`"allowedRegex":"(?=.*\\d)[a-z&&[^x]]\\u0041{2,3}+","minimumSymbols":1e9`)))
	f.Add([]byte(file(`"minimumSymbols":2147483648,"minimumSymbols":-0,"maximumSymbols":[{}],"x":{"x":null,"x":1}`)))
	f.Add([]byte("{\"a\":[{}, \"\\ud83d\\ude00\", -1.5e+3, null], /* */ // "))
	f.Fuzz(wantPolicyOrProblems)
}

// The same for files of one repeated piece, with any length up to slightly more than the limit.
func FuzzParseLong(f *testing.F) {
	for _, piece := range []string{"[", `{"a":`, "/**/", "//\n", " ", "\n", `"`, `"\u0000",`, "\xff", "é", `{"passwordPolicyConfigurations":`} {
		f.Add([]byte(piece), uint32(maxFileBytes))
		f.Add([]byte(piece), uint32(maxFileBytes+1))
	}
	f.Add([]byte(file(`"minimumDigits":1`)), uint32(200))
	f.Add([]byte("{\"passwordPolicyConfigurations\":{\"ACCOUNT\":{"+strings.Repeat("\"x\":1,", 1000)), uint32(8000))
	f.Fuzz(func(t *testing.T, piece []byte, length uint32) {
		if len(piece) == 0 {
			return
		}
		length %= maxFileBytes + 2
		wantPolicyOrProblems(t, bytes.Repeat(piece, int(length)/len(piece)+1)[:length])
	})
}

func wantPolicyOrProblems(t *testing.T, src []byte) {
	t.Helper()
	p, err := password.Parse("p", src, Contradictions)
	var problems password.Problems
	switch {
	case err == nil && (p.Technical.Section != password.SectionTechnical || len(src) > maxFileBytes):
		t.Error("no problem and no policy")
	case err != nil && (!errors.As(err, &problems) || len(problems) == 0 || len(problems) > maxProblems+1):
		t.Errorf("%T with %d problems", err, len(problems))
	}
	for _, problem := range problems {
		wantReadable(t, problem, len(src) > maxFileBytes)
	}
}

// wantReadable wants a problem to have a place, unless the file is too large, and to be short and printable.
func wantReadable(t *testing.T, problem password.Problem, whole bool) {
	t.Helper()
	if placed := problem.Line >= 1 && problem.Column >= 1; placed == whole || problem.Why == "" {
		t.Errorf("a problem without a place or a reason: %+v", problem)
	}
	if text := problem.Error(); len(text) > 10_000 || strings.ContainsAny(text, "\x00\x1b\r\n") {
		t.Errorf("an unreadable problem: %.200q … (%d bytes)", text, len(text))
	}
}
