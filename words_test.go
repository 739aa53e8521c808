package latchkey_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowedWords counts the words that each top directory may still use, see wordsToAvoid. Directories that are not listed
// have none. Numbers only go down: the test fails until the entry is lowered.
var allowedWords = map[string]int{}

// wordsToAvoid mark sentences that need rewriting: personified code (`the page tells`), relative clauses as subjects (`who comes`)
// and private terms (`papers`).
var wordsToAvoid = regexp.MustCompile(`(?i)\b(tells?|told|whoever|who\s+comes|beside|papers|stands?\s+in|is\s+said|apart)\b`)

// wordsToAvoidInComments are fine in texts for people, but a Go comment names the caller, the account or the client.
var wordsToAvoidInComments = regexp.MustCompile(`(?i)\b(nobody|somebody|anybody)\b`)

func TestWordsToAvoidOnlyDecrease(t *testing.T) {
	hits := map[string][]string{}
	for path := range files(t, ".go", ".md", ".yaml") {
		directory, _, inside := strings.Cut(filepath.ToSlash(path), "/")
		if !inside {
			directory = "."
		}
		if found := wordHits(t, path); len(found) > 0 {
			hits[directory] = append(hits[directory], found...)
		}
	}
	for _, directory := range slices.Sorted(maps.Keys(hits)) {
		found, allowed := hits[directory], allowedWords[directory]
		if len(found) > allowed {
			t.Errorf("%s uses %d words to avoid, %d are allowed:\n%s", directory, len(found), allowed, strings.Join(found[:min(len(found), 40)], "\n"))
		}
	}
	for _, directory := range slices.Sorted(maps.Keys(allowedWords)) {
		if allowed, now := allowedWords[directory], len(hits[directory]); now < allowed {
			t.Errorf("%s uses fewer words to avoid: lower its entry in words_test.go from %d to %d", directory, allowed, now)
		}
	}
}

func TestWordsToAvoidAreFound(t *testing.T) {
	for text, want := range map[string]int{
		"// Tells the caller; nobody\n// stands\n// in.":         3,
		`func f() { log.Warn("the page\ttold", "apart", 1) }`:    2,
		`func f() { other.Warn("told"); print("told") }`:         0,
		"// It `tells` in code, and retells; besides, papersize": 0,
	} {
		if got := goWordHits(t, "x.go", "package x\n"+text); len(got) != want {
			t.Errorf("%q: %q, want %d", text, got, want)
		}
	}
	if got := textWordHits("x.md", "a `told` b\n```\ntold\n```\nTold\n"); len(got) != 1 || !strings.HasPrefix(got[0], "x.md:5:") {
		t.Errorf("%q", got)
	}
}

// wordHits lists "path:line: word" for a file.
func wordHits(t *testing.T, path string) []string {
	t.Helper()
	text := read(t, path)
	if filepath.Ext(path) == ".go" {
		return goWordHits(t, path, text)
	}
	if filepath.Ext(path) == ".yaml" && filepath.Dir(path) != "i18n" {
		return nil
	}
	return textWordHits(path, text)
}

// textWordHits checks a text without its code.
func textWordHits(path, text string) (hits []string) {
	blank := func(code string) string { return strings.Repeat("\n", strings.Count(code, "\n")) }
	text = inCode.ReplaceAllStringFunc(fenced.ReplaceAllStringFunc(text, blank), blank)
	for _, at := range wordsToAvoid.FindAllStringIndex(text, -1) {
		hits = append(hits, fmt.Sprintf("%s:%d: %s", path, 1+strings.Count(text[:at[0]], "\n"), text[at[0]:at[1]]))
	}
	return hits
}

// goWordHits checks comments and log texts. Generated code is not checked.
func goWordHits(t *testing.T, path, text string) (hits []string) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if ast.IsGenerated(file) {
		return nil
	}
	add := func(at token.Pos, text string, words *regexp.Regexp) {
		for _, word := range words.FindAllString(inCode.ReplaceAllString(text, ""), -1) {
			hits = append(hits, fmt.Sprintf("%s: %s", fset.Position(at), strings.Join(strings.Fields(word), " ")))
		}
	}
	for _, group := range file.Comments {
		add(group.Pos(), group.Text(), wordsToAvoid)
		add(group.Pos(), group.Text(), wordsToAvoidInComments)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !isLogCall(call) {
			return true
		}
		for _, argument := range call.Args {
			ast.Inspect(argument, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					if text, err := strconv.Unquote(literal.Value); err == nil {
						add(literal.Pos(), text, wordsToAvoid)
					}
				}
				return true
			})
		}
		return true
	})
	return hits
}

// isLogCall reports whether a call writes to a logger, which by convention is called slog, log or Log.
func isLogCall(call *ast.CallExpr) bool {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"Debug", "Info", "Warn", "Error", "Log"}, strings.TrimSuffix(method.Sel.Name, "Context")) {
		return false
	}
	logger := method.X
	if with, ok := logger.(*ast.CallExpr); ok { // log.With(…).Warn(…)
		if method, ok := with.Fun.(*ast.SelectorExpr); ok && method.Sel.Name == "With" {
			logger = method.X
		}
	}
	switch logger := logger.(type) {
	case *ast.Ident:
		return slices.Contains([]string{"slog", "log"}, logger.Name)
	case *ast.SelectorExpr:
		return slices.Contains([]string{"log", "Log"}, logger.Sel.Name)
	}
	return false
}
