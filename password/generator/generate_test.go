package generator

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
	"latchkey/password"
)

func TestGeneratedKeepAllRules(t *testing.T) {
	testkit.Parallel(t)
	for name, test := range map[string]struct {
		policy password.Policy
		name   string
		length int // wanted
	}{
		"no rule":                     {password.Policy{}, "", 20},
		"the default":                 {password.Default().Account, "someone", 20},
		"longer":                      {password.Policy{MinimumSymbols: 33}, "", 33},
		"longest":                     {password.Policy{MinimumSymbols: 4096, UserNameForbidden: true}, "ab", 4096},
		"shorter":                     {password.Policy{MaximumSymbols: 7}, "", 7},
		"a single digit":              {password.Policy{MaximumSymbols: 1, MinimumDigits: 1}, "", 1},
		"all places taken":            {password.Policy{MaximumSymbols: 20, MinimumUpperCaseSymbols: 10, MinimumDigits: 10}, "", 20},
		"only specials":               {password.Policy{MaximumSymbols: 20, MinimumSpecialSymbols: 20}, "", 20},
		"more classes than 20":        {password.Policy{MinimumDigits: 15, MinimumSpecialSymbols: 15}, "", 30},
		"name of one letter":          {password.Policy{UserNameForbidden: true}, "a", 20},
		"name of one digit, digits":   {password.Policy{UserNameForbidden: true, MinimumDigits: 20}, "7", 20},
		"name of one sign":            {password.Policy{UserNameForbidden: true, MinimumSpecialSymbols: 20}, ".", 20},
		"name that the regex forces":  {password.Policy{AllowedRegex: `[ab]{8}`, UserNameForbidden: true}, "A", 8},
		"[a-z]{8}":                    {password.Policy{AllowedRegex: `[a-z]{8}`}, "", 8},
		"look-aheads":                 {password.Policy{AllowedRegex: `^(?=.*[a-z])(?=.*\d)[a-zA-Z\d!?]{10,12}$`}, "", 12},
		"look-ahead":                  {password.Policy{AllowedRegex: `(?=.*[A-Z]).{8,}`}, "", 20},
		"parts":                       {password.Policy{AllowedRegex: `\p{Lu}{2}\d{6}[!?]{2}`}, "", 10},
		"literals":                    {password.Policy{AllowedRegex: `[A-Z]{3}-\d{4}-[a-z]{3}`}, "", 12},
		"binary":                      {password.Policy{AllowedRegex: `[01]+`}, "", 20},
		"needs a space":               {password.Policy{AllowedRegex: `\w+ \w+`}, "", 20},
		"wants a space anywhere":      {password.Policy{AllowedRegex: `(?=.*\s).{8,}`}, "", 20},
		"wants ~ anywhere":            {password.Policy{AllowedRegex: `(?=.*~).{8,}`}, "", 20},
		"wants é anywhere":            {password.Policy{AllowedRegex: `(?=.*é).{8,}`}, "", 20},
		"Cyrillic":                    {password.Policy{AllowedRegex: `[а-яА-Я]{9}`, MinimumUpperCaseSymbols: 3}, "", 9},
		"nothing of ASCII":            {password.Policy{AllowedRegex: `[^\x00-\x7f]{8}`}, "", 8},
		"multiples of seven":          {password.Policy{AllowedRegex: `(?:[a-z]{7})+`}, "", 21},
		"multiples of seven, at most": {password.Policy{AllowedRegex: `(?:[a-z]{7})+`, MaximumSymbols: 20}, "", 14},
		"8 or 300":                    {password.Policy{AllowedRegex: `[a-z]{8}|[A-Z]{300}`}, "", 8},
		"length in a look-ahead":      {password.Policy{AllowedRegex: `(?=.{9}$).*`}, "", 9},
		"far length in a look-ahead":  {password.Policy{AllowedRegex: `(?=.{400}$)\w+`}, "", 400},
		"nothing twice in a row":      {password.Policy{AllowedRegex: `(?!.*(.)\1)[a-f]+`}, "", 20},
		"no character twice":          {password.Policy{AllowedRegex: `(?!.*(.).*\1)[a-f]{5}`}, "", 5},
		"too many to be counted":      {password.Policy{MinimumSymbols: 200, AllowedRegex: `(?=.*a.{12}$)[a-f]+`}, "", 200},
		"letters of three bytes":      {password.Policy{MinimumSymbols: 1365, AllowedRegex: `[一-三]+`}, "", 1365},
		"barred signs":                {password.Policy{AllowedRegex: `^(?=.*[A-Z].*[A-Z])(?!.*[\s#$%&*+:=@_])[^<>]{8,}$`}, "", 20},
		"allowed signs":               {password.Policy{AllowedRegex: `(?=^[a-z!]+$)(?=.*!).{8,}`}, "", 20},
		"asked for twice":             {password.Policy{AllowedRegex: `(?=.*[A-Z])(?=.*\d)(?=.*\W).{4}`, MinimumDigits: 1, MinimumUpperCaseSymbols: 1, MinimumSpecialSymbols: 1}, "", 4},
		"counted by look-ahead":       {password.Policy{AllowedRegex: `(?=(?:.*\d){6})(?=(?:.*[A-Z]){6}).{12}`}, "", 12},
		"classes against a regex":     {password.Policy{AllowedRegex: `[a-z0-9]{10}`, MinimumDigits: 10}, "", 10},
		"possessive and atomic":       {password.Policy{AllowedRegex: `(?>[a-f]++)[0-9]++`, MinimumDigits: 3}, "", 20},
		"nested choices":              {password.Policy{AllowedRegex: `(?:a(?:b|cd){2,4}|\d{15}(?:x|yz))+`}, "", 20},
		"look-behind":                 {password.Policy{AllowedRegex: `[a-z]+(?<=[xyz])\d{2}`}, "", 20},
	} {
		t.Run(name, func(t *testing.T) {
			p := prepared(test.policy)
			for range testkit.Times(5, 20) {
				wantGenerated(t, p, test.name, test.length)
			}
		})
	}
}

