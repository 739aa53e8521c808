package handlers_test

import (
	"encoding/json"
	"errors"
	"fmt"
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
	lost     []string           // places whose messages could not be found

	typed     map[string][]string // constants by their types: latchkey/accounts/core.Code
	constants map[string][]string // texts by package and the first word of the constant's name: latchkey/accounts.reason
}

// message is how and where a message is asked for.
type message struct {
	one, other string // the English forms of a message of [i18n.Words.N]; "" for all others
	at         string
}

// A reader finds what reaches [i18n.Words] by following every id back to where it is written: through parameters to the
// calls, through variables, fields and tables to what is put into them, through results to what is returned.
type reader struct {
	fset    *token.FileSet
	info    *types.Info
	said    said
	seen    map[ast.Expr]bool
	calls   map[types.Object][]*ast.CallExpr
	written map[types.Object][]ast.Expr // to variables and fields
	ranged  map[types.Object]ast.Expr   // what a loop's variable goes over
	returns map[types.Object][]ast.Expr // the first results of functions
	owners  map[types.Object]owner      // of parameters
}

// owner is the function whose parameter it is, and which one.
type owner struct {
	function types.Object
	index    int
}

// readProgram type-checks the packages of the program from source, and what they import from what the compiler made of it.
func readProgram(t *testing.T) said {
	t.Helper()
	r := &reader{
		fset: token.NewFileSet(), said: said{messages: map[string]message{}, prefixes: map[string]message{}, typed: map[string][]string{}, constants: map[string][]string{}},
		info: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
			Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		},
		seen: map[ast.Expr]bool{}, calls: map[types.Object][]*ast.CallExpr{}, written: map[types.Object][]ast.Expr{},
		ranged: map[types.Object]ast.Expr{}, returns: map[types.Object][]ast.Expr{}, owners: map[types.Object]owner{},
	}
	files := r.load(t)
	for _, file := range files {
		ast.Inspect(file, r.index)
	}
	for _, file := range files {
		ast.Inspect(file, r.collect)
	}
	return r.said
}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath, Export, Dir string
	GoFiles                 []string
}

// ours are the packages that people read, or that run beneath those.
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

// index notes who calls what, and what is put where.
func (r *reader) index(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncDecl:
		r.function(r.info.Defs[n.Name], n.Type, n.Body)
	case *ast.CallExpr:
		if callee := r.object(n.Fun); callee != nil {
			r.calls[callee] = append(r.calls[callee], n)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if len(n.Lhs) == len(n.Rhs) {
				r.write(r.object(left), n.Rhs[i])
			} else if i == 0 {
				r.write(r.object(left), n.Rhs[0])
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if i < len(n.Values) {
				r.write(r.info.Defs[name], n.Values[i])
				r.constant(name, n.Values[i])
			}
		}
	case *ast.RangeStmt:
		if value, ok := n.Value.(*ast.Ident); ok {
			r.ranged[r.object(value)] = n.X
		}
	case *ast.CompositeLit:
		r.literal(n)
	}
	return true
}

// constant notes a text by the first word of its name.
func (r *reader) constant(name *ast.Ident, value ast.Expr) {
	first := strings.IndexFunc(name.Name, unicode.IsUpper)
	object := r.info.Defs[name]
	if r.text(value) == "" {
		return
	}
	r.said.typed[object.Type().String()] = append(r.said.typed[object.Type().String()], r.text(value))
	if first > 0 {
		key := object.Pkg().Path() + "." + name.Name[:first]
		r.said.constants[key] = append(r.said.constants[key], r.text(value))
	}
}

func (r *reader) write(to types.Object, value ast.Expr) {
	if to == nil {
		return
	}
	r.written[to] = append(r.written[to], value)
	if literal, ok := value.(*ast.FuncLit); ok {
		r.function(to, literal.Type, literal.Body)
	}
}

// literal notes what is put into the fields of a struct.
func (r *reader) literal(n *ast.CompositeLit) {
	whole := r.info.TypeOf(n)
	if pointer, ok := whole.Underlying().(*types.Pointer); ok {
		whole = pointer.Elem()
	}
	fields, ok := whole.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for i, element := range n.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			r.write(r.object(pair.Key), pair.Value)
		} else {
			r.write(fields.Field(i), element)
		}
	}
}

