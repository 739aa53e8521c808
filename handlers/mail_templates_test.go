package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/notify"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

const preview = "/mail/templates/" + models.MailReminder

func TestMailTemplates(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		if !root.Get("/mail").Want(200).Has(`a[href="/mail/templates"]`) {
			t.Error("the page Mail does not lead to the templates")
		}
		list := root.Get("/mail/templates").Want(200)
		check(t, "mails", strings.Join(list.Texts(".templates tbody th a"), ", "), "Password expires soon, Password has expired, Account blocked, Change to the account's security, Set-password link, Change of the e-mail address, Notice to an operator, Account ends or is disabled soon")
		check(t, "when", list.Text(".templates tbody small"), "Sent some days before a password expires, once per password.")
		check(t, "files", list.Text(".templates tbody td:nth-of-type(2)"), "/etc/latchkey/mails/layout.html All other files are built in.")
		for _, link := range list.Find(".templates a").EachIter() {
			page := root.Get(link.AttrOr("href", "")).Want(200)
			if page.Find("iframe").Length() != 2 || page.Text("#mail-text") != "<plain>" || page.Has("script:not([src])") {
				t.Errorf("%s shows %s", link.AttrOr("href", ""), page.Text("main"))
			}
		}
		for _, name := range []string{"x", "aom-other", strings.ToLower(models.MailReminder), "..", models.MailReminder + "/x"} {
			root.Get("/mail/templates/" + name).Want(404)
			unchanged(t, app, name, func() { root.Post("/mail/templates/"+name+"/test", nil).Want(404) })
		}
	})
}

// A mail is shown in any language and state, as a page and part by part.
func TestMailTemplatesAreShown(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	app.Company()
	root := app.SignIn("root")
	for query, want := range map[string]string{
		"": "soon mail in en", "locale=de": "soon mail in de", "locale=en&state=2": "over mail in en", "state=1&locale=de": "soon mail in de",
	} {
		page := root.Get(preview + "?" + query).Want(200)
		check(t, query, page.Text(".mailbox h2 [lang]"), want)
		check(t, query+": language", page.Find(".mailbox h2 [lang]").AttrOr("lang", ""), want[len(want)-2:])
		for _, frame := range page.Find("iframe").EachIter() {
			wantMailFrame(t, root, query, frame)
		}
		check(t, query+": frames", strings.Join([]string{page.Find("iframe.light").AttrOr("title", ""), page.Find("iframe.dark").AttrOr("title", "")}, ", "), "Light, Dark")
		state := root.Get(page.Find("iframe").AttrOr("src", "")).Body
		check(t, query+": HTML", state, "<p>"+models.MailReminder+" "+want[:4]+"</p>")
	}
	text := root.Get(preview + "?part=text").Want(200)
	check(t, "text", text.Body+text.Header.Get("Content-Type"), "<plain>\ntext/plain; charset=UTF-8")
	page := root.Get(preview).Want(200)
	check(t, "states", strings.Join(page.Texts("#state option"), ", "), "Expires in five days, No longer blocked, technical account")
	check(t, "header", page.Text(".files dt:nth-of-type(2) + dd"), "Custom: /etc/latchkey/mails/layout.html")
	check(t, "sender", strings.Contains(page.Text("main"), "Latchkey <latchkey@example.com>"), true)
	for _, query := range []string{"locale=tlh", "state=0", "state=3", "state=x", "state=-1", "part=pdf", "locale=tlh&part=html", "state=9&part=text", "part=html&part=text&locale=xx"} {
		page := root.Get(preview + "?" + query)
		check(t, query, fmt.Sprint(page.Status, " ", page.Text("[role=alert] li")), "422 This language, state or part does not exist. Showing the default.")
		check(t, query+": shown", page.Text(".mailbox h2 [lang]"), "soon mail in en")
	}
}

// The reader's own language is the first one shown.
func TestMailTemplatesUseTheReadersLanguage(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	app.Company()
	root := app.SignIn("root")
	check(t, "by the browser", root.Get(preview, "Accept-Language", "de").Want(200).Text(".mailbox h2 [lang]"), "soon mail in de")
}

