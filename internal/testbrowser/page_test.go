package testbrowser_test

import (
	"bytes"
	"fmt"
	"html"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
)

const form = `<!doctype html><html lang="en"><title>Form</title>
<style>:root { color-scheme: light dark } body { min-height: 2000px } h1 { opacity: .9 }</style>
<h1>A form</h1>
<form method="post" action="/post">
<input name="name" value="old" oninput="typed.value = this.value">
<input name="secret" type="password"><textarea name="text"></textarea>
<select name="kind" onchange="chosen.value = this.value"><option value="a">A</option><option value="b">B</option></select>
<button id="send">Send</button>
<output id="typed"></output><output id="chosen"></output>
</form>
<button id="count" onclick="this.textContent = +this.textContent + 1">0</button>
<p id="state">new</p>`

// site answers a form with a redirect, refuses it with 422 at the same
// address, and changes the history while it is being left.
func site(t *testing.T) string {
	mux := http.NewServeMux()
	page := func(pattern string, status int, body string, headers ...string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		})
	}
	page("GET /form", 200, form, "Set-Cookie", "seen=yes")
	mux.HandleFunc("POST /post", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/hop?said="+r.FormValue("name")+r.FormValue("secret")+r.FormValue("text")+r.FormValue("kind"), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /hop", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/done?"+r.URL.RawQuery, http.StatusSeeOther)
	})
	mux.HandleFunc("GET /done", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "<!doctype html><p id=said>%s</p><p id=cookie>%s</p>", html.EscapeString(r.FormValue("said")), r.Header.Get("Cookie"))
	})
	n := 0
	mux.HandleFunc("/refuse", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(map[string]int{"GET": 200, "POST": 422}[r.Method])
		fmt.Fprintf(w, `<!doctype html><p id=n>%d</p><form method=post onsubmit="history.replaceState(null, '', '#x')"><button>Go</button></form>`, n)
		n++
	})
	page("GET /favicon.ico", 204, "")
	page("GET /console", 200, `<!doctype html><script>console.error("ouch", 7); console.log("fine"); console.warn("hm"); setTimeout(() => { throw new Error("thrown") })</script><img src="/missing.png">`)
	page("GET /csp", 200, `<!doctype html><p id=p>x</p><script>document.getElementById("p").textContent = "ran"</script>`, "Content-Security-Policy", "default-src 'none'")
	page("GET /dialog", 200, `<!doctype html><button id=ask onclick="this.textContent = confirm('sure?')">ask</button>`)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestPageForm(t *testing.T) {
	testkit.Parallel(t)
	p, base := testbrowser.Browser(t), site(t)
	p.Goto(base + "/form")
	if p.Status != 200 || p.Text("h1") != "A form" || p.Value("[name=name]") != "old" {
		t.Fatalf("status %d, %q, %q", p.Status, p.Text("h1"), p.Value("[name=name]"))
	}
	p.Fill("[name=name]", `Zoë "x" \ <b>`)
	p.Fill("[name=name]", "Zoë")
	p.Fill("[name=secret]", "s3")
	p.Fill("[name=text]", "one")
	p.Fill("[name=text]", "")
	p.Fill("[name=kind]", "b")
	p.Click("#count")
	p.Click("#count")
	if got := p.Text("#typed") + p.Text("#chosen") + p.Text("#count"); got != "Zoëb2" {
		t.Errorf("the page saw %q", got)
	}
	p.Submit("#send")
	if p.Text("#said") != "Zoës3b" || !strings.HasPrefix(p.URL(), base+"/done?said=") || p.Status != 200 {
		t.Errorf("at %s with status %d: %s", p.URL(), p.Status, p.Text("#said"))
	}
	if problems := p.Problems(); len(problems) > 0 {
		t.Errorf("problems: %q", problems)
	}
}

