package handlers_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/views"
)

const formType = "application/x-www-form-urlencoded"

// largest returns how many bytes a form may have, by the path it is sent to.
func largest(path string) int {
	switch path {
	case "/setup", "/sign-in", "/set-password/:token", "/password", "/password/suggest", "/accounts", "/accounts/generate-password":
		return 40 << 10
	case "/second-factor", "/confirm-identity", "/me/security/passkey":
		return 96 << 10
	case views.PolicyPreviewURL, views.PolicyPreviewURL + "/download":
		return 64 << 10
	}
	if strings.HasPrefix(path, "/accounts/") && (strings.HasSuffix(path, "/password") || strings.HasSuffix(path, "/edit")) {
		return 40 << 10
	}
	return 8 << 10
}

// body is what no form here sends, and how it is answered.
type body struct {
	text    string
	headers []string
	status  int
}

func form(text string, status int, headers ...string) body {
	return body{text, append([]string{"Content-Type", formType}, headers...), status}
}

const usual = "name=root&password=Right-Horse-7!&kind=customer&email=a%40example.com&password_mode=typed"

// bodies returns all of them, for an address that takes most bytes.
func bodies(most int) map[string]body {
	const part = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nroot\r\n"
	return map[string]body{
		"NUL in a name":               form("name=ro%00ot&password=x", 400),
		"NUL in a password":           form("name=root&password=a%00b", 400),
		"NUL as it is":                form("name=root&password=a\x00b", 400),
		"NUL in a field's name":       form("na%00me=root", 400),
		"invalid UTF-8":               form("name=ro%ffot&password=x", 400),
		"invalid UTF-8 in a password": form("name=root&password=%e2%82", 400),
		"invalid UTF-8 as it is":      form("name=root&password=\xff\xfe", 400),
		"invalid UTF-8 in a field":    form("na%ffme=root", 400),
		"overlong UTF-8":              form("name=%c0%af&password=x", 400),
		"a surrogate":                 form("name=%ed%a0%80&password=x", 400),
		"beyond Unicode":              form("name=%f4%90%80%80&password=x", 400),
		"UTF-16":                      form("\xff\xfen\x00a\x00m\x00e\x00=\x00r\x00", 400),
		"broken escape":               form("name=%zz", 400),
		"an escape cut off":           form("name=root&password=%", 400),
		"a semicolon":                 form("name=root;password=x", 400),
		"a megabyte of password":      form("name=root&password="+strings.Repeat("a", 1<<20), 413),
		"one byte too much":           form("name=root&password="+strings.Repeat("a", most+1-len("name=root&password=")), 413),
		"20,000 fields":               form("name=root"+numbered(20_000), 413),
		"201 fields":                  form("name=root"+numbered(201), 400),
		"one field 300 times":         form("name=root"+strings.Repeat("&a=", 300), 400),
		"deep names":                  form(strings.Repeat("a[b]", most/len("a[b]"))+"=x", 413),
		"too many &":                  form(strings.Repeat("&", most+1), 413),
		"JSON":                        {`{"name":"root"}`, []string{"Content-Type", "application/json"}, 415},
		"deep JSON":                   {strings.Repeat("[", 60_000), []string{"Content-Type", "application/json"}, 415},
		"XML with entities":           {`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>`, []string{"Content-Type", "text/xml"}, 415},
		"plain text":                  {usual, []string{"Content-Type", "text/plain"}, 415},
		"no type":                     {usual, []string{"Content-Type", ""}, 415},
		"a form with a file":          {part + "--x--\r\n", []string{"Content-Type", "multipart/form-data; boundary=x"}, 415},
		"1,000 parts":                 {strings.Repeat(part, 1000) + "--x--\r\n", []string{"Content-Type", "multipart/form-data; boundary=x"}, 415},
		"a gzip bomb":                 form(bomb(), 415, "Content-Encoding", "gzip"),
		"a bomb in a bomb":            form(bomb(), 415, "Content-Encoding", "gzip, gzip"),
		"packed otherwise":            form(usual, 415, "Content-Encoding", "br"),
		"packed by name only":         form(usual, 415, "Content-Encoding", "identity"),
		"a type that cannot be read":  form(usual, 400, "Content-Type", formType+"; ="),
	}
}

// numbered returns so many fields of different names.
func numbered(count int) string {
	var fields strings.Builder
	for i := range count {
		fields.WriteString("&f" + strconv.Itoa(i) + "=")
	}
	return fields.String()
}

// bomb are fields that take a thousand times the room when they are unpacked: 10 MB.
var bomb = sync.OnceValue(func() string {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write(bytes.Repeat([]byte("name=root&"), 1_000_000)) // into memory
	_ = writer.Close()
	return packed.String()
})

