package handlers_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
)

// TestTemplateInjectionXSS puts what would become markup, a script or a template wherever people can put text: it is shown as text.
func TestTemplateInjectionXSS(t *testing.T) {
	testkit.Parallel(t)
	unhurried(t)
	naughtyStrings(t)
	t.Run("forms", func(t *testing.T) {
		company(t, func(t *testing.T, app *testapp.App, who testapp.Company) { inForms(t, app, gaps(who)) })
	})
	t.Run("set-up", func(t *testing.T) {
		each(t, func(t *testing.T, app *testapp.App) { inForms(t, app, setupGaps(setupToken(t, app))) })
	})
	t.Run("forms in a browser", inBrowser)
	t.Run("headers", inHeaders)
	t.Run("pages", inPages)
}

// payloads are ours in addition to those of the Big List: for each place that text could be in, what would break out of it, and
// what the templates of pages, words and mails would read.
var payloads = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' autofocus onfocus='alert(1)`, "` onmouseover=alert(1) `", `x onclick=alert(1)`,
	`</title><script>alert(1)</script>`, `</textarea><svg/onload=alert(1)>`, `</option></select><svg/onload=alert(1)>`, `</style></script><script>alert(1)</script>`,
	`--><script>alert(1)</script><!--`, `<!--`, `]]>`, `<![CDATA[<script>alert(1)</script>]]>`, `<?x`, `</`, `<`, `<plaintext>`, `</body></html>`,
	`&lt;script&gt;alert(1)&lt;/script&gt;`, `&amp;quot;`, `&#60;b&#62;`, `&notit;`, `&copy`, `javascript:alert(1)`, `JaVaScRiPt:alert(1)`, `data:text/html,<script>alert(1)</script>`,
	`<iframe srcdoc="<script>alert(1)</script>">`, `<base href=//evil.example>`, `<meta http-equiv=refresh content=0;url=//evil.example>`, `<link rel=stylesheet href=//evil.example>`,
	`<form action=//evil.example><button autofocus>`, `<input name=confirm value=x>`, `<template shadowrootmode=open>`, `<math><mtext></p><script>alert(1)</script>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<p id=main popover>`, `<img src=x name=getElementById>`,
	`{{7*7}}`, `{{.Help}}`, `{{.Name}}`, `{{printf "%s" .}}`, `{{define "subject"}}x{{end}}`, `{{template "closing" .}}`, `{{`, `}}`, `{{"{{"}}`,
	`${7*7}`, `#{7*7}`, `<%= 7*7 %>`, `%{7*7}`, `{%raw%}`, `%s%d%n`, `$1\1`, "\u2028alert(1)\u2029", "a\u202eb", "\ufeffx", "x\ty", "é", "e\u0301",
}

// naughtyStrings returns the Big List of Naughty Strings by Max Woolf and others, which npm installs with axe-core.
func naughtyStrings(tb testing.TB) (list []string) {
	tb.Helper()
	text := testkit.Tool(tb, "big-list-of-naughty-strings/blns.json")
	if err := json.Unmarshal(text, &list); err != nil || len(list) < 400 {
		tb.Fatalf("the list of naughty strings has %d: %v", len(list), err)
	}
	return list
}

// naughty returns all strings to be put where people can put some, each once.
func naughty(tb testing.TB) []string {
	tb.Helper()
	var list []string
	for _, text := range append(slices.Clone(payloads), naughtyStrings(tb)...) {
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// shapes returns the kinds of things that a page consists of: elements with the names of their attributes, and comments. What
// loads or leads somewhere counts with where to.
func shapes(page *testapp.Reply) map[string]bool {
	found := map[string]bool{}
	for node := range page.Document().Nodes[0].Descendants() {
		if node.Type == html.ElementNode || node.Type == html.CommentNode {
			found[shape(node)] = true
		}
	}
	return found
}

func shape(node *html.Node) string {
	var parts []string
	for _, attribute := range node.Attr {
		part := attribute.Key
		if part == "src" {
			part += "=" + attribute.Val
		}
		if to, _, colon := strings.Cut(attribute.Val, ":"); colon && (part == "href" || part == "action" || part == "formaction") {
			part += "=" + to // another scheme, or another site
		}
		parts = append(parts, part)
	}
	slices.Sort(parts)
	if node.Type == html.CommentNode {
		return "a comment"
	}
	return node.Data + " " + strings.Join(parts, " ")
}

// wantShapes fails the test if a page has an element or attribute that it does not have with plain texts.
func wantShapes(t *testing.T, what string, got, known map[string]bool) {
	t.Helper()
	for shape := range got {
		if !known[shape] {
			t.Errorf("%s: the page has <%s>, which is not its own", what, shape)
		}
	}
}
