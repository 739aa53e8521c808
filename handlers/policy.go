package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/handlers/page"
	"latchkey/password"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// policy shows the active policies in words and figures.
func (s *App) policy(c echo.Context) error {
	frame, err := s.Frame(c, "policy", "Password policy")
	if err != nil {
		return err
	}
	rules, super := s.Rules(c), frame.Reader.IsSuperAdmin()
	shown := sectionsOf(rules.Policies)
	if !super {
		shown = shown[:2]
	}
	view := views.PolicyPage{
		Frame: frame, Source: words.PolicySource(frame.Printer, rules.Policies, rules.Version, time.Time{}), SignIn: words.SignInRules(frame.Printer, s.Accounts.Settings()),
		Table: policyTable(frame, shown, rules.Policies.SuperAdmin != nil),
	}
	for _, policy := range shown {
		view.Examples = append(view.Examples, s.policyExample(frame, policy))
	}
	if refused := s.Accounts.Policies.Refused(); refused != nil {
		view.Refused = &views.PolicyRefused{At: refused.At}
		if super { // who can correct it
			for _, problem := range refused.Problems {
				view.Refused.Problems = append(view.Refused.Problems, problem.Error())
			}
		}
	}
	if !super {
		return page.Render(c, http.StatusOK, views.PolicyInForce(view))
	}
	view.Standards = words.Standards(frame.Words)
	view.Warnings = words.Warnings(frame.Words, rules.Policies, nil) // the page shows what could not be verified
	versions, err := s.Accounts.Policies.Versions(c.Request().Context(), page.Actor(c))
	if err != nil {
		return err
	}
	for _, v := range versions {
		if v.Number == rules.Version {
			view.Source = words.PolicySource(frame.Printer, rules.Policies, v.Number, v.InForceFrom)
		}
		view.Versions = append(view.Versions, views.PolicyVersion{
			Number: v.Number, From: v.InForceFrom, Source: words.VersionSource(frame.Printer, v), InForce: v.Number == rules.Version,
		})
	}
	return page.Render(c, http.StatusOK, views.PolicyInForce(view))
}

// sectionsOf returns the policies in the order of the pages.
func sectionsOf(policies password.Policies) []password.Policy {
	sections := []password.Policy{policies.Account, policies.Technical}
	if policies.SuperAdmin != nil {
		sections = append(sections, *policies.SuperAdmin)
	}
	return sections
}

// policyTable compares the policies of sections.
func policyTable(frame ui.Frame, policies []password.Policy, ownForSuperAdmins bool) (table views.PolicyTable) {
	table.Columns = policyColumns(frame, policies, ownForSuperAdmins)
	table.Groups, table.Differ = words.PolicyTable(frame.Words, policies)
	for _, group := range table.Groups {
		table.Rules += len(group.Rows)
	}
	return table
}

func policyColumns(frame ui.Frame, policies []password.Policy, ownForSuperAdmins bool) []words.PolicyColumn {
	sections := make([]password.Section, len(policies))
	for i, policy := range policies {
		sections[i] = policy.Section
	}
	return words.PolicyColumns(frame.Printer, sections, ownForSuperAdmins)
}

// policyExample generates a password under a policy, and lists where it deviates from the standards.
func (s *App) policyExample(frame ui.Frame, policy password.Policy) views.PolicyExample {
	shown := views.PolicyExample{Deviations: words.Deviations(frame.Words, policy), NotProvable: words.NotProvable(frame.Words, policy.NotProvable())}
	example, err := s.Accounts.Credentials.Generate("", policy, credential.GeneratorOptions{})
	switch {
	case errors.As(err, new(*core.ValidationError)):
		shown.NotGenerated = words.NotGenerated(frame.Words)
	case err == nil: // otherwise the rest of the page is still useful
		shown.Text = example.Text
	}
	return shown
}

// policyVersion shows the policies of a version, what they changed, and from when to when they were in force.
func (s *App) policyVersion(c echo.Context) error {
	parsed, err := strconv.ParseInt(c.Param("number"), 10, 32)
	if err != nil {
		return core.ErrNotFound
	}
	number := int(parsed)
	past, err := s.Accounts.Policies.FindVersion(c.Request().Context(), page.Actor(c), number)
	if err != nil {
		return err
	}
	policies, err := password.ReadCanonical(past.Rules)
	if err != nil {
		return err
	}
	frame, err := s.Frame(c, "policy", "Password policy")
	if err != nil {
		return err
	}
	frame.Title = frame.T("Policy version {{.N}}", "N", number)
	view := views.PolicyVersionPage{
		Frame: frame, Number: number, Source: words.VersionSource(frame.Printer, past.PolicyVersion), From: past.InForceFrom, Until: past.Until,
		InForce: number == s.Rules(c).Version, Table: policyTable(frame, sectionsOf(policies), policies.SuperAdmin != nil),
	}
	if past.Before != nil {
		before, err := password.ReadCanonical(past.Before.Rules)
		if err != nil {
			return err
		}
		view.Before, view.Changes = past.Before.Number, sectionChanges(frame, password.Compare(before, policies))
	}
	return page.Render(c, http.StatusOK, views.PolicyOfVersion(view))
}
