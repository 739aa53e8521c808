package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func line(action, pkg, test, output string, seconds float64) string {
	return fmt.Sprintf("{%q:%q,%q:%q,%q:%q,%q:%q,%q:%g}\n", "Action", action, "Package", "latchkey/"+pkg, "Test", test, "Output", output, "Elapsed", seconds)
}

func TestReport(t *testing.T) {
	for _, tc := range []struct {
		name     string
		events   []string
		passed   bool
		has, not []string
	}{
		{
			"all passes",
			[]string{
				line("output", "a", "TestOne", "noise\n", 0), line("pass", "a", "TestOne", "", 1.25),
				line("run", "a", "TestTwo/sub", "", 0), line("pass", "a", "TestTwo/sub", "", 3), line("pass", "a", "TestTwo", "", 3.5),
				line("output", "a", "", "ok  \tlatchkey/a\t4s\n", 0), line("pass", "a", "", "", 4),
			},
			true,
			[]string{"3.00 s  a TestTwo/sub\n    1.25 s  a TestOne", "ok  \tlatchkey/a\t4s"},
			[]string{"noise", "3.50", "budget"},
		},
		{
			"one fails",
			[]string{
				line("output", "a", "TestOne", "the reason\n", 0), line("fail", "a", "TestOne", "", 1),
				line("output", "a", "TestTwo", "noise\n", 0), line("pass", "a", "TestTwo", "", 1),
				line("output", "a", "", "FAIL\tlatchkey/a\t1s\n", 0), line("fail", "a", "", "", 1),
			},
			false, []string{"the reason", "FAIL\tlatchkey/a"}, []string{"noise"},
		},
		{
			"one panics outside of a test",
			[]string{line("output", "a", "", "panic: oh\n", 0), line("fail", "a", "", "", 1)},
			false, []string{"panic: oh"}, nil,
		},
		{"a package does not build", []string{line("build-output", "a", "", "a.go:1: no\n", 0), line("build-fail", "a", "", "", 0)}, false, []string{"a.go:1: no"}, nil},
		{"what is no event is printed", []string{"go: downloading\n"}, true, []string{"go: downloading"}, nil},
		{"within the budget", []string{line("pass", "a", "", "", 14)}, true, nil, []string{"budget"}},
		{"half more", []string{line("pass", "a", "", "", 16)}, true, []string{"warning: a took 16 s, its budget is 10 s"}, nil},
		{"three times more", []string{line("pass", "a", "", "", 31)}, false, []string{"FAIL: a took 31 s, its budget is 10 s"}, nil},
		{"a package without a budget", []string{line("pass", "b", "", "", 15.5)}, false, []string{"FAIL: b took 16 s, its budget is 5 s"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := report{budgets: map[string]float64{"a": 10}, output: map[key][]string{}, parents: map[key]bool{}}
			if err := r.read(strings.NewReader(strings.Join(tc.events, ""))); err != nil {
				t.Fatal(err)
			}
			var printed bytes.Buffer
			if got := r.print(&printed); got != tc.passed {
				t.Errorf("passed: %v\n%s", got, printed.String())
			}
			for _, text := range tc.has {
				if !strings.Contains(printed.String(), text) {
					t.Errorf("%q is missing in\n%s", text, printed.String())
				}
			}
			for _, text := range tc.not {
				if strings.Contains(printed.String(), text) {
					t.Errorf("%q stands in\n%s", text, printed.String())
				}
			}
		})
	}
}

func TestReadBudgets(t *testing.T) {
	for text, want := range map[string]string{
		"# seconds\naccounts 20\n\ncmd/web 60.5 # slow\n": "map[accounts:20 cmd/web:60.5]",
		"accounts":         "",
		"accounts twenty":  "",
		"accounts 20 more": "",
	} {
		path := filepath.Join(t.TempDir(), "budgets")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readBudgets(path)
		if (err != nil) != (want == "") || err == nil && fmt.Sprint(got) != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
