package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/cases"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/i18n"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/password"
	"latchkey/views/words"
)

// checklist opens a page that has one, in Chromium: the tests ask the page's own functions.
func checklist(t *testing.T) *testbrowser.Page {
	t.Helper()
	app := dev(t)
	page := testbrowser.Browser(t)
	page.Goto(app.BaseURL.String() + "/dev/pages/new-customer?lang=en")
	check(t, "status", page.Status, 200)
	page.Click("[name=password_mode][value=typed]")
	return page
}

// oneByOne is what the page's functions make of each code point of a block.
type oneByOne struct {
	Verdicts string      // a letter each, of the bits below
	Changed  [][3]string // those that do not stay as they are: themselves, normalised, and in folded case
	Refused  [][2]string // those that are refused: the input and its message
}

// The bits of a verdict.
const (
	isUsable = 1 << iota
	isUnsure
	isSpecial
	isUpper
	isDigit
	isOfAKind
)

const askOneByOne = `((from, to) => {
	let verdicts = "", changed = [], refused = [];
	const line = document.querySelector("[data-unusable]");
	for (let c = from; c < to; c++) {
		const text = String.fromCodePoint(c), known = usable(text), plain = normalized(text), fold = foldedCase(text);
		const has = (rule) => holds(rule, 1, plain, "");
		verdicts += String.fromCharCode(64 + (known === true) + 2 * (known === undefined)
			+ 4 * has("minimumSpecialSymbols") + 8 * has("minimumUpperCaseSymbols") + 16 * has("minimumDigits") + 32 * has("minimumComplexity"));
		if (plain !== text || fold !== text) changed.push([text, plain, fold]);
		if (known === false) refused.push([text, refusalWords(line, refusal(text))]);
	}
	return {Verdicts: verdicts, Changed: changed, Refused: refused};
})(%d, %d)`

// TestChecklistClassifiesEveryCodePoint: what is refused, normalisation, the classes and the folding of case are in the browser
// as on the server for every code point. Those that only the browser knows, being newer, the server refuses wherever they
// stand.
func TestChecklistClassifiesEveryCodePoint(t *testing.T) {
	testkit.Parallel(t)
	page := checklist(t)
	const block = 1 << 13
	for from := rune(0); from <= unicode.MaxRune; from += block {
		wantUnassignedRefused(t, from, from+block)
		if !worthAsking(from, from+block) {
			continue
		}
		got := testbrowser.Eval[oneByOne](page, fmt.Sprintf(askOneByOne, from, from+block))
		for _, said := range got.Refused {
			wantRefusal(t, said[0], said[1])
		}
		changed := map[string][3]string{}
		for _, forms := range got.Changed {
			changed[forms[0]] = forms
		}
		for r := from; r < from+block; r++ {
			if unicode.In(r, unicode.Cn, unicode.Cs) { // of the latter, halves of pairs, see TestChecklistAgreesWithServer
				continue
			}
			forms, found := changed[string(r)]
			if !found {
				forms = [3]string{string(r), string(r), string(r)}
			}
			wantCodePoint(t, r, int(got.Verdicts[r-from])-64, forms[1], forms[2])
		}
	}
}

// worthAsking leaves out what is all unassigned, and most of the code points for private use, which are all alike.
func worthAsking(from, to rune) bool {
	for r := from; r < to; r++ {
		if !unicode.In(r, unicode.Cn, unicode.Co) {
			return true
		}
	}
	return from == 0xf0000 || testkit.Long()
}

func wantUnassignedRefused(t *testing.T, from, to rune) {
	t.Helper()
	for r := from; r < to; r++ {
		if !unicode.Is(unicode.Cn, r) {
			continue
		}
		if _, err := password.Normalize("Aa1!" + string(r) + "é"); err == nil {
			t.Errorf("%U is unassigned, and accepted", r)
		}
	}
}

func wantCodePoint(t *testing.T, r rune, verdict int, plain, fold string) {
	t.Helper()
	if want := caseless(string(r)); fold != want {
		t.Errorf("%U is folded to %q, want %q", r, fold, want)
	}
	want, err := password.Normalize(string(r))
	if err != nil {
		if verdict&isUsable != 0 {
			t.Errorf("%U is usable in the browser; the server says %v", r, err)
		}
		return
	}
	count := password.CountClasses(want)
	if classes := isUsable + isSpecial*count.Special + isUpper*count.Upper + isDigit*count.Digits + isOfAKind*count.Classes(); verdict != classes || plain != want {
		t.Errorf("%U: the browser makes %q of it, and %05b; want %q, and %05b", r, plain, verdict, want, classes)
	}
}

// wantRefusal wants the page to say why a text can be no password in the server's own words.
func wantRefusal(t *testing.T, text, said string) {
	t.Helper()
	_, err := password.Normalize(text)
	if want := problemWords(t, credential.Problem("password", err)); said != want {
		t.Errorf("%+q: the browser says %q, the server %q", text, said, want)
	}
}

// problemWords returns what is wrong, in English.
func problemWords(t *testing.T, err error) string {
	t.Helper()
	english := words.Printer{Words: must[*i18n.Catalogue](t)(i18n.Load()).For("en", "")}
	return words.PlainError(english, core.Describe(err)[0])
}

func sentence(t *testing.T, code core.Code) string { t.Helper(); return problemWords(t, code) }

// caseless is full case folding, with Cherokee in small letters.
func caseless(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cherokee, r) {
			return unicode.ToLower(r)
		}
		return r
	}, cases.Fold().String(text))
}
