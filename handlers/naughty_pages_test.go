package handlers_test

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// inPages: values in the tables, past every rule for names, are text on every page. The program is started twice, with
// odd texts and with plain ones in their places: what a browser makes of the pages differs by nothing but the texts.
func inPages(t *testing.T) {
	testkit.Parallel(t)
	odd := bundles(naughty(t), 2500)
	usual := stuff(t, func(i int) string { return fmt.Sprintf("(text %d)", i) })
	strange := stuff(t, func(i int) string { return odd[i%len(odd)] })
	for _, name := range []string{"root", "ann", "acme"}[:testkit.Times(2, 3)] {
		want, got := usual.walk(t, name), strange.walk(t, name)
		for path, page := range want {
			wantFilled(t, path, got[path], page, odd)
		}
	}
}

// stuffed is the program with texts wherever its tables have room for them.
type stuffed struct {
	*testapp.App
	who  testapp.Company
	mail string
}

func stuff(t *testing.T, text func(i int) string) stuffed {
	t.Helper()
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Help = text(0) })
	s := stuffed{App: app, who: app.Company()}
	for i, account := range []models.Account{s.who.Root, s.who.Acme, s.who.Bond, s.who.Ann, s.who.Bob} {
		app.Tamper(account.ID, func(a *models.Account) { a.Name, a.Email = text(1+i), text(6+i) })
	}
	blacklist(app, "bob")
	s.mail = app.Sweep()[0].ID
	app.Settle(func(m *models.Mail) {
		m.State, m.LastAnswer, m.Subject, m.TextBody = models.MailFailed, text(11), text(12), text(13)
		m.HTMLBody = "<!doctype html><title>x</title><p>" + html.EscapeString(text(14))
	})
	err := app.DB.Update(t.Context(), func(tx *models.Tx) error {
		return tx.Audit(models.AuditEvent{
			ID: app.Accounts.NewID(), At: app.Clock.Now(), Action: "edited", ActorID: s.who.Root.ID, ActorName: text(15), SubjectID: s.who.Ann.ID, SubjectName: text(16),
			OrganizationID: s.who.Acme.ID, Detail: map[string]string{"email": text(17), "from": text(18)}, Address: text(19),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// walk opens every page that the visitor may see, and returns what a browser makes of each.
func (s stuffed) walk(t *testing.T, name string) map[string][]string {
	t.Helper()
	i, seen := inspect(t, s.App), map[string][]string{}
	i.Goto(s.BaseURL.String() + "/sign-in")
	seen["sign-in"] = domOf(i)
	i.signIn(name)
	for n, path := range s.pages(t, name) {
		i.Goto(s.BaseURL.String() + path)
		seen[fmt.Sprintf("page %d as %s, %s", n, name, nameless.ReplaceAllString(path, ":id"))] = domOf(i)
	}
	for _, problem := range i.Problems() {
		t.Errorf("%s: %s", name, problem)
	}
	return seen
}

// pages are those of the routes that are the visitor's, with what is theirs.
func (s stuffed) pages(t *testing.T, name string) (paths []string) {
	t.Helper()
	for _, route := range s.Routes {
		if group := groupOf(t, route); route.Method != "GET" || group == "anyone" || !slices.Contains(admitted[name], group) {
			continue
		}
		if route.Path == "/accounts/organizations" {
			continue // which is JSON, in the order of ids
		}
		id := s.who.Ann.ID
		if strings.HasPrefix(route.Path, "/mail") {
			id = s.mail
		}
		paths = append(paths, strings.ReplaceAll(route.Path, ":id", id))
	}
	if name == "root" {
		paths = append(paths, "/accounts/"+s.who.Acme.ID, "/accounts/"+s.who.Bob.ID, "/accounts/new?kind=customer&organization="+s.who.Bond.ID)
	}
	return paths
}

// domOf returns what a browser made of a page: elements with their attributes, and texts.
func domOf(i *inspection) []string {
	i.t.Helper()
	return append(testbrowser.Eval[[]string](i.Page, dom), strconv.Itoa(i.Status))
}

const dom = `(() => {
	const parts = [], nodes = document.createNodeIterator(document);
	for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
		if (node.nodeType !== Node.ELEMENT_NODE) parts.push(node.nodeName + " " + node.nodeValue);
		else parts.push(node.nodeName, ...[...node.attributes].map(a => a.name + "=" + a.value));
	}
	return parts;
})()`

var gapped = regexp.MustCompile(`\(text (\d+)\)`)

// nameless are ids, which are not the same twice.
var nameless = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

// wantFilled checks that a page equals one with plain texts, except that these texts are in their places. Of parts that differ
// each time, such as ids and example passwords, only the kind is compared.
func wantFilled(t *testing.T, what string, got, usual, texts []string) {
	t.Helper()
	if len(got) != len(usual) {
		t.Errorf("%s: the page has %d parts, want %d", what, len(got), len(usual))
		return
	}
	for i, part := range usual {
		want := gapped.ReplaceAllStringFunc(part, func(gap string) string {
			n, _ := strconv.Atoi(gapped.FindStringSubmatch(gap)[1]) // digits, as it matches
			return texts[n%len(texts)]
		})
		if got[i] != want && (want != part || kindOf(got[i]) != kindOf(part)) {
			t.Errorf("%s: a part is\n%.200q, want\n%.200q", what, got[i], want)
			return
		}
	}
}

// kindOf returns the name of an element or an attribute, or says that a part is text.
func kindOf(part string) string {
	name, _, _ := strings.Cut(part, " ")
	name, _, _ = strings.Cut(name, "=")
	return name
}
