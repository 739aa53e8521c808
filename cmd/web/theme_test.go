package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"latchkey/brand"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/views/samples"
)

// colours are what a page is painted in.
type colours struct{ Page, Button string }

// painted returns the colours of the page and of its primary button, as #rrggbb.
func (p person) painted() colours {
	p.w.t.Helper()
	return testbrowser.Eval[colours](p.Page, `(() => {
		const of = selector => "#" + getComputedStyle(document.querySelector(selector)).backgroundColor.match(/\d+/g).map(part => (+part).toString(16).padStart(2, "0")).join("");
		return {Page: of("body"), Button: of(".primary")};
	})()`)
}

// TestThemeIsRightFromTheFirstPaint: the server's page already has the theme of the cookie, also against the system's, and nothing
// moves or changes its colour when style sheet, script and logo take effect.
func TestThemeIsRightFromTheFirstPaint(t *testing.T) {
	testkit.Parallel(t)
	for name, own := range map[string]brand.Brand{"Latchkey's": {}, "branded": samples.Brand} {
		program := newProgram(t, models.SQLite)
		if own.Own() {
			logo := filepath.Join(t.TempDir(), "logo.svg")
			if err := os.WriteFile(logo, own.Logo.Content, 0o600); err != nil {
				t.Fatal(err)
			}
			program.env["LATCHKEY_NAME"], program.env["LATCHKEY_ACCENT"], program.env["LATCHKEY_LOGO"] = own.Name, own.Accent.Light.Accent, logo
		}
		program.start("127.0.0.1:0")
		w := &walker{t: t, program: program}
		light, dark := colours{"#f4f6f7", own.Colours().Light.Accent}, colours{"#0b0e10", own.Colours().Dark.Accent}
		plain, slow := w.browser(), w.browser()
		plain.Scripts(false)
		slow.open("/sign-in")
		loadInOrder(t, slow.Page)
		for _, c := range []struct {
			theme      string
			darkSystem bool
			want       colours
		}{
			{"dark", false, dark}, {"light", true, light}, {"system", false, light}, {"system", true, dark},
		} {
			plain.Scheme(c.darkSystem)
			plain.open("/sign-in")
			plain.Submit("button[name=theme][value=" + c.theme + "]")
			if got := plain.painted(); got != c.want {
				t.Errorf("%s, %s with a dark system %t, without scripts: %v, want %v", name, c.theme, c.darkSystem, got, c.want)
			}
			slow.Scheme(c.darkSystem)
			if _, err := chromedp.Call(slow.Ctx, network.SetCookie, network.SetCookieParams{Name: "latchkey-theme", Value: c.theme, URL: program.base}); err != nil {
				t.Fatal(err)
			}
			requests := firstView(t, slow.Page, program.base+"/sign-in")
			if got, shift := slow.painted(), shiftOf(slow.Page); got != c.want || shift.Sum != 0 {
				t.Errorf("%s, %s with a dark system %t: %v, want %v; it moves by %v", name, c.theme, c.darkSystem, got, c.want, shift)
			}
			if images := map[bool]int{true: 4, false: 3}[own.Own()]; len(requests) != images {
				t.Errorf("%s: the page took %v", name, requests)
			}
		}
	}
}
