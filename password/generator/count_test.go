package generator

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"latchkey/internal/testkit"
	"latchkey/password"
	"latchkey/password/regex"
)

// options is how policies and tests ask for passwords.
type options = password.GeneratorOptions

func symbols(text string) password.Set { return password.Set{Symbols: text} }

// off is an alphabet without symbols.
var off = password.Set{Off: true}

// prepared compiles a policy once.
func prepared(p password.Policy) password.Policy {
	p, _ = p.Compiled()
	return p
}

// fewer returns a tenth of the repetitions with -short, which .ci/run sets under the race detector.
func fewer(times int) int {
	if testing.Short() {
		return (times + 9) / 10
	}
	return times
}

// seeded is reproducible randomness.
func seeded(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

// all returns all texts of a length in an alphabet.
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

// only allows these symbols alone.
func only(alphabet string) options {
	return options{Upper: off, Lower: off, Digits: off, Special: symbols(alphabet)}
}

// smallPolicies returns policies whose passwords in a small alphabet can be enumerated.
func smallPolicies() []password.Policy {
	var policies []password.Policy
	for _, expression := range []string{
		"", `(?=.*a).*`, `(?=.*\d)(?!.*aa).*`, `[ab]+\d?[aB]*`, `(?:a|ab)*1*`, `(?=(?:.*\d){2})(?=.*[B!]).*`, `(?:(?!a1).)*+`, `(.)(?!\1).*`, `(?<!b).*`,
	} {
		for _, p := range []password.Policy{
			{}, {MinimumDigits: 1}, {MinimumDigits: 2, MinimumUpperCaseSymbols: 1}, {MinimumSpecialSymbols: 1, MinimumUpperCaseSymbols: 1, MinimumDigits: 1},
		} {
			p.AllowedRegex = expression
			policies = append(policies, prepared(p))
		}
	}
	return policies
}

// The count equals that of an enumeration, or is larger if the policy is not provable.
func TestCountIsExact(t *testing.T) {
	const alphabet = "abB1!"
	for _, p := range smallPolicies() {
		for length := 1; length <= 5; length++ {
			allowed := int64(len(allowed(p, alphabet, length)))
			p.MinimumSymbols, p.MaximumSymbols = length, length
			plan := planFor(prepared(p), planKey{options: only(alphabet)})
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

// All passwords are equally likely: chi-square test with 40 or 100 draws per password and a seed. The standard deviation is
// about the square root of twice the number of passwords; six times that happens once in some hundred million runs.
func TestDrawsAreUniform(t *testing.T) {
	testkit.Parallel(t)
	const alphabet = "abB1!"
	tried := 0
	if testing.Short() {
		t.Skip("it has no concurrency")
	}
	for i, p := range smallPolicies() {
		p.MinimumSymbols, p.MaximumSymbols = 4, 4
		p = prepared(p)
		source := seeded(byte(i))
		wantUniform(t, p, allowed(p, alphabet, 4), &tried, func() string {
			made, err := Generate(p, only(alphabet), "", source)
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

// allowed enumerates the passwords of a length in an alphabet.
func allowed(p password.Policy, alphabet string, length int) (texts []string) {
	for _, text := range all(alphabet, length) {
		if p.Check("", text) == nil {
			texts = append(texts, text)
		}
	}
	return texts
}

func wantUniform(t *testing.T, p password.Policy, texts []string, tried *int, draw func() string) {
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

func TestEntropyMatchesManualCount(t *testing.T) {
	testkit.Parallel(t)
	for _, test := range []struct {
		policy password.Policy
		recipe options
		want   float64
	}{
		{password.Policy{}, options{}, 20 * math.Log2(float64(readable.Size()))},
		{password.Policy{}, options{Length: 8, Upper: off, Lower: off, Digits: symbols("01"), Special: off}, 8},
		{password.Policy{}, options{Length: 8, Digits: symbols("0123456789")}, 8 * math.Log2(float64(readable.Size()+2))},
		{password.Policy{AllowedRegex: "[a-h]{4}"}, options{}, 12},
		{password.Policy{MinimumDigits: 1, MaximumSymbols: 2}, options{Upper: off, Lower: symbols("abc"), Digits: symbols("01"), Special: off}, 4}, // 5² − 3²
		{password.Policy{AllowedRegex: "abc"}, options{}, 0},
		{password.Policy{AllowedRegex: `(?!.*(.)\1\1).*`}, options{}, 20 * math.Log2(float64(readable.Size()))}, // hardly any is refused
		{password.Policy{AllowedRegex: `(?!.*(.)\1\1)[a-c]*`}, options{}, password.Unknown},
		{password.Policy{AllowedRegex: `x[\x{300}\x{301}]{3}`}, options{}, password.Unknown},
		{password.Policy{MinimumSymbols: 200, AllowedRegex: `(?=.*a.{12}$)[a-f]+`}, options{}, password.Unknown},
		{password.Policy{MinimumDigits: 900, MinimumSpecialSymbols: 900}, options{}, password.Unknown},
		{password.Policy{MinimumSymbols: 90, MinimumDigits: 20, MinimumSpecialSymbols: 20, MinimumUpperCaseSymbols: 20}, options{}, password.Unknown},
		{password.Policy{AllowedRegex: `[ab]{3} [ab]{3}`}, options{}, 6},
	} {
		made, err := Generate(test.policy, test.recipe, "", seeded(1))
		if err != nil || math.Abs(made.Bits-test.want) > 1e-9 {
			t.Errorf("%+v by %+v: %v bits, want %v (%v)", test.policy, test.recipe, made.Bits, test.want, err)
		}
	}
}

// If a good part of few passwords contains the account name, the number of the others is unknown.
func TestEntropyIsUnknownIfNameIsLikely(t *testing.T) {
	for name, want := range map[string]float64{"anna": password.Unknown, "zoe": 1 + math.Log2(8), "": 1 + math.Log2(8)} {
		p := password.Policy{AllowedRegex: `(?:anna|bert)\d`, UserNameForbidden: true}
		if made, err := Generate(p, options{}, name, seeded(1)); err != nil || math.Abs(made.Bits-want) > 1e-9 {
			t.Errorf("%q: %v bits, want %v (%v)", name, made.Bits, want, err)
		}
	}
}

func TestOnlyAsManyUnreadableSymbolsAsNeeded(t *testing.T) {
	for expression, most := range map[string]int{
		`\w{4} \w{4}`: 1, `.{8} .{8}`: 1, `(?=.*~).{12}`: 1, `(?=.*[~^].*[~^])(?=.*\s).{12}`: 3, `.{10}é.{10}`: 1, `(?:l|[x-z]){20}`: 0, `[l1]{3}\w{17}`: 3, `.{12}`: 0,
	} {
		p := prepared(password.Policy{AllowedRegex: expression})
		for seed := range byte(50) {
			made, err := Generate(p, options{}, "", seeded(seed))
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

func TestStrengthBeforeReadability(t *testing.T) {
	for expression, want := range map[string]float64{`[a1]{8}`: 8, `[ab01]{20}`: 40, `\d{6}`: 6 * math.Log2(8), `[ab01]{80}`: 80} {
		made, err := Generate(password.Policy{AllowedRegex: expression}, options{}, "", seeded(3))
		if err != nil || math.Abs(made.Bits-want) > 1e-9 {
			t.Errorf("%s: %.1f bits, want %.1f (%v)", expression, made.Bits, want, err)
		}
	}
}

// The same randomness gives the same
func TestGenerateIsDeterministic(t *testing.T) {
	testkit.Parallel(t)
	for _, p := range append(smallPolicies(), password.Default().Account, password.Policy{AllowedRegex: `(\w{4})-\1`}, password.Policy{MinimumDigits: 900, MinimumSpecialSymbols: 900},
		password.Policy{MinimumSymbols: 90, MinimumDigits: 20, MinimumSpecialSymbols: 20, MinimumUpperCaseSymbols: 20}) {
		for seed := range byte(testkit.Times(1, 3)) {
			first, err := Generate(p, options{}, "someone", seeded(seed))
			again, errAgain := Generate(prepared(p), options{}, "someone", seeded(seed))
			if first != again || (err == nil) != (errAgain == nil) {
				t.Errorf("%+v: %q, then %q", p, first.Text, again.Text)
			}
		}
	}
}

// randomPolicy makes a policy such as people write.
func randomPolicy(r *rand.Rand) password.Policy {
	pick := func(choices ...string) string { return choices[r.IntN(len(choices))] }
	p := password.Policy{UserNameForbidden: r.IntN(2) == 0}
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

func TestGeneratedPasswordsSatisfyRandomPolicies(t *testing.T) {
	testkit.Parallel(t)
	policies, each := testkit.Times(fewer(30), 200), testkit.Times(25, 5000)
	r := rand.New(rand.NewPCG(2, 7))
	source := seeded(7)
	met, generated, missed := 0, 0, 0
	for met < policies {
		p := prepared(randomPolicy(r))
		if impossible(p) {
			wantNoPassword(t, p)
			continue
		}
		met++
		name := []string{"bo", "someone", "x", "7", "Zoë"}[r.IntN(5)]
		for range each {
			made, err := Generate(p, options{Length: r.IntN(3) * 12}, name, source)
			if errors.Is(err, ErrNoPassword) && p.NotProvable() != regex.Provable {
				missed++ // it is unknown whether there is one
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
			if broken != nil || !password.IsNormalized(made.Text) || !utf8.ValidString(made.Text) {
				t.Fatalf("%+v: %q breaks %v", p, made.Text, broken)
			}
		}
	}
	t.Logf("%d passwords under %d policies; of %d none was found", generated, met, missed)
	if missed > 1+met/50 {
		t.Errorf("of %d policies of %d no password was found", missed, met)
	}
}

func wantNoPassword(t *testing.T, p password.Policy) {
	t.Helper()
	if made, err := Generate(p, options{}, "", seeded(1)); err == nil {
		t.Errorf("%+v is called impossible, and %q was made", p, made.Text)
	}
	if len(contradictionsOf(p)) == 0 {
		t.Errorf("%+v is called impossible, and nothing contradicts", p)
	}
}

func BenchmarkPlan(b *testing.B) {
	for _, expression := range []string{"", `(?=.*[a-z])(?=.*\d)(?=.*[^\w\s]).{12,64}`} {
		b.Run(fmt.Sprint(strings.Count(expression, "?="), " look-aheads"), func(b *testing.B) {
			p := password.Default().Account
			p.AllowedRegex = expression
			for b.Loop() {
				planFor(prepared(p), planKey{})
			}
		})
	}
}
