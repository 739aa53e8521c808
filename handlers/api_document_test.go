package handlers_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

var updateContract = flag.Bool("update", false, "write docs/openapi.json")

// onHost are the operations that succeed in commands on the server only.
var onHost = []string{"create-key", "revoke-key"}

const contractFile = "../docs/openapi.json"

// A change of the contract is seen in docs/openapi.json: `go test ./handlers -run TestContractIsRecorded -update` writes it.
func TestContractIsRecorded(t *testing.T) {
	app := testapp.NewApp(t, testdb.SQLite(t))
	document, err := app.Document()
	if err != nil {
		t.Fatal(err)
	}
	if *updateContract {
		if err := os.WriteFile(contractFile, document, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	recorded, err := os.ReadFile(contractFile)
	if err != nil || string(recorded) != string(document) {
		t.Errorf("docs/openapi.json is not the contract that is served (%v)", err)
	}
	check(t, "served to anyone", app.Client().Get("/api/v1/openapi.json").Want(200).Body, string(document))
}

// Every operation of the contract is called with success. That each answer is as the contract says, is checked in all tests.
func TestEveryOperationAnswers(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Sending = true })
	who := app.Company()
	api := app.API(app.Key(who.Root))
	ann, bob := "/accounts/"+who.Ann.ID, "/accounts/"+who.Bob.ID

	api.Call("GET", "/health", "").Want(200)
	api.Call("GET", "/me", "").Want(200)
	api.Call("POST", "/token", "").Want(200)
	api.Call("POST", "/token", `{"seconds": 5}`).Want(200)
	check(t, "organizations", len(api.Call("GET", "/organizations", "").Want(200).JSON("items").([]any)), 3)

	api.Call("GET", "/policy", "").Want(200)
	check(t, "a good password", api.Call("POST", "/policy/check", `{"password": "Right-Horse-7!"}`).Want(200).JSON("ok"), any(true))
	check(t, "a bad one", api.Call("POST", "/policy/check", `{"password": "x"}`).Want(200).Said("errors.0.pointer"), "#/password")
	check(t, "length", len(api.Call("POST", "/policy/generate", `{"length": 24}`).Want(200).Said("password")), 24)

	made := api.Call("POST", "/accounts", `{"name": "cleo", "email": "cleo@example.com", "password_mode": "generated", "one_time": true, "hand_over": "secret-link", "reads": 2}`).Want(201)
	check(t, "secret link", strings.Contains(made.Said("secret_link"), "/s/"), true)
	check(t, "password", made.JSON("password"), nil)
	link := api.Call("GET", "/links", "").Want(200)
	check(t, "reads left", link.JSON("items.0.reads_left"), any(2.0))
	api.Call("DELETE", "/links/"+link.Said("items.0.id"), "").Want(204)

	api.Call("GET", ann, "").Want(200)
	api.Call("GET", "/accounts/ann@example.com", "").Want(200)
	check(t, "note", api.Call("PATCH", ann, `{"note": "by phone", "valid_until": "2099-12-31"}`).Want(200).Said("note"), "by phone")
	api.Call("POST", ann+"/require-change", "").Want(200)
	api.Call("POST", ann+"/withdraw-change", "").Want(200)
	api.Call("POST", ann+"/disable", "").Want(200)
	check(t, "state", api.Call("POST", ann+"/enable", "").Want(200).Said("state"), "active")
	api.Call("POST", ann+"/end-sessions", "").Want(200)
	check(t, "moved", api.Call("POST", ann+"/move", `{"organization": "bond"}`).Want(200).Said("organization.name"), "bond")
	check(t, "new password", len(api.Call("POST", ann+"/password", `{"password_mode": "generated", "one_time": true}`).Want(200).Said("password")), 20)
	api.Call("POST", bob+"/password", `{"password_mode": "link"}`).Want(200)
	blacklist(app, "bob")
	check(t, "blocked", api.Call("GET", bob, "").Want(200).Said("state"), "blacklisted")
	check(t, "unblocked", api.Call("POST", bob+"/unblock", "").Want(200).Said("state"), "active")
	api.Call("DELETE", ann, "").Want(204)
	check(t, "deleted", api.Call("GET", "/deleted-accounts", "").Want(200).Said("items.0.name"), "ann")
	check(t, "restored", api.Call("POST", ann+"/restore", "").Want(200).Said("state"), "disabled")

	api.Call("DELETE", ann, "").Want(204)
	api.Call("POST", ann+"/erase", "").Want(204)

	app.SignIn("acme")
	acme := "/accounts/" + who.Acme.ID
	check(t, "an open session", api.Call("DELETE", acme+"/sessions/"+api.Call("GET", acme+"/sessions", "").Want(200).Said("items.0.id"), "").Want(204).Body, "")
	check(t, "it has ended", len(api.Call("GET", acme+"/sessions", "").Want(200).JSON("items").([]any)), 0)
	invited := api.Call("GET", bob+"/links", "").Want(200)
	check(t, "a link", invited.Said("items.0.state"), "not-sent")
	api.Call("POST", bob+"/links/"+invited.Said("items.0.id")+"/resend", "").Want(204)
	again := api.Call("GET", bob+"/links", "").Want(200)
	check(t, "the former", again.Said("items.1.state"), "revoked")
	api.Call("DELETE", bob+"/links/"+again.Said("items.0.id"), "").Want(204)

	_, code := emergencyCode(app, who.Bond, 1)
	enter(app.Client(), "bond", code).Want(200)
	bond := "/accounts/" + who.Bond.ID
	codes := api.Call("GET", bond+"/emergency-codes", "").Want(200)
	check(t, "a code", codes.Said("items.0.state"), "waiting")
	api.Call("POST", bond+"/emergency-codes/"+codes.Said("items.0.id")+"/stop", "").Want(204)

	check(t, "an event", api.Call("GET", "/audit?action=account-restored", "").Want(200).Said("items.0.target.name"), "ann")
	api.Call("GET", "/events?after=first", "").Want(200)
	mails := app.Sweep()
	app.Settle(func(m *models.Mail) { m.State, m.LastAnswer = models.MailFailed, "550 no" })
	check(t, "mails", len(api.Call("GET", "/mails?limit=200", "").Want(200).JSON("items").([]any)) >= len(mails), true)
	failed := api.Call("GET", "/mails?state=failed", "").Want(200).Said("items.0.id")
	api.Call("GET", "/mails/"+failed, "").Want(200)
	api.Call("POST", "/mails/"+failed+"/retry", "").Want(204)
	check(t, "the other failed mails", api.Call("POST", "/mails/retry", "").Want(200).JSON("mails").(float64) >= 1, true)
	app.Do(func(tx *models.Tx) error {
		_, err := tx.AddTask(models.Task{ID: app.Accounts.NewID(), Kind: "retention", OnceKey: "x", State: models.TaskWaiting, CreatedAt: app.Clock.Now(), NextTryAt: app.Clock.Now(), Params: "{}"})
		return err
	})
	task := api.Call("GET", "/tasks", "").Want(200).Said("items.0.id")
	api.Call("GET", "/tasks/"+task, "").Want(200)
	api.Call("POST", "/tasks/"+task+"/cancel", "").Want(204)

	device := app.Seed(models.Customer, "device", testapp.Technical)
	app.Key(device)
	check(t, "a key", api.Call("GET", "/accounts/"+device.ID+"/keys", "").Want(200).Said("items.0.title"), "Test")

	checker := app.API(app.Key(who.Acme, verifies))
	app.Seed(models.Customer, "walt", testapp.Of(who.Acme))
	checker.Call("POST", "/verify", `{"name": "walt", "password": "`+testapp.Secret+`", "client_ip": "203.0.113.5"}`).Want(200)

	var contract struct {
		Paths map[string]map[string]struct {
			OperationID string         `json:"operationId"`
			Responses   map[string]any `json:"responses"`
		} `json:"paths"`
	}
	document, err := app.Document()
	if err == nil {
		err = json.Unmarshal(document, &contract)
	}
	if err != nil {
		t.Fatal(err)
	}
	for path, methods := range contract.Paths {
		for method, operation := range methods {
			for status := range operation.Responses {
				if _, ok := testapp.Answered.Load(operation.OperationID + " " + status); !ok && strings.HasPrefix(status, "2") && !slices.Contains(onHost, operation.OperationID) {
					t.Errorf("%s %s was not answered with %s", method, path, status)
				}
			}
		}
	}
}

