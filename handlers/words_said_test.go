package handlers_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// said is what a program can ask the catalogue for, as its source has it.
type said struct {
	messages map[string]message // by id
	prefixes map[string]message // of ids that end in a value of the program, such as "state."
	lost     []string           // places whose ids are unknown

	typed     map[string][]string // constants by their types: latchkey/accounts/core.Code
	constants map[string][]string // texts by package and the first word of the constant's name: latchkey/accounts.reason
}

// message is how and where a message is asked for.
type message struct {
	one, other string // the English forms of a message of [i18n.Words.N]; "" for all others
	at         string
}

// A reader collects constants of the type [i18n.Msg], and prefixes of values of it.
type reader struct {
	fset *token.FileSet
	info *types.Info
	said said
}

// readProgram type-checks the packages of the program from source, and what they import from what the compiler made of it.
func readProgram(t *testing.T) said {
	t.Helper()
	r := &reader{
		fset: token.NewFileSet(),
		info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}},
		said: said{
			messages: map[string]message{}, prefixes: map[string]message{},
			typed: map[string][]string{}, constants: map[string][]string{},
		},
	}
	for _, file := range r.load(t) {
		ast.Inspect(file, r.collect)
	}
	return r.said
}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath, Export, Dir string
	GoFiles                 []string
}

// ours returns the packages that people read, or that run beneath those.
func (p listed) ours() bool {
	return strings.HasPrefix(p.ImportPath, "latchkey/") && !strings.HasPrefix(p.ImportPath, "latchkey/internal/")
}

func (r *reader) load(t *testing.T) (files []*ast.File) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-export", "-json=ImportPath,Export,Dir,GoFiles", "latchkey/cmd/web")
	command.Stderr = os.Stderr
	out := must[[]byte](t)(command.Output())
	exports, checked := map[string]string{}, map[string]*types.Package{}
	imports := importerFunc(func(path string) (*types.Package, error) { return checked[path], nil })
	compiled := importer.ForCompiler(r.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	config := types.Config{Importer: importerFunc(func(path string) (*types.Package, error) {
		if known, err := imports(path); known != nil || path == "unsafe" {
			return known, err
		}
		return compiled.Import(path)
	})}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return files
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if p.ours() {
			syntax := r.parse(t, p)
			checked[p.ImportPath] = must[*types.Package](t)(config.Check(p.ImportPath, r.fset, syntax, r.info))
			files = append(files, syntax...)
		}
	}
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

func (r *reader) parse(t *testing.T, p listed) (syntax []*ast.File) {
	t.Helper()
	for _, name := range p.GoFiles {
		syntax = append(syntax, must[*ast.File](t)(parser.ParseFile(r.fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)))
	}
	return syntax
}

// collect finds the messages in the syntax tree.
func (r *reader) collect(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if i < len(n.Values) {
				r.constant(name, n.Values[i])
			}
		}
	case *ast.CallExpr:
		r.forms(n)
	}
	if e, ok := n.(ast.Expr); ok && r.info.TypeOf(e) != nil && r.info.TypeOf(e).String() == "latchkey/i18n.Msg" {
		return r.message(e)
	}
	return true
}

// message notes an id or the prefix of one, and reports whether to look into the expression.
func (r *reader) message(e ast.Expr) bool {
	sum, isSum := e.(*ast.BinaryExpr)
	call, isCall := e.(*ast.CallExpr)
	switch {
	case r.info.Types[e].Value != nil:
		if id := r.text(e); id != "" {
			r.said.messages[id] = message{at: r.at(e)}
		}
		return false
	case isSum && r.text(sum.X) != "":
		r.said.prefixes[r.text(sum.X)] = message{at: r.at(e)}
		return false
	case isSum || isCall && r.info.Types[call.Fun].IsType():
		r.lose(e)
	}
	return true
}

// forms notes the forms of a message that depends on a number.
func (r *reader) forms(call *ast.CallExpr) {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	if asked, ok := r.info.Uses[selector.Sel].(*types.Func); !ok || asked.FullName() != "(latchkey/i18n.Words).N" {
		return
	}
	one, other := r.text(call.Args[0]), r.text(call.Args[1])
	if one == "" || other == "" {
		r.lose(call)
		return
	}
	r.said.messages[other] = message{one, other, r.at(call)}
}

// constant notes a text by its type, and by the first word of its name.
func (r *reader) constant(name *ast.Ident, value ast.Expr) {
	object, text := r.info.Defs[name], r.text(value)
	if text == "" || object.Pkg() == nil {
		return
	}
	of := object.Type().String()
	r.said.typed[of] = append(r.said.typed[of], text)
	if first := strings.IndexFunc(name.Name, unicode.IsUpper); first > 0 {
		key := object.Pkg().Path() + "." + name.Name[:first]
		r.said.constants[key] = append(r.said.constants[key], text)
	}
}

// text returns a constant's; "" = it is none.
func (r *reader) text(e ast.Expr) string {
	if value := r.info.Types[e].Value; value != nil && value.Kind() == constant.String {
		return constant.StringVal(value)
	}
	return ""
}

func (r *reader) lose(e ast.Expr) {
	r.said.lost = append(r.said.lost, r.at(e)+": a message must be a constant, or a constant prefix and a value")
}

func (r *reader) at(e ast.Node) string { return r.fset.Position(e.Pos()).String() }
