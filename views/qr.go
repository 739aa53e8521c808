package views

import (
	"fmt"
	"strconv"
	"strings"

	"rsc.io/qr"
)

// quietZone is the empty margin around a QR code, in modules, without which readers do not find it (ISO/IEC 18004).
const quietZone = 4

// qrCode is a drawing of a QR code in units of its modules; the zero value draws nothing.
type qrCode struct {
	size int
	path string // of the dark modules
}

// newQRCode draws a text, or nothing if it is too long.
func newQRCode(text string) (drawn qrCode) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return drawn
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for code.Black(x, y) { // false outside the code
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
			}
		}
	}
	return qrCode{code.Size, path.String()}
}

// viewBox shows the code with its quiet zone.
func (q qrCode) viewBox() string {
	return fmt.Sprintf("-%d -%d %s %s", quietZone, quietZone, q.width(), q.width())
}

func (q qrCode) width() string { return strconv.Itoa(q.size + 2*quietZone) }

func (q qrCode) margin() string { return "-" + strconv.Itoa(quietZone) }
