package handlers_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/handover"
	"latchkey/handlers"
	"latchkey/internal/testapp"
	"latchkey/models"
)

// logbook is a log that can be read while requests write it.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// everything logs at the lowest level.
func (l *logbook) everything() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// No password and no token is written to the log or to any table, including the audit log and the mails, whatever the result of the
// request.
func TestSecrets(t *testing.T) {
	log := &logbook{}
	each(t, func(t *testing.T, app *testapp.App) {
		secrets := useSecrets(t, app)
		app.Sweep()
		wantNoneInTables(t, app, secrets)
		if err := app.DB.Close(); err != nil { // from here on errors of the database are logged
			t.Fatal(err)
		}
		secrets = append(secrets, useSecretsInVain(app, secrets)...)
		for _, happened := range []string{`"path":"/setup"`, `"path":"/sign-in"`, `"request failed"`} {
			check(t, happened+" was logged", strings.Contains(log.String(), happened), true)
		}
		wantNoneInLog(t, log, secrets)
	}, func(o *testapp.AppOptions) { o.Log = log.everything() })
}

// useSecrets puts a secret into every place where one can be, and returns all of them.
func useSecrets(t *testing.T, app *testapp.App) []string {
	t.Helper()
	token := setupToken(t, app)
	root := app.Client()
	root.Get("/setup?token="+token).Submit("/setup", "name", "root", "email", "root@example.com", "password", "Canary-one-1", "confirmation", "Canary-one-1").Want(303)
	first := root.Session()
	oneTime := wantShownOnce(t, root.Get("/accounts/new").Submit("/accounts", "name", "new", "email", "new@example.com"))
	root.Get("/accounts/new").Submit("/accounts", "name", "n", "email", "x", "password_mode", "typed", "password", "Canary-two-2").Want(422)
	root.Get("/sign-in?password=Canary-three-3&token=Canary-four-4&next=/Canary-next")
	generated := suggestion(root.Post("/accounts/generate-password", testapp.Form("kind", "customer", "name", "x"), "Accept", "application/json").Want(200))
	app.Client().SignIn("root", "Canary-five-5").Want(422)
	blacklistWith(app, "new", "Canary-six-6")
	root.Get("/accounts/" + accountID(t, app, "new")).Submit("/accounts/" + accountID(t, app, "new") + "/unblock").Want(303)
	browser := app.Client()
	reset := browser.SignIn("new", oneTime).Follow()
	pending := browser.Session()
	suggested := reset.Text("#suggestion")
	browser.Post("/password/suggest", testapp.Form("suggestion", suggested)).Want(200)
	reset.Submit("/password", "password", "Canary-seven-7", "confirmation", "Canary-eight-8").Want(422)
	reset.Submit("/password", "password", "Canary-nine-9", "confirmation", "Canary-nine-9").Want(303)
	account := must[models.Account](t)(app.Accounts.FindByIdentifier(t.Context(), "new"))
	link := tokenOf(app, sendLink(t, root, account))
	app.Client().Get("/set-password/"+link).Submit("/set-password/"+link, "password", "Canary-12-x", "confirmation", "Canary-13-x").Want(422)
	confirm := requestEmail(app, account, "newer@example.com")
	app.Client().Get("/confirm-email/" + confirm).Submit("/confirm-email/" + confirm).Want(200)
	undo := emailToken(app, "new@example.com")
	app.Client().Get("/undo-email/" + undo).Want(200)
	handed, _ := secretLink(app, app.Seed(models.Customer, "other"), handover.Form{Reads: "2", Passphrase: "Canary passphrase"})
	sealed := app.Client().Get(handed)
	sealed.Submit(handed, "passphrase", "Canary guess").Want(422)
	shown := sealed.Submit(handed, "passphrase", "Canary passphrase").Want(200).Text("#secret")
	browser.Get("/password").Submit("/password", "current", "Canary-ten-10", "password", "Canary-eleven-11", "confirmation", "Canary-eleven-11").Want(422)
	return []string{
		"Canary", token, first, oneTime, generated, pending, suggested, root.Session(), browser.Session(), root.Device(), browser.Device(),
		link, confirm, undo, strings.TrimPrefix(handed, "/s/"), shown,
	}
}

// suggestion returns the password in an answer for scripts.
func suggestion(reply *testapp.Reply) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(reply.Body), `{"password":"`), `"}`)
}

func accountID(t *testing.T, app *testapp.App, name string) string {
	t.Helper()
	return must[models.Account](t)(app.Accounts.FindByIdentifier(t.Context(), name)).ID
}

func blacklistWith(app *testapp.App, name, wrong string) {
	app.Helper()
	for range app.Accounts.Policies.Current().Policies.Account.MaxLoginAttempts {
		app.Client().SignIn(name, wrong).Want(422)
	}
}

// useSecretsInVain does the same while every request fails because the database is unavailable.
func useSecretsInVain(app *testapp.App, tokens []string) []string {
	app.Helper()
	for _, token := range tokens {
		browser := app.Client()
		browser.SetSession(token)
		browser.Get("/me?token=" + token)
		for _, page := range []string{"/set-password/", "/confirm-email/", "/undo-email/", "/s/"} {
			browser.Get(page + token)
			browser.Post(page+token, testapp.Form("password", "Canary-15", "confirmation", "Canary-15", "passphrase", "Canary passphrase"))
		}
		browser.Post("/password", testapp.Form("current", "Canary-12", "password", "Canary-13", "confirmation", "Canary-13"))
	}
	app.Client().Post("/sign-in", testapp.Form("name", "root", "password", "Canary-one-1"))
	app.Client().Post("/setup", testapp.Form("token", "Canary-token", "name", "eve", "email", "e@example.com", "password", "Canary-14-x", "confirmation", "Canary-14-x"))
	return []string{"canary"}
}

func wantNoneInTables(t *testing.T, app *testapp.App, secrets []string) {
	t.Helper()
	tables := strings.Join(app.DB.Dump(t), "\n")
	check(t, "a mail was queued", strings.Contains(tables, models.MailBlacklisted), true)
	for _, secret := range secrets {
		if len(secret) < 6 || strings.Contains(tables, secret) {
			t.Errorf("%q stands in the database", secret)
		}
	}
}

func wantNoneInLog(t *testing.T, log *logbook, secrets []string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q stands in the log", secret)
		}
	}
}

// A panic while a password is being judged is logged with its stack, and without the password.
func TestSecretsInAPanic(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		log, options := &logbook{}, app.Pages
		options.Page.Log = log.everything()
		options.Page.Accounts = accounts.New(accounts.Options{DB: app.DB.DB, Policies: app.Accounts.Policies.Current().Policies, Now: app.Clock.Now}) // without hashes
		form := strings.NewReader(testapp.Form("name", "root", "password", "Canary-one-1").Encode())
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", form)
		request.Host = app.BaseURL.Host
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		reply := httptest.NewRecorder()
		handlers.New(options).ServeHTTP(reply, request)
		check(t, "status", reply.Code, 500)
		check(t, "the panic is logged", strings.Contains(log.String(), `"msg":"panic"`) && strings.Contains(log.String(), "signin.go"), true)
		wantNoneInLog(t, log, []string{"Canary"})
		check(t, "the page", strings.Contains(reply.Body.String(), "Canary"), false)
	})
}
