package words

import (
	"slices"

	"latchkey/i18n"
	"latchkey/password"
)

// PolicyColumn is the policy of a section.
type PolicyColumn struct {
	Section password.Section
	Head    string // such as "Accounts"
	ForWhom string // the accounts that it applies to
}

// PolicyColumns returns the columns of sections, in that order.
func PolicyColumns(p Printer, sections []password.Section, ownForSuperAdmins bool) []PolicyColumn {
	columns := make([]PolicyColumn, len(sections))
	for i, section := range sections {
		columns[i] = PolicyColumn{section, SectionName(p.Words, section), PolicyAudience(p, section, ownForSuperAdmins)}
	}
	return columns
}

// SectionName is the head of a section's column.
func SectionName(w i18n.Words, section password.Section) string {
	return w.T("section." + i18n.Msg(section))
}

// PolicyGroup is rules that belong together.
type PolicyGroup struct {
	Label string
	Rows  []PolicyRow
}

// PolicyRow is a rule with its value in each column.
type PolicyRow struct {
	Rule    password.Rule
	Label   string
	Cells   []PolicyCell
	Differs bool // between the columns
}

// PolicyCell is the value of a rule in one policy.
type PolicyCell struct {
	Text string
	Code string // an expression, or texts as in the file; "" = none
	Off  bool
	By   string // the setting that it comes from; "" = the policy
}

// LabelledRules is rules that belong together.
type LabelledRules struct {
	Label string
	Rules []password.Rule
}

// PolicyRules returns all rules in the order of the pages.
func PolicyRules(w i18n.Words) []LabelledRules {
	return []LabelledRules{
		{w.T("Length"), []password.Rule{password.RuleMinimumSymbols, password.RuleMaximumSymbols}},
		{w.T("Characters"), []password.Rule{
			password.RuleMinimumSpecialSymbols, password.RuleMinimumUpperCaseSymbols, password.RuleMinimumDigits, password.RuleMinimumComplexity,
			password.RuleUserNameForbidden, password.RuleAllowedRegex, password.RuleAllowedRegexDescription,
		}},
		{w.T("Reuse"), []password.Rule{password.RuleForbiddenLastPasswords}},
		{w.T("Expiry"), []password.Rule{password.RulePasswordExpirationInDays, password.RuleEmailBeforeExpirationInDays}},
		{w.T("Lockout"), []password.Rule{password.RuleMaxLoginAttempts, password.RuleBlockingTimeInMin}},
	}
}

// PolicyTable compares policies, a rule a row, and counts the rules that differ. A rule is left out if no policy lists it.
func PolicyTable(w i18n.Words, policies []password.Policy) (groups []PolicyGroup, differ int) {
	values := make([]map[password.Rule]password.Value, len(policies))
	for i, policy := range policies {
		values[i] = map[password.Rule]password.Value{}
		for _, value := range policy.Values() {
			values[i][value.Rule] = value
		}
	}
	for _, group := range PolicyRules(w) {
		shown := PolicyGroup{Label: group.Label}
		for _, rule := range group.Rules {
			if row, listed := policyRow(w, rule, values); listed {
				shown.Rows = append(shown.Rows, row)
				if row.Differs {
					differ++
				}
			}
		}
		groups = append(groups, shown)
	}
	return groups, differ
}

// policyRow shows a rule with its value in each policy. It is not listed if no policy lists it.
func policyRow(w i18n.Words, rule password.Rule, values []map[password.Rule]password.Value) (row PolicyRow, listed bool) {
	row = PolicyRow{Rule: rule, Label: RuleLabel(w, rule)}
	for _, of := range values {
		value, found := of[rule]
		if !found {
			value.Rule = rule
		}
		listed = listed || found
		row.Cells = append(row.Cells, policyCell(w, value))
	}
	for _, cell := range row.Cells {
		row.Differs = row.Differs || cell.Text != row.Cells[0].Text || cell.Code != row.Cells[0].Code
	}
	return row, listed
}

func policyCell(w i18n.Words, value password.Value) PolicyCell {
	return PolicyCell{Text: ruleValue(w, value), Code: ruleCode(value), Off: !value.Active, By: value.By}
}

// RuleLabel names a rule.
func RuleLabel(w i18n.Words, rule password.Rule) string { return w.T("rule-label." + i18n.Msg(rule)) }

// FieldLabel names a field of a policy's form.
func FieldLabel(w i18n.Words, field password.DraftField) string {
	switch field.Rule {
	case password.RuleUserNameForbidden:
		return w.T("Account name not allowed")
	case password.RulePasswordExpirationInDays:
		return w.T("Expires after, days")
	case password.RuleEmailBeforeExpirationInDays:
		return w.T("Reminder, days before")
	case password.RuleBlockingTimeInMin:
		return w.T("Block duration, minutes (0: until unblocked)")
	case password.RuleAllowedRegexDescription:
		return w.T("Description of the format ({{.Language}})", "Language", w.T("locale."+i18n.Msg(field.Language)))
	}
	return RuleLabel(w, field.Rule)
}

// ruleValue describes the value of a rule next to its label; "" = its code is the value.
func ruleValue(w i18n.Words, value password.Value) string {
	switch {
	case !value.Active:
		return ruleOff(w, value.Rule)
	case value.Rule == password.RuleAllowedRegex:
		return ""
	case value.Rule == password.RuleAllowedRegexDescription:
		return value.Texts.In(w.Locale)
	case value.Rule == password.RuleUserNameForbidden:
		return w.T("Not allowed")
	case value.Rule == password.RuleBlockingTimeInMin && value.N < 1:
		return w.T("Until unblocked")
	case slices.Contains(withUnit, value.Rule):
		return w.Count("rule-value."+i18n.Msg(value.Rule), value.N)
	}
	return w.Number(int64(value.N))
}

// withUnit are the rules whose number has a unit.
var withUnit = []password.Rule{
	password.RuleMinimumComplexity, password.RulePasswordExpirationInDays, password.RuleEmailBeforeExpirationInDays, password.RuleBlockingTimeInMin,
}

// ruleOff describes a rule that is off.
func ruleOff(w i18n.Words, rule password.Rule) string {
	switch rule {
	case password.RuleMaximumSymbols:
		return w.T("No limit")
	case password.RuleUserNameForbidden:
		return w.T("Allowed")
	case password.RulePasswordExpirationInDays:
		return w.T("Never")
	}
	return w.T("Off")
}

// ruleCode returns an expression as it is, and its descriptions as in the file.
func ruleCode(value password.Value) string {
	switch {
	case !value.Active:
		return ""
	case value.Rule == password.RuleAllowedRegex:
		return value.Text
	case value.Rule == password.RuleAllowedRegexDescription:
		return Figure(value)
	}
	return ""
}
