package password_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"latchkey/password"
)

// strong returns a policy without departures.
func strong() password.Policy {
	return password.Policy{Section: password.SectionAccount, MinimumSymbols: 15, UserNameForbidden: true}
}

func TestDepartures(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*password.Policy)
		want   string
	}{
		{"none", func(*password.Policy) {}, ""},
		{"64 characters fit", func(p *password.Policy) { p.MaximumSymbols = 64 }, ""},
		{"63 fit", func(p *password.Policy) { p.MaximumSymbols = 63 }, "below-64 2/6.2.9 maximumSymbols 63"},
		{"a limit below 1 is none", func(p *password.Policy) { p.MaximumSymbols = -1 }, ""},
		{"14", func(p *password.Policy) { p.MinimumSymbols = 14 }, "below-15 1/ minimumSymbols 14"},
		{"8", func(p *password.Policy) { p.MinimumSymbols = 8 }, "below-15 1/ minimumSymbols 8"},
		{"7", func(p *password.Policy) { p.MinimumSymbols = 7 }, "below-8 1/6.2.1 minimumSymbols 7"},
		{"any length", func(p *password.Policy) { p.MinimumSymbols = -3 }, "below-8 1/6.2.1 minimumSymbols 1"},
		{
			"a length by kinds", func(p *password.Policy) { p.MinimumSymbols, p.MinimumDigits, p.MinimumSpecialSymbols = 0, 14, 1 },
			"kinds 5/6.2.5 minimumSpecialSymbols,minimumDigits 0",
		},
		{"special", func(p *password.Policy) { p.MinimumSpecialSymbols = 1 }, "kinds 5/6.2.5 minimumSpecialSymbols 0"},
		{"upper case", func(p *password.Policy) { p.MinimumUpperCaseSymbols = 1 }, "kinds 5/6.2.5 minimumUpperCaseSymbols 0"},
		{"kinds below 1 are off", func(p *password.Policy) { p.MinimumDigits = -1 }, ""},
		{"an expression", func(p *password.Policy) { p.AllowedRegex = ".*" }, "form 5/6.2.5 allowedRegex 0"},
		{"expiry", func(p *password.Policy) { p.PasswordExpirationInDays = 3650 }, "periodic 6/6.2.10 passwordExpirationInDays 3650"},
		{"no expiry", func(p *password.Policy) { p.PasswordExpirationInDays = -1 }, ""},
		{"the account name", func(p *password.Policy) { p.UserNameForbidden = false }, "account-name /6.2.11 userNameForbidden 0"},
		{"what no standard is against", func(p *password.Policy) {
			p.ForbiddenLastPasswords, p.EmailBeforeExpirationInDays, p.MaxLoginAttempts, p.BlockingTimeInMin = 9, 9, 0, 0
		}, ""},
	} {
		policy := strong()
		c.change(&policy)
		if got := summary(policy.Departures()); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func summary(departures []password.Departure) string {
	var all []string
	for _, d := range departures {
		rules := make([]string, len(d.Rules))
		for i, rule := range d.Rules {
			rules[i] = string(rule)
		}
		all = append(all, fmt.Sprintf("%s %s/%s %s %d", d.Kind, d.NIST, d.ASVS, strings.Join(rules, ","), d.N))
	}
	return strings.Join(all, "; ")
}

func TestDeparturesCountSettingsLikeTheFile(t *testing.T) {
	policy := strong()
	policy.MinimumSymbols = 8
	policies, err := password.Policies{Account: policy}.With(password.Compliance{MinLength: 15, Complexity: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := summary(policies.Account.Departures()), "kinds 5/6.2.5 minimumComplexity 0"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// DepartureKinds lists exactly the kinds that occur.
func TestDeparturesOfTheBuiltIn(t *testing.T) {
	want := "below-8 1/6.2.1 minimumSymbols 6; below-64 2/6.2.9 maximumSymbols 30; " +
		"kinds 5/6.2.5 minimumSpecialSymbols,minimumUpperCaseSymbols,minimumDigits 0; periodic 6/6.2.10 passwordExpirationInDays 64"
	if got := summary(password.Default().Account.Departures()); got != want {
		t.Errorf("the built-in policy: %s", got)
	}
	seen := map[password.DepartureKind]bool{}
	for _, policy := range []password.Policy{
		{}, {MinimumSymbols: 9, MaximumSymbols: 9, MinimumDigits: 1, AllowedRegex: "x", PasswordExpirationInDays: 1},
	} {
		for _, departure := range policy.Departures() {
			seen[departure.Kind] = true
		}
	}
	for _, kind := range password.DepartureKinds() {
		if !seen[kind] {
			t.Errorf("%s is never found", kind)
		}
		delete(seen, kind)
	}
	if len(seen) > 0 {
		t.Errorf("DepartureKinds lacks %v", seen)
	}
}

func TestPresets(t *testing.T) {
	for _, name := range password.PresetNames() {
		policies := preset(t, name)
		if policies.SuperAdmin != nil || len(policies.Warnings()) > 0 {
			t.Errorf("%s: SuperAdmins have %v; warnings %v", name, policies.SuperAdmin, policies.Warnings())
		}
	}
	_, err := password.Preset("nits")
	if err == nil || err.Error() != `"nits" is not a preset; there are nist and source` {
		t.Errorf("an unknown one: %v", err)
	}
	if _, err := password.Preset("../presets/nist"); err == nil {
		t.Error("a preset is found by a path")
	}
}

func preset(t *testing.T, name string) password.Policies {
	t.Helper()
	text, err := password.Preset(name)
	if err != nil {
		t.Fatal(err)
	}
	policies, err := password.Parse(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range password.Default().Account.Values() {
		if strings.Count(text, `"`+string(rule.Rule)+`"`) != 2 {
			t.Errorf("%s does not have %s in both sections", name, rule.Rule)
		}
	}
	return policies
}

func TestSourcePresetIsTheDefault(t *testing.T) {
	got, want := preset(t, "source"), password.Default()
	for _, technical := range []bool{true, false} {
		if !slices.Equal(got.For(technical, false).Values(), want.For(technical, false).Values()) {
			t.Errorf("technical %t: %v, want %v", technical, got.For(technical, false), want.For(technical, false))
		}
		if got.For(technical, false).Section != want.For(technical, false).Section {
			t.Errorf("technical %t is %s", technical, got.For(technical, false).Section)
		}
	}
}

func TestNISTPresetHasNoDepartures(t *testing.T) {
	policies := preset(t, "nist")
	for _, policy := range []password.Policy{policies.Technical, policies.Account} {
		if found := policy.Departures(); len(found) > 0 {
			t.Errorf("%s: %s", policy.Section, summary(found))
		}
		if policy.MaxLoginAttempts < 1 || policy.MaxLoginAttempts > 100 || policy.Blocking() == 0 {
			t.Errorf("%s: after %d failed sign-ins a block lasts %v", policy.Section, policy.MaxLoginAttempts, policy.Blocking())
		}
		if broken := policy.Check("ann", strings.Repeat("x", 64)); len(broken) > 0 {
			t.Errorf("%s refuses 64 characters: %v", policy.Section, broken)
		}
	}
}
