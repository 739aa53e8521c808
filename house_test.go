package latchkey_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// importLayers lists which package may import which, lowest first. A package that needs a type from above means that the type
// belongs lower. "accounts/..." stands for accounts and all packages in it. Tests may import what their package may, and internal/test….
var importLayers = []struct {
	name      string
	mayImport []string
}{
	{"names", nil},
	{"internal/problem", nil},
	{"internal/rpid", nil},
	{"internal/seal", nil},
	{"password", []string{"internal/problem", "names", "password/regex"}},
	{"password/regex", nil},
	{"password/generator", []string{"names", "password", "password/regex"}},
	{"brand", nil},
	{"config", []string{"brand", "internal/problem", "internal/rpid"}},
	{"i18n", nil},
	{"templates/email", nil},
	{"static", []string{"brand"}},
	{"models", []string{"names", "password"}},
	{"mailer", []string{"brand", "internal/problem", "models", "i18n", "templates/email"}},
	{"accounts/core", []string{"models", "password"}},
	{"accounts/identifier", []string{"accounts/core", "names", "password"}},
	{"accounts/credential", []string{"accounts/core", "accounts/policy", "models", "password", "password/generator"}},
	{"accounts/lockout", []string{"accounts/core", "accounts/policy", "models", "password"}},
	{"accounts/policy", []string{"accounts/core", "models", "password", "password/generator"}},
	{"accounts/ratelimit", []string{"accounts/core", "models"}},
	{"accounts/notify", []string{"accounts/core", "accounts/identifier", "accounts/policy", "models"}},
	{"accounts/dashboard", []string{"accounts/core", "accounts/policy", "models"}},
	{"accounts/task", []string{"accounts/core", "models"}},
	{"accounts/view", []string{"accounts/core", "accounts/identifier", "models"}},
	{"accounts/session", []string{"accounts/core", "accounts/credential", "accounts/identifier", "accounts/lockout", "accounts/policy", "accounts/ratelimit", "models", "password"}},
	{"accounts/handover", []string{"accounts/core", "accounts/credential", "accounts/identifier", "accounts/policy", "internal/seal", "models", "password"}},
	{"accounts/email", []string{"accounts/core", "accounts/identifier", "accounts/notify", "accounts/sealing", "models"}},
	{"accounts/apikey", []string{"accounts/core", "accounts/identifier", "accounts/policy", "models"}},
	{"accounts/emergency", []string{"accounts/core", "accounts/credential", "accounts/identifier", "accounts/session", "models"}},
	{"accounts/link", []string{"accounts/core", "accounts/identifier", "accounts/notify", "accounts/ratelimit", "accounts/sealing", "accounts/session", "models"}},
	{"accounts/sealing", []string{"accounts/core", "internal/seal", "models"}},
	{"accounts/mfa", []string{"accounts/core", "accounts/credential", "accounts/identifier", "accounts/sealing", "accounts/session", "internal/rpid", "models"}},
	{"accounts", []string{"accounts/...", "internal/seal", "models", "names", "password", "password/generator"}},
	{"jobs", []string{"accounts/...", "internal/seal", "mailer", "models"}},
	{"demo", []string{"accounts/...", "internal/seal", "jobs", "mailer", "models", "password"}},
	{"views/words", []string{"accounts/...", "i18n", "models", "password"}}, // of accounts, models and password only the plain types
	{"views/ui", []string{"views/words", "i18n", "models"}},
	{"views", []string{"views/ui", "views/words", "i18n", "models", "password"}},
	{"views/samples", []string{"accounts/...", "brand", "demo", "internal/seal", "mailer", "models", "password"}},
	{"metrics", []string{"models"}},
	{"handlers/page", []string{"accounts/...", "models", "views", "views/ui", "views/words", "static", "config", "i18n", "brand"}},
	{"handlers/api", []string{"accounts/...", "handlers/page", "models", "password", "views", "views/words", "i18n"}},
	{"handlers", []string{"brand", "accounts/...", "handlers/api", "handlers/page", "internal/seal", "models", "password", "password/generator", "views/...", "static", "config", "i18n"}},
	{"cmd/web", belowHandlers("demo", "handlers/...", "metrics")},
	// They build the whole program, for tests and to measure it.
	{"internal/bench", belowHandlers("handlers/...", "internal/testapp", "internal/testdb", "internal/testkit", "internal/testsmtp")},
	{"internal/unitables", nil},
	// Test support. What models and accounts use links neither handlers nor a browser.
	{"internal/testkit", nil},
	{"internal/testdb", []string{"internal/testkit", "models"}},
	{"internal/testsmtp", []string{"internal/testkit"}},
	{"internal/testbrowser", []string{"internal/testkit"}},
	{"internal/testapp", belowHandlers("handlers/...", "internal/testdb", "internal/testkit")},
	{"", nil}, // the root, which is only these tests
}

// belowHandlers lists the packages below handlers, and more.
func belowHandlers(more ...string) []string {
	return append(more, "accounts/...", "brand", "config", "i18n", "internal/problem", "internal/seal", "jobs", "mailer", "models", "names", "password/...", "static", "templates/email", "views/...")
}

// soleImporters lists the only package that may import a library, so that the library stays replaceable.
var soleImporters = []struct{ library, importer string }{
	{"gorm.io/", "models"},
	{"github.com/go-webauthn/webauthn", "accounts/mfa"},
	{"github.com/pressly/goose/", "models"},
	{"github.com/wneessen/go-mail", "mailer"},
	{"github.com/dlclark/regexp2", "password/regex"},
	{"github.com/danielgtaylor/huma/", "handlers/api"},
	{"github.com/prometheus/", "metrics"},
}

