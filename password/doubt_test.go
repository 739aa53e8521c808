package password_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"testing/iotest"

	"latchkey/password"
)

// TestDoubts: each section is looked at for itself, and told by its place.
func TestDoubts(t *testing.T) {
	policies, err := password.Parse("p.json", []byte(`{"passwordPolicyConfigurations": {
"TECHNICAL": {"allowedRegex": "(?=.*(.)(?!.*\\1)).*"},
"ACCOUNT": {"allowedRegex": "[a-z]{9}"},
"SUPERADMIN": {"allowedRegex": "(?<=x)[a-z]{9}"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	doubts, err := policies.Doubts(rand.Reader)
	technical := password.Problem{File: "p.json", Line: 2, Column: 1, Key: "passwordPolicyConfigurations.TECHNICAL"}
	super := password.Problem{File: "p.json", Line: 4, Column: 1, Key: "passwordPolicyConfigurations.SUPERADMIN"}
	want := []password.Doubt{{technical, "reference"}, {super, "look-behind"}, {super, ""}}
	if err != nil || !slices.Equal(doubts, want) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, doubts, want)
	}
	if doubts, err := password.Default().Doubts(rand.Reader); err != nil || doubts != nil {
		t.Errorf("of the built-in policies: %v, %v", doubts, err)
	}
	broken := errors.New("no randomness")
	if _, err := policies.Doubts(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("without randomness: %v", err)
	}
}
