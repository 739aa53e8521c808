package ui_test

import (
	"strings"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// A sentence has its marks as elements that match, whatever it contains.
func TestIsolatedText(t *testing.T) {
	testkit.Parallel(t)
	for sentence, want := range map[string]string{
		"":                                 "",
		"<b>":                              "&lt;b&gt;",
		"To " + words.Isolate("דנה") + ".": "To <bdi>דנה</bdi>.",
		words.Isolate("<b>") + words.Isolate("x"):             "<bdi>&lt;b&gt;</bdi><bdi>x</bdi>",
		words.Isolate("a\u2069b\u2068c") + "d":                "<bdi>abc</bdi>d",
		words.Isolate(""):                                     "",
		"\u2069a\u2068b":                                      "a<bdi>b</bdi>",
		"\u2068a\u2068b\u2069c\u2069d":                        "<bdi>ab</bdi>cd",
		"“" + words.Isolate("x") + "”, " + words.Isolate("y"): "“<bdi>x</bdi>”, <bdi>y</bdi>",
	} {
		var page strings.Builder
		if err := ui.Isolated(sentence).Render(t.Context(), &page); err != nil {
			t.Fatal(err)
		}
		if page.String() != want {
			t.Errorf("%q is shown as %q, want %q", sentence, page.String(), want)
		}
	}
}
