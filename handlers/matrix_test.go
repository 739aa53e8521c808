package handlers_test

import (
	"html"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// The matrices of these tests go through app.Routes, the router's own list: a route that is added is tried by all of them,
// and fails until `expected` in access_test.go says who may use it.

// standIns are what is put in place of a route's parameters, by their names.
type standIns map[string][]string

// ids puts the same ids in place of everything that has one. A parameter that is added to a route stands here, or its
// route fails the tests.
func ids(list ...string) standIns {
	return standIns{":id": list, ":session": list, ":code": list, ":link": list, ":key": list, ":token": {strings.Repeat("A", 43)}, ":name": {"x"}, ":number": {"1"}}
}

// paths returns the addresses of a route, with every combination of values for its parameters.
func (p standIns) paths(t testing.TB, route testapp.Route) []string {
	t.Helper()
	all := []string{""}
	for segment := range strings.SplitSeq(strings.TrimPrefix(route.Path, "/"), "/") {
		var longer []string
		for _, choice := range p.choices(t, route, segment) {
			for _, path := range all {
				longer = append(longer, path+"/"+choice)
			}
		}
		all = longer
	}
	return all
}

func (p standIns) choices(t testing.TB, route testapp.Route, segment string) []string {
	t.Helper()
	if !strings.ContainsAny(segment, ":*") {
		return []string{segment}
	}
	choices, known := p[segment]
	if !known {
		t.Fatalf("%s: say in matrix_test.go what stands in place of %s", route, segment)
	}
	return choices
}

// with returns the same with one id in place of one parameter.
func (p standIns) with(parameter, id string) standIns {
	changed := standIns{}
	for name, list := range p {
		changed[name] = list
	}
	changed[parameter] = []string{id}
	return changed
}

// parameters are those of a route that take an id.
func parameters(route testapp.Route) (list []string) {
	for segment := range strings.SplitSeq(route.Path, "/") {
		if strings.HasPrefix(segment, ":") && segment != ":name" && segment != ":token" && segment != ":number" {
			list = append(list, segment)
		}
	}
	return list
}

// changes reports whether the route may change something: browsers send such requests only from forms.
func changes(route testapp.Route) bool { return route.Method != "GET" && route.Method != "HEAD" }

// answer asks for a route with an id in all its places.
func answer(browser *testapp.Client, route testapp.Route, id string, form map[string][]string) *testapp.Reply {
	browser.App.Helper()
	return ask(browser, route, ids(id).paths(browser.App, route)[0], form)
}

// ask uses a route at one of its addresses, with a form where it takes one.
func ask(browser *testapp.Client, route testapp.Route, path string, form map[string][]string) *testapp.Reply {
	browser.App.Helper()
	if route.Method == "POST" {
		return browser.Post(path, form)
	}
	return browser.Do(browser.Request(route.Method, path, nil))
}

// sessionOf returns the id of the session that a browser is signed in by.
func sessionOf(t *testing.T, browser *testapp.Client) string {
	t.Helper()
	id := browser.Get("/me").Want(200).Find("#sessions [data-id]:not(:has(form))").AttrOr("data-id", "")
	if !models.IsID(id) {
		t.Fatalf("the page shows the session %q", id)
	}
	return id
}

// bare returns a page without the parts that differ in every answer.
func bare(reply *testapp.Reply) string {
	text := reply.Body
	for _, random := range append(reply.Texts(".example code, .proposal code"), reply.Header.Get("X-Request-Id"), reply.Value("submission")) {
		text = strings.ReplaceAll(text, html.EscapeString(random), "")
	}
	return text
}

// wantAlike compares pages, and shows where they part.
func wantAlike(t *testing.T, what, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	around := func(text string) string { return text[max(0, at-80):min(len(text), at+80)] }
	t.Errorf("%s tells something:\n%s\ninstead of\n%s", what, around(got), around(want))
}

// Generated tests must not pass because there are no cases.
func TestMatricesFillEveryPathParameter(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	id := app.Accounts.NewID()
	for _, route := range app.Routes {
		for _, path := range ids(id).paths(t, route) {
			if strings.ContainsAny(path, ":*") || strings.Count(path, id) != len(parameters(route)) {
				t.Errorf("%s became %s", route, path)
			}
		}
	}
	both := ids("a", "b").paths(t, testapp.Route{Method: "GET", Path: "/x/:id/:session"})
	check(t, "combinations", strings.Join(both, " "), "/x/a/a /x/b/a /x/a/b /x/b/b")
	check(t, "routes", len(app.Routes) > 50, true)
}
