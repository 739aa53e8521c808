package testapp

import (
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// Document is the page, parsed.
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

// Find are the elements of the page that match.
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

// WantRedirect fails the test unless the answer leads to the address.
func (r *Reply) WantRedirect(to string) *Reply {
	tb := r.client.App
	tb.Helper()
	r.Want(303)
	if got := r.Header.Get("Location"); got != to {
		tb.Fatalf("%s %s leads to %q, want %q", r.method, r.path, got, to)
	}
	return r
}

// Follow goes where the answer leads.
func (r *Reply) Follow() *Reply {
	tb := r.client.App
	tb.Helper()
	r.Want(303)
	return r.client.Get(r.Header.Get("Location"))
}

// Text is what stands in the first element that matches, with its white space folded; "" where there is none.
func (r *Reply) Text(selector string) string { return fold(r.Find(selector).First().Text()) }

// Texts are what stands in all elements that match.
func (r *Reply) Texts(selector string) []string {
	return r.Find(selector).Map(func(_ int, s *goquery.Selection) string { return fold(s.Text()) })
}

// Value is the value that the field with the name has.
func (r *Reply) Value(name string) string {
	field := r.Find(`[name="` + name + `"]`).First()
	if field.Is("select") {
		field = field.Find("option[selected]").First()
	}
	return field.AttrOr("value", "")
}

// Has tells whether an element matches.
func (r *Reply) Has(selector string) bool { return r.Find(selector).Length() > 0 }

// Summary is what the page is about, for messages of tests.
func (r *Reply) Summary() string {
	return strings.Join([]string{r.Text("h1"), r.Text("[role=alert]"), r.Text("[role=status]"), r.Header.Get("Location")}, " | ")
}

// Submit sends the page's form with the action as a browser would: with the values that stand in it, and with changes
// as names and values in turn. A value of "" empties a field, and unticks a box.
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

// valuesOf is what a browser sends of a form that nobody has touched.
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
