package handlers_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"latchkey/accounts"
	"latchkey/internal/testapp"
	"latchkey/models"
)

// mailedTo gives a seeded account another e-mail address than the one made of its name.
func mailedTo(email string) func(*accounts.NewAccount) {
	return func(n *accounts.NewAccount) { n.Email = email }
}

// suggested returns the names that are suggested for a text, in order.
func suggested(t *testing.T, as *testapp.Client, text string) string {
	t.Helper()
	reply := as.Get("/accounts/organizations?"+testapp.Form("q", text).Encode(), "Accept", "application/json").Want(200)
	var list []struct{ ID, Name string }
	if err := json.Unmarshal([]byte(reply.Body), &list); err != nil {
		t.Fatalf("%v: %s", err, reply.Body)
	}
	all := make([]string, len(list))
	for i, one := range list {
		if all[i] = one.Name; as.App.Account(one.ID).Name != one.Name {
			t.Errorf("%s has the id %s", one.Name, one.ID)
		}
	}
	return strings.Join(all, " ")
}

// TestOrganizationsAreSuggested: those whose names begin with the text come first, then others that a search finds.
func TestOrganizationsAreSuggested(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		for i, name := range []string{"harbour.acme", "Acme-North", "İzmir", "Zoë"} {
			app.Seed(models.Organization, name, mailedTo(fmt.Sprintf("office%d@example.com", i)))
		}
		app.Seed(models.Customer, "acme-customer")
		root := app.SignIn("root")
		for text, want := range map[string]string{
			"acm": "acme Acme-North harbour.acme", "ACME-": "Acme-North", " acme ": "acme Acme-North harbour.acme", "d": "Default", "har": "harbour.acme",
			"zoe\u0308": "Zoë", "izmir": "İzmir", "bob": "", "%": "", "\\": "", "\u200b": "acme Acme-North bond Default harbour.acme İzmir Zoë",
			"": "acme Acme-North bond Default harbour.acme İzmir Zoë",
		} {
			check(t, fmt.Sprintf("for %q", text), suggested(t, root, text), want)
		}
		check(t, "nothing is an empty list", strings.TrimSpace(root.Get("/accounts/organizations?q=nothing").Want(200).Body), "[]")
	})
}

// TestSuggestionsAreBounded: there are at most 20, and a text that is too long is refused.
func TestSuggestionsAreBounded(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		var north []string
		for i := range 25 {
			north = append(north, app.Seed(models.Organization, fmt.Sprintf("north-%02d", i)).Name)
		}
		app.Seed(models.Organization, "a.north")
		root := app.SignIn("root")
		check(t, "beginnings", suggested(t, root, "nor"), strings.Join(north[:20], " "))
		check(t, "others follow", suggested(t, root, "north-2"), strings.Join(north[20:], " "))
		check(t, "all", len(strings.Fields(suggested(t, root, ""))), 20)
		root.Get("/accounts/organizations?q="+strings.Repeat("a", 1100), "Accept", "application/json").Want(422)
	})
}

// TestSuggestionsAreForSuperAdmins: an organization learns of no other one.
func TestSuggestionsAreForSuperAdmins(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		for _, name := range []string{"acme", "ann"} {
			refused := app.SignIn(name).Get("/accounts/organizations?q=b", "Accept", "application/json").Want(403)
			hasNot(t, refused, "bond")
		}
		acme := app.SignIn("acme")
		for _, path := range []string{"/accounts", "/accounts/new"} {
			check(t, "a field at "+path, acme.Get(path).Want(200).Has("#organization"), false)
		}
	})
}

// TestSuggestionsAreNoHTML: older names may have any symbol.
func TestSuggestionsAreNoHTML(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		const name = `bond</script><img src=x onerror="x">&`
		app.Tamper(who.Bond.ID, func(a *models.Account) { a.Name = name })
		root := app.SignIn("root")
		reply := root.Get("/accounts/organizations?q=bond").Want(200)
		check(t, "type", reply.Header.Get("Content-Type"), "application/json")
		check(t, "sniffing", reply.Header.Get("X-Content-Type-Options"), "nosniff")
		hasNot(t, reply, "<", ">")
		check(t, "name", suggested(t, root, "bond"), name)
		check(t, "in the filter", root.Get("/accounts?organization="+who.Bond.ID).Want(200).Text(".chip bdi"), name)
	})
}

