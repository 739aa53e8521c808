package testbrowser

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"latchkey/internal/testkit"
)

// Look is the size of a window in CSS pixels, and a colour scheme.
type Look struct {
	Width, Height int
	Dark          bool
}

func (l Look) String() string { return fmt.Sprintf("%d px, dark %v", l.Width, l.Dark) }

// Looks returns each width and each scheme once, or in the long mode each combination. Equal sizes follow each other, since
// resizing takes a while.
func Looks() []Look {
	if !testkit.Long() {
		return []Look{{1280, 800, false}, {390, 844, true}}
	}
	return []Look{{1280, 800, false}, {1280, 800, true}, {390, 844, true}, {390, 844, false}}
}

// Look sets size and colour scheme.
func (p *Page) Look(at Look) {
	p.tb.Helper()
	p.Resize(at.Width, at.Height)
	p.Scheme(at.Dark)
}

// Resize sets the size in CSS pixels and waits until the page has it.
func (p *Page) Resize(width, height int) {
	p.tb.Helper()
	if p.width == width && p.height == height {
		return
	}
	p.width, p.height = width, height
	run(p, "Resize", chromedp.EmulateViewport(int64(width), int64(height)))
	p.WaitFor(fmt.Sprintf("innerWidth === %d", width))
}

// Scheme sets the preferred colour scheme.
func (p *Page) Scheme(dark bool) {
	p.tb.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	p.media(&emulation.MediaFeature{Name: "prefers-color-scheme", Value: scheme})
}

// ForceColours draws the page in few colours of the system, as Windows does with a contrast theme.
func (p *Page) ForceColours() {
	p.tb.Helper()
	p.media(&emulation.MediaFeature{Name: "forced-colors", Value: "active"})
}

// media sets a feature, and reduced motion, which would make two screenshots of one page differ.
func (p *Page) media(feature *emulation.MediaFeature) {
	p.tb.Helper()
	run(p, feature.Name, func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			feature, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
	})
}

// Screenshot returns a PNG of what the window shows.
func (p *Page) Screenshot() []byte {
	p.tb.Helper()
	Eval[bool](p, "document.fonts.ready.then(() => true)")
	return run(p, "Screenshot", chromedp.CaptureScreenshot())
}

// Sideways returns a line if the page needs horizontal scrolling (WCAG 2.1, 1.4.10), with the widest element.
func (p *Page) Sideways() []string {
	p.tb.Helper()
	return Eval[[]string](p, sideways)
}

// sideways ignores elements that an ancestor scrolls or cuts off. An absolutely positioned element is cut off only by a
// positioned ancestor, or by one around it.
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
