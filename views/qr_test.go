package views_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"rsc.io/qr"

	"latchkey/internal/testkit"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// The drawing has exactly the dark modules of the code, and the margin that readers need, dark on white in every theme.
func TestQRCodeIsDrawn(t *testing.T) {
	testkit.Parallel(t)
	uri := "otpauth://totp/Hollenbeck%20Logistik:olga?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Hollenbeck%20Logistik"
	want, err := qr.Encode(uri, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	page := render(t, views.TOTP(views.TOTPPage{Frame: ui.Frame{Printer: words.Printer{Words: wordsOf(t, "en"), Zone: time.UTC, Now: testkit.Start}}, URI: uri}))
	dark := map[[2]int]bool{}
	for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(page, -1) {
		x, y, length := number(t, run[1]), number(t, run[2]), number(t, run[3])
		if run[4] != run[3] {
			t.Errorf("%s is not closed", run[0])
		}
		for i := range length {
			dark[[2]int{x + i, y}] = true
		}
	}
	for y := range want.Size {
		for x := range want.Size {
			if dark[[2]int{x, y}] != want.Black(x, y) {
				t.Fatalf("the module %d, %d is dark: %t", x, y, dark[[2]int{x, y}])
			}
		}
	}
	width := want.Size + 8
	for _, part := range []string{
		fmt.Sprintf(`viewBox="-4 -4 %d %d"`, width, width),
		fmt.Sprintf(`<rect x="-4" y="-4" width="%d" height="%d" fill="#fff">`, width, width), `fill="#000"`,
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the page has no %s", part)
		}
	}
}

// The set-up key is enough where a text is too long for a QR code.
func TestQRCodeOfALongText(t *testing.T) {
	testkit.Parallel(t)
	page := render(t, views.TOTP(views.TOTPPage{Frame: ui.Frame{Printer: words.Printer{Words: wordsOf(t, "en"), Zone: time.UTC, Now: testkit.Start}}, URI: strings.Repeat("x", 5000), Secret: "JBSWY3DP"}))
	if strings.Contains(page, `class="qr"`) || !strings.Contains(page, "JBSWY3DP") {
		t.Error("the page has a QR code, or no key")
	}
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
