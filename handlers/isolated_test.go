package handlers_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"latchkey/accounts"
	"latchkey/internal/testapp"
	"latchkey/models"
)

// rightToLeft are the names of this test's accounts, and the domains of their e-mail addresses.
var rightToLeft = []string{"שרה", "فاطمة", "דניאל"}

// A name that is written from right to left reorders nothing around it: on every page it is in an element of its own
// direction, and in a title or an attribute between the marks for that.
func TestRightToLeftNamesAreIsolated(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		address := func(n *string, name string) { *n = "x@" + name + ".example" }
		super, organization, customer := rightToLeft[0], rightToLeft[1], rightToLeft[2]
		seed := func(kind models.Kind, name string, of ...func(*accounts.NewAccount)) models.Account {
			return app.Seed(kind, name, append(of, func(n *accounts.NewAccount) { address(&n.Email, name) })...)
		}
		seed(models.SuperAdmin, super)
		owner := seed(models.Organization, organization)
		owned := seed(models.Customer, customer, testapp.Of(owner))
		app.Client().SignIn(customer, "wrong").Want(422)
		root := app.SignIn(super)
		root.Get("/accounts/"+owned.ID).Submit("/accounts/"+owned.ID+"/edit", "locale", "de").Want(303)
		app.Clock.Advance(60 * 24 * time.Hour) // so that mails are due
		mails := app.Sweep()
		met := map[string]int{}
		for _, viewer := range []string{super, organization, customer} {
			browser := app.SignIn(viewer)
			paths := []string{"/accounts?q=" + customer, "/accounts?q=x-" + customer, "/audit?account=" + owned.ID, "/accounts?organization=" + owner.ID + "&q=y" + customer}
			for _, route := range app.Routes {
				if route.Method == "GET" && !strings.HasPrefix(route.Path, "/dev") {
					places := ids(owned.ID, owner.ID)
					places[":name"] = []string{models.MailTemplates()[0]}
					paths = append(paths, places.paths(t, route)...)
				}
			}
			for _, mail := range mails {
				paths = append(paths, "/mail/"+mail.ID)
			}
			for _, path := range paths {
				if page := browser.Get(path); strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") && !strings.HasSuffix(path, "/html") {
					wantIsolated(t, viewer+" "+path, page.Document().Nodes[0], met)
				}
			}
		}
		wrong := app.SignIn(super).Get("/accounts/"+owned.ID).Submit("/accounts/"+owned.ID+"/delete", "confirm", customer+"x").Want(422)
		wantIsolated(t, "a refusal", wrong.Document().Nodes[0], met)
		reset := app.SignIn(super).Get("/accounts/" + owned.ID).Submit("/accounts/" + owned.ID + "/password").Want(200)
		wantIsolated(t, "the page with the password", reset.Document().Nodes[0], met)
		for _, where := range []string{"bdi", "input", "output", "title", "title="} {
			if met[where] == 0 {
				t.Errorf("no name was met in %s: %v", where, met)
			}
		}
	})
}

// wantIsolated looks at every text and attribute of a page.
func wantIsolated(t *testing.T, where string, node *html.Node, met map[string]int) {
	t.Helper()
	named := func(text string) bool {
		return slices.ContainsFunc(rightToLeft, func(name string) bool { return strings.Contains(text, name) })
	}
	switch {
	case node.Type == html.TextNode && named(node.Data):
		if in := isolating(node.Parent); in != "" {
			met[in]++
		} else if node.Parent.Data == "title" && marked(node.Data) {
			met["title"]++
		} else {
			t.Errorf("%s: in <%s>: %q", where, node.Parent.Data, node.Data)
		}
	case node.Type == html.ElementNode:
		for _, attribute := range node.Attr {
			switch attribute.Key {
			case "href", "action", "src", "formaction":
				continue
			}
			if !named(attribute.Val) {
				continue
			}
			if strings.HasPrefix(attribute.Key, "data-") || attributeOf(node, "type") == "hidden" || attributeOf(node, "hidden") == "true" {
				continue
			}
			if whole := !strings.ContainsAny(attribute.Val, " "); attribute.Key == "value" && attributeOf(node, "dir") != "auto" && node.Data != "option" || !whole && !marked(attribute.Val) {
				t.Errorf("%s: <%s %s=%q>", where, node.Data, attribute.Key, attribute.Val)
			}
			met[map[bool]string{true: "input", false: attribute.Key + "="}[attribute.Key == "value"]]++
		}
	}
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		wantIsolated(t, where, child, met)
	}
}

// isolating returns the element around a text that gives it a direction of its own; "" = there is none.
func isolating(node *html.Node) string {
	for ; node != nil; node = node.Parent {
		if node.Data == "bdi" || attributeOf(node, "dir") == "auto" {
			return node.Data
		}
	}
	return ""
}

func attributeOf(node *html.Node, name string) string {
	for _, attribute := range node.Attr {
		if attribute.Key == name {
			if attribute.Val == "" {
				return "true"
			}
			return attribute.Val
		}
	}
	return ""
}

// marked reports whether the names in a text are between the marks for text of its own direction.
func marked(text string) bool {
	before, rest, _ := strings.Cut(text, "\u2068")
	inside, behind, closed := strings.Cut(rest, "\u2069")
	outside := before + behind
	return closed && inside != "" && !slices.ContainsFunc(rightToLeft, func(name string) bool { return strings.Contains(outside, name) })
}
