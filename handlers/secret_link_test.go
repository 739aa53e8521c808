package handlers_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/handover"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// secretLink resets the account's password, and returns the path and the id of a secret link with it.
func secretLink(app *testapp.App, account models.Account, form handover.Form) (path, id string) {
	app.Helper()
	choice := accounts.PasswordChoice{Mode: accounts.Generated, HandOver: &form}
	reset, err := app.Accounts.ResetPassword(app.Context(), core.CommandLine, account.ID, choice, "")
	if err != nil {
		app.Fatal(err)
	}
	return "/s/" + reset.Link.Token, reset.Link.Link().ID
}

// pathOf returns the path of the link that a page shows.
func pathOf(t *testing.T, app *testapp.App, shown *testapp.Reply) string {
	t.Helper()
	path, ok := strings.CutPrefix(shown.Text("#secret-link"), app.BaseURL.String())
	if !ok || shown.Has("#generated-password") {
		t.Fatalf("the page shows %q", shown.Summary())
	}
	return path
}

const linkIsOver = "It was used, has expired or was revoked, or part of the address is missing. Ask for a new one."

// TestHandOverByLink from the form that creates an account to the receipt: only a POST counts as a read.
func TestHandOverByLink(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.SuperAdmin, "root")
		root, guest := app.SignIn("root"), app.Client()
		form := root.Get("/accounts/new")
		check(t, "reads", form.Value("reads"), "1")
		wrong := form.Submit("/accounts", "name", "wilma", "email", "wilma@example.com", "password_mode", "generated", "hand_over", "secret-link", "reads", "0", "valid_minutes", "43200", "one_time", "on").Want(422)
		check(t, "reads", wrong.Text("#reads-error"), "Enter a whole number from 1 to 100.")
		check(t, "end", wrong.Text("#valid_minutes-error"), "Choose a time from the list. A link cannot be valid longer than the one-time password.")
		shown := wrong.Submit("/accounts", "reads", "1", "valid_minutes", "60", "passphrase", "Seven kettles").Want(200)
		path := pathOf(t, app, shown)

		for _, method := range []string{"GET", "HEAD"} {
			for _, header := range [][]string{nil, {"Range", "bytes=0-99"}, {"Sec-Purpose", "prefetch"}, {"Purpose", "preview"}} {
				seen := guest.Do(guest.Request(method, path, nil, header...)).Want(200)
				hasNot(t, seen, "wilma")
				check(t, "caching", seen.Header.Get("Cache-Control"), "no-store")
			}
		}
		closed := guest.Get(path).Want(200)
		check(t, "sender", strings.Contains(closed.Text("main"), "root sent you a password. Show it when you can save it: the link works only once."), true)
		check(t, "switches", closed.Has(".switches"), false)
		refused := closed.Submit(path, "passphrase", "Six kettles").Want(422)
		check(t, "passphrase", refused.Text("#passphrase-error"), "Wrong passphrase. Tries left: 4.")
		hasNot(t, refused, "Six kettles")
		opened := refused.Submit(path, "passphrase", "Seven kettles").Want(200)
		secret := opened.Text("#secret")
		check(t, "account", opened.Text("#secret-account"), "wilma")
		app.Client().SignIn("wilma", secret).WantRedirect("/password")
		for _, again := range []*testapp.Reply{app.Client().Get(path), app.Client().Post(path, testapp.Form("passphrase", "Seven kettles")), app.Client().Get("/s/x")} {
			check(t, "over", again.Want(404).Text("main h1 + p"), linkIsOver)
		}
		row := root.Get("/secret-links").Want(200).Find("tr[data-reads-left]")
		check(t, "receipt", row.AttrOr("data-reads-left", "")+row.AttrOr("data-state", ""), "0read")
		check(t, "address", strings.Contains(row.Text(), "127.0.0.1"), true)
	})
}

