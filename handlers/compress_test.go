package handlers_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

func TestPagesAreCompressed(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	app.Company()
	root := app.SignIn("root")
	plain := root.Get("/audit").Want(200)
	check(t, "encoding", plain.Header.Get("Content-Encoding"), "")
	for accept, packed := range map[string]bool{"gzip, deflate, br": true, "gzip;q=0": false, "identity": false} {
		page := root.Get("/audit", "Accept-Encoding", accept).Want(200)
		check(t, accept, isPacked(page), packed)
		if packed {
			check(t, "same content", withoutSubmission(unpack(t, page.Body)) == withoutSubmission(plain.Body), true)
			check(t, "vary", page.Header.Get("Vary"), "Accept-Encoding")
		}
	}
	for path, status := range map[string]int{"/": 200, "/accounts": 200, "/accounts?sort=x": 422, "/me": 200, "/nothing": 404} {
		page := packedPage(root, path).Want(status)
		check(t, path, isPacked(page), true)
		if fault := testapp.HTMLFaults(unpack(t, page.Body)); len(fault) > 0 {
			t.Errorf("%s, unpacked: %v", path, fault)
		}
	}
}

// withoutSubmission leaves out the id that each page has of its own.
func withoutSubmission(page string) string {
	return regexp.MustCompile(`name="submission" value="[^"]*"`).ReplaceAllString(page, "")
}

// packedPage requests a page with the headers of a browser that accepts gzip.
func packedPage(c *testapp.Client, path string, headers ...string) *testapp.Reply {
	return c.Get(path, append([]string{"Accept-Encoding", "gzip", "Sec-Fetch-Site", "none"}, headers...)...)
}

func isPacked(reply *testapp.Reply) bool { return reply.Header.Get("Content-Encoding") == "gzip" }

// Short answers, and those whose length could reveal a secret, are not compressed.
func TestSensitiveAnswersAreNotCompressed(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	app.Company()
	root := app.SignIn("root")
	root.Header.Set("Accept-Encoding", "gzip")
	for what, reply := range map[string]*testapp.Reply{
		"short":              root.Get("/healthz").Want(200),
		"redirect":           root.Get("/.well-known/change-password").Want(303),
		"another site":       packedPage(root, "/accounts", "Sec-Fetch-Site", "cross-site").Want(200),
		"sibling":            packedPage(root, "/accounts", "Sec-Fetch-Site", "same-site").Want(200),
		"refused form":       root.Post("/accounts", testapp.Form("kind", "customer", "name", "a b")).Want(422),
		"one's password":     root.Post("/password/suggest", nil).Want(200),
		"a forged form":      root.Post("/accounts", nil, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").Want(403),
		"generated password": root.Post("/accounts", testapp.Form("kind", "customer", "name", "new", "email", "n@example.com", "password_mode", "generated")).Want(200),
	} {
		check(t, what, reply.Header.Get("Content-Encoding"), "")
	}
	file := root.Get(app.Assets.URL("app.css")).Want(200)
	if css := unpack(t, file.Body); !strings.Contains(css, ":root") { // packed once, not twice
		t.Error("the style sheet cannot be read")
	}
}

// Full lists are the most requested pages.
func TestCompressedListIsSmall(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	app.Seed(models.SuperAdmin, "root")
	for i := range 60 {
		app.Seed(models.Customer, fmt.Sprintf("customer%d", i))
	}
	page := packedPage(app.SignIn("root"), "/accounts").Want(200)
	t.Logf("%d bytes, packed %d", len(unpack(t, page.Body)), len(page.Body))
	if len(page.Body) > 10<<10 {
		t.Errorf("the list has %d bytes", len(page.Body))
	}
}
