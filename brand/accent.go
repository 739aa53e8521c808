package brand

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// MinContrast is the smallest contrast of text (WCAG 2.2, criterion 1.4.3).
const MinContrast = 4.5

// Accent is a colour for links, the primary button and the focus ring, and what is derived from it. Colours are #rrggbb.
type Accent struct{ Light, Dark Tones }

// Tones are the custom properties of one theme.
type Tones struct{ Accent, Strong, Background, On string }

// own is the program's accent.
var own = Accent{
	Light: Tones{Accent: "#0b5c75", Strong: "#08485c", Background: "#e5f1f5", On: "#ffffff"},
	Dark:  Tones{Accent: "#7ccbe0", Strong: "#a4deed", Background: "#12303a", On: "#05202a"},
}

// Surfaces are the backgrounds on which app.css puts text in the accent colour, the page's own first.
var Surfaces = struct{ Light, Dark []string }{
	Light: []string{"#ffffff", "#f4f6f7", "#f7f9fa", "#f1f4f6", "#e4f4ea", "#fcf1dc", "#fdecec"},
	Dark:  []string{"#101417", "#0b0e10", "#151a1e", "#1a2025", "#2b353c", "#12291d", "#2e2310", "#371a1d"},
}

var hexColour = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// ParseAccent reads #rrggbb. It refuses a colour that cannot be read on a white page; for other surfaces and the dark theme it is made
// darker or lighter until it can, in the same hue.
func ParseAccent(text string) (*Accent, error) {
	if !hexColour.MatchString(text) {
		return nil, fmt.Errorf("%q is not a colour like #0b5c75", text)
	}
	colour := parse(text)
	if ratio := contrast(colour, white); ratio < MinContrast {
		// Rounded down, so that 4.49 is not reported as 4.5.
		return nil, fmt.Errorf("%s has a contrast of %.1f:1 on white; text needs at least %.1f:1, so choose a darker colour",
			text, math.Floor(ratio*10)/10, MinContrast)
	}
	light, dark := surfaces(Surfaces.Light), surfaces(Surfaces.Dark)
	return &Accent{Light: tones(colour, white, black, light), Dark: tones(colour, dark[0], white, dark)}, nil
}

// tones derives the tones of a theme from its page: the colour moves to the end of the scale, black or white, until it can be read on
// all surfaces.
func tones(colour, page, end rgb, on []rgb) Tones {
	background := mix(page, colour, 0.12)
	accent := readable(colour, end, append([]rgb{background}, on...))
	strong := towards(accent, end, 0.2)
	return Tones{
		Accent: accent.String(), Strong: strong.String(), Background: background.String(),
		On: readable(mix(page, colour, 0.1), opposite(end), []rgb{accent, strong}).String(),
	}
}

// readable moves the lightness of a colour towards black or white until it can be read on all backgrounds.
func readable(colour, end rgb, on []rgb) rgb {
	const steps = 100
	for i := range steps {
		if moved := towards(colour, end, float64(i)/steps); allAbove(moved, on) {
			return moved
		}
	}
	return end
}

// towards moves the lightness of a colour by a share of the way to another's. Hue and chroma stay, if a screen has them.
func towards(colour, end rgb, share float64) rgb {
	moved := colour.oklch()
	moved.lightness += (end.oklch().lightness - moved.lightness) * share
	return moved.rgb()
}

func allAbove(colour rgb, on []rgb) bool {
	for _, background := range on {
		if contrast(colour, background) < MinContrast {
			return false
		}
	}
	return true
}

// Contrast returns the contrast ratio of two colours #rrggbb.
func Contrast(a, b string) float64 { return contrast(parse(a), parse(b)) }

type rgb [3]float64 // 0 to 255

var white, black = rgb{255, 255, 255}, rgb{}

func opposite(c rgb) rgb { return rgb{255 - c[0], 255 - c[1], 255 - c[2]} }

func surfaces(all []string) (colours []rgb) {
	for _, text := range all {
		colours = append(colours, parse(text))
	}
	return colours
}

func parse(text string) (c rgb) {
	for i := range c {
		part, _ := strconv.ParseUint(text[1+2*i:3+2*i], 16, 8)
		c[i] = float64(part)
	}
	return c
}

func (c rgb) String() string {
	return fmt.Sprintf("#%02x%02x%02x", int(c[0]), int(c[1]), int(c[2]))
}

// mix returns the mixture with a share of the other colour, rounded to what a browser shows.
func mix(colour, other rgb, share float64) (mixed rgb) {
	for i := range mixed {
		mixed[i] = math.Round(colour[i]*(1-share) + other[i]*share)
	}
	return mixed
}

// contrast returns the ratio of WCAG 2.2, 1 to 21.
func contrast(a, b rgb) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func (c rgb) luminance() float64 {
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

// CSS returns the style sheet of the accent: the pages without navigation, which guests and end users see. It belongs to the layer
// of the tokens.
func (a *Accent) CSS() string {
	if a == nil {
		return ""
	}
	pair := func(name, light, dark string) string {
		return fmt.Sprintf("    %s: light-dark(%s, %s);\n", name, light, dark)
	}
	return "\n@layer tokens {\n  .guest {\n" + pair("--accent", a.Light.Accent, a.Dark.Accent) +
		pair("--accent-strong", a.Light.Strong, a.Dark.Strong) + pair("--accent-bg", a.Light.Background, a.Dark.Background) +
		pair("--on-accent", a.Light.On, a.Dark.On) + "  }\n}\n"
}
