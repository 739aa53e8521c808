package handlers_test

import (
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// attachedLogo is an image that comes with a mail, and is not in a frame.
const attachedLogo = `<img src="cid:logo@latchkey" width="80" height="40" alt="">`

const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)>`

func TestMails(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		check(t, "nothing", root.Get("/mail").Want(200).Text(".empty h2"), "No e-mails yet")
		blacklist(app, "ann")
		blacklist(app, "bob")
		waiting := app.Sweep()
		check(t, "mails", len(waiting), 2)
		page := root.Get("/mail/" + waiting[0].ID).Want(200)
		if !strings.Contains(page.Text(".empty"), "generated when the e-mail is sent") {
			t.Errorf("a mail that waits says %q", page.Text("main"))
		}
		app.Settle(func(m *models.Mail) {
			m.State, m.LastAnswer = models.MailFailed, "554 5.7.1 "+hostile
			m.Subject, m.TextBody, m.HTMLBody = hostile, hostile, attachedLogo+"<p>Hello</p>"+hostile
		})
		list := root.Get("/mail").Want(200)
		for _, row := range list.Find("tr[data-id]").EachIter() {
			to := row.AttrOr("data-to", "")
			if row.AttrOr("data-template", "") != "aom-accountBlacklisted" || row.AttrOr("data-state", "") != "failed" || to != "ann@example.com" && to != "bob@example.com" {
				t.Errorf("a row %v", row.Nodes[0].Attr)
			}
		}
		for query, want := range map[string]int{
			"": 2, "to=ann@example.com": 1, "state=failed": 2, "state=sent": 0, "template=aom-accountBlacklisted": 2,
			"template=aom-accountpasswordExpiration": 0, "to=ann": 0,
		} {
			check(t, query, root.Get("/mail?"+query).Want(200).Find("tr[data-id]").Length(), want)
		}
		for _, query := range []string{"state=lost", "template=x"} {
			page := root.Get("/mail?" + query).Want(422)
			check(t, query, page.Text("[role=alert] li"), "Invalid filters were ignored.")
			check(t, query+": rows", page.Find("tr[data-id]").Length(), 2)
		}
		wantMail(t, app, root, waiting[0])
	}, sending)
}

func wantMail(t *testing.T, app *testapp.App, root *testapp.Client, mail models.Mail) {
	t.Helper()
	path := "/mail/" + mail.ID
	page := root.Get(path).Want(200)
	check(t, "subject", page.Text("main h2"), "Subject: "+hostile)
	check(t, "text", page.Text("#mail-text"), hostile)
	check(t, "answer", page.Text(".notice .answer"), "554 5.7.1 "+hostile)
	frame := page.Find("iframe")
	if sandbox, ok := frame.Attr("sandbox"); !ok || sandbox != "" {
		t.Errorf("the frame of the mail may %q", sandbox)
	}
	if page.Has("script:not([src])") || page.Has("main img") {
		t.Error("what stands in a mail became part of the page")
	}
	html := root.Get(frame.AttrOr("src", "")).Want(200)
	check(t, "HTML part", html.Body, "<p>Hello</p>"+hostile)
	policy := html.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "sandbox;", "frame-ancestors 'self'", "form-action 'none'"} {
		if !strings.Contains(policy, want) || strings.Contains(policy, "script-src") {
			t.Errorf("the mail's own page has the policy %q", policy)
		}
	}
	app.Client().Get(path + "/html").Want(303)
	app.SignIn("acme").Get(path + "/html").Want(403)

	page.Submit(path + "/retry").WantRedirect(path)
	check(t, "state", root.Get(path).Text(".heading .badge"), "Waiting")
	unchanged(t, app, "a second retry", func() {
		check(t, "second retry", root.Post(path+"/retry", nil).Want(422).Text("[role=alert] li"), "Only failed e-mails can be sent again.")
	})
	root.Post("/mail/x/retry", nil).Want(404)
	root.Post("/mail/"+app.Accounts.NewID()+"/retry", nil).Want(404)
	root.Get("/mail/" + app.Accounts.NewID()).Want(404)
}

// TestMailTriesAreShown: the answers to all tries are shown, and all failed mails can be sent again at once.
func TestMailTriesAreShown(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		blacklist(app, "ann")
		blacklist(app, "bob")
		mails := app.Sweep()
		if root.Get("/mail?state=failed").Want(200).Has("form[action='/mail/retry']") {
			t.Error("all failed mails can be sent again where none has failed")
		}
		app.Settle(func(m *models.Mail) { m.State, m.LastAnswer = models.MailFailed, "554 5.7.1 no" })
		app.Do(func(tx *models.Tx) error {
			return tx.RecordMailTry(models.MailTry{MailID: mails[0].ID, Number: 1, At: app.Clock.Now(), Answer: "451 " + hostile})
		})
		check(t, "try", root.Get("/mail/"+mails[0].ID).Want(200).Text(".tries .answer"), "451 "+hostile)
		if root.Get("/mail/" + mails[1].ID).Want(200).Has(".tries") {
			t.Error("a mail shows another's tries")
		}
		app.SignIn("acme").Post("/mail/retry", nil).Want(403)
		after := root.Get("/mail?state=failed").Submit("/mail/retry").WantRedirect("/mail").Follow()
		check(t, "said", after.Text(".flash"), "2 e-mails will be sent again.")
		check(t, "left", root.Get("/mail?state=failed").Find("tr[data-id]").Length(), 0)
		check(t, "again", root.Post("/mail/retry", nil).WantRedirect("/mail").Follow().Text(".flash"), "No e-mail has failed.")
	}, sending)
}

// sending says that there is a mail server.
func sending(o *testapp.AppOptions) { o.Sending = true }

// Without a mail server failed mails cannot be retried: they would only be captured, and seem to be done.
func TestRetryNeedsAMailServer(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		root := app.SignIn("root")
		blacklist(app, "ann")
		path := "/mail/" + app.Sweep()[0].ID
		app.Settle(func(m *models.Mail) { m.State, m.LastAnswer = models.MailFailed, "554 5.7.1 no" })
		for _, page := range []string{path, "/mail?state=failed"} {
			if root.Get(page).Want(200).Has("form[action$='/retry']") {
				t.Errorf("%s offers to send again", page)
			}
		}
		unchanged(t, app, "sending again", func() {
			for _, form := range []string{path + "/retry", "/mail/retry"} {
				if said := root.Post(form, nil).Want(422).Text("main"); !strings.Contains(said, "There is no mail server") {
					t.Errorf("%s says %s", form, said)
				}
			}
		})
	})
}

// An outage of the mail server is shown to SuperAdmins on the overview.
func TestMailOutageIsShown(t *testing.T) {
	testkit.Parallel(t)
	db := testdb.SQLite(t)
	app := testapp.NewApp(t, db, func(o *testapp.AppOptions) { o.Sending = true })
	app.Company()
	for _, down := range []bool{false, true} {
		if down {
			app.Do(func(tx *models.Tx) error {
				return tx.RecordMailOutage(app.Clock.Now(), app.Clock.Now(), "connection refused "+hostile)
			})
		}
		for _, path := range []string{"/", "/mail"} {
			check(t, path, strings.Contains(app.SignIn("root").Get(path).Text("main"), "connection refused "+hostile), down)
		}
		check(t, "to an organization", app.SignIn("acme").Get("/").Has("#mail-trouble"), false)
	}
}

func TestMailPageShowsThatMailsAreCaptured(t *testing.T) {
	testkit.Parallel(t)
	for _, sending := range []bool{false, true} {
		db := testdb.SQLite(t)
		app := testapp.NewApp(t, db, func(o *testapp.AppOptions) { o.Sending = sending })
		app.Company()
		root := app.SignIn("root")
		for _, path := range []string{"/mail", "/"} {
			if said := regexp.MustCompile("(mail|SMTP) server").MatchString(root.Get(path).Text(".notice")); said == sending {
				t.Errorf("%s, sending %v: said %v", path, sending, said)
			}
		}
	}
}
