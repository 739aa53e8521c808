package handlers

import (
	"errors"
	"net/http"
	"strconv"

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
	view := views.PolicyPage{
		Frame: frame, Source: words.PolicySource(frame.Printer, rules.Policies), SignIn: words.SignInRules(frame.Printer, s.Accounts.Settings()),
	}
	for _, policy := range sectionsOf(rules.Policies) {
		if policy.Section != password.SectionSuperAdmin || super {
			view.Sections = append(view.Sections, s.policySection(frame, policy, rules.Policies.SuperAdmin != nil))
		}
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
	view.Warnings = words.Warnings(frame.Words, rules.Policies, nil) // each section shows what could not be verified
	versions, err := s.Accounts.Policies.Versions(c.Request().Context(), page.Actor(c))
	if err != nil {
		return err
	}
	for _, v := range versions {
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

// policySection shows a policy with an example, and where it deviates from the standards.
func (s *App) policySection(frame ui.Frame, policy password.Policy, ownForSuperAdmins bool) views.PolicySection {
	section := policyRules(frame, policy, ownForSuperAdmins)
	section.Deviations, section.NotProvable = words.Deviations(frame.Words, policy), words.NotProvable(frame.Words, policy.NotProvable())
	example, err := s.Accounts.Credentials.Generate("", policy, credential.GeneratorOptions{})
	switch {
	case errors.As(err, new(*core.ValidationError)):
		section.NotGenerated = words.NotGenerated(frame.Words)
	case err == nil: // otherwise the rest of the page is still useful
		section.Example, section.Strength = example.Text, words.Strength(frame.Words, example.Bits)
	}
	return section
}

// policyRules shows the rules of a policy.
func policyRules(frame ui.Frame, policy password.Policy, ownForSuperAdmins bool) views.PolicySection {
	return views.PolicySection{
		Name: string(policy.Section), ForWhom: words.PolicyAudience(frame.Printer, policy.Section, ownForSuperAdmins),
		Rules: words.PolicyRules(frame.Words, policy),
	}
}

// policyVersion shows the policies of a version in words, and from when to when they were in force.
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
		InForce: number == s.Rules(c).Version,
	}
	for _, policy := range sectionsOf(policies) {
		view.Sections = append(view.Sections, policyRules(frame, policy, policies.SuperAdmin != nil))
	}
	return page.Render(c, http.StatusOK, views.PolicyOfVersion(view))
}
