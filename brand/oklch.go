package brand

import "math"

// oklch is a colour as lightness, chroma and hue (https://www.w3.org/TR/css-color-4/#ok-lab): what changes in one of the three keeps
// the look of the others, which a mixture with black or white does not.
type oklch struct{ lightness, chroma, hue float64 } // 0 to 1, 0 to about 0.3, radians

func (c rgb) oklch() oklch {
	r, g, b := linear(c[0]), linear(c[1]), linear(c[2])
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	x := 1.9779984951*l - 2.4285922050*m + 0.4505937099*s
	y := 0.0259040371*l + 0.7827717662*m - 0.8086757660*s
	return oklch{0.2104542553*l + 0.7936177850*m - 0.0040720468*s, math.Hypot(x, y), math.Atan2(y, x)}
}

// rgb returns the colour that a screen shows, with as much of the chroma as sRGB has at this lightness and hue.
func (o oklch) rgb() (shown rgb) {
	low, high := 0.0, o.chroma
	if inside(o.exact()) {
		low = high
	}
	for high-low > 0.0005 {
		o.chroma = (low + high) / 2
		if inside(o.exact()) {
			low = o.chroma
		} else {
			high = o.chroma
		}
	}
	o.chroma = low
	for i, part := range o.exact() {
		shown[i] = math.Round(min(max(part, 0), 255))
	}
	return shown
}

// inside reports whether a screen can show a colour.
func inside(c rgb) bool {
	const rounding = 0.5
	return min(c[0], c[1], c[2]) > -rounding && max(c[0], c[1], c[2]) < 255+rounding
}

// exact returns the colour, whose parts can be outside of what a screen shows.
func (o oklch) exact() rgb {
	sin, cos := math.Sincos(o.hue)
	x, y := o.chroma*cos, o.chroma*sin
	l := cube(o.lightness + 0.3963377774*x + 0.2158037573*y)
	m := cube(o.lightness - 0.1055613458*x - 0.0638541728*y)
	s := cube(o.lightness - 0.0894841775*x - 1.2914855480*y)
	return rgb{
		encoded(4.0767416621*l - 3.3077115913*m + 0.2309699292*s),
		encoded(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s),
		encoded(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s),
	}
}

func cube(x float64) float64 { return x * x * x }

// linear returns the light of a part of a colour, 0 to 1; encoded is its inverse.
func linear(part float64) float64 {
	if part /= 255; part <= 0.04045 {
		return part / 12.92
	}
	return math.Pow((part+0.055)/1.055, 2.4)
}

func encoded(light float64) float64 {
	if light <= 0.0031308 {
		return 255 * 12.92 * light
	}
	return 255 * (1.055*math.Pow(light, 1/2.4) - 0.055)
}
