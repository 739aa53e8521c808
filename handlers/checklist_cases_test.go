package handlers_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"latchkey/accounts/credential"
	"latchkey/i18n"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/password"
	"latchkey/views/words"
)

// judgement is a password under a policy, for an account of that name.
type judgement struct {
	Password, Name string
	Lines          []words.Check
	policy         password.Policy
}

// pageVerdict is the result of the page's functions.
type pageVerdict struct {
	Usable *bool  // nil: not to be said
	Why    string // it is not usable
	Holds  []bool
}

const askCases = `(%s).map(({Password, Name, Lines}) => {
	const known = usable(Password);
	const why = known === false ? refusalWords(document.querySelector("[data-unusable]"), refusal(Password)) : "";
	return {Usable: known === undefined ? null : known, Why: why, Holds: Lines.map(({Rule, Want}) => holds(Rule, Want, normalized(Password), Name))};
})`

// TestChecklistAgreesWithServer: for many difficult passwords, policies and account names, each line of the checklist agrees
// with the server.
func TestChecklistAgreesWithServer(t *testing.T) {
	testkit.Parallel(t)
	words := must[*i18n.Catalogue](t)(i18n.Load()).For("en", "")
	random := rand.New(rand.NewPCG(2026, 1008)) // the same cases each time
	policies, tally := anyPolicies(random), map[string]int{}
	page := checklist(t)
	for range testkit.Times(20, 1000) {
		cases := make([]judgement, 1000)
		for i := range cases {
			cases[i] = anyJudgement(random, words, policies)
		}
		for i, got := range askChecklist(t, page, cases) {
			wantJudgement(t, cases[i], got, tally)
		}
	}
	t.Log(tally)
	if tally["not said"] > tally["accepted"]/20 {
		t.Errorf("%d cases are not said, of %d that are", tally["not said"], tally["accepted"])
	}
	for _, what := range []string{"accepted", "refused", "refused for the same", "kept", "broken", "name held", "complexity true", "complexity false"} {
		if tally[what] < 500 {
			t.Errorf("only %d cases are %s: nothing is proven", tally[what], what)
		}
	}
}

// askChecklist puts cases to the page.
func askChecklist(t *testing.T, page *testbrowser.Page, cases []judgement) []pageVerdict {
	t.Helper()
	written := must[[]byte](t)(json.Marshal(cases))
	got := testbrowser.Eval[[]pageVerdict](page, strings.Replace(askCases, "%s", string(written), 1))
	check(t, "answers", len(got), len(cases))
	return got
}

// cannotBeSaid is the message if the browser cannot know which symbol is wrong.
const cannotBeSaid = "This password contains characters that cannot be compared reliably. Use only letters, digits and common symbols."

func wantJudgement(t *testing.T, c judgement, got pageVerdict, tally map[string]int) {
	t.Helper()
	normalized, err := password.Normalize(c.Password)
	if err != nil || strings.ContainsFunc(c.Name, unassigned) {
		if got.Usable != nil && *got.Usable && !strings.ContainsFunc(c.Password+c.Name, unassigned) {
			t.Errorf("%+q is usable in the browser; the server says %v", c.Password, err)
		}
		if got.Why != "" && !strings.ContainsFunc(c.Password, unassigned) && !endless(c.Password) {
			if want := problemWords(t, credential.Problem("password", err)); got.Why == want {
				tally["refused for the same"]++
			} else if got.Why != cannotBeSaid || !strings.ContainsAny(c.Password, "\u200c\u200d") {
				t.Errorf("%+q: the browser says %q, the server %q", c.Password, got.Why, want)
			}
		}
		tally["refused"]++
		return
	}
	if got.Usable == nil {
		if !strings.ContainsAny(c.Password, "\u200c\u200d") && !endless(c.Password) {
			t.Errorf("%+q: the browser says nothing", c.Password)
		}
		tally["not said"]++
		return
	}
	if !*got.Usable {
		t.Errorf("%+q is refused in the browser alone", c.Password)
	}
	tally["accepted"]++
	broken := c.policy.Check(c.Name, normalized)
	for i, line := range c.Lines {
		holds := !slices.ContainsFunc(broken, func(v password.Violation) bool { return v.Rule == line.Rule })
		if got.Holds[i] != holds {
			t.Errorf("%s %d, password %+q, name %+q: the browser says %t, the server %t", line.Rule, line.Want, c.Password, c.Name, got.Holds[i], holds)
		}
		tally[map[bool]string{true: "kept", false: "broken"}[holds]]++
		if line.Rule == password.RuleMinimumComplexity {
			tally[fmt.Sprintf("complexity %t", holds)]++
		}
		if line.Rule == password.RuleUserNameForbidden && !holds {
			tally["name held"]++
		}
	}
}

