package handlers_test

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
)

// gap is a form or an address with room for text.
type gap struct {
	who, method, path string
	fields            []string   // where the text goes
	rest              url.Values // what else is needed to get there
	shown             []string   // the fields in which the text stands again
}

// gaps returns all forms, filters and addresses.
func gaps(who testapp.Company) []gap {
	ann := "/accounts/" + who.Ann.ID
	customer := testapp.Form("kind", "customer", "password_mode", "typed")
	account := []string{"name", "email", "displayName", "organization", "locale", "submission", "password", "technical", "one_time"}
	return []gap{
		{"", "POST", "/sign-in", []string{"name", "password", "next"}, nil, []string{"name"}},
		{"", "GET", "/sign-in", []string{"next", "signed-out", "no-cookies", "name"}, nil, nil},
		{"ann", "POST", "/password", []string{"current", "password", "confirmation"}, nil, nil},
		{"ann", "POST", "/password/suggest", []string{"suggestion"}, nil, nil},
		{"ann", "POST", "/me/edit", []string{"locale"}, nil, nil},
		{"root", "POST", "/accounts", account, customer, []string{"name", "email", "displayName"}},
		{"root", "POST", "/accounts", append(account, "kind", "password_mode"), nil, nil},
		{"root", "POST", "/accounts/generate-password", account, customer, []string{"name", "email"}},
		{"root", "POST", "/accounts/generate-password", []string{"account", "kind"}, nil, nil},
		{"root", "GET", "/accounts/new", []string{"kind", "organization"}, nil, nil},
		{"root", "GET", "/accounts/new", []string{"organization"}, testapp.Form("kind", "customer"), nil},
		{"root", "POST", ann + "/edit", []string{"email", "locale"}, nil, []string{"email"}},
		{"root", "POST", ann + "/edit", []string{"displayName", "externalId", "phone"}, testapp.Form("email", "no address"), []string{"displayName", "externalId", "phone"}},
		{"root", "POST", ann + "/edit", []string{"note"}, nil, nil},
		{"root", "POST", ann + "/move", []string{"organization"}, nil, nil},
		{"root", "POST", ann + "/delete", []string{"confirm"}, nil, nil},
		{"root", "POST", ann + "/password", []string{"password", "submission"}, testapp.Form("password_mode", "typed"), nil},
		{"root", "POST", ann + "/password", []string{"password_mode", "submission", "one_time"}, nil, nil},
		{"root", "GET", "/accounts", []string{"q", "kind", "state", "organization", "factor", "sort", "expiring", "after", "before"}, nil, []string{"q"}},
		{"root", "GET", "/accounts", []string{"q"}, nil, []string{"q"}},
		{"root", "POST", "/views", []string{"title"}, nil, nil},
		{"root", "POST", "/views", []string{"title", "shared"}, testapp.Form("query", "state=gone&q=x"), []string{"title"}},
		{"root", "POST", "/views", []string{"query"}, testapp.Form("title", "x"), nil},
		{"root", "POST", "/views/" + who.Ann.ID + "/delete", []string{"query"}, nil, nil},
		{"root", "GET", "/audit", []string{"action", "account", "actor", "target", "ip", "from", "to", "q", "after", "before"}, nil, nil},
		{"root", "GET", "/mail", []string{"to", "state", "template", "after", "before"}, nil, []string{"to"}},
		{"root", "GET", "/mail", []string{"to"}, nil, []string{"to"}},
		{"root", "GET", "/nothing/", nil, nil, nil},
		{"root", "GET", "/accounts/", nil, nil, nil},
		{"root", "GET", "/static/", nil, nil, nil},
	}
}

// setupGaps are those of the set-up page, which closes with the first account.
func setupGaps(token string) []gap {
	return []gap{
		{"", "POST", "/setup", []string{"name", "email", "password", "confirmation"}, testapp.Form("token", token), []string{"name", "email"}},
		{"", "GET", "/setup", []string{"token"}, nil, nil},
	}
}

// plain is text that everybody could have meant: the pages that answer it show what they consist of.
var plain = []string{"x", "", "x y", "ann", "ann@example.com", "x@example.com", "Aa1!Aa1!", "Aa1!ann", testapp.Secret2, "0", "1", "-1", "customer", "ä", "x\ty", strings.Repeat("x ", 200), strings.Repeat("x ", 600)}

// inForms: what was typed comes back as it was typed, and the page stays what it was.
func inForms(t *testing.T, app *testapp.App, gaps []gap) {
	t.Helper()
	texts := naughty(t)
	browsers := map[string]*testapp.Client{"": app.Client()}
	for i, p := range gaps {
		if browsers[p.who] == nil {
			browsers[p.who] = app.SignIn(p.who)
		}
		known := map[string]bool{}
		for _, text := range plain {
			if !p.fits(text) {
				continue
			}
			maps.Copy(known, shapes(p.send(browsers[p.who], text)))
		}
		for _, text := range append(some(texts, i), bundles(texts, p.room(len(p.fields)))...) {
			if !p.fits(text) {
				continue // it is tried where there are fewer fields
			}
			page := p.send(browsers[p.who], text)
			what := fmt.Sprintf("%s %s with %.60q", p.method, p.path, text)
			wantShapes(t, what, shapes(page), known)
			if page.Status >= 500 || page.Status == 200 && page.Cookie != nil {
				t.Errorf("%s: %d %s", what, page.Status, page.Summary())
			}
			for _, field := range p.shown {
				check(t, what+": "+field, page.Value(field), text)
			}
		}
	}
}

// some returns a few of the texts, different ones each turn, or all of them in the long mode.
func some(texts []string, turn int) (few []string) {
	for i, text := range texts {
		if every := testkit.Times(40, 1); i%every == turn%every {
			few = append(few, text)
		}
	}
	return few
}

// bundles joins the texts into strings of at most so many bytes.
func bundles(texts []string, most int) []string {
	all := []string{""}
	for _, text := range texts {
		if last := len(all) - 1; len(all[last])+len(text) < most {
			all[last] += " " + text
		} else {
			all = append(all, text)
		}
	}
	return all
}

// room returns how many bytes fit into each of so many fields, however they are encoded: a byte takes three at most.
func (p gap) room(fields int) int {
	most := 8 << 10
	if p.method == "POST" {
		most = largest(p.path)
	}
	const others = 512 // bytes of names, and of what else is sent
	return (most - others) / 3 / max(1, fields)
}

// fits reports whether the text fits into all fields.
func (p gap) fits(text string) bool { return len(url.QueryEscape(text)) <= 3*p.room(len(p.fields)) }

// send puts the text into all fields, or behind the address where there are none.
func (p gap) send(browser *testapp.Client, text string) *testapp.Reply {
	form := maps.Clone(p.rest)
	if form == nil {
		form = url.Values{}
	}
	for _, field := range p.fields {
		form.Set(field, text)
	}
	switch {
	case p.method == "POST":
		return browser.Post(p.path, form)
	case len(p.fields) == 0:
		return browser.Get(p.path + url.PathEscape(text))
	default:
		return browser.Get(p.path + "?" + form.Encode())
	}
}
