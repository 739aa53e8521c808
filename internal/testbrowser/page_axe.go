package testbrowser

import (
	"fmt"
	"sync"
	"testing"

	"latchkey/internal/testkit"
)

// axeFile is axe-core from the root of the module, where `npm ci` puts it.
const axeFile = "tools/axe/node_modules/axe-core/axe.min.js"

var axe = sync.OnceValues(func() (string, error) { return testkit.ReadTool(axeFile) })

// Axe are the breaches of WCAG 2.0, 2.1 and 2.2 at the levels A and AA, and of
// axe-core's best practices, that the page shows as it is now, a line each: the
// rule, how bad it is, which element, and what is wrong with it. Where axe-core
// is not installed the test is left out, see [testkit.Missing].
func (p *Page) Axe() []string {
	p.tb.Helper()
	return p.axe(`[` + wcag + `"best-practice"]`)
}

// AxeOfMail is the same of the HTML of a mail. Best practices are those of whole
// pages, with landmarks; whoever reads a mail has it inside another page.
func (p *Page) AxeOfMail() []string {
	p.tb.Helper()
	return p.axe(`[` + wcag + `]`)
}

// AxeOfLook are the breaches of those rules that depend on how a page is looked at, on colours and on room. It is for
// a page that was looked at with [Page.Axe] or [Page.AxeOfMail] in another way.
func (p *Page) AxeOfLook() []string {
	p.tb.Helper()
	return p.axe(`{type: "rule", values: ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]}`)
}

func (p *Page) axe(rules string) []string {
	p.tb.Helper()
	script := AxeScript(p.tb)
	if !Eval[bool](p, `typeof axe === "object"`) {
		// As the browser's tools do it, past the page's content policy.
		Eval[bool](p, script+"\n;true")
	}
	return Eval[[]string](p, fmt.Sprintf(axeRun, rules))
}

const wcag = `"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", `

// axeRun looks at everything but what stands in frames: a mail is shown as it
// was sent, and the frame lets no script in. A frame's own name is looked at.
const axeRun = `axe.run(document, {
	iframes: false,
	runOnly: %s,
	resultTypes: ["violations"],
}).then(result => result.violations.flatMap(rule => rule.nodes.map(node => {
	const wrong = [...node.any, ...node.all, ...node.none].map(check => check.message).join("; ");
	return rule.id + " (" + node.impact + ") " + node.target.join(" ") + ": " + (wrong || rule.help);
})))`

// AxeScript is axe-core, or leaves the test out where there is none. A test that
// takes long to prepare asks for it first.
func AxeScript(tb testing.TB) string {
	tb.Helper()
	return testkit.Tool(tb, "axe-core", axe)
}