func unassigned(r rune) bool { return unicode.Is(unicode.Cn, r) }

// endless are more marks in a row than the browser counts.
func endless(text string) bool {
	return strings.Contains(strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return 'm'
		}
		return ' '
	}, norm.NFD.String(text)), strings.Repeat("m", 25))
}

// hard are pieces of text that one of the sides could take differently: what case folding, composition, width, classes and
// the rules about neighbours turn on.
var hard = strings.Fields("ß ẞ ss SS ſ st ﬅ ﬆ ﬀ FF ff ﬃ İ i̇ I i ı 𝚤 ΐ ΐ Ϊ́ ᾳ αι ᾼ Σ σ ς ΑΣ ας ΟΔΟΣ Ω Ω K K k Å Å å µ μ ŉ ʼn ǰ Ǆ ǅ ǆ dž ᾈ ῼ և եւ " +
	"ａ Ａ １ ！ ｶ カ ｶﾞ ガ ガ Ꭰ ꭰ Ᏸ ᏸ ა Ა ᲀ в ẚ ẛ ṡ é é É e E ́ ̣ ̈́ ͅ ̀ ̈ 각 가 ᄀ ᅡ ᆨ क़ क़ ् क ் 𝐀 𝟎 𝔸 𐐀 𐐨 😀 🏽 👍🏽 豈 豈 ½ ² Ⅷ ⅷ ① Ⓐ ⓐ ㎏ ﷺ " +
	"٣ ۳ 3 ३ · l l·l ʹ α א ׳ ״ ・ 日 ー ـ ー ! ? § € \" ' ` ´ \\ / <b> & % + a A b B Z z 0 9 _ - . @ abc ABC xyz")

// odd are pieces that are no words: spaces and what cannot be seen.
var odd = []string{
	" ", "  ", "\u00a0", "\u2003", "\u3000", "\u1680", "\u2000", "\t", "\u0000", "\u007f", "\u0085", "\u00ad", "\u200b", "\u200c", "\u200d", "\u200e",
	"क्\u200dष", "क्\u200cष", "می\u200cخ", "👩\u200d🔬", "\ufe0f", "\ufeff", "\u2028", "\ufffd", "\ufffe", "\ue000", "\U000f0000", "\U000e0020", "\u0378", "\u061c", "\u0600", "\u034f",
	"\u115f", "\u3164", "\u0640", "\u07fa", "\u302e", "\u3031", "\u303b", "\u180e", "\u2060", "\ufff9",
}

func anyJudgement(random *rand.Rand, locale i18n.Words, policies []password.Policy) judgement {
	c := judgement{Password: anyText(random, 14), policy: policies[random.IntN(len(policies))]}
	c.Name = anyName(random, c.Password)
	for _, line := range words.NewPolicy(locale, c.policy).Checks {
		if line.Here {
			c.Lines = append(c.Lines, line)
		}
	}
	return c
}

// anyPolicies are enough for all that the rules can say.
func anyPolicies(random *rand.Rand) []password.Policy {
	policies := make([]password.Policy, 500)
	for i := range policies {
		policies[i] = anyPolicy(random)
	}
	return policies
}

func anyPolicy(random *rand.Rand) password.Policy {
	policy := password.Policy{
		Section: password.SectionAccount, MinimumSymbols: random.IntN(20), MaximumSymbols: random.IntN(20), MinimumSpecialSymbols: random.IntN(4),
		MinimumUpperCaseSymbols: random.IntN(4), MinimumDigits: random.IntN(4), UserNameForbidden: true, AllowedRegex: ".*", ForbiddenLastPasswords: 3,
	}
	raised, err := password.Policies{Account: policy}.With(password.Compliance{Complexity: random.IntN(5)})
	if err == nil { // else they contradict the policy, which is tried without
		return raised.Account
	}
	return policy
}

// anyText is mostly made of hard pieces, now and then of any code point, of very many marks, or of very much.
func anyText(random *rand.Rand, most int) string {
	var text strings.Builder
	for range random.IntN(most) {
		switch n := random.IntN(100); {
		case n < 80:
			text.WriteString(hard[random.IntN(len(hard))])
		case n < 92:
			text.WriteRune(anyAssigned(random))
		case n < 97:
			text.WriteString(odd[random.IntN(len(odd))])
		case n < 98:
			text.WriteString(strings.Repeat([]string{"\u0316", "\u0301", "\u0345", "\u0344"}[random.IntN(4)], 14+random.IntN(20)))
		case n < 99 && random.IntN(20) == 0:
			text.WriteString(strings.Repeat("日", 1360+random.IntN(10)))
		default:
			text.WriteString(" ")
		}
	}
	return text.String()
}

