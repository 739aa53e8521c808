package handlers_test

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/http/httpguts"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
)

// Whatever is sent to the sign-in form, an account can only be opened with its password, and at most one hash is computed.
func FuzzSignIn(f *testing.F) {
	right := testapp.Form("name", "ann", "password", testapp.Secret).Encode()
	for _, contentType := range []string{formType, formType + "; charset=utf-8", "APPLICATION/X-WWW-FORM-URLENCODED", "multipart/form-data; boundary=x", "application/json", "text/plain", "", formType + "; =", "\t", "a/b;\""} {
		f.Add([]byte(right), contentType)
	}
	for _, body := range []string{
		"", "&", ";", "=", "name=ann", "name=ann&password=", "name=ann&password=wrong", "name=ann&name=bob&password=" + testapp.Secret, right + "&password=x", "password=x&" + right, right + "&next=%2F%2Fevil.example",
		right + "&next=%2Fme", "name[]=ann&password[]=x", "name=ann%00&password=x", "name=%ff&password=%ff", "name=%&password=x", "name=ann;password=" + testapp.Secret, "name=ann@example.com&password=" + testapp.Secret,
		"name=%EF%BD%81nn&password=Right-Horse-7%21", "name=ann&password=" + strings.Repeat("a", 5000), strings.Repeat("&", 64<<10), strings.Repeat("a=&", 300), strings.Repeat("a", 70_000), strings.Repeat("a[b]", 5000) + "=x",
		`{"name":"ann","password":"` + testapp.Secret + `"}`, "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nann\r\n--x--\r\n", "name=ann&password=Right-Horse-7!\r\n", "name=ann&password=Right%2DHorse%2D7%21+",
	} {
		f.Add([]byte(body), formType)
	}
	app := testapp.NewApp(f, testdb.SQLite(f), func(o *testapp.AppOptions) { o.Policies.Account.MaxLoginAttempts = 0 }) // so that the right one goes on being right
	app.Company()
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		if !httpguts.ValidHeaderFieldValue(contentType) {
			return // no client sends it
		}
		browser, compared := app.For(t).Client(), app.Hashes.Verified()
		reply := browser.Do(browser.Request("POST", "/sign-in", bytes.NewReader(body), "Content-Type", contentType))
		if !slices.Contains([]int{303, 400, 413, 415, 422}, reply.Status) {
			t.Errorf("the answer is %d, %s", reply.Status, reply.Summary())
		}
		hashes := app.Hashes.Verified() - compared
		if hashes > 1 || hashes > 0 && reply.Status != 303 && reply.Status != 422 {
			t.Errorf("%d hashes for the answer %d", hashes, reply.Status)
		}
		wantOpened(t, reply, string(body))
		if usual := string(body) == right && contentType == formType; usual && reply.Status != 303 {
			t.Errorf("the right password is answered %d", reply.Status)
		}
	})
}

// wantOpened: an account is opened only with the password that all have here, and what follows is on this site.
func wantOpened(t *testing.T, reply *testapp.Reply, body string) {
	t.Helper()
	form, err := url.ParseQuery(body)
	knows := err == nil && form.Get("password") == testapp.Secret && form.Get("name") != ""
	if opened := reply.Status == 303 || reply.Cookie != nil; opened && !knows {
		t.Errorf("an account was opened with %q", body)
	}
	if to := reply.Header.Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//")) {
		t.Errorf("it leads to %q", to)
	}
}
