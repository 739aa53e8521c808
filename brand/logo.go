package brand

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"math"
	"os"
	"strconv"
	"strings"
)

// maxLogo is the largest logo, in bytes.
const maxLogo = 100 << 10

// Logo is a picture that pages show as an image.
type Logo struct {
	Type    string // media type
	Ending  string // of a file name, such as ".png"
	Content []byte

	width, height float64
}

// The types of logos.
const (
	TypePNG  = "image/png"
	TypeWebP = "image/webp"
	TypeSVG  = "image/svg+xml"
)

// The box of a logo on pages, in CSS pixels.
const (
	logoHeight   = 40
	maxLogoWidth = 200
)

// Size returns the size in which the logo fits its box, so that pages reserve the space before it is loaded.
func (l *Logo) Size() (width, height int) {
	scale := min(logoHeight/l.height, maxLogoWidth/l.width)
	return max(1, int(math.Round(l.width*scale))), max(1, int(math.Round(l.height*scale)))
}

// ReadLogo reads a PNG, WebP or SVG file. An SVG must not hold scripts, although browsers do not run
// them in images.
func ReadLogo(path string) (*Logo, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, cannotRead(path, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%q is not a regular file", path)
	case info.Size() > maxLogo:
		return nil, fmt.Errorf("%q has %d bytes; a logo may have at most %d", path, info.Size(), maxLogo)
	}
	content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, cannotRead(path, err)
	}
	logo, err := ParseLogo(content)
	if err != nil {
		return nil, fmt.Errorf("%q %w", path, err)
	}
	return logo, nil
}

func cannotRead(path string, err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathError.Err
	}
	return fmt.Errorf("cannot read %q: %w", path, err)
}

// ParseLogo returns the logo, or what is wrong with the file as the rest of a sentence about it.
func ParseLogo(content []byte) (*Logo, error) {
	logo := &Logo{Content: content}
	switch {
	case bytes.HasPrefix(content, []byte("\x89PNG\r\n\x1a\n")):
		logo.Type, logo.Ending = TypePNG, ".png"
		size, err := png.DecodeConfig(bytes.NewReader(content))
		if err != nil {
			return nil, errors.New("is a damaged PNG file")
		}
		logo.width, logo.height = float64(size.Width), float64(size.Height)
	case bytes.HasPrefix(content, []byte("RIFF")):
		logo.Type, logo.Ending = TypeWebP, ".webp"
		logo.width, logo.height = webpSize(content)
	default:
		logo.Type, logo.Ending = TypeSVG, ".svg"
		if err := logo.readSVG(); err != nil {
			return nil, err
		}
	}
	if logo.width <= 0 || logo.height <= 0 {
		return nil, errors.New("is not an image with a size")
	}
	return logo, nil
}

// webpSize returns the size in the first chunk of a WebP file (RFC 9649), or zeros.
func webpSize(content []byte) (width, height float64) {
	if len(content) < 30 || string(content[8:12]) != "WEBP" {
		return 0, 0
	}
	data := content[20:] // of the first chunk
	switch string(content[12:16]) {
	case "VP8X":
		w, h := uint32(data[4])|uint32(data[5])<<8|uint32(data[6])<<16, uint32(data[7])|uint32(data[8])<<8|uint32(data[9])<<16
		return float64(w + 1), float64(h + 1)
	case "VP8L":
		bits := binary.LittleEndian.Uint32(data[1:])
		return float64(bits&0x3fff + 1), float64(bits>>14&0x3fff + 1)
	case "VP8 ":
		return float64(binary.LittleEndian.Uint16(data[6:]) & 0x3fff), float64(binary.LittleEndian.Uint16(data[8:]) & 0x3fff)
	}
	return 0, 0
}

var (
	errNoImage = errors.New("is neither a PNG, a WebP nor an SVG file")
	errActive  = errors.New("holds a script or an embedded page; save the SVG without them")
)

// readSVG reads the size of an SVG file and refuses what could run.
func (l *Logo) readSVG() error {
	decoder := xml.NewDecoder(bytes.NewReader(l.Content))
	root := true
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && !root:
			return nil
		case err != nil && root:
			return errNoImage
		case err != nil:
			return errors.New("is a damaged SVG file")
		}
		switch token := token.(type) {
		case xml.Directive:
			if bytes.Contains(bytes.ToUpper(token), []byte("ENTITY")) {
				return errors.New("declares entities; save the SVG without them")
			}
		case xml.StartElement:
			if root && (token.Name.Local != "svg" || token.Name.Space != "http://www.w3.org/2000/svg") {
				return errNoImage
			}
			if root {
				l.width, l.height = svgSize(token.Attr)
			}
			if root = false; isActive(token) {
				return errActive
			}
		}
	}
}

// isActive reports whether an element can run something, or be followed.
func isActive(element xml.StartElement) bool {
	switch strings.ToLower(element.Name.Local) {
	case "script", "foreignobject", "iframe", "embed", "object", "handler", "listener":
		return true
	}
	for _, attribute := range element.Attr {
		value := strings.ToLower(strings.Join(strings.Fields(attribute.Value), ""))
		if strings.HasPrefix(strings.ToLower(attribute.Name.Local), "on") || strings.Contains(value, "javascript:") {
			return true
		}
	}
	return false
}

// svgSize returns width and height of the image, or else of its viewBox; zeros if it has neither.
func svgSize(attributes []xml.Attr) (width, height float64) {
	values := map[string]string{}
	for _, attribute := range attributes {
		values[attribute.Name.Local] = attribute.Value
	}
	number := func(text string) float64 {
		n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(text), "px"), 64)
		if err != nil || math.IsNaN(n) || n < 0 || n > math.MaxInt32 {
			return 0
		}
		return n
	}
	width, height = number(values["width"]), number(values["height"])
	if box := strings.Fields(strings.ReplaceAll(values["viewBox"], ",", " ")); (width == 0 || height == 0) && len(box) == 4 {
		return number(box[2]), number(box[3])
	}
	return width, height
}
