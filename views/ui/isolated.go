package ui

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"latchkey/views/words"
)

// Isolated renders the isolated texts of a sentence (see [words.Isolate]) as <bdi>. The tags are balanced even if the marks are not.
func Isolated(sentence string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var page strings.Builder
		open := false
		for _, r := range sentence {
			switch {
			case r == words.IsolateMark && !open:
				page.WriteString("<bdi>")
				open = true
			case r == words.EndIsolateMark && open:
				page.WriteString("</bdi>")
				open = false
			case r != words.IsolateMark && r != words.EndIsolateMark:
				page.WriteString(templ.EscapeString(string(r)))
			}
		}
		if open {
			page.WriteString("</bdi>")
		}
		_, err := io.WriteString(w, page.String())
		return err
	})
}
