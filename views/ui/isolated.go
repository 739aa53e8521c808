package ui

import (
	"context"
	"io"
	"regexp"
	"strings"

	"github.com/a-h/templ"

	"latchkey/views/words"
)

// address is an e-mail address in plain characters, none of which HTML escapes.
var address = regexp.MustCompile(`[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+`)

// Linked is [Isolated] with links to write to the e-mail addresses in it.
func Linked(sentence string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var page strings.Builder
		if err := Isolated(sentence).Render(ctx, &page); err != nil {
			return err
		}
		_, err := io.WriteString(w, address.ReplaceAllString(page.String(), `<a href="mailto:$0">$0</a>`))
		return err
	})
}

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