// anyAssigned is of no surrogate; small ones are as likely as all others.
func anyAssigned(random *rand.Rand) rune {
	for {
		r := rune(random.IntN(0x20000))
		if random.IntN(2) == 0 {
			r = rune(random.IntN(0x3000))
		}
		if utf8.ValidRune(r) && !unassigned(r) {
			return r
		}
	}
}

// anyName is often a part of the password in another spelling, or nearly so.
func anyName(random *rand.Rand, secret string) string {
	name := anyText(random, 3)
	if runes := []rune(secret); len(runes) > 0 && random.IntN(3) > 0 {
		from := random.IntN(len(runes))
		name = string(runes[from:min(len(runes), from+1+random.IntN(4))])
	}
	for range random.IntN(3) {
		name = dresses[random.IntN(len(dresses))](name)
	}
	return name
}

var dresses = []func(string) string{
	strings.ToLower, strings.ToUpper, strings.ToTitle, norm.NFC.String, norm.NFD.String, norm.NFKC.String, norm.NFKD.String,
	width.Widen.String, width.Narrow.String, func(s string) string { return s + "\u0301" },
}

// onThePage is what a user sees while typing.
type onThePage struct {
	Kept, Broken []string // the rules whose line says so
	Unusable     string   // what the line says about symbols that no policy decides
}

const typeIn = `((name, secret) => {
	document.querySelector("input[name=name]").value = name;
	const field = document.getElementById("password");
	field.value = secret;
	field.dispatchEvent(new Event("input", {bubbles: true}));
	const rules = (ok) => [...document.querySelectorAll(".checklist:not([hidden]) [data-want][data-ok=" + ok + "]")].map((line) => line.dataset.rule);
	const line = document.querySelector(".checklist:not([hidden]) [data-unusable]");
	return {Kept: rules(true), Broken: rules(false), Unusable: line.checkVisibility() ? line.textContent : ""};
})(%s)`

// TestChecklistOnThePage: the lines show the results of the functions, and invalid passwords are not checked by rules.
func TestChecklistOnThePage(t *testing.T) {
	testkit.Parallel(t)
	page := checklist(t)
	for _, c := range []struct {
		arguments, kept, broken string
		unusable                string
	}{
		{`"", ""`, "", "", ""},
		{`"", "Aa1!ef"`, "minimumSymbols maximumSymbols minimumSpecialSymbols minimumUpperCaseSymbols minimumDigits userNameForbidden", "", ""},
		{`"STRAUSS", "strauß"`, "minimumSymbols maximumSymbols", "minimumSpecialSymbols minimumUpperCaseSymbols minimumDigits userNameForbidden", ""},
		{`"ann", "ＡＮＮ１"`, "maximumSymbols minimumUpperCaseSymbols minimumDigits", "minimumSymbols minimumSpecialSymbols userNameForbidden", ""},
		{`"ann", "😀😀😀😀😀"`, "maximumSymbols minimumSpecialSymbols userNameForbidden", "minimumSymbols minimumUpperCaseSymbols minimumDigits", ""},
		{`"ann", "Aa1!e\ud83d"`, "minimumSymbols maximumSymbols minimumSpecialSymbols minimumUpperCaseSymbols minimumDigits userNameForbidden", "", ""}, // half of a pair
		{`"ann", "Aa1!ef\t"`, "", "", "This contains a control character (U+0009), such as a tab or a line end. Remove it."},
		{`"ann", "Aa1!ef👩\u200d🔬"`, "", "", "👩\u200d🔬 contains an invisible character (U+200D). Use another symbol."},
		{`"ann", "Aa1!ef❤\ufe0f"`, "", "", "❤\ufe0f contains an invisible character (U+FE0F). Use another symbol."},
		{`"ann", "Aa1!ef<b>ـ"`, "", "", "ـ (U+0640) cannot be used in passwords. Use another symbol."},
		{`"ann", "Aa1!ef" + "日".repeat(1364)`, "", "", "This password is too long: at most 4,096 bytes are allowed."},
		{`"ann", "Aa1!ef" + "日".repeat(1363)`, "minimumSymbols minimumSpecialSymbols minimumUpperCaseSymbols minimumDigits userNameForbidden", "maximumSymbols", ""},
		{`"ann", "Aa1!ef क्\u200dष"`, "", "", ""}, // a joiner in its place: the server will say
	} {
		got := testbrowser.Eval[onThePage](page, strings.Replace(typeIn, "%s", c.arguments, 1))
		check(t, c.arguments+" keeps", strings.Join(got.Kept, " "), c.kept)
		check(t, c.arguments+" breaks", strings.Join(got.Broken, " "), c.broken)
		check(t, c.arguments+" is no password", got.Unusable, c.unusable)
	}
}
