package password

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"latchkey/internal/testkit"
)

func TestGenerate(t *testing.T) {
	testkit.Parallel(t)
	for name, test := range map[string]struct {
		policy Policy
		name   string
		length int // wanted
	}{
		"no rule":                     {Policy{}, "", 20},
		"the default":                 {Default().Account, "someone", 20},
		"longer":                      {Policy{MinimumSymbols: 33}, "", 33},
		"longest":                     {Policy{MinimumSymbols: 4096, UserNameForbidden: true}, "ab", 4096},
		"shorter":                     {Policy{MaximumSymbols: 7}, "", 7},
		"a single digit":              {Policy{MaximumSymbols: 1, MinimumDigits: 1}, "", 1},
		"all places taken":            {Policy{MaximumSymbols: 20, MinimumUpperCaseSymbols: 10, MinimumDigits: 10}, "", 20},
		"only specials":               {Policy{MaximumSymbols: 20, MinimumSpecialSymbols: 20}, "", 20},
		"more classes than 20":        {Policy{MinimumDigits: 15, MinimumSpecialSymbols: 15}, "", 30},
		"name of one letter":          {Policy{UserNameForbidden: true}, "a", 20},
		"name of one digit, digits":   {Policy{UserNameForbidden: true, MinimumDigits: 20}, "7", 20},
		"name of one sign":            {Policy{UserNameForbidden: true, MinimumSpecialSymbols: 20}, ".", 20},
		"name that the regex forces":  {Policy{AllowedRegex: `[ab]{8}`, UserNameForbidden: true}, "A", 8},
		"[a-z]{8}":                    {Policy{AllowedRegex: `[a-z]{8}`}, "", 8},
		"look-aheads":                 {Policy{AllowedRegex: `^(?=.*[a-z])(?=.*\d)[a-zA-Z\d!?]{10,12}$`}, "", 12},
		"look-ahead":                  {Policy{AllowedRegex: `(?=.*[A-Z]).{8,}`}, "", 20},
		"parts":                       {Policy{AllowedRegex: `\p{Lu}{2}\d{6}[!?]{2}`}, "", 10},
		"literals":                    {Policy{AllowedRegex: `[A-Z]{3}-\d{4}-[a-z]{3}`}, "", 12},
		"binary":                      {Policy{AllowedRegex: `[01]+`}, "", 20},
		"needs a space":               {Policy{AllowedRegex: `\w+ \w+`}, "", 20},
		"wants a space anywhere":      {Policy{AllowedRegex: `(?=.*\s).{8,}`}, "", 20},
		"wants ~ anywhere":            {Policy{AllowedRegex: `(?=.*~).{8,}`}, "", 20},
		"wants é anywhere":            {Policy{AllowedRegex: `(?=.*é).{8,}`}, "", 20},
		"Cyrillic":                    {Policy{AllowedRegex: `[а-яА-Я]{9}`, MinimumUpperCaseSymbols: 3}, "", 9},
		"nothing of ASCII":            {Policy{AllowedRegex: `[^\x00-\x7f]{8}`}, "", 8},
		"multiples of seven":          {Policy{AllowedRegex: `(?:[a-z]{7})+`}, "", 21},
		"multiples of seven, at most": {Policy{AllowedRegex: `(?:[a-z]{7})+`, MaximumSymbols: 20}, "", 14},
		"8 or 300":                    {Policy{AllowedRegex: `[a-z]{8}|[A-Z]{300}`}, "", 8},
		"length in a look-ahead":      {Policy{AllowedRegex: `(?=.{9}$).*`}, "", 9},
		"far length in a look-ahead":  {Policy{AllowedRegex: `(?=.{400}$)\w+`}, "", 400},
		"nothing twice in a row":      {Policy{AllowedRegex: `(?!.*(.)\1)[a-f]+`}, "", 20},
		"no character twice":          {Policy{AllowedRegex: `(?!.*(.).*\1)[a-f]{5}`}, "", 5},
		"too many to be counted":      {Policy{MinimumSymbols: 200, AllowedRegex: `(?=.*a.{12}$)[a-f]+`}, "", 200},
		"letters of three bytes":      {Policy{MinimumSymbols: 1365, AllowedRegex: `[一-三]+`}, "", 1365},
		"repeated, looking ahead":     {Policy{AllowedRegex: `(\w{4}(?=-))-\1`}, "", 9},
		"repeated, from the start":    {Policy{AllowedRegex: `(^[a-z]{4})-\1`}, "", 9},
		"repeated part":               {Policy{AllowedRegex: `(\w{4})-\1`}, "", 9},
		"barred signs":                {Policy{AllowedRegex: `^(?=.*[A-Z].*[A-Z])(?!.*[\s#$%&*+:=@_])[^<>]{8,}$`}, "", 20},
		"allowed signs":               {Policy{AllowedRegex: `(?=^[a-z!]+$)(?=.*!).{8,}`}, "", 20},
		"asked for twice":             {Policy{AllowedRegex: `(?=.*[A-Z])(?=.*\d)(?=.*\W).{4}`, MinimumDigits: 1, MinimumUpperCaseSymbols: 1, MinimumSpecialSymbols: 1}, "", 4},
		"counted by look-ahead":       {Policy{AllowedRegex: `(?=(?:.*\d){6})(?=(?:.*[A-Z]){6}).{12}`}, "", 12},
		"classes against a regex":     {Policy{AllowedRegex: `[a-z0-9]{10}`, MinimumDigits: 10}, "", 10},
		"possessive and atomic":       {Policy{AllowedRegex: `(?>[a-f]++)[0-9]++`, MinimumDigits: 3}, "", 20},
		"nested choices":              {Policy{AllowedRegex: `(?:a(?:b|cd){2,4}|\d{15}(?:x|yz))+`}, "", 20},
		"look-behind":                 {Policy{AllowedRegex: `[a-z]+(?<=[xyz])\d{2}`}, "", 20},
	} {
		t.Run(name, func(t *testing.T) {
			p := test.policy.prepared()
			for range testkit.Times(5, 20) {
				wantGenerated(t, p, test.name, test.length)
			}
		})
	}
}

