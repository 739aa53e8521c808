package views_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"latchkey/internal/testapp"
)

func TestEveryPageHasASample(t *testing.T) {
	files, err := filepath.Glob("*_templ.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages are there (%v)", err)
	}
	for _, file := range files {
		syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range syntax.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Recv == nil && function.Name.IsExported() && pages[function.Name.Name] == nil {
				t.Errorf("%s of %s has no sample", function.Name.Name, file)
			}
		}
	}
}

func TestPagesAreWellFormed(t *testing.T) {
	every(t, func(t *testing.T, shape string, page func(string) string) {
		for _, fault := range testapp.HTMLFaults(page("password")) { // which is also a field's name, so messages are shown
			t.Errorf("%s: %s", shape, fault)
		}
	})
}

// payloads must be shown as text: a page with them has the same elements and attributes as one without.
var payloads = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `"autofocus onfocus="alert(1)`,
	`</title></textarea></style></script><svg onload=alert(1)>`, `<!--`, `]]>`, `{{.Name}}{{template "x"}}`, `<a href="javascript:alert(1)">x</a>`,
	"\u2028<b>\u202e", `&lt;script&gt;`, `&quot;onclick=&quot;`, `\" onclick=alert(1) x=\"`,
}

func TestTextIsEscaped(t *testing.T) {
	every(t, func(t *testing.T, shape string, page func(string) string) {
		want := skeleton(t, page("harmless"))
		for _, payload := range payloads {
			if got := skeleton(t, page(payload)); got != want {
				t.Fatalf("%s: %q changes the page:\n%s\n%s", shape, payload, got, want)
			}
		}
	})
}

// skeleton returns a page's elements and attributes as a browser reads them, without any value.
func skeleton(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for node := range root.Descendants() {
		switch node.Type {
		case html.ElementNode:
			text.WriteString("<" + node.Data)
			for _, attribute := range node.Attr {
				text.WriteString(" " + attribute.Key)
			}
		case html.CommentNode:
			text.WriteString("<!--")
		}
	}
	return text.String()
}

// Pages show texts unchanged, character by character.
func TestTextIsShownUnchanged(t *testing.T) {
	every(t, func(t *testing.T, shape string, page func(string) string) {
		if !strings.Contains(shape, " yes 3") {
			return
		}
		const text = `<b>"Zoë" & 'sons'</b>`
		root, err := html.Parse(strings.NewReader(page(text)))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for node := range root.Descendants() {
			found = found || node.Type == html.TextNode && strings.Contains(node.Data, text)
		}
		if !found {
			t.Errorf("%s: the text is nowhere", shape)
		}
	})
}

// What a page says in both languages alike is a name, or a word that the two share. Anything else is not in the catalogue.
func TestEveryTextIsTranslated(t *testing.T) {
	shared := regexp.MustCompile(`^(Latchkey|API|OpenAPI|Default|Code|0 · Latchkey|Message-ID|i|[a-z]+\.0|Name|Browser|Passphrase \(optional\)|Test|SuperAdmin|Enter|Esc|kill -HUP PID|Version [13]|EN|DE|English|Deutsch|)$`)
	english := map[string]map[string]bool{}
	every(t, func(t *testing.T, shape string, page func(string) string) { english[shape] = sayings(t, page("0")) })
	everyIn(t, wordsOf(t, "de"), func(t *testing.T, shape string, page func(string) string) {
		for text := range sayings(t, page("0")) {
			if english[shape][text] && strings.ContainsFunc(text, unicode.IsLetter) && !shared.MatchString(text) {
				t.Errorf("%s: %q in both languages", shape, text)
			}
		}
	})
}

// sayings returns all texts of a page, and the attributes that people read or hear.
func sayings(t *testing.T, page string) map[string]bool {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for node := range root.Descendants() {
		if node.Type == html.TextNode {
			said[strings.TrimSpace(node.Data)] = true
		}
		for _, attribute := range node.Attr {
			if slices.Contains([]string{"title", "alt", "placeholder", "aria-label"}, attribute.Key) {
				said[strings.TrimSpace(attribute.Val)] = true
			}
		}
	}
	return said
}