// The examples of docs/api.md work as they stand there, with the address of the server.
func TestCurlExamples(t *testing.T) {
	testkit.Parallel(t)
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("there is no curl")
	}
	app := testapp.NewApp(t, testdb.SQLite(t))
	app.Seed(models.Customer, "label-printer", testapp.Technical)
	environment := []string{"LATCHKEY_KEY=" + app.Key(app.Seed(models.SuperAdmin, "root")), "PASSWORD=" + testapp.Secret}
	text, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	for i, block := range strings.Split(string(text), "```") {
		if i%2 == 0 || !strings.HasPrefix(strings.TrimSpace(block), "curl ") {
			continue
		}
		examples++
		script := strings.ReplaceAll(strings.Replace(block, "curl -sS", curl+" -sS --fail-with-body", 1), "https://latchkey.example.com", app.BaseURL.String())
		command := exec.CommandContext(t.Context(), "sh", "-c", script)
		command.Env = environment
		output, err := command.CombinedOutput()
		if err != nil {
			t.Errorf("%s\n%v: %s", block, err, output)
		}
		var token struct{ Token string }
		if json.Unmarshal(output, &token) == nil && token.Token != "" && examples == 1 {
			environment = append(environment, "TOKEN="+token.Token)
		}
	}
	check(t, "examples", examples >= 3, true)
}
