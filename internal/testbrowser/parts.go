package testbrowser

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Parts returns what a page consists of, without texts, names, addresses and numbers: each element with its attributes and
// ancestors, neighbouring controls, the order of headings, and the landmarks. If other pages have all parts of a page,
// axe-core's rules can hardly judge it differently. The long mode checks all pages.
func Parts(page string) (map[string]bool, error) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil, err
	}
	p := parts{found: map[string]bool{}}
	p.add(root, "", true)
	slices.Sort(p.landmarks)
	p.found["landmarks "+strings.Join(p.landmarks, " ")] = true
	return p.found, nil
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
