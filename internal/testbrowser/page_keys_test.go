package testbrowser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
)

const keysPage = `<!doctype html><html lang="en"><title>Keys</title><meta name="viewport" content="width=device-width">
<style>#bare:focus, summary:focus { outline: none } summary:focus::after { content: ""; outline: 2px solid } #away { position: absolute; left: -999px } #tiny { position: absolute; width: 1px; height: 1px; padding: 0; border: 0 }</style>
<main id="main" tabindex="-1"><a href="#main">Skip</a>
<form action="/keys"><input name="text"><input type="checkbox" name="box">
<label><input type="radio" name="one" value="a" checked>A</label><label><input type="radio" name="one" value="b">B</label>
<details><summary>More</summary><button name="go" value="yes">Go</button></details>
<button id="plain" type="button">Plain</button>%s</form></main>
<script>document.querySelector("form").addEventListener("keydown", () => document.title = "heard")</script>`

func keysSite(t *testing.T) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, keysPage, r.FormValue("more"))
	}))
	t.Cleanup(server.Close)
	return server.URL + "/keys"
}

func TestPageKeys(t *testing.T) {
	testkit.Parallel(t)
	p, at := testbrowser.Browser(t), keysSite(t)
	p.Goto(at)
	p.TabTo(`a[href="#main"]`)
	p.Press(testbrowser.Enter)
	p.TabTo("#main")
	p.TabTo("[name=text]")
	p.Press("Zoë 7!")
	p.TabTo("[name=box]")
	p.Press(testbrowser.Space)
	p.TabTo("[name=one]")
	p.Press(testbrowser.Down)
	p.TabTo("#plain")
	p.TabBackTo("summary")
	p.Press(testbrowser.Enter)
	p.TabTo("[name=go]")
	p.Leave(testbrowser.Space)
	if got := strings.TrimPrefix(p.URL(), at); got != "?text=Zo%C3%AB+7%21&box=on&one=b&go=yes" {
		t.Errorf("the form was sent to %s", got)
	}
}

// failure records what a test fails with.
type failure struct {
	testing.TB
	text string
}

func (f *failure) Fatalf(format string, args ...any) {
	f.text = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// TestPageFocusIsSeen: TabTo fails if the focus cannot be seen, or never reaches the element.
func TestPageFocusIsSeen(t *testing.T) {
	testkit.Parallel(t)
	testbrowser.Browser(t) // skips the test itself, not the goroutines below, if there is no Chromium
	at := keysSite(t)
	for more, want := range map[string]string{
		"<button id=bare>Bare</button>": "button[submit] “Bare” has the focus, but nothing marks it",
		"<button id=away>Away</button>": "outside the window",
		"<input id=tiny>":               "cannot be seen",
		"<p>":                           "was on none such, but on the document, a “Skip”",
	} {
		r, done := &failure{TB: t}, make(chan struct{})
		go func() {
			defer close(done)
			p := testbrowser.Browser(r)
			p.Goto(at + "?more=" + strings.ReplaceAll(more, " ", "+"))
			p.TabTo("#nowhere")
		}()
		<-done
		if !strings.Contains(r.text, want) {
			t.Errorf("%s: %q, want %q", more, r.text, want)
		}
	}
}

func TestPageScripts(t *testing.T) {
	testkit.Parallel(t)
	p, at := testbrowser.Browser(t), keysSite(t)
	for _, on := range []bool{false, true} {
		p.Scripts(on)
		p.Goto(at)
		p.Fill("[name=text]", "x")
		p.Press("y")
		if heard := testbrowser.Eval[string](p, "document.title") == "heard"; heard != on || p.Value("[name=text]") != "xy" {
			t.Errorf("scripts %v: heard %v, %q", on, heard, p.Value("[name=text]"))
		}
		p.WaitFor("document.readyState === 'complete'")
		p.Click("summary")
		p.Submit("[name=go]")
	}
}
