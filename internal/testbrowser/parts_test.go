package testbrowser_test

import (
	"strings"
	"testing"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
)

// TestParts: what axe-core could judge otherwise is a part of its own; other words, and more of the same, are not.
func TestParts(t *testing.T) {
	testkit.Parallel(t)
	const page = `<!doctype html><html lang="en"><title>A</title><header>h</header><main><h1>A</h1><p class="note">b <a href="/c">d</a></p><nav aria-label="n"><a href="/x">x</a><a class="y" href="/y">y</a></nav>
		<table><tr class="row"><td>1</td></tr></table><dl><dt>x</dt><dd>y</dd><dt>x</dt><dd>y</dd></dl><label for="q">q</label><input id="q" type="text" name="q" value="v"><svg><rect height="1"></rect></svg><nav aria-label="m"><a href="/x">x</a></nav><h2>B</h2><h3>C</h3></main>`
	for _, tc := range []struct {
		what, old, other string
		own              bool
	}{
		{"nothing", "", "", false},
		{"other words", `<h1>A</h1>`, `<h1>Other words</h1>`, false},
		{"another address", `href="/c"`, `href="/other"`, false},
		{"other names", `<label for="q">q</label><input id="q" type="text" name="q" value="v">`, `<label for="w">q</label><input id="w" type="text" name="w" value="other">`, false},
		{"another row", `<td>1</td></tr>`, `<td>1</td></tr><tr class="row"><td>2</td></tr>`, false},
		{"another pair", `<dd>y</dd>`, `<dd>y</dd><dt>x</dt><dd>y</dd>`, false},
		{"another height", `height="1"`, `height="2"`, false},
		{"less", `<p class="note">b <a href="/c">d</a></p>`, ``, false},
		{"another class", `class="note"`, `class="error"`, true},
		{"another language", `lang="en"`, `lang="de"`, true},
		{"another kind of field", `type="text"`, `type="email"`, true},
		{"no value", `value="v"`, `value=""`, true},
		{"no id", `input id="q"`, `input`, true},
		{"a row apart", `<td>1</td></tr>`, `<td>1</td></tr><tr><td>1</td></tr>`, true},
		{"an element more", `<td>1</td>`, `<td><b>1</b></td>`, true},
		{"no words", `>d</a>`, `></a>`, true},
		{"hidden", `<h1>`, `<h1 aria-hidden="true">`, true},
		{"a role", `<h1>`, `<h1 role="presentation">`, true},
		{"a part of the page", `href="/c"`, `href="#c"`, true},
		{"other neighbours", `<a href="/x">x</a><a class="y" href="/y">y</a>`, `<a class="y" href="/y">y</a><a href="/x">x</a>`, true},
		{"a description first", `<dt>x</dt><dd>y</dd>`, `<dd>y</dd><dt>x</dt>`, true},
		{"a heading left out", `<h2>B</h2>`, ``, true},
		{"landmarks of one name", `aria-label="m"`, `aria-label="n"`, true},
		{"landmarks of other names", `aria-label="m"`, `aria-label="o"`, false},
		{"a landmark more", `<header>h</header>`, `<header>h</header><header>h</header>`, true},
		{"something elsewhere", `<h1>A</h1>`, `<h1>A <a href="/c">d</a></h1>`, true},
	} {
		known := parts(t, page)
		var own []string
		for part := range parts(t, replaced(t, page, tc.old, tc.other)) {
			if !known[part] {
				own = append(own, part)
			}
		}
		if (len(own) > 0) != tc.own {
			t.Errorf("%s: the parts %q of its own", tc.what, own)
		}
	}
}

func parts(t *testing.T, page string) map[string]bool {
	t.Helper()
	found, err := testbrowser.Parts(page)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// replaced is the page with another part in the place of one that it has.
func replaced(t *testing.T, page, old, other string) string {
	t.Helper()
	if !strings.Contains(page, old) {
		t.Fatalf("the page has no %s", old)
	}
	return strings.Replace(page, old, other, 1)
}
