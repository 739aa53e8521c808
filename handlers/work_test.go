package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
)

// mostCPU bounds the CPU time of one request, whatever its content.
const mostCPU = 100 * time.Millisecond

// distinctLetters returns n bytes of different letters, the worst input for Punycode: its cost grows quadratically.
func distinctLetters(n int) string {
	var text strings.Builder
	for r := '一'; text.Len()+3 <= n; r++ {
		text.WriteRune(r)
	}
	return text.String()
}

// TestInputCostsLittleCPU: no input costs more than 100 ms of CPU: each field of each form and address with 64 KiB of distinct
// letters, and with as many as its limit lets through, and each header. It measures CPU, so it runs alone.
func TestInputCostsLittleCPU(t *testing.T) {
	app := testapp.NewApp(t, testdb.SQLite(t))
	who := app.Company()
	browsers := map[string]*testapp.Client{"": app.Client()}
	for _, g := range append(gaps(who), setupGaps("x")...) {
		if browsers[g.who] == nil {
			browsers[g.who] = app.SignIn(g.who)
		}
		for _, field := range g.fields {
			one := gap{g.who, g.method, g.path, []string{field}, g.rest, nil}
			for _, size := range []int{64 << 10, 39 << 10 / 3, 7 << 10 / 3} {
				for _, start := range []string{"", "a@", "a@xn--"} {
					text := start + distinctLetters(size)
					wantCheap(t, g.method+" "+g.path+" "+field, func() int { return one.send(browsers[g.who], text).Status })
				}
			}
		}
	}
	for _, header := range []string{
		"Accept", "Accept-Language", "Accept-Encoding", "Cookie", "User-Agent", "X-Forwarded-For", "Origin", "Referer", "If-None-Match", "Content-Type", "Sec-Fetch-Site",
	} {
		for _, text := range []string{distinctLetters(30 << 10), manyOf("a", "-", 30<<10), manyOf("de;q=0.5", ",", 30<<10), manyOf("latchkey="+strings.Repeat("x", 43), ";", 30<<10), "latchkey-device=" + manyOf(strings.Repeat("x", 43), ".", 30<<10)} {
			wantCheap(t, header, func() int {
				request := browsers["root"].Request(http.MethodGet, "/accounts", nil)
				request.Header.Set(header, text)
				return browsers["root"].Do(request).Status
			})
		}
	}
}

func manyOf(part, between string, n int) string {
	return strings.Repeat(part+between, n/len(part+between))
}

// wantCheap fails the test if a request costs too much, thrice in a row: something else may run at the same moment.
func wantCheap(t *testing.T, what string, send func() (status int)) {
	t.Helper()
	var took time.Duration
	status := 0
	for range 3 {
		before := cpuTime(t)
		status = send()
		if took = cpuTime(t) - before; took <= mostCPU {
			break
		}
	}
	if took > mostCPU || status >= 500 {
		t.Errorf("%s: answered %d after %v of CPU", what, status, took)
	}
}

func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// TestBodyLimits: a form has room for three passwords of 4,096 bytes, percent-encoded, where it has password fields, and for
// 8 KiB elsewhere.
func TestBodyLimits(t *testing.T) {
	app := testapp.NewApp(t, testdb.SQLite(t))
	who := app.Company()
	root, ann := app.SignIn("root"), app.SignIn("ann")
	longest := strings.Repeat("aA1!ääöü", 4096/len("aA1!ääöü")+1)[:4092] // bytes, most of them percent-encoded
	for _, tc := range []struct {
		name, path string
		browser    *testapp.Client
		form       url.Values
		status     int
	}{
		{"three long passwords", "/password", ann, testapp.Form("current", longest, "password", longest, "confirmation", longest), 422},
		{"more than three", "/password", ann, testapp.Form("current", longest, "password", longest, "confirmation", longest, "more", strings.Repeat("x", 12<<10)), 413},
		{"a form without passwords", "/accounts/" + who.Ann.ID + "/delete", root, testapp.Form("confirm", strings.Repeat("x", 7<<10)), 422},
		{"its largest", "/accounts/" + who.Ann.ID + "/delete", root, testapp.Form("confirm", strings.Repeat("x", 8<<10-len("confirm="))), 422},
		{"a larger one", "/accounts/" + who.Ann.ID + "/delete", root, testapp.Form("confirm", strings.Repeat("x", 8<<10)), 413},
		{"a long note", "/accounts/" + who.Ann.ID + "/edit", root, testapp.Form("email", "ann@example.com", "note", strings.Repeat("🎈", 1000)), 303},
		{"sign-in", "/sign-in", app.Client(), testapp.Form("name", strings.Repeat("x", 38<<10), "password", "x"), 422},
		{"a larger one", "/sign-in", app.Client(), testapp.Form("name", strings.Repeat("x", 40<<10), "password", "x"), 413},
		{"an address that does not exist", "/nothing", root, testapp.Form("x", strings.Repeat("x", 8<<10)), 413},
	} {
		t.Run(tc.name, func(t *testing.T) { tc.browser.For(t).Post(tc.path, tc.form).Want(tc.status) })
	}
	root.Get("/accounts?q=" + strings.Repeat("x", 8<<10)).Want(http.StatusRequestURITooLong)
}