// TestHandOverOfAnExistingAccount: at a reset, in place of a password that was just shown, and as a letter.
func TestHandOverOfAnExistingAccount(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.SuperAdmin, "root")
		ada := app.Seed(models.Customer, "ada")
		root, path := app.SignIn("root"), "/accounts/"+ada.ID
		shown := root.Get(path).Submit(path+"/password", "password_mode", "generated", "one_time", "on").Want(200)
		first := shown.Text("#generated-password")
		instead := shown.Submit(path+"/password", "reads", "2").Want(200)
		link := pathOf(t, app, instead)
		app.Client().SignIn("ada", first).Want(422)
		opened := app.Client().Get(link).Submit(link).Want(200)
		check(t, "reads", strings.Contains(opened.Text(".notice"), "1 more time."), true)
		app.Client().SignIn("ada", opened.Text("#secret")).WantRedirect("/password")

		letter := root.Get(path).Submit(path+"/password", "password_mode", "generated", "one_time", "on", "hand_over", "sheet").Want(200)
		check(t, "name", letter.Text(".letter dd bdi"), "ada")
		check(t, "code", letter.Has(".letter svg.qr"), true)
		check(t, "the former link", app.Client().Get(link).Status, 404)
		ends := root.Get("/secret-links").Find("tr[data-state=open] time").First().AttrOr("datetime", "")
		check(t, "end of the letter", ends[:len("2006-01-02")], app.Clock.Now().UTC().AddDate(0, 0, 7).Format("2006-01-02"))
		link = pathOf(t, app, letter)
		check(t, "of the letter", app.Client().Get(link).Submit(link).Want(200).Has("#secret"), true)
		root.Post(path+"/password", testapp.Form("password_mode", "generated", "hand_over", "pigeon")).Want(422)
	})
}

// TestRevokingASecretLink ends it; an organization has those of its own.
func TestRevokingASecretLink(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		acme, path := app.SignIn("acme"), "/accounts/"+who.Ann.ID
		link := pathOf(t, app, acme.Get(path).Submit(path+"/password", "password_mode", "generated", "one_time", "on", "hand_over", "secret-link").Want(200))
		check(t, "of another", app.SignIn("bond").Get("/secret-links").Want(200).Has("tr[data-id]"), false)
		list := acme.Get("/secret-links").Want(200)
		id := list.Find("tr[data-id]").AttrOr("data-id", "")
		app.SignIn("bond").Post("/secret-links/"+id+"/revoke", nil).Want(404)
		check(t, "message", list.Submit("/secret-links/"+id+"/revoke").Want(303).Follow().Text(".toast p"), "Secret link revoked. It shows nothing any more.")
		app.Client().Get(link).Want(404)
	})
}

// TestSecretLinksOpenFromEverywhere, also where the dashboard is closed; and nowhere if they are switched off.
func TestSecretLinksOpenFromEverywhere(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Settings.Dashboard = prefixes("192.0.2.0/24") })
	link, _ := secretLink(app, app.Seed(models.Customer, "ada"), handover.Form{})
	app.Client().Get("/sign-in").Want(403)
	check(t, "read", app.Client().Get(link).Want(200).Submit(link).Want(200).Has("#secret"), true)
	app.Client().Get(link).Want(404)

	off := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Settings.NoSecretLinks = true })
	who := off.Company()
	off.Client().Get(link).Want(404)
	root := off.SignIn("root")
	check(t, "form", root.Get("/accounts/new").Has("[name=hand_over]"), false)
	check(t, "list", strings.Contains(root.Get("/secret-links").Want(200).Text("main"), "COMPLIANCE_DISABLE_LINK_SHARES"), true)
	path := "/accounts/" + who.Ann.ID + "/password"
	root.Post(path, testapp.Form("password_mode", "generated", "one_time", "on", "hand_over", "secret-link")).Want(403)
	shown := root.Post(path, testapp.Form("password_mode", "generated", "one_time", "on")).Want(200)
	check(t, "offer", shown.Has("[name=hand_over]"), false)
}

// Of 20 POSTs at the same time, one shows the secret, and no log has the token.
func TestParallelReadsOfASecretLink(t *testing.T) {
	testkit.Parallel(t)
	var log bytes.Buffer
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	link, _ := secretLink(app, app.Seed(models.Customer, "ada"), handover.Form{Passphrase: "Seven kettles"})
	browsers := make([]*testapp.Client, 20)
	for i := range browsers {
		browsers[i] = app.Client()
		browsers[i].Get(link)
	}
	var shown, over atomic.Int64
	var all sync.WaitGroup
	for _, browser := range browsers {
		all.Go(func() {
			switch reply := browser.Post(link, testapp.Form("passphrase", "Seven kettles", "submission", app.Accounts.NewID())); {
			case reply.Status == http.StatusOK && reply.Has("#secret"):
				shown.Add(1)
			case reply.Status == http.StatusNotFound:
				over.Add(1)
			}
		})
	}
	all.Wait()
	check(t, "shown", shown.Load(), 1)
	check(t, "over", over.Load(), 19)
	app.Clock.Advance(time.Minute)
	if token := strings.TrimPrefix(link, "/s/"); strings.Contains(log.String(), token[:30]) {
		t.Error("the token was logged")
	}
}
