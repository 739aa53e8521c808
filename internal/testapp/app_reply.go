package testapp

import (
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// Document returns the parsed page.
func (r *Reply) Document() *goquery.Document {
	if r.page != nil {
		return r.page
	}
	tb := r.client.App
	tb.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(r.Body))
	if err != nil {
		tb.Fatalf("%s %s: parsing: %v", r.method, r.path, err)
	}
	r.page = page
	return page
}

// Find returns the elements that match.
func (r *Reply) Find(selector string) *goquery.Selection { return r.Document().Find(selector) }

// Want fails the test unless the answer has the status.
func (r *Reply) Want(status int) *Reply {
	tb := r.client.App
	tb.Helper()
	if r.Status != status {
		tb.Fatalf("%s %s: status %d, want %d: %s", r.method, r.path, r.Status, status, r.Summary())
	}
	return r
}

// WantRedirect fails the test unless the answer redirects to the address.
func (r *Reply) WantRedirect(to string) *Reply {
	tb := r.client.App
	tb.Helper()
	r.Want(303)
	if got := r.Header.Get("Location"); got != to {
		tb.Fatalf("%s %s leads to %q, want %q", r.method, r.path, got, to)
	}
	return r
}

// Follow follows a redirect.
func (r *Reply) Follow() *Reply {
	tb := r.client.App
	tb.Helper()
	r.Want(303)
	return r.client.Get(r.Header.Get("Location"))
}

// Text returns the text of the first element that matches, with white space folded; "" if none does.
func (r *Reply) Text(selector string) string { return fold(r.Find(selector).First().Text()) }

// Texts returns the texts of all elements that match.
func (r *Reply) Texts(selector string) []string {
	return r.Find(selector).Map(func(_ int, s *goquery.Selection) string { return fold(s.Text()) })
}

// Value returns the value of the field with the name.
func (r *Reply) Value(name string) string {
	field := r.Find(`[name="` + name + `"]`).First()
	if field.Is("select") {
		field = field.Find("option[selected]").First()
	}
	return field.AttrOr("value", "")
}

// Has reports whether an element matches.
func (r *Reply) Has(selector string) bool { return r.Find(selector).Length() > 0 }

// Summary describes the page for messages of tests.
func (r *Reply) Summary() string {
	return strings.Join([]string{r.Text("h1"), r.Text("[role=alert]"), r.Text("[role=status]"), r.Header.Get("Location")}, " | ")
}

// Submit sends the form with the action like a browser: its values, changed by pairs of names and values. "" clears a field or
// a checkbox.
func (r *Reply) Submit(action string, changes ...string) *Reply {
	tb := r.client.App
	tb.Helper()
	form := r.Find(`form[action="` + action + `"]`).First()
	if form.Length() == 0 {
		tb.Fatalf("%s %s has no form for %s: %s", r.method, r.path, action, r.Summary())
	}
	values := valuesOf(form)
	for i := 0; i+1 < len(changes); i += 2 {
		values.Del(changes[i])
		if changes[i+1] != "" {
			values.Set(changes[i], changes[i+1])
		}
	}
	return r.client.Post(action, values)
}

// valuesOf returns what a browser sends of an unchanged form.
func valuesOf(form *goquery.Selection) url.Values {
	values := url.Values{}
	form.Find("input[name], select[name]").Each(func(_ int, field *goquery.Selection) {
		name, value := field.AttrOr("name", ""), field.AttrOr("value", "")
		kind := field.AttrOr("type", "text")
		if _, ticked := field.Attr("checked"); (kind == "checkbox" || kind == "radio") && !ticked {
			return
		}
		if field.Is("select") {
			value = chosen(field)
		}
		values.Add(name, value)
	})
	return values
}

func chosen(field *goquery.Selection) string {
	option := field.Find("option[selected]")
	if option.Length() == 0 {
		option = field.Find("option")
	}
	return option.First().AttrOr("value", "")
}

func fold(text string) string { return strings.Join(strings.Fields(text), " ") }

// Client is the browser that got the answer.
func (r *Reply) Client() *Client { return r.client }

// Path is what was asked for.
func (r *Reply) Path() string { return r.path }
