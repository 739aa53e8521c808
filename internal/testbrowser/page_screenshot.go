package testbrowser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Resize gives the page another size in CSS pixels, until the next Resize;
// 0 × 0 is the browser's own.
func (p *Page) Resize(width, height int) {
	p.tb.Helper()
	p.width, p.height = width, height
	p.resize(width, height)
}

// Scheme says to the page that its user prefers dark or light, and no motion,
// until the next Scheme.
func (p *Page) Scheme(dark bool) {
	p.tb.Helper()
	p.prefers = appearance(dark)
	p.prefer(p.prefers)
}

// Screenshot writes a PNG of the page at a width and height in CSS pixels, in
// light or dark; height 0 means the whole page. Directories are made. The page
// has its own size and scheme back afterwards.
func (p *Page) Screenshot(path string, width, height int, dark bool) {
	p.tb.Helper()
	defer func() {
		p.prefer(p.prefers)
		p.resize(p.width, p.height)
	}()
	p.prefer(appearance(dark))
	p.resize(width, max(height, 1))
	if height == 0 {
		p.resize(width, Eval[int](p, "document.documentElement.scrollHeight"))
	}
	Eval[bool](p, "document.fonts.ready.then(() => true)")
	p.write(path, run(p, "Screenshot", chromedp.CaptureScreenshot()))
}

// resize changes the size of the page, and waits until the page knows.
func (p *Page) resize(width, height int) {
	p.tb.Helper()
	if width == 0 {
		run(p, "Resize", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
			return cdp.Call(ctx, t, emulation.ClearDeviceMetricsOverride, cdp.Empty{})
		})
		return
	}
	run(p, "Resize", chromedp.EmulateViewport(int64(width), int64(height)))
	p.WaitFor(fmt.Sprintf("innerWidth === %d", width))
}

// prefer sets what the page learns of the user's preferences; nil is nothing.
func (p *Page) prefer(features []*emulation.MediaFeature) {
	p.tb.Helper()
	run(p, "Scheme", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
	})
}

// appearance is light or dark, and without motion, which would make two
// screenshots of one page differ.
func appearance(dark bool) []*emulation.MediaFeature {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	return []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}
}

func (p *Page) write(path string, content []byte) {
	p.tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.tb.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		p.tb.Fatal(err)
	}
}
