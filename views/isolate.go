package views

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// The marks of Unicode around text whose direction is its own: FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE.
const (
	isolate    = '\u2068'
	endIsolate = '\u2069'
)

// Isolate marks user-supplied text, such as a name, within a sentence of ours: written from right to left, it must not
// turn what stands around it. Pages show the marks as <bdi>, see [said]; titles and attributes have them as they are.
func Isolate(text string) string {
	if text == "" {
		return ""
	}
	return string(isolate) + strings.Map(unmarked, text) + string(endIsolate)
}

// unmarked leaves out the marks, which would end the isolation too early.
func unmarked(r rune) rune {
	if r == isolate || r == endIsolate {
		return -1
	}
	return r
}

// said is a sentence in which text may be isolated. Whatever marks stand in it, the elements match.
func said(sentence string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var page strings.Builder
		open := false
		for part := range splitAround(sentence) {
			switch {
			case part == string(isolate) && !open:
				page.WriteString("<bdi>")
				open = true
			case part == string(endIsolate) && open:
				page.WriteString("</bdi>")
				open = false
			case part != string(isolate) && part != string(endIsolate):
				page.WriteString(templ.EscapeString(part))
			}
		}
		if open {
			page.WriteString("</bdi>")
		}
		_, err := io.WriteString(w, page.String())
		return err
	})
}

// splitAround gives the parts of a sentence, and the marks between them.
func splitAround(sentence string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for sentence != "" {
			end := strings.IndexAny(sentence, string([]rune{isolate, endIsolate}))
			switch {
			case end < 0:
				end = len(sentence)
			case end == 0:
				end = len(string(isolate))
			}
			if !yield(sentence[:end]) {
				return
			}
			sentence = sentence[end:]
		}
	}
}
