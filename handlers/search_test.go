package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/models"
)

// found returns the links of a search, in order.
func found(page *testapp.Reply) string {
	return strings.Join(page.Texts(".found li a > .named, .found li a:not(:has(span))"), " | ")
}

// TestSearch finds accounts, organizations, pages and actions; the accounts whose name begins with the text come first.
func TestSearch(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.Seed(models.Customer, "acme-robot", testapp.Technical)
		for i := range 9 { // which come before zoe in the list of names
			app.Seed(models.Customer, fmt.Sprintf("many%d.zoe", i))
		}
		app.Seed(models.Customer, "zoe")
		many := make([]string, 9)
		for i := range many {
			many[i] = fmt.Sprintf("many%d.zoe many%[1]d.zoe@example.com", i)
		}
		for _, tc := range []struct{ as, query, want string }{
			{"root", "ann", "ann ann@example.com"},
			{"root", "ANN@EXAMPLE", "ann ann@example.com"},
			{"root", "acme", "acme-robot acme-robot@example.com | ann ann@example.com | acme acme@example.com"}, // ann is Acme's
			{"root", "audit", "Audit log"},
			{"root", "new", "New customer | New organization | New SuperAdmin"},
			{"root", "zoe", "zoe zoe@example.com | " + strings.Join(many[:7], " | ") + " | All accounts that match “zoe”"},
			{"root", "no such thing", ""},
			{"acme", "ann", "ann ann@example.com"},
			{"acme", "bob", ""}, // a customer of another organization
			{"acme", "mail", ""},
			{"acme", "new", "New customer"},
		} {
			got := app.SignIn(tc.as).Get("/search?" + testapp.Form("q", tc.query).Encode()).Want(200)
			check(t, tc.as+" searches for "+tc.query, found(got), tc.want)
			if none := tc.want == ""; got.Has(".found .empty") != none {
				t.Errorf("%s searches for %s: says that nothing was found: %t", tc.as, tc.query, !none)
			}
		}
	})
}

// TestSearchUnblocks: a blocked account is unblocked without opening it first.
func TestSearchUnblocks(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.Tamper(who.Ann.ID, func(a *models.Account) {
			now := app.Clock.Now()
			a.BlockedAt, a.FailedAttempts = &now, 10
		})
		page := app.SignIn("root").Get("/search?q=ann").Want(200)
		page.Submit("/accounts/" + who.Ann.ID + "/unblock").Want(303)
		if got := app.Account(who.Ann.ID); got.BlockedAt != nil {
			t.Error("the account is still blocked")
		}
		root := app.SignIn("root")
		app.Tamper(who.Root.ID, func(a *models.Account) { a.BlockedAt = new(app.Clock.Now()) })
		if root.Get("/search?q=root").Want(200).Has(".found form") {
			t.Error("one's own account can be unblocked")
		}
	})
}

// TestSearchIsBounded: a search that is too long is refused, and none shows pages only.
func TestSearchIsBounded(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		root := app.SignIn("root")
		page := root.Get("/search?q=" + strings.Repeat("a", 1100)).Want(422)
		check(t, "the problem", page.Text("[role=alert] li"), "This search is too long.")
		for _, empty := range []string{"", "%20", "%E2%80%8B"} {
			page = root.Get("/search?q=" + empty).Want(200)
			if strings.Contains(found(page), "@") || !strings.Contains(found(page), "Overview | Accounts | Secret links | Policy") {
				t.Errorf("for %q it shows %q", empty, found(page))
			}
		}
	})
}

// TestSearchLeavesTheMessage: the palette may look while the message of an action waits for the page that it leads to.
func TestSearchLeavesTheMessage(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		done := root.Get("/accounts/" + who.Ann.ID).Want(200).Submit("/accounts/" + who.Ann.ID + "/disable").Want(303)
		root.Get("/search?q=ann").Want(200)
		check(t, "the message", done.Follow().Text("[role=status]"), "Account disabled and signed out.")
	})
}

// TestPeopleAreFoundByTheirNames: search and list find words of display names and of account names, and external ids, and show the
// name of the person first.
func TestPeopleAreFoundByTheirNames(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.Seed(models.Customer, "anna.becker")
		app.Tamper(app.Seed(models.Customer, "ab3481").ID, func(a *models.Account) { a.DisplayName, a.ExternalID = "Anna Becker", "C-10423" })
		root := app.SignIn("root")
		for query, want := range map[string]string{
			"anna becker": "Anna Becker ab3481 · ab3481@example.com | anna.becker anna.becker@example.com",
			"becker anna": "Anna Becker ab3481 · ab3481@example.com | anna.becker anna.becker@example.com",
			"c-10423":     "Anna Becker ab3481 · ab3481@example.com",
			"C-10423":     "Anna Becker ab3481 · ab3481@example.com",
		} {
			check(t, "searching for "+query, found(root.Get("/search?"+testapp.Form("q", query).Encode()).Want(200)), want)
		}
		list := root.Get("/accounts?q=anna+becker").Want(200)
		check(t, "the list", strings.Join(list.Texts("tbody th a"), " | "), "Anna Becker ab3481 | anna.becker")
		check(t, "initials", strings.Join(list.Texts("tbody th .avatar"), " "), "AB AB")
		own := app.SignIn("ab3481").Get("/me").Want(200)
		check(t, "in the frame of their pages", own.Text(".identity .who"), "ABAnna Becker")
		check(t, "for an organization", found(app.SignIn("acme").Get("/search?q=anna+becker").Want(200)), "")
	})
}
