package brand_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"latchkey/brand"
)

func TestAccentIsRefusedBelowTheContrastOfText(t *testing.T) {
	for text, why := range map[string]string{
		"#0b5c75": "", "#8a3212": "", "#000000": "", "#8A3212": "",
		"#767676":                 "",                                                                                               // 4.54
		"#777777":                 "#777777 has a contrast of 4.4:1 on white; text needs at least 4.5:1, so choose a darker colour", // 4.48
		"#f5a623":                 "#f5a623 has a contrast of 2.0:1 on white; text needs at least 4.5:1, so choose a darker colour",
		"#ffffff":                 "#ffffff has a contrast of 1.0:1 on white; text needs at least 4.5:1, so choose a darker colour",
		"8a3212":                  `"8a3212" is not a colour like #0b5c75`,
		"#8a3":                    `"#8a3" is not a colour like #0b5c75`,
		"red":                     `"red" is not a colour like #0b5c75`,
		"#8a3212;}*{display:none": `"#8a3212;}*{display:none" is not a colour like #0b5c75`,
	} {
		_, err := brand.ParseAccent(text)
		if got := fmt.Sprint(err); err == nil && why != "" || err != nil && got != why {
			t.Errorf("%s: %s, want %s", text, got, why)
		}
	}
}

// Whatever the colour is, its text can be read in both themes, on every surface and on the primary button.
func TestDerivedTonesCanBeRead(t *testing.T) {
	for step := range 16 * 16 * 16 {
		text := fmt.Sprintf("#%02x%02x%02x", step>>8*17, step>>4&15*17, step&15*17)
		accent, err := brand.ParseAccent(text)
		if err != nil {
			continue
		}
		for theme, c := range map[string]struct {
			tones    brand.Tones
			surfaces []string
		}{"light": {accent.Light, brand.Surfaces.Light}, "dark": {accent.Dark, brand.Surfaces.Dark}} {
			for _, surface := range append([]string{c.tones.Background, c.tones.On}, c.surfaces...) {
				if ratio := brand.Contrast(c.tones.Accent, surface); ratio < brand.MinContrast {
					t.Errorf("%s, %s: %s on %s is %.2f:1", text, theme, c.tones.Accent, surface, ratio)
				}
			}
			if ratio := brand.Contrast(c.tones.Strong, c.tones.On); ratio < brand.MinContrast {
				t.Errorf("%s, %s: %s on %s is %.2f:1", text, theme, c.tones.On, c.tones.Strong, ratio)
			}
		}
	}
}

// A colour that needs no help is shown as it was given.
func TestDarkAccentIsKeptInLightMode(t *testing.T) {
	accent, err := brand.ParseAccent("#8A3212")
	if err != nil {
		t.Fatal(err)
	}
	if accent.Light.Accent != "#8a3212" || !strings.Contains(accent.CSS(), "--accent: light-dark(#8a3212, "+accent.Dark.Accent+");") {
		t.Errorf("%+v\n%s", accent, accent.CSS())
	}
	if ratio := brand.Contrast("#000000", "#ffffff"); ratio != 21 {
		t.Errorf("black on white: %f", ratio)
	}
}

// The program's accent and the surfaces of the contrast check are those of the style sheet.
func TestColoursAreThoseOfTheStyleSheet(t *testing.T) {
	sheet, err := os.ReadFile("../static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	pair := func(name string) (light, dark string) {
		_, rest, _ := strings.Cut(string(sheet), "--"+name+": light-dark(")
		value, _, _ := strings.Cut(rest, ")")
		light, dark, _ = strings.Cut(value, ", ")
		return light, dark
	}
	for i, name := range []string{"bg", "rail", "sunken", "hover", "good-bg", "warn-bg", "bad-bg"} {
		if light, dark := pair(name); brand.Surfaces.Light[i] != light || !strings.Contains(strings.Join(brand.Surfaces.Dark, " "), dark) {
			t.Errorf("--%s is %s, %s", name, light, dark)
		}
	}
	own := brand.Brand{}.Colours()
	for name, tone := range map[string][2]string{
		"accent": {own.Light.Accent, own.Dark.Accent}, "accent-strong": {own.Light.Strong, own.Dark.Strong},
		"accent-bg": {own.Light.Background, own.Dark.Background}, "on-accent": {own.Light.On, own.Dark.On},
	} {
		if light, dark := pair(name); tone != [2]string{light, dark} {
			t.Errorf("--%s is %s, %s, not %s", name, light, dark, tone)
		}
	}
}

