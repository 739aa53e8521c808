package password_test

import (
	"slices"
	"strings"
	"testing"

	"latchkey/password"
)

// with applies settings to the built-in policies.
func with(t *testing.T, c password.Compliance) password.Policies {
	t.Helper()
	policies, err := password.Default().With(c)
	if err != nil {
		t.Fatal(err)
	}
	return policies
}

func valueOf(policy password.Policy, rule password.Rule) password.Value {
	for _, value := range policy.Values() {
		if value.Rule == rule {
			return value
		}
	}
	return password.Value{}
}

func TestLargerOfSettingAndRuleApplies(t *testing.T) {
	policies := with(t, password.Compliance{MinLength: 8, LastPasswords: 4})
	for _, c := range []struct {
		policy password.Policy
		rule   password.Rule
		n      int
		by     string
	}{
		{policies.Account, password.RuleMinimumSymbols, 8, password.SettingMinLength},
		{policies.Technical, password.RuleMinimumSymbols, 8, password.SettingMinLength},
		{policies.Account, password.RuleForbiddenLastPasswords, 4, password.SettingLastPasswords},
		{policies.Technical, password.RuleForbiddenLastPasswords, 5, ""},
		{policies.Account, password.RuleMinimumDigits, 1, ""},
		{with(t, password.Compliance{MinLength: 6, LastPasswords: 3}).Account, password.RuleMinimumSymbols, 6, ""},
		{with(t, password.Compliance{MinLength: 6, LastPasswords: 3}).Account, password.RuleForbiddenLastPasswords, 3, ""},
	} {
		if got := valueOf(c.policy, c.rule); got.N != c.n || got.By != c.by || !got.Active {
			t.Errorf("%s %s: %+v, want %d by %q", c.policy.Section, c.rule, got, c.n, c.by)
		}
	}
	if policies.Account.History() != 4 || policies.Account.Hints().MinLength != 8 {
		t.Errorf("history %d, hints %v", policies.Account.History(), policies.Account.Hints())
	}
	want := password.Violation{Rule: password.RuleMinimumSymbols, Want: 8, Got: 7}
	if got := policies.Account.Check("", "Aa1!efg"); !slices.Equal(got, []password.Violation{want}) {
		t.Errorf("7 symbols: %v", got)
	}
}

func TestUnsetSettingsRaiseNothing(t *testing.T) {
	policies, err := password.Policies{Account: password.Policy{MinimumSymbols: -5, ForbiddenLastPasswords: -1}}.With(password.Compliance{})
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range policies.Account.Values() {
		if value.By != "" || value.Active {
			t.Errorf("%+v", value)
		}
	}
	if account := policies.Account; account.MinimumSymbols != -5 || account.ForbiddenLastPasswords != -1 {
		t.Errorf("the numbers have become %d and %d", account.MinimumSymbols, account.ForbiddenLastPasswords)
	}
}

func TestSettingsDoNotChangeTheOriginalPolicies(t *testing.T) {
	before := password.Default()
	super := before.Account
	super.Section = password.SectionSuperAdmin
	before.SuperAdmin = &super
	after, err := before.With(password.Compliance{MinLength: 12, Complexity: 4})
	if err != nil {
		t.Fatal(err)
	}
	if before.SuperAdmin.MinimumSymbols != 6 || after.SuperAdmin.MinimumSymbols != 12 {
		t.Errorf("before %d, after %d", before.SuperAdmin.MinimumSymbols, after.SuperAdmin.MinimumSymbols)
	}
	off, err := after.With(password.Compliance{})
	if err != nil {
		t.Fatal(err)
	}
	if got := valueOf(off.Account, password.RuleMinimumComplexity); got.Rule != "" {
		t.Errorf("what is not set is %v", got)
	}
}

func TestComplexityCountsClasses(t *testing.T) {
	for _, c := range []struct {
		text string
		want int // kinds
	}{
		{"日本", 0}, {"abc", 1}, {"ß", 1}, {"ABC", 1}, {"ǅ", 1}, {"٣", 1}, {" ", 1}, {"²", 0}, {"ʰ", 0}, {"aB", 2}, {"a1", 2}, {"1!", 2},
		{"aB1", 3}, {"ab 1", 3}, {"aB1!", 4}, {"ωΩ३§", 4},
	} {
		for k := 1; k <= 4; k++ {
			policy, err := password.Policies{}.With(password.Compliance{Complexity: k})
			if err != nil {
				t.Fatal(err)
			}
			var want []password.Violation
			if c.want < k {
				want = []password.Violation{{Rule: password.RuleMinimumComplexity, Want: k, Got: c.want}}
			}
			if got := policy.Account.Check("", c.text); !slices.Equal(got, want) {
				t.Errorf("%q, %d kinds: %v, want %v", c.text, k, got, want)
			}
		}
	}
	account := with(t, password.Compliance{Complexity: 3}).Account
	rules := account.Composition()
	at := slices.IndexFunc(rules, func(v password.Value) bool { return v.Rule == password.RuleMinimumComplexity })
	if at < 0 || rules[at-1].Rule != password.RuleMinimumDigits || rules[at].By != password.SettingComplexity || rules[at].N != 3 {
		t.Errorf("the rules are %v", rules)
	}
}

// Hints name classes, not how many of them: enough are required, and none twice.
func TestHintsRequireEnoughClasses(t *testing.T) {
	for _, c := range []struct {
		policy     password.Policy
		complexity int
		want       string
	}{
		{password.Policy{}, 0, ""},
		{password.Policy{}, 1, "required: lower; "},
		{password.Policy{}, 3, "required: lower; required: upper; required: digit; "},
		{password.Policy{MinimumDigits: 1}, 2, "required: digit; required: lower; "},
		{password.Policy{MinimumDigits: 1, MinimumSpecialSymbols: 2}, 2, "required: special; required: digit; "},
		{password.Policy{MinimumUpperCaseSymbols: 1}, 4, "required: upper; required: lower; required: digit; required: special; "},
	} {
		policies, err := password.Policies{Account: c.policy}.With(password.Compliance{Complexity: c.complexity})
		if err != nil {
			t.Fatal(err)
		}
		want := c.want
		if want != "" {
			want += "allowed: lower, upper, digit, special;"
		}
		if got := policies.Account.Hints().PasswordRules; got != want {
			t.Errorf("%d classes and %v: %q, want %q", c.complexity, c.policy, got, want)
		}
	}
}

func TestPolicyFileCannotSetComplexity(t *testing.T) {
	_, err := password.Parse("p.json", []byte(`{"passwordPolicyConfigurations": {"TECHNICAL": {"minimumComplexity": 2}, "ACCOUNT": {}}}`))
	if err == nil || !strings.Contains(err.Error(), "TECHNICAL.minimumComplexity: is not known") {
		t.Errorf("%v", err)
	}
}

func TestLengthsThatCanBeRequested(t *testing.T) {
	for _, c := range []struct {
		policy              password.Policy
		least, most, length int
	}{
		{password.Policy{}, 1, 256, 20},
		{password.Policy{MinimumSymbols: 24}, 24, 256, 24},
		{password.Policy{MinimumSymbols: 300}, 300, 300, 300},
		{password.Policy{MaximumSymbols: 8, MinimumDigits: 3, MinimumSpecialSymbols: 1}, 4, 8, 8},
	} {
		least, most := c.policy.Lengths()
		if length := c.policy.EffectiveGeneratorOptions().Length; least != c.least || most != c.most || length != c.length {
			t.Errorf("%v: from %d to %d, usually %d", c.policy, least, most, length)
		}
	}
}
