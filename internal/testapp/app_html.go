package testapp

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// voids are the elements without an end tag.
var voids = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// HTMLFaults returns mistakes that a browser tolerates: tags that do not match, duplicate or missing ids, not exactly one main
// heading, and what the content security policy forbids.
func HTMLFaults(page string) []string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		return append(tagFaults(page), err.Error())
	}
	return pageFaults(page, doc)
}

// pageFaults is [HTMLFaults] of a parsed page.
func pageFaults(page string, doc *goquery.Document) []string {
	faults := tagFaults(page)
	for selector, want := range map[string]int{"h1": 1, "main": 1, "head > title": 1, "html[lang]": 1} {
		if n := doc.Find(selector).Length(); n != want {
			faults = append(faults, fmt.Sprintf("%d × %s", n, selector))
		}
	}
	for _, forbidden := range []string{"[style]", "style", "script:not([src])", "[onclick]", "[onerror]", "[onload]", "base", "object"} {
		if doc.Find(forbidden).Length() > 0 {
			faults = append(faults, "a "+forbidden)
		}
	}
	return append(append(faults, idFaults(doc)...), fieldFaults(doc)...)
}

// tagFaults reads the tags as written, before a parser repairs them.
func tagFaults(page string) (faults []string) {
	var open []string
	for tokens := html.NewTokenizer(strings.NewReader(page)); ; {
		kind := tokens.Next()
		name, _ := tokens.TagName()
		tag := string(name)
		switch {
		case kind == html.ErrorToken:
			if !errors.Is(tokens.Err(), io.EOF) || len(open) > 0 {
				faults = append(faults, fmt.Sprintf("the page ends (%v) inside %v", tokens.Err(), open))
			}
			return faults
		case kind == html.StartTagToken && !slices.Contains(voids, tag):
			open = append(open, tag)
		case kind == html.EndTagToken && (len(open) == 0 || open[len(open)-1] != tag):
			return append(faults, fmt.Sprintf("</%s> inside %v", tag, open))
		case kind == html.EndTagToken:
			open = open[:len(open)-1]
		}
	}
}

func idFaults(doc *goquery.Document) (faults []string) {
	ids := map[string]int{}
	for _, element := range doc.Find("[id]").EachIter() {
		id := element.AttrOr("id", "")
		if ids[id]++; ids[id] == 2 || id == "" {
			faults = append(faults, fmt.Sprintf("the id %q is used twice, or empty", id))
		}
	}
	for _, attribute := range []string{"for", "aria-describedby", "aria-labelledby", "aria-controls", "popovertarget", "data-copy"} {
		for _, element := range doc.Find("[" + attribute + "]").EachIter() {
			for id := range strings.FieldsSeq(element.AttrOr(attribute, "")) {
				if ids[id] == 0 {
					faults = append(faults, fmt.Sprintf("%s refers to %q, which does not exist", attribute, id))
				}
			}
		}
	}
	return faults
}

// fieldFaults returns fields without a label, and buttons without a name.
func fieldFaults(doc *goquery.Document) (faults []string) {
	for _, field := range doc.Find("input:not([type=hidden]):not([hidden]), select, textarea").EachIter() {
		id := field.AttrOr("id", "")
		labelled := field.Closest("label").Length() > 0 || field.AttrOr("aria-label", "") != ""
		if !labelled && (id == "" || doc.Find(`label[for="`+id+`"]`).Length() == 0) {
			faults = append(faults, fmt.Sprintf("the field %q has no label", field.AttrOr("name", id)))
		}
	}
	for _, control := range doc.Find("button, a[href]").EachIter() {
		if strings.TrimSpace(control.Text()) == "" && control.AttrOr("aria-label", "") == "" {
			faults = append(faults, "a button or link without a name")
		}
	}
	return faults
}