// TestUnusualBytes: bodies that no form sends are refused on every route with an error page, before any hash is computed, and change
// nothing.
func TestUnusualBytes(t *testing.T) {
	unhurried(t)
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		compared := app.Hashes.Verified()
		unchanged(t, app, "what cannot be read", func() {
			for _, route := range app.Routes {
				if route.Method == "POST" {
					refuses(t, root, strings.ReplaceAll(route.Path, ":id", who.Ann.ID))
				}
			}
			for _, path := range []string{"/accounts?q=%00", "/accounts?q=%ff", "/accounts/%00", "/accounts/%ff", "/mail?to=%ff", "/audit?%00", "/sign-in?next=%00", "/a%00b", "/static/%00", "/accounts?q=%zz"} {
				root.Get(path).Want(400)
			}
			root.Get("/accounts?q=x" + numbered(201)).Want(400)
			root.Do(root.Request("GET", "/sign-in", strings.NewReader(strings.Repeat("a", 1<<20)), "Content-Type", formType)).Want(413)
			root.Do(root.Request("POST", "/sign-in?a=%zz", strings.NewReader(usual), "Content-Type", formType)).Want(400)
		})
		check(t, "passwords compared", app.Hashes.Verified(), compared)
	})
}

// refuses sends all bodies to one address, with their length said before and not.
func refuses(t *testing.T, root *testapp.Client, path string) {
	t.Helper()
	for what, tc := range bodies(largest(path)) {
		if slices.ContainsFunc(tc.headers, func(h string) bool { return strings.HasPrefix(h, "multipart/") }) && strings.HasPrefix(path, views.PolicyPreviewURL) {
			tc.status = 422 // which takes files, and finds nothing that it asks for
		}
		for _, reader := range []io.Reader{strings.NewReader(tc.text), io.MultiReader(strings.NewReader(tc.text))} {
			page := root.Do(root.Request("POST", path, reader, tc.headers...))
			tooLarge := page.Status == 413 && tc.status == 415 && len(tc.text) > largest(path) // either is right
			if page.Status != tc.status && !tooLarge || page.Text("h1") == "" || page.Text("main p") == "" {
				t.Errorf("%s for %s: %d %s, want %d", what, path, page.Status, page.Summary(), tc.status)
			}
			hasNot(t, page, "Right-Horse", ".go:", "runtime")
		}
	}
}

// TestOddForms: unknown fields are ignored, and cost no hash.
func TestOddForms(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		root := app.SignIn("root")
		compared := app.Hashes.Verified()
		unchanged(t, app, "an odd form", func() {
			for what, text := range map[string]string{
				"nothing": "", "many &": strings.Repeat("&", largest("/sign-in")), "brackets": "name[]=root&password[]=x&password[$ne]=x", "deep names": strings.Repeat("a[b]", 10_000) + "=x",
				"names in other letters": "Name=root&PASSWORD=x", "names with spaces": "+name=root&password+=x", "a long name": "name=" + strings.Repeat("%C3%A4", 6000), "values only": "=root&=x",
			} {
				for _, path := range []string{"/sign-in", "/accounts", "/password"} {
					page := root.Do(root.Request("POST", path, strings.NewReader(text), "Content-Type", formType))
					if !slices.Contains([]int{400, 422}, page.Status) {
						t.Errorf("%s for %s: %d %s", what, path, page.Status, page.Summary())
					}
				}
			}
		})
		check(t, "passwords compared", app.Hashes.Verified(), compared)
	})
}

// A password that is too long is refused with a message, and costs no hash.
func TestLongPasswords(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		long := strings.Repeat("Aa1!", 1025)
		page := app.Client().SignIn("root", long).Want(422)
		wantProblems(t, page, "password")
		hasNot(t, page, long)
		check(t, "passwords compared", app.Hashes.Verified(), 0)
		app.Client().SignIn("root", strings.Repeat("Aa1!", 1024)).Want(422)
		check(t, "passwords compared at the bound", app.Hashes.Verified(), 1)
	})
}

// Headers can have any content. What is stored of them can be written and shown.
func TestOddHeaders(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		browser := app.Client()
		for name, value := range map[string]string{
			"User-Agent": "\xff\xfe" + strings.Repeat("ü", 400), "Accept-Language": "\xff;q=x,,*", "Cookie": "latchkey=\"; latchkey=%00; \xff", "Referer": "\xff", "X-Request-Id": "<script>",
			"Accept": "\xff", "X-Forwarded-For": "\xff",
		} {
			browser.Header.Set(name, value)
		}
		reply := browser.Post("/sign-in", testapp.Form("name", "ann", "password", testapp.Secret)).WantRedirect("/me")
		if len(reply.Header.Get("X-Request-Id")) != 36 {
			t.Errorf("the client's request id was taken: %q", reply.Header.Get("X-Request-Id"))
		}
		browser.Header.Del("Cookie")
		if got := browser.Get("/me").Want(200).Text("#sessions [data-id]"); !strings.HasPrefix(got, "üü") {
			t.Errorf("the browser is shown as %q", got)
		}
	})
}
