package handlers_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

// TestRepeatedFields: of repeated fields the first counts, and the query has no fields: so nothing that reads the form
// differently can accept what the handlers do not see.
func TestRepeatedFields(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		right := url.QueryEscape(testapp.Secret)
		for form, want := range map[string]int{
			"name=ann&name=root&password=" + right:                303,
			"name=nobody&name=ann&password=" + right:              422,
			"name=ann&password=wrong&password=" + right:           422,
			"name=ann&password=&password=" + right:                422,
			"name=ann&password[]=" + right + "&password=" + right: 303,
		} {
			compared, browser := app.Hashes.Verified(), app.Client()
			page := browser.Do(browser.Request("POST", "/sign-in", strings.NewReader(form), "Content-Type", formType)).Want(want)
			if compared = app.Hashes.Verified() - compared; compared > 1 || want == 303 && page.Header.Get("Location") != "/me" {
				t.Errorf("%s: %d hashes, leads to %s", form, compared, page.Header.Get("Location"))
			}
		}
		compared := app.Hashes.Verified()
		wantProblems(t, app.Client().Post("/sign-in?name=ann&password="+right, nil).Want(422), "name", "password")
		check(t, "passwords compared", app.Hashes.Verified(), compared)
	})
}

// TestTruncatedForms: a form that is shorter than its length, or has two lengths, is refused.
func TestTruncatedForms(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	app.Company()
	for what, head := range map[string]string{
		"cut off": "Content-Length: 1000", "two lengths": "Content-Length: 44\r\nContent-Length: 45", "a length below none": "Content-Length: -1",
		"length and pieces": "Content-Length: 44\r\nTransfer-Encoding: chunked", "unknown pieces": "Transfer-Encoding: gzip, chunked", "broken pieces": "Transfer-Encoding: chunked",
	} {
		answer := raw(t, app, "POST /sign-in HTTP/1.1\r\nHost: "+app.BaseURL.Host+"\r\nContent-Type: "+formType+"\r\n"+head+"\r\n\r\nname=ann&password="+url.QueryEscape(testapp.Secret))
		if answer != http.StatusBadRequest && answer != http.StatusNotImplemented {
			t.Errorf("%s: %d", what, answer)
		}
	}
	check(t, "passwords compared", app.Hashes.Verified(), 0)
}

// raw sends a request as it stands and then no more, and reads the answer's status.
func raw(t *testing.T, app *testapp.App, request string) int {
	t.Helper()
	connection := must[net.Conn](t)((&net.Dialer{}).DialContext(t.Context(), "tcp", app.BaseURL.Host))
	defer connection.Close()
	if _, err := io.WriteString(connection, request); err != nil {
		t.Fatal(err)
	}
	if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer := must[*http.Response](t)(http.ReadResponse(bufio.NewReader(connection), nil))
	defer answer.Body.Close()
	return answer.StatusCode
}

// TestHugeHeaders: nothing in headers costs more than reading them, though this server takes more of them than the program does.
func TestHugeHeaders(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		long, many := strings.Repeat("a", 900_000), strings.Repeat("latchkey=a; ", 70_000)
		unchanged(t, app, "a huge header", func() {
			for _, header := range [][2]string{
				{"Cookie", "latchkey=" + long}, {"Cookie", many}, {"X-Forwarded-For", strings.Repeat("127.0.0.1,", 80_000)}, {"Accept-Language", strings.Repeat("de;q=0.1,", 80_000)},
				{"User-Agent", long}, {"Referer", long}, {"Accept-Encoding", strings.Repeat("gzip;q=0,", 80_000)},
			} {
				browser := app.Client()
				browser.Get("/me", header[0], header[1]).Want(303)
				browser.Post("/sign-in", testapp.Form("name", "ann"), header[0], header[1]).Want(422)
			}
			app.Client().Post("/sign-in", testapp.Form("name", "ann", "password", "x"), "Content-Type", formType+"; x="+long+"; x=").Want(400)
		})
		check(t, "passwords compared", app.Hashes.Verified(), 0)
	})
}
