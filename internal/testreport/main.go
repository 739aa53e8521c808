// Command testreport reads the events of `go test -json` from standard input and prints what failed, the slowest tests, the
// packages over their budgets, and last one line for each package, as `go test` does:
//
//	go test -json ./... | go run ./internal/testreport .ci/budgets
//
// It fails if a test failed, or if a package took more than three times its budget. From one and a half times on it warns:
// the machines that run it are noisy.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

const (
	shown        = 10 // slowest tests that are printed
	warnAt       = 1.5
	failAt       = 3.0
	otherwise    = 5.0 // seconds, the budget of a package that the file does not name
	modulePrefix = "latchkey/"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go test -json ./... | testreport BUDGETS")
		os.Exit(2)
	}
	budgets, err := readBudgets(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(2)
	}
	r := report{budgets: budgets, output: map[key][]string{}, parents: map[key]bool{}}
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(2)
	}
	if !r.print(os.Stdout) {
		os.Exit(1)
	}
}

// readBudgets reads lines of a package, relative to the module, and seconds.
func readBudgets(path string) (map[string]float64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	budgets := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		seconds, err := strconv.ParseFloat(fields[len(fields)-1], 64)
		if len(fields) != 2 || err != nil {
			return nil, fmt.Errorf("%s: %q is no package and seconds", path, strings.TrimSpace(line))
		}
		budgets[fields[0]] = seconds
	}
	return budgets, nil
}

// event is one line of `go test -json`; see `go doc test2json` and, for builds, `go help buildjson`.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64 // seconds
}

type key struct{ pkg, test string }

type timed struct {
	key
	seconds float64
}

type report struct {
	budgets  map[string]float64
	output   map[key][]string // of what may still fail
	parents  map[key]bool     // tests with subtests
	tests    []timed
	packages []timed
	results  []string // the line of each package
	failures []string // what failed, with its output
	failed   bool
}

func (r *report) read(from io.Reader) error {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil { // not an event: what a tool printed in between
				r.failures = append(r.failures, string(line))
			} else {
				r.add(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) add(e event) {
	at := key{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		r.failures = append(r.failures, e.Output)
	case "build-fail":
		r.failed = true
	case "output":
		if e.Test == "" && isResult(e.Output) {
			r.results = append(r.results, e.Output)
		} else {
			r.output[at] = append(r.output[at], e.Output)
		}
	case "run":
		if i := strings.LastIndex(e.Test, "/"); i > 0 {
			r.parents[key{e.Package, e.Test[:i]}] = true
		}
	case "pass", "skip", "fail":
		r.end(e, at)
	}
}

// isResult reports whether an output is the line of a package.
func isResult(output string) bool {
	for _, start := range []string{"ok  \t", "FAIL\t", "?   \t"} {
		if strings.HasPrefix(output, start) {
			return true
		}
	}
	return strings.HasPrefix(output, "\t") && strings.Contains(output, "coverage:")
}

func (r *report) end(e event, at key) {
	if e.Action == "fail" {
		r.failed = true
		r.failures = append(r.failures, r.output[at]...)
	}
	delete(r.output, at)
	if e.Test == "" {
		r.packages = append(r.packages, timed{at, e.Elapsed})
	} else {
		r.tests = append(r.tests, timed{at, e.Elapsed})
	}
}

// print reports whether everything passed.
func (r *report) print(to io.Writer) (passed bool) {
	for _, line := range r.failures {
		fmt.Fprint(to, line)
	}
	fmt.Fprintf(to, "the %d slowest tests:\n", shown)
	leaves := slices.DeleteFunc(r.tests, func(t timed) bool { return r.parents[t.key] })
	slices.SortStableFunc(leaves, func(a, b timed) int { return cmp.Compare(b.seconds, a.seconds) })
	for _, t := range leaves[:min(shown, len(leaves))] {
		fmt.Fprintf(to, "%8.2f s  %s %s\n", t.seconds, short(t.pkg), t.test)
	}
	passed = !r.failed
	for _, p := range r.packages {
		budget, listed := r.budgets[short(p.pkg)]
		if !listed {
			budget = otherwise
		}
		if p.seconds <= warnAt*budget {
			continue
		}
		word := "warning"
		if p.seconds > failAt*budget {
			word, passed = "FAIL", false
		}
		fmt.Fprintf(to, "%s: %s took %.0f s, its budget is %.0f s\n", word, short(p.pkg), p.seconds, budget)
	}
	for _, line := range r.results {
		fmt.Fprint(to, line)
	}
	return passed
}

func short(pkg string) string { return strings.TrimPrefix(pkg, modulePrefix) }