// TestPageSubmit submits repeatedly at one address: Submit must not take the old page, or a change of the history, for the new page.
func TestPageSubmit(t *testing.T) {
	testkit.Parallel(t)
	p, base := testbrowser.Browser(t), site(t)
	p.Goto(base + "/refuse")
	for i := 1; i <= testkit.Times(10, 50); i++ {
		p.Submit("button")
		if got := p.Text("#n"); got != fmt.Sprint(i) || p.Status != 422 {
			t.Fatalf("submit %d brought page %s with status %d", i, got, p.Status)
		}
	}
	if problems := p.Problems(); len(problems) > 0 {
		t.Errorf("a document's own status is no problem: %q", problems)
	}
}

func TestPageUsersAreApart(t *testing.T) {
	testkit.Parallel(t)
	a, b, base := testbrowser.Browser(t), testbrowser.Browser(t), site(t)
	a.Goto(base + "/form")
	a.Goto(base + "/done")
	b.Goto(base + "/done")
	if a.Text("#cookie") != "seen=yes" || b.Text("#cookie") != "" {
		t.Errorf("cookies: %q and %q", a.Text("#cookie"), b.Text("#cookie"))
	}
}

func TestPageProblems(t *testing.T) {
	testkit.Parallel(t)
	p, base := testbrowser.Browser(t), site(t)
	for _, tc := range []struct {
		path string
		do   func()
		want []string
	}{
		{"/console", func() {}, []string{"console: ouch 7", "Error: thrown", "/missing.png"}},
		{"/csp", func() {}, []string{"Content Security Policy"}},
		{"/dialog", func() { p.Click("#ask"); p.WaitFor(`document.querySelector("#ask").textContent === "true"`) }, []string{`dialog: confirm "sure?"`}},
	} {
		before := len(p.Problems())
		p.Goto(base + tc.path)
		tc.do()
		got := p.Problems()[before:]
		for _, want := range tc.want {
			if !strings.Contains(strings.Join(got, "\n"), want) {
				t.Errorf("%s: %q misses %q", tc.path, got, want)
			}
		}
		if len(got) != len(tc.want) {
			t.Errorf("%s: %d problems, want %d: %q", tc.path, len(got), len(tc.want), got)
		}
	}
}

func TestPageEval(t *testing.T) {
	testkit.Parallel(t)
	p, base := testbrowser.Browser(t), site(t)
	p.Goto(base + "/form#there")
	p.Goto(base + "/form#elsewhere")
	p.Wait("#state")
	if got := testbrowser.Eval[[]int](p, "Promise.resolve([1, 2])"); len(got) != 2 || p.URL() != base+"/form#elsewhere" {
		t.Errorf("got %v at %s", got, p.URL())
	}
}

func TestPageScripts(t *testing.T) {
	testkit.Parallel(t)
	p, base := testbrowser.Browser(t), site(t)
	for _, on := range []bool{false, true} {
		p.Scripts(on)
		p.Goto(base + "/form")
		p.Fill("[name=name]", "x")
		p.Press("y")
		if heard := testbrowser.Eval[string](p, "typed.value") != ""; heard != on || p.Value("[name=name]") != "xy" {
			t.Errorf("scripts %v: heard %v, %q", on, heard, p.Value("[name=name]"))
		}
		p.WaitFor("document.readyState === 'complete'")
		p.Click("#count")
		p.Submit("#send")
	}
}

func TestPageScreenshot(t *testing.T) {
	testkit.Parallel(t)
	p, base := testbrowser.Browser(t), site(t)
	p.Goto(base + "/form")
	for _, want := range []testbrowser.Look{{Width: 390, Height: 844}, {Width: 1280, Height: 800, Dark: true}} {
		p.Look(want)
		image, err := png.Decode(bytes.NewReader(p.Screenshot()))
		if err != nil {
			t.Fatal(err)
		}
		red, _, _, _ := image.At(1, 1).RGBA()
		if size := image.Bounds(); size.Dx() != want.Width || size.Dy() != want.Height || red < 0x8000 != want.Dark {
			t.Errorf("%v: %v, red %x", want, size, red)
		}
	}
}