// TestPagesListNoOrganizations: pages do not grow with the number of organizations.
func TestPagesListNoOrganizations(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		for _, path := range []string{"/accounts?q=ann", "/accounts/new", "/accounts/" + who.Ann.ID} {
			page := root.Get(path).Want(200)
			hasNot(t, page, "bond")
			check(t, path+": suggestions", page.Find("[data-suggestions]:has(#organization)").AttrOr("data-suggestions", ""), "/accounts/organizations")
			check(t, path+": field", page.Value("organization"), "")
		}
	})
}

// TestOrganizationsAreTyped: forms and the filter take the name of an organization in any case and normal form, or its id.
func TestOrganizationsAreTyped(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		zoe := app.Seed(models.Organization, "Zoë", mailedTo("office@example.com"))
		root, path := app.SignIn("root"), "/accounts/"+who.Ann.ID
		for i, typed := range []string{zoe.ID, "Zoë", "ZOE\u0308", " zoë "} {
			name := fmt.Sprintf("new%d", i)
			root.Get("/accounts/new?kind=customer").Submit("/accounts", "name", name, "email", name+"@example.com", "organization", typed).Want(200)
			made := must[models.Account](t)(app.Accounts.FindByIdentifier(t.Context(), name))
			check(t, "created for "+typed, *made.OrganizationID, zoe.ID)

			root.Get(path).Submit(path+"/move", "organization", typed).WantRedirect(path)
			check(t, "moved to "+typed, *app.Account(who.Ann.ID).OrganizationID, zoe.ID)

			list := root.Get("/accounts?" + testapp.Form("organization", typed, "q", name).Encode()).Want(200)
			check(t, "filtered by "+typed, strings.Join(names(list), " "), name)
			check(t, "chip for "+typed, list.Text(".chip bdi"), "Zoë")
			root.Get(path).Submit(path+"/move", "organization", "acme").WantRedirect(path)
		}
		empty := root.Get("/accounts?" + testapp.Form("organization", "zoë", "q", "nothing").Encode()).Want(200)
		if said := empty.Text(".empty p"); !strings.Contains(said, "Zoë") {
			t.Errorf("nothing is found, and the page says %q", said)
		}
		check(t, "the field of a link", root.Get("/accounts/new?kind=customer&organization="+zoe.ID).Want(200).Value("organization"), "Zoë")

		root.Get("/accounts/new?kind=customer").Submit("/accounts", "name", "last", "email", "last@example.com").Want(200)
		made := must[models.Account](t)(app.Accounts.FindByIdentifier(t.Context(), "last"))
		check(t, "without an organization", *made.OrganizationID, models.DefaultOrganizationID)
	})
}

// TestUnknownOrganization: an unknown name is an error of the field, which keeps it. Accounts of other kinds are no organizations.
func TestUnknownOrganization(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, path := app.SignIn("root"), "/accounts/"+who.Ann.ID
		const says = "There is no such organization. Type its full name."
		unchanged(t, app, "forms with an unknown organization", func() {
			for _, typed := range []string{"acm", "bob", "root", "a b", who.Bob.ID, app.Accounts.NewID(), strings.Repeat("a", 1100)} {
				for _, refused := range []*testapp.Reply{
					root.Get("/accounts/new?kind=customer").Submit("/accounts", "name", "new", "email", "new@example.com", "organization", typed).Want(422),
					root.Get(path).Submit(path+"/move", "organization", typed).Want(422),
				} {
					wantProblems(t, refused, "organization")
					check(t, "error", refused.Text("#organization-error"), says)
					check(t, "field", refused.Value("organization"), typed)
				}
				list := root.Get("/accounts?" + testapp.Form("organization", typed).Encode()).Want(422)
				check(t, "the list says", list.Text("[role=alert] li"), "There is no such organization.")
				check(t, "its field", list.Value("organization"), typed)
				if len(names(list)) < 6 {
					t.Errorf("the list for %q shows %v", typed, names(list))
				}
			}
		})
		check(t, "the form moves to none", root.Get(path).Submit(path+"/move").Want(422).Text("#organization-error"), says)
	})
}
