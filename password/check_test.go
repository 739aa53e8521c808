package password

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

func TestEachRuleAtItsLimit(t *testing.T) {
	digits, upper, special := Policy{MinimumDigits: 2}, Policy{MinimumUpperCaseSymbols: 2}, Policy{MinimumSpecialSymbols: 2}
	name := Policy{UserNameForbidden: true}
	for what, test := range map[string]struct {
		policy         Policy
		name, password string
		want           []Violation
	}{
		"minimum, under":                {Policy{MinimumSymbols: 4}, "", "abc", []Violation{{Rule: RuleMinimumSymbols, Want: 4, Got: 3}}},
		"minimum, at":                   {Policy{MinimumSymbols: 4}, "", "abcd", nil},
		"minimum, off":                  {Policy{MinimumSymbols: 0}, "", "a", nil},
		"minimum, negative":             {Policy{MinimumSymbols: -1}, "", "a", nil},
		"minimum counts code points":    {Policy{MinimumSymbols: 4}, "", "ä😀ß", []Violation{{Rule: RuleMinimumSymbols, Want: 4, Got: 3}}},
		"minimum counts composed":       {Policy{MinimumSymbols: 2}, "", "a\u0308", []Violation{{Rule: RuleMinimumSymbols, Want: 2, Got: 1}}},
		"minimum, marks that stay":      {Policy{MinimumSymbols: 2}, "", "q\u0308", nil},
		"maximum, at":                   {Policy{MaximumSymbols: 4}, "", "äöü😀", nil},
		"maximum, over":                 {Policy{MaximumSymbols: 4}, "", "abcde", []Violation{{Rule: RuleMaximumSymbols, Want: 4, Got: 5}}},
		"maximum, off":                  {Policy{MaximumSymbols: 0}, "", strings.Repeat("x", 4096), nil},
		"special, under":                {special, "", "a!b", []Violation{{Rule: RuleMinimumSpecialSymbols, Want: 2, Got: 1}}},
		"special: space and §":          {special, "", "a §", nil},
		"special: emoji, full-width":    {special, "", "😀！", nil},
		"special: not ² Ⅷ ٣":            {special, "", "²Ⅷ٣", []Violation{{Rule: RuleMinimumSpecialSymbols, Want: 2}}},
		"special: not a mark":           {special, "", "q\u0308y\u20dd", []Violation{{Rule: RuleMinimumSpecialSymbols, Want: 2}}},
		"special, off":                  {Policy{MinimumSpecialSymbols: -3}, "", "a", nil},
		"upper, under":                  {upper, "", "aB", []Violation{{Rule: RuleMinimumUpperCaseSymbols, Want: 2, Got: 1}}},
		"upper: Lu and Lt":              {upper, "", "Ǆǅ", nil},
		"upper: Greek, full-width":      {upper, "", "ΩＡ", nil},
		"upper: not ß, not Ⅷ":           {upper, "", "ßⅧａ", []Violation{{Rule: RuleMinimumUpperCaseSymbols, Want: 2}}},
		"digits, under":                 {digits, "", "a1", []Violation{{Rule: RuleMinimumDigits, Want: 2, Got: 1}}},
		"digits: Arabic, full-width":    {digits, "", "٣９", nil},
		"digits: not ² ½ Ⅷ":             {digits, "", "²½Ⅷ", []Violation{{Rule: RuleMinimumDigits, Want: 2}}},
		"name inside":                   {name, "bob", "xbobx", []Violation{{Rule: RuleUserNameForbidden}}},
		"name in other case":            {name, "Bob", "xBOBx", []Violation{{Rule: RuleUserNameForbidden}}},
		"name in full-width":            {name, "bob", "ｂＯb!", []Violation{{Rule: RuleUserNameForbidden}}},
		"name typed in full-width":      {name, "ｂｏｂ", "bob!", []Violation{{Rule: RuleUserNameForbidden}}},
		"name with ß as SS":             {name, "strauß", "STRAUSS1", []Violation{{Rule: RuleUserNameForbidden}}},
		"name with final sigma":         {name, "νίκος", "ΝΊΚΟΣ1", []Violation{{Rule: RuleUserNameForbidden}}},
		"name in capital Cherokee":      {name, "ꭰꭱꭲ", "ᎠᎡᎢ1", []Violation{{Rule: RuleUserNameForbidden}}},
		"name as ligature":              {name, "fish", "ﬁsh1", []Violation{{Rule: RuleUserNameForbidden}}},
		"name decomposed":               {name, "jose\u0301", "JOSÉ1", []Violation{{Rule: RuleUserNameForbidden}}},
		"another name":                  {name, "jose", "josé1", nil},
		"only a part of the name":       {name, "bobby", "xbobx", nil},
		"empty name":                    {name, "", "x", nil},
		"name allowed":                  {Policy{}, "bob", "bob", nil},
		"regex, whole password":         {Policy{AllowedRegex: "[a-z]+"}, "", "abc1", []Violation{{Rule: RuleAllowedRegex}}},
		"regex, matching":               {Policy{AllowedRegex: "[a-z]+"}, "", "abc", nil},
		"regex, line break at the end":  {Policy{AllowedRegex: "[a-z]+$"}, "", "abc\n", []Violation{{Rule: RuleAllowedRegex}}},
		"regex of an alternative":       {Policy{AllowedRegex: "a|ab"}, "", "ab", nil},
		"regex, broken":                 {Policy{AllowedRegex: "("}, "", "abc", []Violation{{Rule: RuleAllowedRegex}}},
		"rules that are no composition": {Policy{ForbiddenLastPasswords: 5, PasswordExpirationInDays: 1, EmailBeforeExpirationInDays: 1, MaxLoginAttempts: 1, BlockingTimeInMin: 1}, "", "a", nil},
	} {
		t.Run(what, func(t *testing.T) {
			normalized := test.password
			if n, err := Normalize(test.password); err == nil {
				normalized = n
			}
			if got := test.policy.Check(test.name, normalized); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestCheckReturnsAllViolationsInOrder(t *testing.T) {
	p := Default().Account
	p.AllowedRegex = ".{6,}"
	want := []Rule{RuleMinimumSymbols, RuleMinimumSpecialSymbols, RuleMinimumUpperCaseSymbols, RuleMinimumDigits,
		RuleUserNameForbidden, RuleAllowedRegex}
	var got []Rule
	for _, v := range p.Check("BOB", "bob") {
		got = append(got, v.Rule)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestClassesAgreeWithTheirSets(t *testing.T) {
	for c := rune(0); c <= unicode.MaxRune; c++ {
		for class := range ClassOther + 1 {
			if class.Set().Contains(c) != (classOf(c) == class) {
				t.Fatalf("%U is in class %d: %v", c, class, class.Set().Contains(c))
			}
		}
	}
}

func TestValues(t *testing.T) {
	p := Policy{MaximumSymbols: -1, MaxLoginAttempts: 3, BlockingTimeInMin: -7, EmailBeforeExpirationInDays: 5, AllowedRegex: "x", MinimumDigits: 2}
	want := []Value{
		{Rule: RuleMinimumSymbols},
		{Rule: RuleMaximumSymbols, N: math.MaxInt32},
		{Rule: RuleMinimumSpecialSymbols},
		{Rule: RuleMinimumUpperCaseSymbols},
		{Rule: RuleMinimumDigits, N: 2, Active: true},
		{Rule: RuleUserNameForbidden},
		{Rule: RuleForbiddenLastPasswords},
		{Rule: RuleAllowedRegex, Text: "x", Active: true},
		{Rule: RulePasswordExpirationInDays},
		{Rule: RuleEmailBeforeExpirationInDays, N: 5},
		{Rule: RuleMaxLoginAttempts, N: 3, Active: true},
		{Rule: RuleBlockingTimeInMin, Active: true},
	}
	if got := p.Values(); !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	composition := []Value{want[4], want[7]}
	if got := p.Composition(); !slices.Equal(got, composition) {
		t.Errorf("got  %+v\nwant %+v", got, composition)
	}
}

func TestTimes(t *testing.T) {
	day := 24 * time.Hour
	p := Policy{PasswordExpirationInDays: 64, EmailBeforeExpirationInDays: 5, BlockingTimeInMin: 20, ForbiddenLastPasswords: 3}
	if p.Expiry() != 64*day || p.Reminder() != 5*day || p.Blocking() != 20*time.Minute || p.History() != 3 {
		t.Error(p.Expiry(), p.Reminder(), p.Blocking(), p.History())
	}
	off := Policy{PasswordExpirationInDays: -1, EmailBeforeExpirationInDays: 5, BlockingTimeInMin: -1, ForbiddenLastPasswords: -1}
	if off.Expiry() != 0 || off.Reminder() != 0 || off.Blocking() != 0 || off.History() != 0 {
		t.Error(off.Expiry(), off.Reminder(), off.Blocking(), off.History())
	}
	far := Policy{PasswordExpirationInDays: math.MaxInt32, EmailBeforeExpirationInDays: math.MaxInt32, BlockingTimeInMin: math.MaxInt32}
	if far.Expiry() != math.MaxInt64 || far.Reminder() != math.MaxInt64 || far.Blocking() != math.MaxInt64 {
		t.Error(far.Expiry(), far.Reminder(), far.Blocking())
	}
}

// An expiry beyond the range of time.Duration does not move the reminder.
func TestReminderOfDistantExpiry(t *testing.T) {
	for _, c := range []struct{ expiry, reminder, after int }{ // in days
		{64, 5, 59}, {64, 64, 0}, {64, 90, 0}, {200_000, 199_000, 1000}, {200_000, 100_000, 100_000}, {200_000, 200_000, 0}, {math.MaxInt32, math.MaxInt32, 0},
	} {
		p := Policy{PasswordExpirationInDays: c.expiry, EmailBeforeExpirationInDays: c.reminder}
		if got := p.Expiry() - p.Reminder(); got != time.Duration(c.after)*24*time.Hour {
			t.Errorf("%+v: reminded after %v", c, got)
		}
	}
	for _, p := range []Policy{
		{PasswordExpirationInDays: 200_000, EmailBeforeExpirationInDays: 5}, {PasswordExpirationInDays: math.MaxInt32, EmailBeforeExpirationInDays: 1 << 30},
	} {
		if p.Reminder() != 1 {
			t.Errorf("if both are distant it is due %v before", p.Reminder())
		}
	}
}

func TestFor(t *testing.T) {
	p := Default()
	if p.For(true, false).Section != SectionTechnical || p.For(true, true).Section != SectionTechnical ||
		p.For(false, false).Section != SectionAccount || p.For(false, true).Section != SectionAccount {
		t.Error("wrong section without SUPERADMIN")
	}
	p.SuperAdmin = &Policy{Section: SectionSuperAdmin}
	if p.For(false, true).Section != SectionSuperAdmin || p.For(false, false).Section != SectionAccount {
		t.Error("wrong section with SUPERADMIN")
	}
}

// file returns a policy file; the rules of ACCOUNT begin in line 2.
func file(rules string) string {
	return `{"passwordPolicyConfigurations":{"TECHNICAL":{},"ACCOUNT":{` + "\n" + rules + "\n}}}"
}

func TestWarningsNameTheLine(t *testing.T) {
	if got := Default().Warnings(); got != nil {
		t.Errorf("the default warns: %v", got)
	}
	p, err := Parse("p.json", []byte(file("\"maxLoginAttempts\":5,\n\"blockingTimeInMin\":0")))
	if err != nil {
		t.Fatal(err)
	}
	want := "p.json:3: passwordPolicyConfigurations.ACCOUNT.blockingTimeInMin: is off"
	if got := p.Warnings(); len(got) != 1 || !strings.HasPrefix(got[0].Error(), want) {
		t.Errorf("got %v, want %s", got, want)
	}
	p, err = Parse("p.json", []byte(file(`"maxLoginAttempts":5`)))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Warnings(); len(got) != 1 || got[0].Line != 1 {
		t.Errorf("a rule that was left out: %v", got)
	}
}

func TestHints(t *testing.T) {
	for want, p := range map[string]Policy{
		"": {},
		"minlength: 6; maxlength: 30; required: special; required: upper; required: digit; allowed: lower, upper, digit, special;": Default().Account,
		"minlength: 8; allowed: lower, upper, digit, special;":                                                                     {MinimumSymbols: 8, MaximumSymbols: -1, AllowedRegex: ".*"},
	} {
		if got := p.Hints(); got.PasswordRules != want || got.MinLength != p.MinimumSymbols {
			t.Errorf("got %+v, want %s", got, want)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	withExpression, err := Parse("p", []byte(file(`"minimumSymbols":8,"minimumDigits":1,"userNameForbidden":true,"allowedRegex":"(?=.*[a-z])(?=.*\\d).{8,}"`)))
	if err != nil {
		b.Fatal(err)
	}
	for name, p := range map[string]Policy{"default": Default().Account, "expression": withExpression.Account} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				p.Check("someone", "correct Horse 7 battery")
			}
		})
	}
}

// Backtracking, for expressions without an automaton, times out.
func TestCatastrophicPatternsTimeOut(t *testing.T) {
	for _, pattern := range []string{`(a+)+!(?<=!)`, `(a|aa)+!(?<=!)`, `(?=(a+)+!(?<=!)).*`, `(.*)*!(?<=!)`} {
		p := Policy{AllowedRegex: pattern}.reusing(nil)
		start := time.Now()
		broken := p.Check("", strings.Repeat("a", 60))
		if len(broken) != 1 || !broken[0].TimedOut || time.Since(start) > 2*time.Second {
			t.Errorf("%s: %v after %v", pattern, broken, time.Since(start))
		}
		if broken := p.Check("", "!"); len(broken) == 1 && broken[0].TimedOut {
			t.Errorf("%s: an attempt after a timeout: %v", pattern, broken)
		}
	}
}
