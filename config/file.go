package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// file is a parsed settings file.
type file struct {
	path     string // "" if there is no file
	values   map[string]value
	problems Problems
	lines    map[string]int // first line of each key
}

// parseFile reads a mapping of names to scalars. It works on YAML nodes: decoding into a map would lose line numbers and the
// text of values such as 0644 or yes.
func parseFile(path string, content []byte) file {
	f := file{path: path, values: map[string]value{}, lines: map[string]int{}}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var document, more yaml.Node
	err := decoder.Decode(&document)
	if errors.Is(err, io.EOF) {
		return f
	}
	if err != nil {
		f.refuseSyntax(err)
		return f
	}
	f.readMapping(document.Content[0])
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		f.refuse(more.Line, "", "only one document is allowed; remove the second ---")
	}
	return f
}

func (f *file) source(line int) string {
	if line == 0 {
		return f.path
	}
	return f.path + ":" + strconv.Itoa(line)
}

func (f *file) refuse(line int, name, why string) {
	f.problems = append(f.problems, Problem{name, f.source(line), why})
}

func (f *file) readMapping(root *yaml.Node) {
	if root.Tag == "!!null" {
		return
	}
	if root.Kind != yaml.MappingNode {
		f.refuse(root.Line, "", "must be a list of lines like LISTEN: 127.0.0.1:9000")
		return
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		f.readPair(root.Content[i], root.Content[i+1])
	}
}

func (f *file) readPair(key, node *yaml.Node) {
	name := key.Value
	if key.Kind != yaml.ScalarNode || !slices.Contains(names(), name) {
		f.refuse(key.Line, "", "unknown setting "+quote(name)+didYouMean(name))
		return
	}
	if first, doubled := f.lines[name]; doubled {
		f.refuse(key.Line, name, fmt.Sprintf("is already set in line %d", first))
		return
	}
	f.lines[name] = key.Line
	text, why := scalar(name, node)
	switch {
	case name == "SETTINGS":
		f.refuse(key.Line, name, "cannot be set in the settings file itself")
	case why != "":
		f.refuse(node.Line, name, why)
	case text != "":
		f.values[name] = value{text, f.source(node.Line)}
	}
}

// scalar returns the text of a value, or why it is invalid. Only networks may be lists; an empty list means the default.
func scalar(name string, node *yaml.Node) (text, why string) {
	s, _ := find(name)
	switch {
	case s.symbols && node.Kind == yaml.ScalarNode && isCut(node):
		return "", "has no value, or not all of it; quote it, since YAML takes an unquoted # for the start of a comment and ! for a tag"
	case node.Kind == yaml.ScalarNode && node.Tag == "!!null":
		return "", ""
	case node.Kind == yaml.ScalarNode:
		return node.Value, ""
	case s.list && node.Kind == yaml.SequenceNode && len(node.Content) == 0:
		return "", ""
	case s.list && node.Kind == yaml.SequenceNode:
		return joinItems(node)
	}
	return "", "must be a single value, not a list, a mapping or an alias"
}

// isCut reports whether YAML may have read part of an unquoted value as a comment or a tag.
func isCut(node *yaml.Node) bool {
	if node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		return false
	}
	return node.Value == "" || node.Tag == "!!null" || node.LineComment != "" || node.Style&yaml.TaggedStyle != 0
}

func joinItems(list *yaml.Node) (text, why string) {
	items := make([]string, len(list.Content))
	for i, item := range list.Content {
		if item.Kind != yaml.ScalarNode {
			return "", "must be a list of single values"
		}
		items[i] = item.Value
	}
	return strings.Join(items, ","), ""
}

var (
	yamlLine   = regexp.MustCompile(`line (\d+): `)
	yamlQuoted = regexp.MustCompile(`'.*'|".*"|` + "`.*`")
)

// refuseSyntax reports a YAML error with its line, and without what YAML quotes: it may be part of a password.
func (f *file) refuseSyntax(err error) {
	why, line := strings.TrimPrefix(err.Error(), "yaml: "), 0
	if m := yamlLine.FindStringSubmatchIndex(why); m != nil {
		line, _ = strconv.Atoi(why[m[2]:m[3]])
		why = why[:m[0]] + why[m[1]:]
	}
	why = strings.ReplaceAll(yamlQuoted.ReplaceAllString(why, "…"), "\n", " ")
	f.refuse(line, "", "is not valid YAML: "+strings.TrimSpace(why))
}