// function notes the parameters, and what is returned first.
func (r *reader) function(object types.Object, signature *ast.FuncType, body *ast.BlockStmt) {
	index := 0
	for _, group := range signature.Params.List {
		for _, name := range group.Names {
			r.owners[r.info.Defs[name]] = owner{object, index}
			index++
		}
	}
	if body == nil {
		return
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if result, ok := n.(*ast.ReturnStmt); ok && len(result.Results) > 0 {
			r.returns[object] = append(r.returns[object], result.Results[0])
		}
		_, inner := n.(*ast.FuncLit) // which returns to somebody else
		return !inner
	})
}

// object is what a name or a field stands for.
func (r *reader) object(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if defined := r.info.Defs[e]; defined != nil {
			return defined
		}
		return r.info.Uses[e]
	case *ast.SelectorExpr:
		return r.info.Uses[e.Sel]
	default:
		return nil
	}
}

// collect finds the calls that ask the catalogue.
func (r *reader) collect(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return true
	}
	asked, ok := r.object(call.Fun).(*types.Func)
	if !ok {
		return true
	}
	switch asked.FullName() {
	case "(latchkey/i18n.Words).T", "(latchkey/i18n.Words).Count":
		r.trace(call.Args[0])
	case "(latchkey/i18n.Words).N":
		one, other := r.text(call.Args[0]), r.text(call.Args[1])
		if one == "" || other == "" {
			r.lose(call)
			return true
		}
		r.said.messages[other] = message{one, other, r.at(call)}
	}
	return true
}

// trace follows an id back to where it is written.
func (r *reader) trace(e ast.Expr) {
	if r.info.Types[e].Value != nil {
		if id := r.text(e); id != "" && r.said.messages[id].other == "" {
			r.said.messages[id] = message{at: r.at(e)}
		}
		return
	}
	if r.seen[e] {
		return
	}
	r.seen[e] = true
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		r.prefix(e)
	case *ast.CallExpr:
		r.traceCall(e)
	case *ast.IndexExpr:
		r.traceElements(e.X)
	case *ast.Ident, *ast.SelectorExpr:
		r.traceObject(e)
	default:
		r.lose(e)
	}
}

// prefix takes an id that ends in a value.
func (r *reader) prefix(e *ast.BinaryExpr) {
	if text := r.text(e.X); text != "" && e.Op == token.ADD {
		r.said.prefixes[text] = message{at: r.at(e)}
		return
	}
	r.lose(e)
}

func (r *reader) traceCall(e *ast.CallExpr) {
	if r.info.Types[e.Fun].IsType() {
		r.traceConversion(e)
		return
	}
	results := r.returns[r.object(e.Fun)]
	if len(results) == 0 {
		r.lose(e)
	}
	for _, result := range results {
		r.trace(result)
	}
}

// traceConversion takes all constants of a type that has a name, or goes on with what is converted.
func (r *reader) traceConversion(e *ast.CallExpr) {
	named, ok := types.Unalias(r.info.TypeOf(e.Args[0])).(*types.Named)
	if !ok {
		r.trace(e.Args[0])
		return
	}
	for _, object := range r.info.Defs {
		if c, ok := object.(*types.Const); ok && types.Identical(c.Type(), named) {
			r.said.messages[constant.StringVal(c.Val())] = message{at: r.fset.Position(c.Pos()).String()}
		}
	}
}

func (r *reader) traceObject(e ast.Expr) {
	object := r.object(e)
	for _, value := range r.written[object] {
		r.trace(value)
	}
	over, loops := r.ranged[object]
	if loops {
		r.traceElements(over)
	}
	owner, passed := r.owners[object]
	if passed {
		for _, call := range r.calls[owner.function] {
			if owner.index >= len(call.Args) { // it is passed what another function returns
				r.lose(call)
				continue
			}
			r.trace(call.Args[owner.index])
		}
	}
	if !loops && len(r.written[object]) == 0 && (!passed || len(r.calls[owner.function]) == 0) {
		r.lose(e)
	}
}

// traceElements takes all values of a list or table.
func (r *reader) traceElements(e ast.Expr) {
	literal, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		written := r.written[r.object(e)]
		if len(written) == 0 {
			r.lose(e)
		}
		for _, value := range written {
			r.traceElements(value)
		}
		return
	}
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			element = pair.Value
		}
		r.trace(element)
	}
}

// text is a constant's; "" = it is none.
func (r *reader) text(e ast.Expr) string {
	if value := r.info.Types[e].Value; value != nil && value.Kind() == constant.String {
		return constant.StringVal(value)
	}
	return ""
}

func (r *reader) lose(e ast.Expr) {
	r.said.lost = append(r.said.lost, fmt.Sprintf("%s: nobody can tell which messages these are; write them where they are said", r.at(e)))
}

func (r *reader) at(e ast.Node) string { return r.fset.Position(e.Pos()).String() }
