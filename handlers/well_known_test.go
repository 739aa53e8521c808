package handlers_test

import (
	"testing"
	"time"

	"latchkey/handlers"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

// TestSecurityTxt: the file names the contact and an end within a year (RFC 9116, section 2.5); without a contact there is none.
func TestSecurityTxt(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	app.Client().Get("/.well-known/security.txt").Want(404)
	options := app.Pages
	options.SecurityContact = "mailto:security@example.com"
	got := askUnder(handlers.New(options), app.BaseURL.Host, "GET", "/.well-known/security.txt")
	want := "Contact: mailto:security@example.com\nExpires: " + testkit.Start.Add(180*24*time.Hour).Truncate(24*time.Hour).Format(time.RFC3339) +
		"\nPreferred-Languages: en, de\nCanonical: " + app.BaseURL.String() + "/.well-known/security.txt\n"
	check(t, "status", got.Code, 200)
	check(t, "type", got.Header().Get("Content-Type"), "text/plain; charset=UTF-8")
	check(t, "text", got.Body.String(), want)
}