func wantGenerated(t *testing.T, p password.Policy, name string, length int) {
	t.Helper()
	made, err := Generate(p, options{}, name, rand.Reader)
	got := made.Text
	if err != nil {
		t.Fatal(err)
	}
	if broken := p.Check(name, got); broken != nil {
		t.Errorf("%q breaks %v", got, broken)
	}
	if normalized, err := password.Normalize(got); err != nil || normalized != got {
		t.Errorf("%q is not normalised", got)
	}
	if n := utf8.RuneCountInString(got); n != length {
		t.Errorf("%q has %d code points, want %d", got, n, length)
	}
}

func TestGeneratedAreReadable(t *testing.T) {
	testkit.Parallel(t)
	for _, p := range []password.Policy{{}, password.Default().Technical, {AllowedRegex: `(?=.*\d).{8,}`}, {MinimumDigits: 20, MaximumSymbols: 20}} {
		for range 50 {
			made, err := Generate(p, options{}, "x", rand.Reader)
			got := made.Text
			if err != nil || strings.ContainsAny(got, "0Oo1lI| \"'<>") {
				t.Fatalf("%q, %v", got, err)
			}
		}
	}
}

func TestGenerateReturnsErrNoPassword(t *testing.T) {
	for name, test := range map[string]struct {
		policy password.Policy
		name   string
	}{
		"reference":            {password.Policy{AllowedRegex: `(\w{4})-\1`}, ""},
		"letter and accent":    {password.Policy{AllowedRegex: `e\x{301}`}, ""},
		"specials at places":   {password.Policy{MinimumSymbols: 210, MinimumDigits: 35, MinimumSpecialSymbols: 42, AllowedRegex: `(?:[a-f\d]{4}[-!]?)+`}, ""},
		"never matches":        {password.Policy{AllowedRegex: `x(?<!x)`}, ""},
		"matches only nothing": {password.Policy{AllowedRegex: `x{0}`}, ""},
		"an empty class":       {password.Policy{AllowedRegex: `[a&&[b]]{8}`}, ""},
		"only controls":        {password.Policy{AllowedRegex: `\p{Cc}{8}`}, ""},
		"only unassigned":      {password.Policy{AllowedRegex: `[\x{378}\x{379}]{8}`}, ""},
		"too short":            {password.Policy{AllowedRegex: `[a-z]{8}`, MinimumSymbols: 9}, ""},
		"too long":             {password.Policy{AllowedRegex: `[a-z]{8}`, MaximumSymbols: 7}, ""},
		"digits missing":       {password.Policy{AllowedRegex: `[a-z]+`, MinimumDigits: 1}, ""},
		"name":                 {password.Policy{AllowedRegex: `a{8}`, UserNameForbidden: true}, "A"},
		"beyond bytes":         {password.Policy{MinimumSymbols: math.MaxInt32}, ""},
		"contradiction":        {password.Policy{MinimumSymbols: 9, MaximumSymbols: 8}, ""},
		"huge counts":          {password.Policy{AllowedRegex: `(?:(?:a{2147483647}){2147483647}|b{2147483647})`}, ""},
		"huge, nothing in it":  {password.Policy{AllowedRegex: `(?:(?:){2147483647}){2147483647}`}, ""},
		"catastrophic":         {password.Policy{AllowedRegex: `(?:(?:a+)+!)?(?:a+)+b(?<!b)`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			made, err := Generate(test.policy, options{}, test.name, rand.Reader)
			got := made.Text
			if !errors.Is(err, ErrNoPassword) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestBadRandomnessIsReported(t *testing.T) {
	if _, err := Generate(password.Policy{}, options{}, "", bytes.NewReader([]byte("short"))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a short source: %v", err)
	}
	if _, err := Generate(password.Policy{}, options{}, "", constant(0xff)); !errors.Is(err, errRandomness) {
		t.Errorf("a constant source: %v", err)
	}
	if _, err := Generate(password.Policy{AllowedRegex: "("}, options{}, "", rand.Reader); err == nil {
		t.Error("a broken expression")
	}
}

// constant is a source that repeats one byte.
type constant byte

func (c constant) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(c)
	}
	return len(b), nil
}

// TestGeneratedCharactersAreEvenlySpread draws 200,000 characters of 69: each is expected about 2,900 times with a standard
// deviation of 54. Seven times that does not happen by chance.
func TestGeneratedCharactersAreEvenlySpread(t *testing.T) {
	testkit.Parallel(t)
	counts := map[rune]int{}
	p := prepared(password.Policy{})
	for range 10_000 {
		made, err := Generate(p, options{}, "", rand.Reader)
		got := made.Text
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

func TestGeneratedPassCheck(t *testing.T) {
	testkit.Parallel(t)
	rapid.Check(t, func(t *rapid.T) {
		p := password.Policy{
			MinimumSymbols:          rapid.IntRange(-1, 60).Draw(t, "minimum"),
			MinimumSpecialSymbols:   rapid.IntRange(-1, 12).Draw(t, "special"),
			MinimumUpperCaseSymbols: rapid.IntRange(-1, 12).Draw(t, "upper"),
			MinimumDigits:           rapid.IntRange(-1, 12).Draw(t, "digits"),
			UserNameForbidden:       rapid.Bool().Draw(t, "no name"),
			AllowedRegex:            rapid.SampledFrom([]string{"", ".*", `(?=.*\d).*`, `[\w!?#]+`, `\S*`}).Draw(t, "regex"),
		}
		p.MaximumSymbols = rapid.SampledFrom([]int{0, p.MinLength() + rapid.IntRange(1, 3).Draw(t, "room")}).Draw(t, "maximum")
		name := rapid.StringMatching(`[a-zA-Z0-9._@é-]{1,4}`).Draw(t, "name")
		made, err := Generate(p, options{}, name, rand.Reader)
		got := made.Text
		if err != nil {
			t.Fatalf("%+v: %v", p, err)
		}
		if broken := p.Check(name, got); broken != nil {
			t.Fatalf("%q breaks %v", got, broken)
		}
	})
}