// forbiddenImports lists packages that may not import a library.
var forbiddenImports = []struct{ library, importer string }{
	{"github.com/labstack/echo/", "views/..."},
	{"github.com/gorilla/", "views/..."},
}

// mayNotUseTimeNow lists the packages that get their clock passed in.
var mayNotUseTimeNow = []string{"accounts/...", "demo", "handlers/...", "jobs", "mailer", "metrics", "models", "password/...", "views/samples"}

const module = "latchkey"

func TestPackagesImportOnlyWhatTheyMay(t *testing.T) {
	for _, p := range packages(t) {
		mayImport, known := allowed(p.name())
		if !known {
			t.Errorf("%s has no row in house_test.go: add which packages may import it and what it may import", p.ImportPath)
			continue
		}
		for _, path := range p.Imports {
			if name, ours := nameOf(path); ours && !matches(mayImport, name) {
				t.Errorf("%s imports %s, which it may not", p.ImportPath, path)
			}
		}
		mayImport = append(slices.Clone(mayImport), p.name(), "internal/testkit", "internal/testdb", "internal/testsmtp", "internal/testbrowser", "internal/testapp")
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			if name, ours := nameOf(path); ours && !matches(mayImport, name) {
				t.Errorf("a test of %s imports %s, which it may not", p.ImportPath, path)
			}
		}
	}
}

func TestLibrariesHaveTheirSoleImporters(t *testing.T) {
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			for _, rule := range soleImporters {
				// The bench compares libraries with our code on top of them.
				if within(path, rule.library) && p.name() != rule.importer && p.name() != "internal/bench" {
					t.Errorf("%s imports %s, which only %s may", p.ImportPath, path, rule.importer)
				}
			}
			for _, rule := range forbiddenImports {
				if within(path, rule.library) && matches([]string{rule.importer}, p.name()) {
					t.Errorf("%s imports %s, which it may not", p.ImportPath, path)
				}
			}
		}
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

// The clock is passed in, so that tests can set it.
func TestClocksAreHandedIn(t *testing.T) {
	for path, file := range sources(t) {
		if !matches(mayNotUseTimeNow, filepath.ToSlash(filepath.Dir(path))) {
			continue
		}
		for _, use := range clockReadings(file.syntax) {
			t.Errorf("%s reads the clock with time.%s; pass the clock in", file.fset.Position(use.Pos()), use.Sel.Name)
		}
	}
}

// listed is the output of `go list` for a package.
type listed struct {
	ImportPath, Doc                    string
	Imports, TestImports, XTestImports []string
}

func (p listed) name() string {
	name, _ := nameOf(p.ImportPath)
	return name
}

// packages lists all packages of the module. The test also reads their files (sources), so that its result is not cached
// when they change.
func packages(t *testing.T) []listed {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps=false", "-json=ImportPath,Doc,Imports,TestImports,XTestImports", "./...")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// nameOf returns a package's name as in importLayers, and whether it belongs to the module.
func nameOf(path string) (name string, ours bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

func allowed(name string) (mayImport []string, known bool) {
	for _, layer := range importLayers {
		if layer.name == name {
			return layer.mayImport, true
		}
	}
	return nil, false
}

// matches reports whether the package is in the list.
func matches(list []string, name string) bool {
	return slices.ContainsFunc(list, func(pattern string) bool {
		tree, isTree := strings.CutSuffix(pattern, "/...")
		return pattern == name || isTree && within(name, tree)
	})
}

// within reports whether path is the library or one of its packages.
func within(path, library string) bool {
	library = strings.TrimSuffix(library, "/")
	return path == library || strings.HasPrefix(path, library+"/")
}

type source struct {
	fset   *token.FileSet
	syntax *ast.File
}

// sources parses the module's Go files without tests, by their path from the root.
func sources(t *testing.T) map[string]source {
	t.Helper()
	files := map[string]source{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && notOurs(path, entry.Name()):
			return filepath.SkipDir
		case entry.IsDir(), filepath.Ext(path) != ".go", strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		files[path] = source{fset, syntax}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// notOurs returns the directories in which the go command does not look for packages of the module either.
func notOurs(path, name string) bool {
	if path == "." {
		return false
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err == nil || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "node_modules"
}

// clockReadings returns the uses of time.Now, time.Since and time.Until in a file.
func clockReadings(file *ast.File) []*ast.SelectorExpr {
	var found []*ast.SelectorExpr
	timeName := nameInFile(file, "time")
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		name, ok := selector.X.(*ast.Ident)
		if ok && timeName != "" && name.Name == timeName && slices.Contains([]string{"Now", "Since", "Until"}, selector.Sel.Name) {
			found = append(found, selector)
		}
		return true
	})
	return found
}

// nameInFile returns the name of an imported standard package in a file; "" if it is not imported.
func nameInFile(file *ast.File, path string) string {
	for _, spec := range file.Imports {
		if imported, err := strconv.Unquote(spec.Path.Value); err != nil || imported != path {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path
	}
	return ""
}

// TestMigrationsAreNumberedOneByOne: both engines have the same ones, since each version of the schema is one number.
func TestMigrationsAreNumberedOneByOne(t *testing.T) {
	names := func(engine string) (all []string) {
		paths, err := filepath.Glob("models/migrations/" + engine + "/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			all = append(all, filepath.Base(path))
		}
		return all
	}
	sqlite := names("sqlite")
	if postgres := names("postgres"); !slices.Equal(sqlite, postgres) || len(sqlite) == 0 {
		t.Errorf("SQLite has %v\nPostgreSQL %v", sqlite, postgres)
	}
	for i, name := range sqlite {
		if number, _, _ := strings.Cut(name, "_"); number != fmt.Sprintf("%05d", i+1) {
			t.Errorf("%s is migration %d", name, i+1)
		}
	}
}
