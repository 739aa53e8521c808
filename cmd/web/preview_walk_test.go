package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"latchkey/internal/testkit"
)

// previewButton sends the fields of a policy to be previewed, previewText its text, and downloadButton gets the file of the result.
const (
	previewButton  = `form[action="/policy/preview"] button[value=form]`
	previewText    = `form[action="/policy/preview"] button[value=text]`
	downloadButton = `form[action="/policy/preview/download"] button`
)

// stricter is a policy whose passwords are longer than those of the built-in one.
const stricter = `{"passwordPolicyConfigurations": {"ACCOUNT": {"minimumSymbols": 20}, "TECHNICAL": {}}}`

// TestKeyboardPreviewsAPolicy: a mistake is reported with its line, the text stays, and Tab leaves the text field.
func TestKeyboardPreviewsAPolicy(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	olga := typist{w.browser()}
	olga.signIn(operator, operatorPassword)
	olga.follow(`a[href="/policy"]`)
	olga.follow(`a[href="/policy/preview"]`)
	const text = "main [name=policy]"
	olga.unfold("[name=policy]")
	inForce := olga.Value(text)
	olga.fill(text, "!")
	olga.press(previewText)
	if got := olga.Value(text); got != "!"+inForce {
		t.Errorf("what was typed came back as\n%s", got)
	}
	if got := olga.Text("#policy-error"); !strings.Contains(got, "passwordpolicy.json:1") {
		t.Errorf("the mistake is shown as %q", got)
	}
	olga.TabTo(`a[href="#policy"]`)
	olga.Press(kb.Enter)
	olga.wants("#policy:focus")
	olga.Press(kb.Delete)
	olga.press(previewText)
	olga.says("No changes to the rules")
}

// TestPreviewWithoutScripts: a policy is pasted, and after it one is sent as a file, which comes first.
func TestPreviewWithoutScripts(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	olga := w.plainBrowser()
	olga.signIn(operator, operatorPassword)
	olga.send(`a[href="/policy"]`)
	olga.send(`a[href="/policy/preview"]`)
	olga.Click(folded("[name=policy]") + " > summary")
	olga.fillAll("policy", stricter)
	olga.send(previewText)
	olga.says("Minimum length")
	if got := olga.Text(".changes tbody"); !strings.Contains(got, "20") {
		t.Errorf("the changes are %q", got)
	}
	if got := olga.Value("main [name=policy]"); got != stricter {
		t.Errorf("what was pasted came back as\n%s", got)
	}

	own := policyFile{t, filepath.Join(t.TempDir(), "own.json")}
	own.write(`"minimumSymbols": 30`)
	olga.Choose("main [name=file]", own.path)
	olga.send(previewText)
	if got := olga.Text(".changes tbody"); !strings.Contains(got, "30") {
		t.Errorf("the changes of the file are %q", got)
	}
	own.write(`"minimumSymbol": 30`)
	olga.Choose("main [name=file]", own.path)
	olga.send(previewText)
	if got := olga.Text("#policy-error"); !strings.Contains(got, "own.json:1") || !strings.Contains(got, "minimumSymbols?") {
		t.Errorf("the mistake in the file is shown as %q", got)
	}
	olga.noProblems()
}
