package mailer

import (
	"fmt"
	"reflect"
	"text/template/parse"
)

// fieldChecker walks through templates and looks whether there are the fields and templates that they ask for, also where no
// sample leads: behind conditions that hold for no mail of today.
type fieldChecker struct {
	trees trees
	data  reflect.Type
	seen  map[visit]bool
	wrong []error
}

// visit is a template and what its dot is; nil: nobody knows.
type visit struct {
	name string
	dot  reflect.Type
}

// checkFields says which fields the templates that are reached from the names ask for in vain.
func checkFields(all trees, data reflect.Type, names ...string) []error {
	c := &fieldChecker{trees: all, data: data, seen: map[visit]bool{}}
	for _, name := range names {
		c.template(name, data)
	}
	return c.wrong
}

func (c *fieldChecker) template(name string, dot reflect.Type) {
	tree, at := c.trees[name], visit{name, dot}
	if tree == nil || tree.Root == nil || c.seen[at] {
		return
	}
	c.seen[at] = true
	c.list(tree, tree.Root, scope{dot: dot, root: dot})
}

// scope is what fields are looked for in: the dot, and what it was when the template began, which is $.
type scope struct{ dot, root reflect.Type }

func (s scope) with(dot reflect.Type) scope { return scope{dot, s.root} }

func (c *fieldChecker) list(tree *parse.Tree, list *parse.ListNode, in scope) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		c.node(tree, node, in)
	}
}

func (c *fieldChecker) node(tree *parse.Tree, node parse.Node, in scope) {
	switch n := node.(type) {
	case *parse.ActionNode:
		c.pipe(tree, n.Pipe, in)
	case *parse.IfNode:
		c.branch(tree, &n.BranchNode, in, in)
	case *parse.WithNode:
		c.branch(tree, &n.BranchNode, in, in.with(c.pipe(tree, n.Pipe, in)))
	case *parse.RangeNode:
		c.branch(tree, &n.BranchNode, in, in.with(nil))
	case *parse.TemplateNode:
		if c.trees[n.Name] == nil {
			c.complain(tree, n, fmt.Sprintf("there is no template %q", n.Name))
		}
		c.template(n.Name, c.pipe(tree, n.Pipe, in))
	}
}

func (c *fieldChecker) complain(tree *parse.Tree, node parse.Node, what string) {
	at, _ := tree.ErrorContext(node)
	c.wrong = append(c.wrong, fmt.Errorf("%s: %s", at, what))
}

func (c *fieldChecker) branch(tree *parse.Tree, n *parse.BranchNode, in, inside scope) {
	c.pipe(tree, n.Pipe, in)
	c.list(tree, n.List, inside)
	c.list(tree, n.ElseList, in)
}

// pipe looks at a pipeline, and returns its type where it is but one value; nil where nobody knows.
func (c *fieldChecker) pipe(tree *parse.Tree, pipe *parse.PipeNode, in scope) (result reflect.Type) {
	if pipe == nil {
		return nil
	}
	for _, command := range pipe.Cmds {
		for _, argument := range command.Args {
			result = c.value(tree, argument, in)
		}
	}
	if len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 1 {
		return nil
	}
	return result
}

func (c *fieldChecker) value(tree *parse.Tree, node parse.Node, in scope) reflect.Type {
	switch n := node.(type) {
	case *parse.DotNode:
		return in.dot
	case *parse.FieldNode:
		return c.fields(tree, n, in.dot, n.Ident)
	case *parse.VariableNode:
		if n.Ident[0] == "$" {
			return c.fields(tree, n, in.root, n.Ident[1:])
		}
	case *parse.PipeNode:
		return c.pipe(tree, n, in)
	case *parse.ChainNode:
		return c.fields(tree, n, c.value(tree, n.Node, in), n.Field)
	}
	return nil
}

// fields follows names from a type. What is no struct has none.
func (c *fieldChecker) fields(tree *parse.Tree, node parse.Node, from reflect.Type, names []string) reflect.Type {
	for _, name := range names {
		if from == nil {
			return nil
		}
		found, ok := fieldOf(from, name)
		if !ok {
			c.complain(tree, node, "there is no ."+name+" here")
			return nil
		}
		from = found
	}
	return from
}

func fieldOf(from reflect.Type, name string) (reflect.Type, bool) {
	if from.Kind() != reflect.Struct {
		return nil, false
	}
	field, ok := from.FieldByName(name)
	return field.Type, ok
}
