package testapp

import (
	"context"
	"encoding/json"
	"strings"

	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/models"
)

// Key makes an API key of an account that is used directly and may write. For a technical account an operator makes it.
func (a *App) Key(account models.Account, change ...func(*apikey.Form)) string {
	a.Helper()
	form := apikey.Form{Title: "Test", Write: true, Direct: true}
	for _, change := range change {
		change(&form)
	}
	var shown string
	var err error
	if account.Technical {
		_, shown, err = a.Accounts.Keys.AddTo(context.Background(), core.CommandLine, account.ID, form)
	} else {
		_, shown, err = a.Accounts.Keys.Add(context.Background(), core.Actor{ID: account.ID, Name: account.Name, Kind: account.Kind}, form)
	}
	if err != nil {
		a.Fatalf("making a key of %s: %v", account.Name, err)
	}
	return shown
}

// API opens a client of the API that sends a key or token; "" = none.
func (a *App) API(secret string) *Client {
	a.Helper()
	client := a.Client()
	if secret != "" {
		client.Header.Set("Authorization", "Bearer "+secret)
	}
	return client
}

// Call sends a request to the API. The body is JSON, or "".
func (c *Client) Call(method, path, body string, headers ...string) *Reply {
	c.App.Helper()
	if body != "" {
		headers = append([]string{"Content-Type", "application/json"}, headers...)
	}
	return c.Do(c.Request(method, "/api/v1"+path, strings.NewReader(body), headers...))
}

// JSON returns a value of an answer by the names that lead to it, joined by dots; nil = there is none.
func (r *Reply) JSON(path string) any {
	tb := r.client.App
	tb.Helper()
	var value any
	if err := json.Unmarshal([]byte(r.Body), &value); err != nil {
		tb.Fatalf("%s %s: %v in %.200q", r.method, r.path, err, r.Body)
	}
	if path == "" {
		return value
	}
	for name := range strings.SplitSeq(path, ".") {
		switch parent := value.(type) {
		case map[string]any:
			value = parent[name]
		case []any:
			value = nil
			if at := int(name[0] - '0'); at < len(parent) {
				value = parent[at]
			}
		default:
			return nil
		}
	}
	return value
}

// Said returns a text of an answer by the names that lead to it; "" = it is none.
func (r *Reply) Said(path string) string {
	text, _ := r.JSON(path).(string)
	return text
}
