package password

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"latchkey/internal/testkit"
	"latchkey/password/regex"
)

// long says that tests which repeat themselves are to do so for minutes.
// fewer is a tenth of so many with -short, as under the race detector, where what runs alone need not be repeated.
func fewer(times int) int {
	if testing.Short() {
		return (times + 9) / 10
	}
	return times
}

// seeded is randomness that is the same each time.
func seeded(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

// all are all texts of a length in an alphabet.
func all(alphabet string, length int) []string {
	texts := []string{""}
	for range length {
		var longer []string
		for _, text := range texts {
			for _, c := range alphabet {
				longer = append(longer, text+string(c))
			}
		}
		texts = longer
	}
	return texts
}

// only takes no other symbols than these.
func only(alphabet string) Recipe {
	return Recipe{Upper: None, Lower: None, Digits: None, Special: alphabet}
}

// smallPolicies are some whose passwords in a few symbols can all be written down.
func smallPolicies() []Policy {
	var policies []Policy
	for _, expression := range []string{
		"", `(?=.*a).*`, `(?=.*\d)(?!.*aa).*`, `[ab]+\d?[aB]*`, `(?:a|ab)*1*`, `(?=(?:.*\d){2})(?=.*[B!]).*`, `(?:(?!a1).)*+`, `(.)(?!\1).*`, `(?<!b).*`,
	} {
		for _, p := range []Policy{
			{}, {MinimumDigits: 1}, {MinimumDigits: 2, MinimumUpperCaseSymbols: 1}, {MinimumSpecialSymbols: 1, MinimumUpperCaseSymbols: 1, MinimumDigits: 1},
		} {
			p.AllowedRegex = expression
			policies = append(policies, p.prepared())
		}
	}
	return policies
}

// The count is what counting all texts one by one gives: exactly where the policy is provable, else no less.
func TestCountIsExact(t *testing.T) {
	const alphabet = "abB1!"
	for _, p := range smallPolicies() {
		for length := 1; length <= 5; length++ {
			allowed := int64(len(allowed(p, alphabet, length)))
			p.MinimumSymbols, p.MaximumSymbols = length, length
			plan := p.prepared().compiled.plan(p, order{recipe: only(alphabet)})
			total := int64(0)
			if plan.count != nil {
				total = plan.count.total().Int64()
			}
			if plan.exact && total != allowed || total < allowed {
				t.Errorf("%q with %d digits, %d upper, %d special, %d long: counted %d, there are %d", p.AllowedRegex,
					p.MinimumDigits, p.MinimumUpperCaseSymbols, p.MinimumSpecialSymbols, length, total, allowed)
			}
			if plan.empty && allowed > 0 || plan.exact && plan.empty != (allowed == 0) {
				t.Errorf("%q, %d long: empty is %v, there are %d", p.AllowedRegex, length, plan.empty, allowed)
			}
			p.MinimumSymbols, p.MaximumSymbols = 0, 0
		}
	}
}

// Each password is as likely as each other: chi-square of 40 draws for each, or 100, with a seed. Its standard deviation is about
// the square root of twice the number of passwords; six times that comes once in some hundred million runs.
func TestDrawsAreUniform(t *testing.T) {
	testkit.Parallel(t)
	const alphabet = "abB1!"
	tried := 0
	if testing.Short() {
		t.Skip("nothing in it runs in parallel")
	}
	for i, p := range smallPolicies() {
		p.MinimumSymbols, p.MaximumSymbols = 4, 4
		p = p.prepared()
		source := seeded(byte(i))
		wantUniform(t, p, allowed(p, alphabet, 4), &tried, func() string {
			made, err := p.GenerateWith(source, "", only(alphabet))
			if err != nil {
				t.Fatalf("%q: %v", p.AllowedRegex, err)
			}
			return made.Text
		})
	}
	if tried < 20 {
		t.Errorf("only %d policies were tried", tried)
	}
}

// allowed are all passwords of a length in an alphabet.
func allowed(p Policy, alphabet string, length int) (texts []string) {
	for _, text := range all(alphabet, length) {
		if p.Check("", text) == nil {
			texts = append(texts, text)
		}
	}
	return texts
}

func wantUniform(t *testing.T, p Policy, texts []string, tried *int, draw func() string) {
	t.Helper()
	if len(texts) < 2 {
		return
	}
	*tried++
	drawn := map[string]int{}
	each := testkit.Times(40, 100)
	for range each * len(texts) {
		drawn[draw()]++
	}
	chi, known := 0.0, 0
	for _, text := range texts {
		n := drawn[text]
		chi += float64((n-each)*(n-each)) / float64(each)
		known += n
	}
	freedom := float64(len(texts) - 1)
	if math.Abs(chi-freedom) > 6*math.Sqrt(2*freedom)+6 || known != each*len(texts) {
		t.Errorf("%q with %d passwords: chi-square is %.1f, and %d of %d draws gave one of them", p.AllowedRegex, len(texts), chi, known, each*len(texts))
	}
}

// TestBits compares with entropies that can be worked out by hand.
func TestBits(t *testing.T) {
	testkit.Parallel(t)
	for _, test := range []struct {
		policy Policy
		recipe Recipe
		want   float64
	}{
		{Policy{}, Recipe{}, 20 * math.Log2(float64(readable.Size()))},
		{Policy{}, Recipe{Length: 8, Upper: None, Lower: None, Digits: "01", Special: None}, 8},
		{Policy{}, Recipe{Length: 8, Digits: "0123456789"}, 8 * math.Log2(float64(readable.Size()+2))},
		{Policy{AllowedRegex: "[a-h]{4}"}, Recipe{}, 12},
		{Policy{MinimumDigits: 1, MaximumSymbols: 2}, Recipe{Upper: None, Lower: "abc", Digits: "01", Special: None}, 4}, // 5² − 3²
		{Policy{AllowedRegex: "abc"}, Recipe{}, 0},
		{Policy{AllowedRegex: `(\w{4})-\1`}, Recipe{}, Unknown},
		{Policy{AllowedRegex: `(?!.*(.)\1\1).*`}, Recipe{}, 20 * math.Log2(float64(readable.Size()))}, // hardly one is refused
		{Policy{AllowedRegex: `(?!.*(.)\1\1)[a-c]*`}, Recipe{}, Unknown},
		{Policy{AllowedRegex: `x[\x{300}\x{301}]{3}`}, Recipe{}, Unknown},
		{Policy{MinimumSymbols: 200, AllowedRegex: `(?=.*a.{12}$)[a-f]+`}, Recipe{}, Unknown},
		{Policy{MinimumDigits: 900, MinimumSpecialSymbols: 900}, Recipe{}, Unknown},
		{Policy{MinimumSymbols: 90, MinimumDigits: 20, MinimumSpecialSymbols: 20, MinimumUpperCaseSymbols: 20}, Recipe{}, Unknown},
		{Policy{AllowedRegex: `[ab]{3} [ab]{3}`}, Recipe{}, 6},
	} {
		made, err := test.policy.GenerateWith(seeded(1), "", test.recipe)
		if err != nil || math.Abs(made.Bits-test.want) > 1e-9 {
			t.Errorf("%+v by %+v: %v bits, want %v (%v)", test.policy, test.recipe, made.Bits, test.want, err)
		}
	}
}

// Where a good part of few passwords holds the account name, how many are left is not told.
func TestBitsBesideAName(t *testing.T) {
	for name, want := range map[string]float64{"anna": Unknown, "zoe": 1 + math.Log2(8), "": 1 + math.Log2(8)} {
		p := Policy{AllowedRegex: `(?:anna|bert)\d`, UserNameForbidden: true}
		if made, err := p.GenerateWith(seeded(1), name, Recipe{}); err != nil || math.Abs(made.Bits-want) > 1e-9 {
			t.Errorf("%q: %v bits, want %v (%v)", name, made.Bits, want, err)
		}
	}
}

// Symbols that are not readable come in no greater number than the rules need.
func TestThriftyAlphabet(t *testing.T) {
	for expression, most := range map[string]int{
		`\w{4} \w{4}`: 1, `.{8} .{8}`: 1, `(?=.*~).{12}`: 1, `(?=.*[~^].*[~^])(?=.*\s).{12}`: 3, `.{10}é.{10}`: 1, `(?:l|[x-z]){20}`: 0, `[l1]{3}\w{17}`: 3, `.{12}`: 0,
	} {
		p := Policy{AllowedRegex: expression}.prepared()
		for seed := range byte(50) {
			made, err := p.GenerateWith(seeded(seed), "", Recipe{})
			others := 0
			for _, c := range made.Text {
				if !readable.Contains(c) {
					others++
				}
			}
			if err != nil || others > most {
				t.Fatalf("%s: %q has %d symbols that are not readable, want %d (%v)", expression, made.Text, others, most, err)
			}
		}
	}
}

// Where readable symbols leave hardly a choice, the others are taken.
func TestStrengthBeforeReadability(t *testing.T) {
	for expression, want := range map[string]float64{`[a1]{8}`: 8, `[ab01]{20}`: 40, `\d{6}`: 6 * math.Log2(8), `[ab01]{80}`: 80} {
		made, err := Policy{AllowedRegex: expression}.GenerateWith(seeded(3), "", Recipe{})
		if err != nil || math.Abs(made.Bits-want) > 1e-9 {
			t.Errorf("%s: %.1f bits, want %.1f (%v)", expression, made.Bits, want, err)
		}
	}
}

// The same randomness gives the same password.
func TestGenerateIsDeterministic(t *testing.T) {
	testkit.Parallel(t)
	for _, p := range append(smallPolicies(), Default().Account, Policy{AllowedRegex: `(\w{4})-\1`}, Policy{MinimumDigits: 900, MinimumSpecialSymbols: 900},
		Policy{MinimumSymbols: 90, MinimumDigits: 20, MinimumSpecialSymbols: 20, MinimumUpperCaseSymbols: 20}) {
		for seed := range byte(testkit.Times(1, 3)) {
			first, err := p.GenerateWith(seeded(seed), "someone", Recipe{})
			again, errAgain := p.prepared().GenerateWith(seeded(seed), "someone", Recipe{})
			if first != again || (err == nil) != (errAgain == nil) {
				t.Errorf("%+v: %q, then %q", p, first.Text, again.Text)
			}
		}
	}
}

// randomPolicy makes one of the kind that people write.
func randomPolicy(r *rand.Rand) Policy {
	pick := func(choices ...string) string { return choices[r.IntN(len(choices))] }
	p := Policy{UserNameForbidden: r.IntN(2) == 0}
	for _, minimum := range []*int{&p.MinimumSpecialSymbols, &p.MinimumUpperCaseSymbols, &p.MinimumDigits} {
		if *minimum = r.IntN(5) - 1; r.IntN(20) == 0 {
			*minimum = 10 + r.IntN(40)
		}
	}
	if p.MinimumSymbols = r.IntN(30); r.IntN(2) == 0 {
		p.MaximumSymbols = p.MinimumSymbols + r.IntN(12)
	}
	if r.IntN(4) == 0 {
		return p
	}
	looks := []string{`(?=.*[a-z])`, `(?=.*\d)`, `(?=(?:.*[A-Z]){2})`, `(?=.*[^\w\s])`, `(?!.*(?:abc|123|qwe))`, `(?!.*\s)`, `(?=.{6,40}$)`,
		`(?![a-z])`, `(?!.*(.)\1\1)`, `(?!.*[<>&"'])`, `(?=\p{L})`, `(?=.*é)`}
	for _, chosen := range r.Perm(len(looks))[:r.IntN(4)] {
		p.AllowedRegex += looks[chosen]
	}
	p.AllowedRegex += pick(`.*`, `\S+`, `[\w!?#.-]{4,64}`, `[A-Za-z\d!?]+`, `(?:\w{3,5}[-.]){2,6}\w+`, `[^\s]{6,40}`, `[a-z&&[^aeiou]]+[A-Z\d!#%]*`, `\p{Alnum}{3,}+[!-/]*\w*`,
		`(?i:[a-f\d]{4}[-!]?)+`, `[\p{L}\d ]+[!?]?`)
	return p
}

// Passwords of many policies keep all their rules; more of them under LATCHKEY_TEST_LONG.
func TestGeneratedKeepRandomPolicies(t *testing.T) {
	testkit.Parallel(t)
	policies, each := testkit.Times(fewer(30), 200), testkit.Times(25, 5000)
	r := rand.New(rand.NewPCG(2, 7))
	source := seeded(7)
	met, generated, missed := 0, 0, 0
	for met < policies {
		p := randomPolicy(r).prepared()
		if p.impossible() {
			wantNoPassword(t, p)
			continue
		}
		met++
		name := []string{"bo", "someone", "x", "7", "Zoë"}[r.IntN(5)]
		for range each {
			made, err := p.GenerateWith(source, name, Recipe{Length: r.IntN(3) * 12})
			if errors.Is(err, ErrNoPassword) && p.NotProvable() != regex.Provable {
				missed++ // whether there is one, and how to find it, is not known
				break
			}
			if err != nil {
				t.Fatalf("%+v: %v", p, err)
			}
			generated++
			broken := p.Check(name, made.Text)
			if len(broken) == 1 && broken[0].TimedOut { // a busy machine, and backtracking
				broken = p.Check(name, made.Text)
			}
			if broken != nil || !isStable(made.Text) || !utf8.ValidString(made.Text) {
				t.Fatalf("%+v: %q breaks %v", p, made.Text, broken)
			}
		}
	}
	t.Logf("%d passwords under %d policies; of %d none was found", generated, met, missed)
	if missed > 1+met/50 {
		t.Errorf("of %d policies of %d no password was found", missed, met)
	}
}

func wantNoPassword(t *testing.T, p Policy) {
	t.Helper()
	if made, err := p.GenerateWith(seeded(1), "", Recipe{}); err == nil {
		t.Errorf("%+v is called impossible, and %q was made", p, made.Text)
	}
	if len(p.contradictions()) == 0 {
		t.Errorf("%+v is called impossible, and nothing contradicts", p)
	}
}

func BenchmarkPlan(b *testing.B) {
	for _, expression := range []string{"", `(?=.*[a-z])(?=.*\d)(?=.*[^\w\s]).{12,64}`} {
		b.Run(fmt.Sprint(strings.Count(expression, "?="), " look-aheads"), func(b *testing.B) {
			p := Default().Account
			p.AllowedRegex = expression
			for b.Loop() {
				made := p.prepared()
				made.compiled.plan(made, order{})
			}
		})
	}
}
