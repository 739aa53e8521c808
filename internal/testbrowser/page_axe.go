package testbrowser

import (
	"fmt"
	"testing"

	"latchkey/internal/testkit"
)

// Axe returns the violations of WCAG 2.0, 2.1 and 2.2 (levels A and AA) and of axe-core's best practices on the page as it is
// now, one line each. Without axe-core the test is skipped, see [testkit.Missing].
func (p *Page) Axe() []string {
	p.tb.Helper()
	return p.axe(`[` + wcag + `"best-practice"]`)
}

// AxeOfMail is [Page.Axe] without best practices, which are about whole pages with landmarks.
func (p *Page) AxeOfMail() []string {
	p.tb.Helper()
	return p.axe(`[` + wcag + `]`)
}

// AxeOfLook checks only the rules that depend on colours and sizes, for a page that was checked completely in another [Look].
func (p *Page) AxeOfLook() []string {
	p.tb.Helper()
	return p.axe(`{type: "rule", values: ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]}`)
}

func (p *Page) axe(rules string) []string {
	p.tb.Helper()
	if !Eval[bool](p, `typeof axe === "object"`) {
		Eval[bool](p, AxeScript(p.tb)+"\n;true") // like the browser's tools, past the content security policy
	}
	return Eval[[]string](p, fmt.Sprintf(axeRun, rules))
}

const wcag = `"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", `

// axeRun leaves out the contents of frames: they show mails as they were sent, and let no scripts in.
const axeRun = `axe.run(document, {
	iframes: false,
	runOnly: %s,
	resultTypes: ["violations"],
}).then(result => result.violations.flatMap(rule => rule.nodes.map(node => {
	const wrong = [...node.any, ...node.all, ...node.none].map(check => check.message).join("; ");
	return rule.id + " (" + node.impact + ") " + node.target.join(" ") + ": " + (wrong || rule.help);
})))`

// AxeScript returns axe-core, or skips the test. A test that takes long to prepare calls it first.
func AxeScript(tb testing.TB) string {
	tb.Helper()
	return string(testkit.Tool(tb, "axe-core/axe.min.js"))
}