func picture(t *testing.T, width, height int) string {
	t.Helper()
	var content bytes.Buffer
	if err := png.Encode(&content, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return content.String()
}

func TestLogoIsAnImageThatRunsNothing(t *testing.T) {
	const open, size = `<svg xmlns="http://www.w3.org/2000/svg" `, `viewBox="0 0 40 20">`
	webp := "RIFF\x1a\x00\x00\x00WEBPVP8L\x0e\x00\x00\x00\x2f\x27\xc0\x04\x00\x00\x00\x00\x00\x00\x00\x00"
	for name, c := range map[string]struct{ content, kind, want string }{
		"PNG":                 {picture(t, 30, 30), "image/png", "40×40"},
		"a wide PNG":          {picture(t, 400, 40), "image/png", "200×20"},
		"a damaged PNG":       {"\x89PNG\r\n\x1a\nxxxxxxxxxxxx", "", "is a damaged PNG file"},
		"WebP":                {webp, "image/webp", "80×40"},
		"a short WebP":        {webp[:20], "", "is not an image with a size"},
		"a sound":             {"RIFF\x1a\x00\x00\x00WAVEfmt \x0e\x00\x00\x00\x2f\x27\x40\x01\x00\x00\x00\x00\x00\x00\x00\x00", "", "is not an image with a size"},
		"SVG":                 {open + size + `<path d="M0 0"/></svg>`, "image/svg+xml", "80×40"},
		"SVG with a preamble": {"\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"x\">\n" + open + `width="20px" height="20px"/>`, "image/svg+xml", "40×40"},
		"SVG without a size":  {open + `/>`, "", "is not an image with a size"},
		"SVG with a script":   {open + size + `<script>alert(1)</script></svg>`, "", "holds a script"},
		"SVG with a handler":  {open + `onload="alert(1)" ` + size + `</svg>`, "", "holds a script"},
		"SVG with a link":     {open + size + "<a href='java\nscript:alert(1)'/></svg>", "", "holds a script"},
		"SVG with HTML":       {open + size + `<foreignObject/></svg>`, "", "holds a script"},
		"SVG with an entity":  {`<!DOCTYPE svg [<!ENTITY x "y">]>` + open + size + `</svg>`, "", "declares entities"},
		"SVG that is cut":     {open + size + `<path`, "", "is a damaged SVG file"},
		"SVG in no namespace": {`<svg viewBox="0 0 1 1"/>`, "", "is neither a PNG, a WebP nor an SVG file"},
		"HTML":                {`<html><svg/></html>`, "", "is neither a PNG, a WebP nor an SVG file"},
		"nothing":             {"", "", "is neither a PNG, a WebP nor an SVG file"},
		"JPEG":                {"\xff\xd8\xff\xe0", "", "is neither a PNG, a WebP nor an SVG file"},
		"more than 100 KiB":   {open + size + strings.Repeat(" ", 100<<10) + `</svg>`, "", "bytes; a logo may have at most 102400"},
	} {
		path := filepath.Join(t.TempDir(), "logo")
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		logo, err := brand.ReadLogo(path)
		if err != nil {
			if c.kind != "" || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), fmt.Sprintf("%q ", path)) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		width, height := logo.Size()
		if got := fmt.Sprintf("%d×%d", width, height); logo.Type != c.kind || got != c.want {
			t.Errorf("%s: %s, %s", name, logo.Type, got)
		}
	}
	if _, err := brand.ReadLogo(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Error(err)
	}
	if _, err := brand.ReadLogo("/no/logo.png"); err == nil || err.Error() != `cannot read "/no/logo.png": no such file or directory` {
		t.Error(err)
	}
}
