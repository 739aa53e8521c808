package handlers_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/http/httpguts"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
)

// Whatever is sent as a body, the answer is one of the contract, repeats no password, and creates an account only from what says so.
func FuzzAPIBody(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `[]`, `null`, `1`, `"x"`, `{"name":"a","email":"a@example.com","password_mode":"typed","password":"Canary-77!"}`, `{"name":"a","name":"b"}`, `{"Name":"a"}`,
		`{"name":"\u0000"}`, `{"name":"\ud800"}`, "{\"name\":\"\xff\"}", `{"name":1e999}`, `{"name":{"a":[1]}}`, `{"technical":"true"}`, strings.Repeat(`[`, 9000), strings.Repeat(`{"a":`, 9000), `{"name":"a"}{}`,
		`{"name":"` + strings.Repeat("ä", 5000) + `"}`, "\ufeff{}", `{"valid_from":"9999999-01-01"}`, `{"reads":-1,"valid_minutes":99999999999999999999}`, `{"note":null,"name":null}`, `{"":""}`, `{"a.b[0]":1,"a/b~":2}`,
	} {
		f.Add([]byte(body), "application/json")
	}
	f.Add([]byte(`{}`), "application/x-www-form-urlencoded")
	f.Add([]byte(`{}`), "application/json; charset=latin1; =")
	app := testapp.NewApp(f, testdb.SQLite(f))
	who := app.Company()
	key := app.Key(who.Root)
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		if !httpguts.ValidHeaderFieldValue(contentType) {
			return // no client sends it
		}
		api := app.For(t).API(key)
		for _, path := range []string{"/accounts", "/accounts/" + who.Ann.ID + "/password", "/policy/check", "/verify", "/token"} {
			reply := api.Do(api.Request("POST", "/api/v1"+path, bytes.NewReader(body), "Content-Type", contentType))
			if reply.Status >= 500 && reply.Status != 503 {
				t.Errorf("%s: %d %s", path, reply.Status, reply.Body)
			}
			if strings.Contains(reply.Body, "Canary") {
				t.Errorf("%s repeats the password: %s", path, reply.Body)
			}
			var sent struct{ Name, Email string }
			if reply.Status == 201 && (json.Unmarshal(body, &sent) != nil || sent.Name == "" || sent.Email == "") {
				t.Errorf("%s made an account of %q", path, body)
			}
		}
	})
}

// Whatever a program sends as the place in a list, it gets a page of this list or a refusal.
func FuzzAPICursor(f *testing.F) {
	app := testapp.NewApp(f, testdb.SQLite(f))
	who := app.Company()
	key := app.Key(who.Root)
	api := app.API(key)
	for _, path := range []string{"/accounts?limit=1", "/accounts?limit=1&sort=newest", "/audit?limit=1", "/organizations?limit=1"} {
		f.Add(api.Call("GET", path, "").Said("next"))
	}
	for _, text := range []string{"", ".", "x", "000000000000.", "000000000000.eyJpIjoieCJ9", strings.Repeat("a", 2001), "\x00", "\xff", "%", "first", "../..", "019cadc6-9a80-7000-b743-ba78e112d0e5"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		api := app.For(t).API(key)
		for _, list := range []string{"/accounts", "/accounts?q=a", "/accounts?sort=-expires", "/audit", "/mails", "/links", "/organizations", "/events"} {
			separator := "?"
			if strings.Contains(list, "?") {
				separator = "&"
			}
			reply := api.Call("GET", list+separator+"after="+url.QueryEscape(text), "")
			if reply.Status != 200 && reply.Status != 400 && reply.Status != 422 && reply.Status != 414 && reply.Status != 401 {
				t.Errorf("%s after %q: %d %s", list, text, reply.Status, reply.Body)
			}
		}
	})
}
