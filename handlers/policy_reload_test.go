package handlers_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/handlers"
	"latchkey/handlers/page"
	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/password"
	"latchkey/views"
)

// policyOf reads a policy file with these rules for accounts.
func policyOf(account string) func() (password.Policies, error) {
	return func() (password.Policies, error) {
		return password.Parse("/etc/latchkey/passwordpolicy.json", []byte(`{"passwordPolicyConfigurations": {"TECHNICAL": {},
			"ACCOUNT": {`+account+`}}}`))
	}
}

func reload(t *testing.T, app *testapp.App, account string) {
	t.Helper()
	if err := app.Accounts.Policies.Reload(t.Context(), policyOf(account)); err != nil {
		t.Fatal(err)
	}
}

// A request that is under way when the policies are reloaded applies the former version to its end.
func TestRequestAppliesOneVersion(t *testing.T) {
	var app *testapp.App
	var site *handlers.App
	during := func(c echo.Context) error {
		before := site.Rules(c).Version
		reload(t, app, `"minimumSymbols": 17`)
		check(t, "version after the reload", site.Rules(c).Version, before)
		check(t, "version in force", app.Accounts.Policies.Current().Version, before+1)
		return c.NoContent(http.StatusNoContent)
	}
	each(t, func(t *testing.T, started *testapp.App) {
		app = started
		reload(t, app, `"minimumSymbols": 15`)
		app.Client().Get("/during").Want(http.StatusNoContent)
	}, func(o *testapp.AppOptions) {
		o.Extend = func(a *handlers.App) {
			site = a
			a.Add(page.Get("/during", page.WithoutSession, during))
		}
	})
}

// TestReloadedPolicyIsOnThePages: reloaded policies apply to the next request, and the page also lists the former ones.
func TestReloadedPolicyIsOnThePages(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		reload(t, app, `"minimumSymbols": 15`)
		app.Clock.Advance(30 * time.Minute)
		reload(t, app, `"minimumSymbols": 9, "allowedRegex": "[a-z]+"`)
		page := root.Get("/policy").Want(http.StatusOK)
		const minimum = ".policy [data-rule=minimumSymbols]"
		check(t, "the policy", rowsOf(page, minimum), "Minimum length differs minimumSymbols | 9 | Off")
		versions := page.Find("[aria-labelledby=versions] a")
		check(t, "versions", strings.Join(page.Texts("[aria-labelledby=versions] a"), ", "), "Changes Version 2, View Version 1")
		check(t, "current", strings.Join(page.Texts("[aria-labelledby=versions] li:has(.tag) a"), ", "), "Changes Version 2")
		second := root.Get(versions.First().AttrOr("href", "")).Want(http.StatusOK)
		check(t, "changes", rowsOf(second, ".changes tbody tr:not(.group)"),
			"Minimum length minimumSymbols looser | 15 | 9; Required format allowedRegex stricter | Off | [a-z]+")
		check(t, "the version before", second.Find("section header a").AttrOr("href", ""), "/policy/versions/1")
		first := root.Get(versions.Last().AttrOr("href", "")).Want(http.StatusOK)
		check(t, "title", first.Text("h1"), "Policy version 1")
		check(t, "changes of the first", first.Has(".changes, [aria-labelledby=changes]"), false)
		check(t, "the first version", rowsOf(first, minimum), "Minimum length differs minimumSymbols | 15 | Off")
		if text := first.Text("main"); !strings.Contains(text, "until") || !strings.Contains(text, "passwordpolicy.json") {
			t.Errorf("the first version is told as %s", text)
		}
		for _, number := range []string{"0", "3", "-1", "x", "99999999999", "99999999999999999999"} {
			root.Get("/policy/versions/" + number).Want(http.StatusNotFound)
		}
		refused := root.Post("/accounts", testapp.Form("kind", "customer", "name", "new", "email", "new@example.com",
			"password_mode", "typed", "password", testapp.Secret)).Want(http.StatusUnprocessableEntity)
		if !strings.Contains(refused.Summary(), "form") {
			t.Errorf("a password that the new policy does not take: %s", refused.Summary())
		}
	})
}

// TestAccountPageShowsPolicyVersion: to operators, and as a link to those who may follow it.
func TestAccountPageShowsPolicyVersion(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, acme := app.SignIn("root"), app.SignIn("acme")
		told := func(c *testapp.Client) *testapp.Reply { return c.Get(views.AccountURL(who.Ann.ID)).Want(http.StatusOK) }
		const label = "dt:contains('Password set') + dd small"
		check(t, "before there were versions", told(root).Text(label), "policy version unknown")
		reload(t, app, `"minimumSymbols": 8`)
		reset := root.Post(views.AccountActURL(who.Ann.ID, "password"), testapp.Form("password_mode", "generated")).Want(http.StatusOK)
		if !reset.Has("#generated-password") {
			t.Fatal("no password was generated")
		}
		reload(t, app, `"minimumSymbols": 9`)
		const want = "under policy version 1"
		if text := told(root).Text(label + " a"); !strings.HasPrefix(text, want) {
			t.Errorf("a SuperAdmin reads %q", text)
		}
		if page := told(acme); !strings.HasPrefix(page.Text(label), want) || page.Has(label+" a") {
			t.Errorf("an organization reads %q", page.Text(label))
		}
	})
}

