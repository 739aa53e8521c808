package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"
	"latchkey/views"
)

// documentRoutes serve the contract: for programs, and as a page for people.
func (a *API) documentRoutes() []page.Route {
	return []page.Route{
		page.Get(Prefix+"/openapi.json", page.Programs, a.serveDocument),
		page.Get("/api/docs", page.Programs, a.serveDocs),
	}
}

// Document returns the OpenAPI document.
func (a *API) Document() ([]byte, error) {
	compact, err := a.huma.OpenAPI().MarshalJSON()
	if err != nil {
		return nil, err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, compact, "", "  "); err != nil {
		return nil, err
	}
	pretty.WriteByte('\n')
	return pretty.Bytes(), nil
}

func (a *API) serveDocument(c echo.Context) error {
	document, err := a.document()
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, document)
}

func (a *API) serveDocs(c echo.Context) error {
	frame := a.Kit.PlainFrame(c, "API")
	return page.Render(c, http.StatusOK, views.APIDocs(views.APIDocsPage{Frame: frame, Groups: a.groups(), Document: Prefix + "/openapi.json"}))
}

// groups describes all operations by their tags, in the order in which they were registered.
func (a *API) groups() (groups []views.APIGroup) {
	document := a.huma.OpenAPI()
	for _, op := range a.operations {
		at := slices.IndexFunc(groups, func(g views.APIGroup) bool { return g.Title == op.Tags[0] })
		if at < 0 {
			groups, at = append(groups, views.APIGroup{Title: op.Tags[0]}), len(groups)
		}
		groups[at].Operations = append(groups[at].Operations, describe(document, op))
	}
	return groups
}

func describe(document *huma.OpenAPI, op *huma.Operation) views.APIOperation {
	shown := views.APIOperation{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary}
	for _, parameter := range op.Parameters {
		shown.Parameters = append(shown.Parameters, views.APIField{
			Name: parameter.Name, Type: typeOf(parameter.Schema), About: parameter.Description, Required: parameter.Required, In: parameter.In,
		})
	}
	if op.RequestBody != nil {
		for _, media := range op.RequestBody.Content {
			shown.Body = fieldsOf(document, media.Schema, "", 0)
		}
	}
	for status, response := range op.Responses {
		answer := views.APIAnswer{Status: status}
		for kind, media := range response.Content {
			if kind == "application/json" {
				answer.Fields = fieldsOf(document, media.Schema, "", 0)
			}
		}
		if strings.HasPrefix(status, "2") {
			shown.Answers = append(shown.Answers, answer)
		} else {
			shown.Errors = append(shown.Errors, status)
		}
	}
	slices.Sort(shown.Errors)
	return shown
}

// deepest is how many levels of an object are shown.
const deepest = 3

// fieldsOf lists the members of an object, and those of the objects in it.
func fieldsOf(document *huma.OpenAPI, schema *huma.Schema, prefix string, depth int) (fields []views.APIField) {
	schema = resolve(document, schema)
	if schema == nil || depth > deepest {
		return nil
	}
	if schema.Type == "array" {
		return fieldsOf(document, schema.Items, prefix+"[].", depth+1)
	}
	for _, name := range sortedMembers(schema) {
		member := schema.Properties[name]
		target := resolve(document, member)
		about := member.Description
		if about == "" {
			about = target.Description
		}
		fields = append(fields, views.APIField{Name: prefix + name, Type: typeOf(target), About: about, Required: slices.Contains(schema.Required, name)})
		switch {
		case len(target.Properties) > 0:
			fields = append(fields, fieldsOf(document, target, prefix+name+".", depth+1)...)
		case target.Type == "array":
			fields = append(fields, fieldsOf(document, target.Items, prefix+name+"[].", depth+1)...)
		}
	}
	return fields
}

// sortedMembers returns the names of an object's members: those that are required first.
func sortedMembers(schema *huma.Schema) (names []string) {
	for name := range schema.Properties {
		names = append(names, name)
	}
	rank := func(name string) int {
		if at := slices.Index(schema.Required, name); at >= 0 {
			return at
		}
		return len(schema.Required)
	}
	slices.SortFunc(names, func(x, y string) int {
		if rank(x) != rank(y) {
			return rank(x) - rank(y)
		}
		return strings.Compare(x, y)
	})
	return names
}

func resolve(document *huma.OpenAPI, schema *huma.Schema) *huma.Schema {
	if schema != nil && schema.Ref != "" {
		return document.Components.Schemas.SchemaFromRef(schema.Ref)
	}
	return schema
}

// typeOf says what values a schema has, in few words.
func typeOf(schema *huma.Schema) string {
	if schema == nil {
		return ""
	}
	kind := schema.Type
	if schema.Format != "" && kind == "string" {
		kind = schema.Format
	}
	if len(schema.Enum) > 0 {
		words := make([]string, len(schema.Enum))
		for i, word := range schema.Enum {
			words[i] = fmt.Sprintf("%q", word)
		}
		kind = strings.Join(words, " | ")
	}
	if schema.Minimum != nil && schema.Maximum != nil {
		kind += fmt.Sprintf(" %v to %v", *schema.Minimum, *schema.Maximum)
	}
	return kind
}
