package handlers_test

import (
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
)

// narrowestLook is a phone, or a window of 640 px at 200 %.
var narrowestLook = testbrowser.Look{Width: 320, Height: 640, Dark: true}

// narrowest checks the smallest window: nothing needs horizontal scrolling, and the rules of the system hold.
func (i *inspection) narrowest(what string) {
	i.t.Helper()
	i.Look(narrowestLook)
	i.note(what, narrowestLook, append(i.Sideways(), i.system()...))
}

// forcedColours checks that what is marked by colours is also marked with the system's own few.
func (i *inspection) forcedColours(what string) {
	i.t.Helper()
	i.ForceColours()
	i.note(what+", forced colours", narrowestLook, testbrowser.Eval[[]string](i.Page, forcedRules))
}

// system returns what breaks the rules of the pages' system: five sizes of text, targets of at least 24 px, no text cut off.
func (i *inspection) system() []string {
	i.t.Helper()
	return testbrowser.Eval[[]string](i.Page, systemRules)
}

const describe = `
	const seen = part => part.checkVisibility({visibilityProperty: true}) && !part.closest(".hidden, .skip");
	const name = part => part.tagName.toLowerCase() + [...part.classList].map(name => "." + name).join("") + " in " + (part.parentElement?.tagName.toLowerCase() ?? "") + [...part.parentElement?.classList ?? []].map(name => "." + name).join("");
	const found = new Set();
`

// systemRules leaves out links in running text, which are as high as it is, and links of charts that a table repeats. A label
// belongs to its field. A link of a row covers all of it.
const systemRules = `(() => {` + describe + `
	if (document.styleSheets.length === 0) return []; // the page of a request to another host
	for (const part of document.body.querySelectorAll("*")) {
		if (!seen(part)) continue;
		const style = getComputedStyle(part), texts = [...part.childNodes].some(node => node.nodeType === 3 && node.data.trim());
		if (texts && ![12, 13, 14, 16, 22].includes(Math.round(parseFloat(style.fontSize) * 100) / 100)) found.add("text of " + style.fontSize + ": " + name(part));
		const cuts = style.clipPath !== "inset(50%)" && style.overflowX === "hidden";
		if (cuts && part.innerText?.trim() && part.scrollWidth > part.clientWidth + 1 && !part.closest("[title]") && !part.querySelector("[title]")) found.add("text is cut: " + name(part));
	}
	for (const part of document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")) {
		if (!seen(part)) continue;
		const style = getComputedStyle(part), around = part.parentElement;
		if (part.matches("a") && style.display === "inline" && around.closest("p, li, dd, td, th, small, h1, h2") && around.innerText.trim().length > part.innerText.trim().length) continue;
		const href = part.getAttribute("href"), chart = part.closest("svg") && part.closest(".chart");
		if (chart && [...chart.querySelectorAll("table a")].some(link => link.getAttribute("href") === href)) continue;
		let boxes = [part, ...part.labels ?? []].filter(seen);
		if (getComputedStyle(part, "::after").position === "absolute") boxes = [part.closest("tr, li, .seg > *") ?? part];
		boxes = boxes.map(box => box.getBoundingClientRect());
		const size = from => Math.max(...boxes.map(box => box[from]));
		if (size("width") < 23.9 || size("height") < 23.9) found.add("target of " + Math.round(size("width")) + " × " + Math.round(size("height")) + ": " + name(part));
	}
	return [...found];
})()`

// forcedRules: among its neighbours, the current one is drawn differently; the focus has an outline; a state has a shape.
const forcedRules = `(() => {` + describe + `
	const canvas = getComputedStyle(document.body).backgroundColor;
	const edges = part => { const s = getComputedStyle(part); return [s.borderTopColor, s.borderBottomColor, s.backgroundColor, s.outlineStyle, s.fontWeight, s.textDecorationLine].join(" "); };
	for (const part of document.querySelectorAll("[aria-current], [aria-pressed=true]")) {
		if (!seen(part)) continue;
		for (const other of part.parentElement.children) {
			if (other !== part && other.tagName === part.tagName && edges(other) === edges(part)) found.add("current one like the others: " + name(part));
		}
	}
	for (const part of document.querySelectorAll(".badge, .state")) {
		const shape = getComputedStyle(part, "::before");
		const drawn = parseFloat(shape.borderTopWidth) > 0 && shape.borderTopColor !== canvas || shape.backgroundColor !== canvas && shape.backgroundColor !== "rgba(0, 0, 0, 0)";
		if (seen(part) && (shape.content === "none" || parseFloat(shape.width) < 8 || !drawn)) found.add("state without a shape: " + name(part));
	}
	const outlined = style => style.content !== "none" && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
	document.activeElement?.blur(); // which focus would leave as it is
	for (const part of document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden]), [tabindex='0']")) {
		if (!seen(part)) continue;
		part.focus({focusVisible: true, preventScroll: true});
		if (document.activeElement === part && !["", "::before", "::after"].some(pseudo => outlined(getComputedStyle(part, pseudo)))) found.add("focus without an outline: " + name(part));
	}
	document.activeElement?.blur();
	return [...found];
})()`

// TestSystemRules: each rule finds what breaks it, on a page without other findings.
func TestSystemRules(t *testing.T) {
	testkit.Parallel(t)
	i := inspect(t, dev(t))
	i.open("/dev/pages/accounts?lang=en")
	i.Look(narrowestLook)
	for _, tc := range []struct{ what, script, rules, want string }{
		{"text of another size", `main.querySelector("h1").style.fontSize = "20px"`, systemRules, "text of 20px: h1"},
		{"text cut off", `main.querySelector("h1").style.cssText = "width: 20px; overflow: hidden; overflow-wrap: normal"`, systemRules, "text is cut: h1"},
		{"a small target", `main.querySelector(".heading summary").style.cssText = "min-height: 0; height: 20px; padding: 0"`, systemRules, "20: summary"},
		{"a current one like others", `main.querySelector(".tabs [aria-current]").style.borderColor = "Canvas"`, forcedRules, "current one like the others: a"},
		{"a state without a shape", `main.querySelector(".badge").className = "badge is-off"; document.styleSheets[0].insertRule("@layer pages { .is-off::before { border: 0 } }", document.styleSheets[0].cssRules.length)`, forcedRules, "state without a shape: span.badge.is-off"},
		{"focus without an outline", `main.querySelector(".tabs a").style.outline = "none"`, forcedRules, "focus without an outline: a"},
	} {
		i.open("/dev/pages/accounts?lang=en")
		if tc.rules == forcedRules {
			i.ForceColours()
		}
		check(t, "before "+tc.what, strings.Join(testbrowser.Eval[[]string](i.Page, tc.rules), "; "), "")
		testbrowser.Eval[bool](i.Page, `(() => { const main = document.getElementById("main"); `+tc.script+`; return true; })()`)
		got := testbrowser.Eval[[]string](i.Page, tc.rules)
		if !slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, tc.want) }) {
			t.Errorf("%s: %q, want %s", tc.what, got, tc.want)
		}
	}
}
