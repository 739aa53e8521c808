package handlers_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strconv"
	"strings"
	"testing"

	"latchkey/internal/testkit"
)

const formType = "application/x-www-form-urlencoded"

// bodies are what no form here sends, and how it is answered.
func bodies(t *testing.T) map[string]struct {
	body    io.Reader
	headers []string
	status  int
} {
	t.Helper()
	type test = struct {
		body    io.Reader
		headers []string
		status  int
	}
	text := func(body string, status int, headers ...string) test {
		return test{strings.NewReader(body), append([]string{"Content-Type", formType}, headers...), status}
	}
	const usual = "name=root&password=Right-Horse-7!&kind=customer&email=a%40example.com&password_mode=typed"
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write(bytes.Repeat([]byte("name=root&"), 100_000)) // into memory
	_ = writer.Close()
	var fields, many strings.Builder
	for i := range 10_000 {
		fields.WriteString("&f" + strconv.Itoa(i) + "=")
	}
	for i := range 201 {
		many.WriteString("&f" + strconv.Itoa(i) + "=")
	}
	return map[string]test{
		"NUL in a name":              text("name=ro%00ot&password=x", 400),
		"NUL in a password":          text("name=root&password=a%00b", 400),
		"NUL in a field's name":      text("na%00me=root", 400),
		"invalid UTF-8":              text("name=ro%ffot&password=x", 400),
		"overlong UTF-8":             text("name=%c0%af&password=x", 400),
		"a surrogate":                text("name=%ed%a0%80&password=x", 400),
		"broken escape":              text("name=%zz", 400),
		"a megabyte of password":     text("name=root&password="+strings.Repeat("a", 1<<20), 413),
		"the same in pieces":         {io.MultiReader(strings.NewReader("name=root&password="), strings.NewReader(strings.Repeat("a", 1<<20))), []string{"Content-Type", formType}, 413},
		"10,000 fields":              text("name=root"+fields.String(), 413),
		"one field 300 times":        text("name=root"+strings.Repeat("&a=", 300), 400),
		"201 fields":                 text("name=root"+many.String(), 400),
		"JSON":                       text(`{"name":"root"}`, 415, "Content-Type", "application/json"),
		"plain text":                 text(usual, 415, "Content-Type", "text/plain"),
		"no type":                    text(usual, 415, "Content-Type", ""),
		"a form with a file":         text("--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nroot\r\n--x--\r\n", 415, "Content-Type", "multipart/form-data; boundary=x"),
		"a gzip bomb":                {&packed, []string{"Content-Type", formType, "Content-Encoding", "gzip"}, 415},
		"a type that cannot be read": text(usual, 400, "Content-Type", formType+"; ="),
		"a broken query":             text(usual, 400),
	}
}

func TestWhatNoFormSendsIsRefusedBeforeAnyHash(t *testing.T) {
	company(t, func(t *testing.T, app *testkit.App, _ testkit.Company) {
		root := app.SignIn("root")
		compared := app.Hashes.Verified()
		unchanged(t, app, "what cannot be read", func() {
			for _, path := range []string{"/sign-in", "/accounts", "/password", "/setup"} {
				for what, tc := range bodies(t) {
					to := path
					if what == "a broken query" {
						to += "?a=%zz"
					}
					page := root.Do(root.Request("POST", to, tc.body, tc.headers...))
					if page.Status != tc.status || page.Text("h1") == "" || page.Text("main p") == "" {
						t.Errorf("%s for %s: %d %s, want %d", what, path, page.Status, page.Summary(), tc.status)
					}
					hasNot(t, page, "Right-Horse", ".go:", "runtime")
				}
			}
			for _, path := range []string{"/accounts?q=%00", "/accounts?q=%ff", "/accounts/%00", "/accounts/%ff", "/mail?to=%ff", "/audit?%00", "/sign-in?next=%00", "/a%00b", "/static/%00", "/accounts?q=%zz"} {
				root.Get(path).Want(400)
			}
		})
		check(t, "passwords compared", app.Hashes.Verified(), compared)
	})
}

// A password that is too long to be one is refused with words, and costs no hash.
func TestLongPasswords(t *testing.T) {
	company(t, func(t *testing.T, app *testkit.App, _ testkit.Company) {
		long := strings.Repeat("Aa1!", 1025)
		page := app.Client().SignIn("root", long).Want(422)
		wantProblems(t, page, "password")
		hasNot(t, page, long)
		check(t, "passwords compared", app.Hashes.Verified(), 0)
		app.Client().SignIn("root", strings.Repeat("Aa1!", 1024)).Want(422)
		check(t, "passwords compared at the bound", app.Hashes.Verified(), 1)
	})
}

// Headers can be anything; what is kept of them can be written and shown.
func TestOddHeaders(t *testing.T) {
	company(t, func(t *testing.T, app *testkit.App, _ testkit.Company) {
		browser := app.Client()
		for name, value := range map[string]string{
			"User-Agent": "\xff\xfe" + strings.Repeat("ü", 400), "Accept-Language": "\xff;q=x,,*", "Cookie": "latchkey=\"; latchkey=%00; \xff", "Referer": "\xff", "X-Request-Id": "<script>",
			"Accept": "\xff", "X-Forwarded-For": "\xff",
		} {
			browser.Header.Set(name, value)
		}
		reply := browser.Post("/sign-in", testkit.Form("name", "ann", "password", testkit.Secret)).WantRedirect("/me")
		if len(reply.Header.Get("X-Request-Id")) != 36 {
			t.Errorf("the client's request id was taken: %q", reply.Header.Get("X-Request-Id"))
		}
		browser.Header.Del("Cookie")
		if got := browser.Get("/me").Want(200).Text("#sessions [data-id]"); !strings.HasPrefix(got, "üü") {
			t.Errorf("the browser is shown as %q", got)
		}
	})
}
