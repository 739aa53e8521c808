package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/http/httpguts"

	"latchkey/internal/testapp"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

// inBrowser: a form that is refused has in its fields what was typed, and a browser does nothing else with it.
func inBrowser(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	setUp := setupGaps(setupToken(t, app))
	visitor := inspect(t, app)
	visitor.Goto(app.BaseURL.String() + "/sign-in")
	typed(t, visitor, setUp)
	who := app.Company()
	typed(t, visitor, gaps(who)[:1])
	visitor.signIn("root")
	typed(t, visitor, gaps(who)[1:])
}

// typed sends bundles of texts through the fields that are shown again.
func typed(t *testing.T, i *inspection, gaps []gap) {
	t.Helper()
	done := map[string]bool{}
	for _, p := range gaps {
		form := p.method + p.path
		if len(p.shown) == 0 || done[form] {
			continue
		}
		done[form] = true
		for _, text := range bundles(naughty(t), p.room(len(p.shown))) {
			if len(url.QueryEscape(text)) > 3*p.room(len(p.shown)) {
				continue // it fits into fewer fields
			}
			i.send(p, text)
			for _, field := range p.shown {
				got := testbrowser.Eval[string](i.Page, fmt.Sprintf(`document.querySelector("main [name=%s]").getAttribute("value")`, field))
				check(t, p.path+": "+field, got, text)
			}
		}
	}
	for _, problem := range i.Problems() {
		t.Error(problem)
	}
}

// send sends a form of the place from the page that is open.
func (i *inspection) send(p gap, text string) {
	i.t.Helper()
	var fields [][2]string
	for name := range p.rest {
		fields = append(fields, [2]string{name, p.rest.Get(name)})
	}
	for _, name := range p.shown {
		fields = append(fields, [2]string{name, text})
	}
	list, err := json.Marshal(fields)
	if err != nil {
		i.t.Fatal(err)
	}
	testbrowser.Eval[bool](i.Page, fmt.Sprintf(sendable, p.path, p.method, list))
	i.Submit("#send")
}

// sendable puts a form on top of the page.
const sendable = `((action, method, fields) => {
	const form = document.createElement("form"), button = document.createElement("button");
	Object.assign(form, {action, method}), Object.assign(form.style, {position: "fixed", inset: "0 auto auto 0", zIndex: 99});
	Object.assign(button, {id: "send", textContent: "Send"});
	form.append(button, ...fields.map(([name, value]) => Object.assign(document.createElement("textarea"), {name, value})));
	document.body.prepend(form);
	return true;
})(%q, %q, %s)`

// inHeaders: User-Agent and Referer are hostile texts too.
func inHeaders(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.TrustedProxies = prefixes("127.0.0.1/32") })
	app.Company()
	ann := inspect(t, app)
	ann.signIn("ann")
	texts := slices.DeleteFunc(naughty(t), func(text string) bool { return !httpguts.ValidHeaderFieldValue(text) || strings.TrimSpace(text) == "" })
	for few := range slices.Chunk(texts, 90) { // a page shows 100 sessions
		for _, text := range few {
			app.Client().Post("/sign-in", testapp.Form("name", "ann", "password", testapp.Secret), "User-Agent", text, "X-Forwarded-For", text,
				"Accept-Language", text, "Referer", text, "X-Request-Id", text).Want(303)
		}
		ann.Goto(app.BaseURL.String() + "/me")
		slices.Reverse(few) // the newest comes first
		wantSessions(t, ann, few)
	}
	for _, problem := range ann.Problems() {
		t.Error(problem)
	}
}

// session is a row of the list: the browser as people read it and as it called itself, and all of it.
type session struct{ Name, Title, Row string }

// wantSessions: each row shows the browser's name, as far as it is kept, and no address if there is none.
func wantSessions(t *testing.T, i *inspection, texts []string) {
	t.Helper()
	rows := testbrowser.Eval[[]session](i.Page, `[...document.querySelectorAll("#sessions [data-id]")].map(row => {
		const name = row.querySelector("[title]");
		return {Name: name.textContent, Title: name.title, Row: row.textContent};
	})`)
	if len(rows) < len(texts) {
		t.Fatalf("%d sessions, want %d", len(rows), len(texts))
	}
	for n, text := range texts {
		want := strings.Trim(text, " \t")
		want = strings.ToValidUTF8(want[:min(len(want), 300)], "")
		_, err := netip.ParseAddr(want)
		if row := rows[n]; row.Name != want || row.Title != want || err != nil && !strings.Contains(row.Row, "unknown") {
			t.Errorf("%q is shown as %q", text, row)
		}
	}
}