func TestTestMailIsSent(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		page := root.Get(preview + "?locale=de&state=2").Want(200)
		if hint := page.Text("#test-hint"); !strings.Contains(hint, "goes to root@example.com") || !strings.Contains(hint, "There is no mail server") {
			t.Errorf("the page says %q", hint)
		}
		sent := page.Submit(preview + "/test")
		mail := app.Sweep()[0]
		after := sent.WantRedirect("/mail/" + mail.ID).Follow()
		check(t, "said", after.Text(".flash"), "The test e-mail is captured and not sent: there is no mail server.")
		check(t, "marked", after.Text(".heading .tag")+after.Text(".why + p"), "TestTest e-mail with sample data, requested by the recipient.")
		check(t, "in the list", root.Get("/mail").Text("tr[data-id] .tag"), "Test")
		got := fmt.Sprint(mail.Template, *mail.AccountID == who.Root.ID, mail.AccountName, mail.PasswordID, mail.Recipient, mail.Locale, mail.Data)
		check(t, "mail", got, fmt.Sprint(models.MailReminder, true, "root", "", "root@example.com", "de", models.MailData{Attempts: 7, Technical: true, Test: true}))
		app.Clock.Advance(accounts.AnswerLife)
		again := page.Submit(preview + "/test").WantRedirect("/mail/" + mail.ID).Follow()
		check(t, "said of the second", again.Text(".flash"), "This form was already sent. This is its e-mail; there is no second one.")
		check(t, "mails", len(app.Sweep()), 1)
		if log := root.Get("/audit?action=mail-tested").Text("tr[data-id]"); !strings.Contains(log, "Requested a test e-mail") || !strings.Contains(log, "Language: Deutsch · Password expires soon") {
			t.Errorf("the log says %q", log)
		}
		for _, name := range []string{"acme", "ann"} {
			browser := app.SignIn(name)
			unchanged(t, app, name, func() { browser.Post(preview+"/test", nil).Want(403) })
		}
	})
}

// Invalid values change nothing, and the page says so.
func TestInvalidTestMailIsRefused(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		root := app.SignIn("root")
		page := root.Get(preview).Want(200)
		for _, change := range [][]string{{"locale", "tlh"}, {"state", "3"}, {"state", "x"}, {"submission", "x"}} {
			unchanged(t, app, change[0], func() {
				again := page.Submit(preview+"/test", change...).Want(422)
				if again.Text("[role=alert] li") == "" || !again.Has(`form[action="`+preview+`/test"]`) {
					t.Errorf("%q: %s", change, again.Text("main"))
				}
			})
		}
		for range 10 {
			root.Get(preview).Submit(preview + "/test").Want(303)
		}
		page = root.Get(preview)
		unchanged(t, app, "one too many", func() {
			said := page.Submit(preview + "/test").Want(422).Text("[role=alert] li")
			check(t, "said", said, sentence(t, notify.ErrTooManyTests))
		})
		app.Clock.Advance(10 * time.Minute)
		root.Get(preview).Submit(preview + "/test").Want(303)
		check(t, "mails", len(app.Sweep()), 11)
	})
}

// A test mail does not count as a notice to the account, and is marked as a test in the timeline.
func TestTestMailsDoNotCountAsNotices(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.Seed(models.SuperAdmin, "other")
		root := app.SignIn("root")
		path := "/mail/templates/" + models.MailBlacklisted
		for range 4 {
			root.Get(path).Submit(path + "/test").Want(303)
		}
		app.Sweep()
		blacklist(app, "root")
		states := map[models.MailState]int{}
		for _, mail := range app.Sweep() {
			states[mail.State]++
		}
		check(t, "waiting", states[models.MailWaiting], 5)
		story := app.SignIn("other").Get("/accounts/" + who.Root.ID).Want(200).Texts(".timeline li.mail a")
		slices.Sort(story)
		check(t, "story", strings.Join(slices.Compact(story), ", "), "E-mail: Account blocked, Test e-mail: Account blocked")
	})
}