// TestRefusedPolicyIsShown: to SuperAdmins with every problem, to organizations that there is one, and to machines no more.
func TestRefusedPolicyIsShown(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, acme, ready := app.SignIn("root"), app.SignIn("acme"), app.Client()
		check(t, "at first", ready.Get("/readyz").Want(http.StatusOK).Body, "ready\n")
		if err := app.Accounts.Policies.Reload(t.Context(), policyOf(`"minimumSymbol": 8, "minimumDigits": "two"`)); err == nil {
			t.Fatal("a broken policy was taken up")
		}
		check(t, "readyz", ready.Get("/readyz").Want(http.StatusOK).Body, "ready\na newer password policy is refused, the one before is in force\n")
		problems := strings.Join(root.Get("/policy").Want(http.StatusOK).Texts(".refused [lang=en] li"), "\n")
		for _, part := range []string{"passwordpolicy.json:2: ", "ACCOUNT.minimumSymbol", "ACCOUNT.minimumDigits"} {
			if !strings.Contains(problems, part) {
				t.Errorf("a SuperAdmin does not read %s in\n%s", part, problems)
			}
		}
		if page := acme.Get("/policy").Want(http.StatusOK); !strings.Contains(page.Text(".refused"), "A newer policy was refused") ||
			page.Has(".refused li") || strings.Contains(page.Body, "minimumSymbol\"") || strings.Contains(page.Body, "/etc/latchkey") || page.Has("[aria-labelledby=versions]") {
			t.Errorf("an organization reads %s", page.Text("main"))
		}
		acme.Get("/policy/versions/1").Want(http.StatusForbidden)
		reload(t, app, `"minimumSymbols": 8`)
		if page := root.Get("/policy"); page.Has(".refused") {
			t.Errorf("still said: %s", page.Text(".refused"))
		}
		check(t, "at the end", ready.Get("/readyz").Body, "ready\n")
		log := root.Get("/audit?action=policy-reloaded").Want(http.StatusOK)
		if text := log.Text("main"); !strings.Contains(text, "Rules changed · Version 1") || !strings.Contains(text, "command line") {
			t.Errorf("the log says %s", text)
		}
	})
}

// TestRequestsWhilePoliciesChange: each request is answered under one set of policies, of which two have no password in
// common: the one that the page shows has the form of the version that the account is noted under.
func TestRequestsWhilePoliciesChange(t *testing.T) {
	classes := []string{`"allowedRegex": "[a-m]{20}"`, `"allowedRegex": "[n-z]{20}"`}
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, acme := app.SignIn("root"), app.SignIn("acme")
		stop, reloading := make(chan struct{}), sync.WaitGroup{}
		reload(t, app, classes[0])
		reloading.Go(func() {
			for n := 1; ; n++ {
				select {
				case <-stop:
					return
				default:
					reload(t, app, classes[n%2])
				}
			}
		})
		testkit.Together(4, func(i int) {
			as := []*testapp.Client{root, acme}[i%2]
			for n := range 8 {
				name := "c" + strconv.Itoa(i) + "-" + strconv.Itoa(n)
				page := as.Post("/accounts", testapp.Form("kind", "customer", "name", name, "email", name+"@example.com", "password_mode", "generated"))
				judgeCreated(t, app, page, name)
				as.Get("/policy").Want(http.StatusOK)
			}
		})
		close(stop)
		reloading.Wait()
	})
}

// judgeCreated compares a password with the version that it is noted under: the odd ones have letters up to m.
func judgeCreated(t *testing.T, app *testapp.App, page *testapp.Reply, name string) {
	t.Helper()
	secret := page.Text("#generated-password")
	if page.Status != http.StatusOK || secret == "" {
		t.Errorf("%s: %d %s", name, page.Status, page.Summary())
		return
	}
	account, err := app.Accounts.FindByIdentifier(t.Context(), name)
	if err != nil || account.PolicyVersion == nil {
		t.Errorf("%s is not noted under a version (%v)", name, err)
		return
	}
	if (secret[0] <= 'm') != (*account.PolicyVersion%2 == 1) {
		t.Errorf("%s is noted under version %d", secret, *account.PolicyVersion)
	}
}
