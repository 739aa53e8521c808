package samples_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"latchkey/i18n"
	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/samples"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// all are the samples in a language.
func all(t *testing.T, locale string) []samples.Sample {
	t.Helper()
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	frame := views.Frame{Words: catalogue.For(locale, ""), Zone: time.UTC, Now: testkit.Start, Submission: "01900000-0000-7000-8000-00000000005b", CSS: "/static/app.css", JS: "/static/app.js"}
	given := samples.Given{Mails: map[string]views.WrittenMail{}}
	for _, template := range models.MailTemplates() {
		given.Mails[template] = views.WrittenMail{Subject: "About " + template, Text: "Hello", HTML: "/dev/mails/x/html"}
	}
	for _, status := range []int{404, 500} {
		failed := views.ErrorPage{Frame: frame, Status: status, Text: "What happened", Back: views.HomeURL}
		failed.Title = "Something happened"
		given.Errors = append(given.Errors, failed)
	}
	return samples.All(frame, given)
}

func render(t *testing.T, sample samples.Sample) string {
	t.Helper()
	var page bytes.Buffer
	if err := sample.Content.Render(t.Context(), &page); err != nil {
		t.Fatalf("%s: %v", sample.Slug, err)
	}
	return page.String()
}

func TestSamplesAreWellFormed(t *testing.T) {
	for _, locale := range i18n.Locales {
		for _, sample := range all(t, locale) {
			for _, fault := range testapp.HTMLFaults(render(t, sample)) { // such as no heading, or two
				t.Errorf("%s in %s: %s", sample.Slug, locale, fault)
			}
		}
	}
}

var safe = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func TestSamplesHaveNamesOfTheirOwn(t *testing.T) {
	known := map[string]bool{}
	for _, sample := range all(t, "en") {
		for _, name := range []string{sample.Slug, sample.Page + ": " + sample.State} {
			if known[name] {
				t.Errorf("%q stands twice", name)
			}
			known[name] = true
		}
		if !safe.MatchString(sample.Slug) || sample.Page == "" || sample.State == "" {
			t.Errorf("%q of %q in %q is not well named", sample.Slug, sample.Page, sample.State)
		}
	}
}

// Of each state there is a page of its own, not only a line in a list.
func TestEveryStateHasASample(t *testing.T) {
	var marks []string
	for _, state := range models.States() {
		marks = append(marks, "is-"+string(state))
	}
	for _, state := range models.MailStates() {
		marks = append(marks, "is-mail-"+string(state))
	}
	var headings strings.Builder
	for _, sample := range all(t, "en") {
		page := render(t, sample)
		if _, rest, found := strings.Cut(page, "<h1>"); found {
			heading, _, _ := strings.Cut(rest, "<section")
			headings.WriteString(heading)
		}
	}
	for _, mark := range marks {
		if !strings.Contains(headings.String(), `class="badge `+mark+`"`) {
			t.Errorf("no page shows %s", mark)
		}
	}
}

// Only the pages that show samples have none.
func TestEveryPageHasASample(t *testing.T) {
	used := names(t, "*.go", "views")
	found := 0
	for _, file := range files(t, "../*_templ.go") {
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok || function.Recv != nil || !function.Name.IsExported() || strings.HasPrefix(function.Name.Name, "Dev") {
				continue
			}
			if found++; !used[function.Name.Name] {
				t.Errorf("%s has no sample", function.Name.Name)
			}
		}
	}
	if found == 0 {
		t.Error("there are no pages")
	}
}

// The samples say what the program says: a sentence that it has dropped or changed would live on here unseen.
func TestSamplesSayWhatTheProgramSays(t *testing.T) {
	said := map[string]bool{}
	for _, pattern := range []string{"../*.go", "../../handlers/*.go", "../../accounts/*.go", "../../accounts/*/*.go"} {
		for _, file := range files(t, pattern) {
			ast.Inspect(file, func(n ast.Node) bool {
				if text, ok := literal(n); ok {
					said[text] = true
				}
				return true
			})
		}
	}
	catalogue, err := os.ReadFile("../../i18n/en.yaml")
	if err != nil {
		t.Fatal(err)
	}
	said["A technical account cannot reach the reset page, so it cannot have a one-time password or be asked for a change. Issue an ordinary password first."] = true // two pieces in accounts
	for _, text := range messages(t) {
		if !said[text] && !bytes.Contains(catalogue, []byte("\n"+text+": ")) {
			t.Errorf("the program does not say %q", text)
		}
	}
}

// messages are what the samples ask the catalogue for.
func messages(t *testing.T) (texts []string) {
	t.Helper()
	for _, file := range files(t, "*.go") {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || method.Sel.Name != "T" && method.Sel.Name != "N" {
				return true
			}
			for _, argument := range call.Args[:map[string]int{"T": 1, "N": 2}[method.Sel.Name]] {
				if text, ok := literal(argument); ok {
					texts = append(texts, text)
				}
			}
			return true
		})
	}
	if len(texts) < 100 {
		t.Errorf("the samples say only %q", texts)
	}
	return texts
}

func literal(n ast.Node) (string, bool) {
	basic, ok := n.(*ast.BasicLit)
	if !ok || basic.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(basic.Value)
	return text, err == nil
}

// names are what files use of a package.
func names(t *testing.T, pattern, of string) map[string]bool {
	t.Helper()
	used := map[string]bool{}
	for _, file := range files(t, pattern) {
		ast.Inspect(file, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				if name, ok := selector.X.(*ast.Ident); ok && name.Name == of {
					used[selector.Sel.Name] = true
				}
			}
			return true
		})
	}
	return used
}

// files are those that match, tests excepted.
func files(t *testing.T, pattern string) (parsed []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: nothing is there (%v)", pattern, err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	return parsed
}
