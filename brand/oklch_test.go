package brand

import (
	"fmt"
	"math"
	"testing"
)

// The derived tones are of the operator's colour: neither another hue nor nearly grey. A mixture with white until the same contrast
// has half of the chroma.
func TestDarkAccentKeepsHueAndChroma(t *testing.T) {
	for _, c := range []struct {
		name, given, want string
		keeps             float64 // share of the chroma; sRGB has no more in some hues at this lightness
	}{
		{"red", "#c8102e", "#ff6c6d", 0.85}, {"green", "#00843d", "#45af66", 0.94}, {"blue", "#0057b8", "#569dff", 0.93},
		{"orange", "#b34700", "#ee7d48", 0.98}, {"violet", "#6f2da8", "#bc7ffe", 0.98},
	} {
		accent, err := ParseAccent(c.given)
		if err != nil {
			t.Fatal(err)
		}
		if accent.Dark.Accent != c.want {
			t.Errorf("%s: %s, want %s", c.name, accent.Dark.Accent, c.want)
		}
		given := parse(c.given).oklch()
		for theme, tones := range map[string]Tones{"light": accent.Light, "dark": accent.Dark} {
			got := parse(tones.Accent).oklch()
			if turned := math.Abs(got.hue-given.hue) * 180 / math.Pi; turned > 2 {
				t.Errorf("%s, %s: the hue is turned by %.1f°", c.name, theme, turned)
			}
			if share := got.chroma / given.chroma; share < c.keeps {
				t.Errorf("%s, %s: %.0f %% of the chroma", c.name, theme, 100*share)
			}
		}
		for _, surface := range Surfaces.Dark {
			if ratio := Contrast(accent.Dark.Accent, surface); ratio < MinContrast {
				t.Errorf("%s: %.2f:1 on %s", c.name, ratio, surface)
			}
		}
	}
}

// What a screen can show comes back as it was.
func TestOKLCHIsReversible(t *testing.T) {
	for step := range 16 * 16 * 16 {
		colour := parse(fmt.Sprintf("#%02x%02x%02x", step>>8*17, step>>4&15*17, step&15*17))
		if got := colour.oklch().rgb(); got != colour {
			t.Errorf("%s becomes %s", colour, got)
		}
	}
	// Reference values of CSS Color 4.
	if red := (rgb{255, 0, 0}).oklch(); math.Abs(red.lightness-0.628) > 0.001 || math.Abs(red.chroma-0.258) > 0.001 || math.Abs(red.hue*180/math.Pi-29.23) > 0.05 {
		t.Errorf("red is %+v", red)
	}
}