func wantGenerated(t *testing.T, p Policy, name string, length int) {
	t.Helper()
	got, err := p.Generate(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	if broken := p.Check(name, got); broken != nil {
		t.Errorf("%q breaks %v", got, broken)
	}
	if normalized, err := Normalize(got); err != nil || normalized != got {
		t.Errorf("%q is not normalised", got)
	}
	if n := utf8.RuneCountInString(got); n != length {
		t.Errorf("%q has %d code points, want %d", got, n, length)
	}
}

func TestGenerateUsesThePreferredAlphabet(t *testing.T) {
	testkit.Parallel(t)
	for _, p := range []Policy{{}, Default().Technical, {AllowedRegex: `(?=.*\d).{8,}`}, {MinimumDigits: 20, MaximumSymbols: 20}} {
		for range 50 {
			got, err := p.Generate(rand.Reader, "x")
			if err != nil || strings.ContainsAny(got, "0Oo1lI| \"'<>") {
				t.Fatalf("%q, %v", got, err)
			}
		}
	}
}

func TestGenerateGivesUp(t *testing.T) {
	for name, test := range map[string]struct {
		policy Policy
		name   string
	}{
		"never matches":        {Policy{AllowedRegex: `x(?<!x)`}, ""},
		"matches only nothing": {Policy{AllowedRegex: `x{0}`}, ""},
		"an empty class":       {Policy{AllowedRegex: `[a&&[b]]{8}`}, ""},
		"only controls":        {Policy{AllowedRegex: `\p{Cc}{8}`}, ""},
		"only unassigned":      {Policy{AllowedRegex: `[\x{378}\x{379}]{8}`}, ""},
		"too short":            {Policy{AllowedRegex: `[a-z]{8}`, MinimumSymbols: 9}, ""},
		"too long":             {Policy{AllowedRegex: `[a-z]{8}`, MaximumSymbols: 7}, ""},
		"digits missing":       {Policy{AllowedRegex: `[a-z]+`, MinimumDigits: 1}, ""},
		"name":                 {Policy{AllowedRegex: `a{8}`, UserNameForbidden: true}, "A"},
		"beyond bytes":         {Policy{MinimumSymbols: math.MaxInt32}, ""},
		"contradiction":        {Policy{MinimumSymbols: 9, MaximumSymbols: 8}, ""},
		"huge counts":          {Policy{AllowedRegex: `(?:(?:a{2147483647}){2147483647}|b{2147483647})`}, ""},
		"huge, nothing in it":  {Policy{AllowedRegex: `(?:(?:){2147483647}){2147483647}`}, ""},
		"catastrophic":         {Policy{AllowedRegex: `(?:(?:a+)+!)?(?:a+)+b(?<!b)`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := test.policy.Generate(rand.Reader, test.name)
			if !errors.Is(err, ErrNoPassword) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestGenerateReportsBadRandomness(t *testing.T) {
	if _, err := (Policy{}).Generate(bytes.NewReader([]byte("short")), ""); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a short source: %v", err)
	}
	if _, err := (Policy{}).Generate(constant(0xff), ""); !errors.Is(err, errRandomness) {
		t.Errorf("a constant source: %v", err)
	}
	if _, err := (Policy{AllowedRegex: "("}).Generate(rand.Reader, ""); err == nil {
		t.Error("a broken expression")
	}
}

// constant is a source that always gives one byte.
type constant byte

func (c constant) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(c)
	}
	return len(b), nil
}

// TestGeneratedCharactersAreEvenlySpread draws 200,000 characters. With 69 of them each is expected about 2,900 times,
// give or take 54; seven times that does not happen by chance.
func TestGeneratedCharactersAreEvenlySpread(t *testing.T) {
	testkit.Parallel(t)
	counts := map[rune]int{}
	p := Policy{}.prepared()
	for range 10_000 {
		got, err := p.Generate(rand.Reader, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range got {
			counts[c]++
		}
	}
	expected := 200_000 / float64(readable.Size())
	for c, n := range counts {
		if math.Abs(float64(n)-expected) > 7*math.Sqrt(expected) {
			t.Errorf("%c came %d times, expected are %.0f", c, n, expected)
		}
	}
	if len(counts) != readable.Size() {
		t.Errorf("%d characters of %d came", len(counts), readable.Size())
	}
}

func TestGeneratedAlwaysPassesCheck(t *testing.T) {
	testkit.Parallel(t)
	rapid.Check(t, func(t *rapid.T) {
		p := Policy{
			MinimumSymbols:          rapid.IntRange(-1, 60).Draw(t, "minimum"),
			MinimumSpecialSymbols:   rapid.IntRange(-1, 12).Draw(t, "special"),
			MinimumUpperCaseSymbols: rapid.IntRange(-1, 12).Draw(t, "upper"),
			MinimumDigits:           rapid.IntRange(-1, 12).Draw(t, "digits"),
			UserNameForbidden:       rapid.Bool().Draw(t, "no name"),
			AllowedRegex:            rapid.SampledFrom([]string{"", ".*", `(?=.*\d).*`, `[\w!?#]+`, `\S*`}).Draw(t, "regex"),
		}
		p.MaximumSymbols = rapid.SampledFrom([]int{0, max(1, p.MinimumSymbols, p.tally().shortest()) + rapid.IntRange(1, 3).Draw(t, "room")}).Draw(t, "maximum")
		name := rapid.StringMatching(`[a-zA-Z0-9._@é-]{1,4}`).Draw(t, "name")
		got, err := p.Generate(rand.Reader, name)
		if err != nil {
			t.Fatalf("%+v: %v", p, err)
		}
		if broken := p.Check(name, got); broken != nil {
			t.Fatalf("%q breaks %v", got, broken)
		}
	})
}

func BenchmarkGenerate(b *testing.B) {
	for name, regex := range map[string]string{"default": "", "regex": `^(?=.*[a-z])(?=.*\d)[a-zA-Z\d!?]{10,12}$`} {
		b.Run(name, func(b *testing.B) {
			p := Policy{MinimumDigits: 1, MinimumUpperCaseSymbols: 1, UserNameForbidden: true, AllowedRegex: regex}.prepared()
			for b.Loop() {
				if _, err := p.Generate(rand.Reader, "someone"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
