package testbrowser

import (
	"fmt"

	"latchkey/internal/testkit"
)

// Look is a way to look at a page: a window's size in CSS pixels, in light or dark.
type Look struct {
	Width, Height int
	Dark          bool
}

func (l Look) String() string { return fmt.Sprintf("%d px, dark %v", l.Width, l.Dark) }

// Looks are the ways in which pages are looked at: each width and each scheme once, or, where LATCHKEY_TEST_LONG is set,
// each width in each scheme. Those of one size follow each other, since a page takes a while to get another.
func Looks() []Look {
	if !testkit.Long() {
		return []Look{{1280, 800, false}, {390, 844, true}}
	}
	return []Look{{1280, 800, false}, {1280, 800, true}, {390, 844, true}, {390, 844, false}}
}

// Look gives the page the size and the scheme.
func (p *Page) Look(at Look) {
	p.tb.Helper()
	if p.width != at.Width || p.height != at.Height {
		p.Resize(at.Width, at.Height)
	}
	p.Scheme(at.Dark)
}

// Sideways says in a line when the page has to be moved sideways to be read (WCAG 2.1, 1.4.10), and names what stands out
// farthest.
func (p *Page) Sideways() []string {
	p.tb.Helper()
	return Eval[[]string](p, sideways)
}

// sideways passes over what is scrolled, or cut off, by a part of the page: that makes the page no wider. What is placed
// absolutely is kept only by a part that is positioned itself, or stands around one.
const sideways = `(() => {
	const root = document.documentElement, wide = root.scrollWidth - innerWidth;
	if (wide <= 0) return [];
	const kept = element => {
		let loose = getComputedStyle(element).position === "absolute";
		for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
			const style = getComputedStyle(at);
			if (loose && style.position === "static") continue;
			if (style.overflowX !== "visible") return true;
			loose = style.position === "absolute";
		}
		return false;
	};
	let far = null, most = innerWidth;
	for (const element of document.body.querySelectorAll("*")) {
		const right = element.getBoundingClientRect().right;
		if (right > most + 0.5 && !kept(element)) [far, most] = [element, right];
	}
	const name = far ? far.tagName.toLowerCase() + (far.id && "#" + far.id) + [...far.classList].map(part => "." + part).join("") : "?";
	return ["reflow: the page is wider than the window, " + name + " most of all"];
})()`
