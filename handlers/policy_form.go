package handlers

import (
	"cmp"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/password"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// policyFileName is the file that a form stands for.
const policyFileName = "passwordpolicy.json"

// sentPolicy is a policy as a form or as text, and what to call it.
type sentPolicy struct {
	name, text string
	draft      password.Draft
	asText     bool
}

// formSections are the sections in the order of the pages.
var formSections = []password.Section{password.SectionAccount, password.SectionTechnical, password.SectionSuperAdmin}

// policyFields are the names of all fields that a policy's form can have.
func policyFields() []string {
	names := []string{"policy"}
	for _, field := range password.DraftFields() {
		for _, section := range formSections {
			names = append(names, fieldName(section, field))
		}
	}
	return names
}

func fieldName(section password.Section, field password.DraftField) string {
	return string(section) + "." + field.Name
}

// readPolicy reads the form: its file, if one was sent, or its text, or its fields if "from" says so.
func (s *App) readPolicy(c echo.Context) (sent sentPolicy, err error) {
	sent = sentPolicy{asText: true}
	if s.IsUpload(c) {
		if sent.name, sent.text, err = uploadedFile(c); err != nil {
			return sent, err
		}
	}
	sent.draft = sentDraft(c)
	switch {
	case page.Field(c, "from") == "form":
		sent.name, sent.text, sent.asText = policyFileName, sent.draft.File(), false
	case sent.name == "":
		// Browsers send lines that end as those of mails do; a file's do not.
		sent.name, sent.text = policyFileName, strings.ReplaceAll(page.Field(c, "policy"), "\r\n", "\n")
	}
	if sent.draft == nil {
		sent.draft = s.Rules(c).Policies.Draft()
	}
	return sent, nil
}

// sentDraft returns the fields of the form; nil = it has none.
func sentDraft(c echo.Context) password.Draft {
	draft, sent := password.Draft{}, c.Request().PostForm
	for _, field := range password.DraftFields() {
		for _, section := range formSections {
			if name := fieldName(section, field); sent.Has(name) {
				if draft[section] == nil {
					draft[section] = map[string]string{}
				}
				draft[section][field.Name] = sent.Get(name)
			}
		}
	}
	if len(draft) == 0 {
		return nil
	}
	return draft
}

// policyForm shows a draft, and which fields differ from the policies in force.
func policyForm(frame ui.Frame, draft, inForce password.Draft) (columns []words.PolicyColumn, groups []views.PolicyFormGroup) {
	var sections []password.Section
	for _, section := range formSections {
		if _, found := draft[section]; found || section != password.SectionSuperAdmin {
			sections = append(sections, section)
		}
	}
	columns = words.PolicyColumns(frame.Printer, sections, len(sections) > 2)
	byRule := map[password.Rule][]views.PolicyFormRow{}
	for _, field := range password.DraftFields() {
		row := views.PolicyFormRow{Label: words.FieldLabel(frame.Words, field), Name: field.Name, Kind: field.Kind}
		for _, column := range columns {
			value := draft[column.Section][field.Name]
			row.Cells = append(row.Cells, views.PolicyFormCell{
				Field: fieldName(column.Section, field), Label: row.Label + ", " + column.Head, Value: value,
				Changed: cmp.Or(value, "0") != cmp.Or(inForce[column.Section][field.Name], "0"),
			})
		}
		byRule[field.Rule] = append(byRule[field.Rule], row)
	}
	for _, group := range words.PolicyRules(frame.Words) {
		shown := views.PolicyFormGroup{Label: group.Label}
		for _, rule := range group.Rules {
			shown.Rows = append(shown.Rows, byRule[rule]...)
		}
		groups = append(groups, shown)
	}
	return columns, groups
}

// wrongNumbers reports fields that take a number and have something else.
func wrongNumbers(w i18n.Words, draft password.Draft) (problems []ui.Problem) {
	for _, field := range password.DraftFields() {
		for _, section := range formSections {
			if !field.Valid(draft[section][field.Name]) {
				problems = append(problems, ui.Problem{
					Field: fieldName(section, field),
					Text: w.T("{{.Rule}}, {{.Section}}: enter a whole number from 0 to {{.Most}}.",
						"Rule", words.RuleLabel(w, field.Rule), "Section", words.SectionName(w, section), "Most", int64(password.DraftMost)),
				})
			}
		}
	}
	return problems
}

// policyField returns the field that a problem is about, "" = none of them, and the problem without its line.
func policyField(problem password.Problem) (field, text string) {
	problem.File, problem.Line = "", 0
	_, key, _ := strings.Cut(problem.Key, ".")
	problem.Key = key
	for _, of := range password.DraftFields() {
		for _, section := range formSections {
			if name := fieldName(section, of); name == key {
				return name, problem.Error()
			}
		}
	}
	return "", problem.Error()
}
