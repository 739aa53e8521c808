package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"latchkey/internal/testkit"
)

// partsOf returns what a page consists of, without texts, names, addresses and numbers: each element with its attributes and
// ancestors, neighbouring controls, the order of headings, and the landmarks. If other pages have all parts of a page,
// axe-core's rules can hardly judge it differently. The long mode checks all pages.
func partsOf(t *testing.T, page string) map[string]bool {
	t.Helper()
	root := must[*html.Node](t)(html.Parse(strings.NewReader(page)))
	p := parts{found: map[string]bool{}}
	_, sheet, _ := strings.Cut(page, `<link rel="stylesheet" href="`)
	sheet, _, _ = strings.Cut(sheet, `"`)
	p.add(root, sheet, true) // whose colours differ
	slices.Sort(p.landmarks)
	p.found["landmarks "+strings.Join(p.landmarks, " ")] = true
	return p.found
}

type parts struct {
	found     map[string]bool
	heading   string // the last one
	landmarks []string
	names     []string // of the landmarks, with their elements
}

var (
	headings = []string{"h1", "h2", "h3", "h4", "h5", "h6"}
	// sections are elements in which a header or a footer is not a landmark.
	sections = []string{"main", "nav", "aside", "section", "article", "form", "search"}
	// paired are elements whose neighbour matters for spacing or order.
	paired = []string{"a", "button", "input", "select", "textarea", "summary", "label", "dt", "dd"}
)

// add adds the children of a node. Outside means that the node is in no section.
func (p *parts) add(node *html.Node, within string, outside bool) {
	before := ""
	for child := range node.ChildNodes() {
		if child.Type != html.ElementNode {
			continue
		}
		own := ofElement(child)
		p.found[within+" "+own] = true
		if slices.Contains(paired, child.Data) {
			p.found[within+" "+before+"+"+own] = true
			before = own
		} else {
			before = ""
		}
		p.place(child, own, outside)
		if child.Data != "select" { // its options are not drawn
			p.add(child, within+" "+own, outside && !slices.Contains(sections, child.Data))
		}
	}
}

// place records headings and landmarks.
func (p *parts) place(element *html.Node, own string, outside bool) {
	if slices.Contains(headings, element.Data) {
		p.found[p.heading+" before "+element.Data] = true
		p.heading = element.Data
	}
	name := element.Data
	for _, a := range element.Attr {
		if a.Key == "role" || strings.HasPrefix(a.Key, "aria-label") {
			name += " " + a.Val
		}
	}
	named := name != element.Data
	switch element.Data {
	case "header", "footer":
		named = named || outside
	case "main", "nav", "aside":
		named = true
	}
	if !named {
		return
	}
	if slices.Contains(p.names, name) {
		own += " of the same name"
	}
	p.landmarks, p.names = append(p.landmarks, own), append(p.names, name)
}

// ofElement describes an element, and whether it contains text or elements.
func ofElement(element *html.Node) string {
	var attributes []string
	for _, a := range element.Attr {
		if !slices.Contains(unseen, a.Key) {
			attributes = append(attributes, ofAttribute(element, a))
		}
	}
	slices.Sort(attributes)
	text, elements := false, false
	for node := range element.Descendants() {
		text = text || node.Type == html.TextNode && strings.TrimSpace(node.Data) != ""
		elements = elements || node.Type == html.ElementNode
	}
	return fmt.Sprintf("<%s %s text=%t elements=%t>", element.Data, strings.Join(attributes, " "), text, elements)
}

// unseen are attributes that no rule depends on.
var unseen = []string{"autofocus", "passwordrules", "rel", "minlength", "maxlength", "required", "spellcheck", "autocapitalize"}

// anyValue are attributes for which only matters whether they have a value.
var anyValue = []string{
	"id", "for", "name", "value", "href", "src", "srcdoc", "action", "formaction", "title", "alt", "placeholder", "datetime", "list", "form", "label",
	"min", "max", "pattern", "popovertarget",
	"aria-label", "aria-labelledby", "aria-describedby", "aria-controls", "aria-details", "aria-owns",
}

