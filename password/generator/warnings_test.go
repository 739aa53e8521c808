package generator

import (
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"testing/iotest"

	"latchkey/password"
)

// Each section has its own warnings, with its place in the file.
func TestPolicyWarnings(t *testing.T) {
	policies, err := password.Parse("p.json", []byte(`{"passwordPolicyConfigurations": {
"TECHNICAL": {"allowedRegex": "(?=.*(.)(?!.*\\1)).*"},
"ACCOUNT": {"allowedRegex": "[a-z]{9}"},
"SUPERADMIN": {"allowedRegex": "(?<=x)[a-z]{9}"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	warnings, err := Warnings(policies, rand.Reader)
	technical := password.Problem{File: "p.json", Line: 2, Column: 1, Key: "passwordPolicyConfigurations.TECHNICAL", Section: "TECHNICAL"}
	super := password.Problem{File: "p.json", Line: 4, Column: 1, Key: "passwordPolicyConfigurations.SUPERADMIN", Section: "SUPERADMIN"}
	want := []password.Warning{{Section: technical, NotProvable: "reference"}, {Section: super, NotProvable: "look-behind"}, {Section: super}}
	if err != nil || !slices.Equal(warnings, want) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, warnings, want)
	}
	if warnings, err := Warnings(password.Default(), rand.Reader); err != nil || warnings != nil {
		t.Errorf("of the built-in policies: %v, %v", warnings, err)
	}
	broken := errors.New("no randomness")
	if _, err := Warnings(policies, iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("without randomness: %v", err)
	}
}