// drawn are the attributes of the lines of a picture.
var drawn = []string{"d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "points", "transform", "viewbox"}

func ofAttribute(element *html.Node, a html.Attribute) string {
	free := slices.Contains(anyValue, a.Key) || strings.HasPrefix(a.Key, "data-") ||
		element.Namespace == "svg" && slices.Contains(drawn, strings.ToLower(a.Key))
	switch {
	case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
		return "href=#" // leads to a part of the page
	case free && strings.TrimSpace(a.Val) != "":
		return a.Key + "=…"
	default:
		return a.Key + "=" + a.Val
	}
}

// TestParts: what axe-core could judge otherwise is a part of its own; other words, and more of the same, are not.
func TestParts(t *testing.T) {
	testkit.Parallel(t)
	const page = `<!doctype html><html lang="en"><title>A</title><header>h</header><main><h1>A</h1><p class="note">b <a href="/c">d</a></p><nav aria-label="n"><a href="/x">x</a><a class="y" href="/y">y</a></nav>
		<table><tr class="row"><td>1</td></tr></table><dl><dt>x</dt><dd>y</dd><dt>x</dt><dd>y</dd></dl><label for="q">q</label><input id="q" type="text" name="q" value="v"><svg><rect height="1"></rect></svg><nav aria-label="m"><a href="/x">x</a></nav><h2>B</h2><h3>C</h3></main>`
	for _, tc := range []struct {
		what, old, other string
		own              bool
	}{
		{"nothing", "", "", false},
		{"another style sheet", `<title>`, `<link rel="stylesheet" href="/other.css"><title>`, true},
		{"other words", `<h1>A</h1>`, `<h1>Other words</h1>`, false},
		{"another address", `href="/c"`, `href="/other"`, false},
		{"other names", `<label for="q">q</label><input id="q" type="text" name="q" value="v">`, `<label for="w">q</label><input id="w" type="text" name="w" value="other">`, false},
		{"another row", `<td>1</td></tr>`, `<td>1</td></tr><tr class="row"><td>2</td></tr>`, false},
		{"another pair", `<dd>y</dd>`, `<dd>y</dd><dt>x</dt><dd>y</dd>`, false},
		{"another height", `height="1"`, `height="2"`, false},
		{"less", `<p class="note">b <a href="/c">d</a></p>`, ``, false},
		{"another class", `class="note"`, `class="error"`, true},
		{"another language", `lang="en"`, `lang="de"`, true},
		{"another kind of field", `type="text"`, `type="email"`, true},
		{"no value", `value="v"`, `value=""`, true},
		{"no id", `input id="q"`, `input`, true},
		{"a row apart", `<td>1</td></tr>`, `<td>1</td></tr><tr><td>1</td></tr>`, true},
		{"an element more", `<td>1</td>`, `<td><b>1</b></td>`, true},
		{"no words", `>d</a>`, `></a>`, true},
		{"hidden", `<h1>`, `<h1 aria-hidden="true">`, true},
		{"a role", `<h1>`, `<h1 role="presentation">`, true},
		{"a part of the page", `href="/c"`, `href="#c"`, true},
		{"other neighbours", `<a href="/x">x</a><a class="y" href="/y">y</a>`, `<a class="y" href="/y">y</a><a href="/x">x</a>`, true},
		{"a description first", `<dt>x</dt><dd>y</dd>`, `<dd>y</dd><dt>x</dt>`, true},
		{"a heading left out", `<h2>B</h2>`, ``, true},
		{"landmarks of one name", `aria-label="m"`, `aria-label="n"`, true},
		{"landmarks of other names", `aria-label="m"`, `aria-label="o"`, false},
		{"a landmark more", `<header>h</header>`, `<header>h</header><header>h</header>`, true},
		{"something elsewhere", `<h1>A</h1>`, `<h1>A <a href="/c">d</a></h1>`, true},
	} {
		known := partsOf(t, page)
		var own []string
		for part := range partsOf(t, replaced(t, page, tc.old, tc.other)) {
			if !known[part] {
				own = append(own, part)
			}
		}
		if (len(own) > 0) != tc.own {
			t.Errorf("%s: the parts %q of its own", tc.what, own)
		}
	}
}

// replaced returns the page with another part in the place of one that it has.
func replaced(t *testing.T, page, old, other string) string {
	t.Helper()
	if !strings.Contains(page, old) {
		t.Fatalf("the page has no %s", old)
	}
	return strings.Replace(page, old, other, 1)
}
