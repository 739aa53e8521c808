package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
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
	policies := s.Rules(c).Policies
	ownForSuperAdmins := policies.SuperAdmin != nil
	view := views.PolicyPage{
		Frame: frame, Source: words.PolicySource(frame.Printer, policies), SignIn: words.SignInRules(frame.Printer, s.Accounts.Settings()),
		Sections: []views.PolicySection{
			s.policySection(frame, policies.Account, ownForSuperAdmins), s.policySection(frame, policies.Technical, ownForSuperAdmins),
		},
	}
	if refused := s.Accounts.Policies.Refused(); refused != nil {
		view.Refused = &views.PolicyRefused{At: refused.At}
		if frame.Reader.IsSuperAdmin() { // who can correct it
			view.Refused.Problems = problemLines(refused.Problems)
		}
	}
	if !frame.Reader.IsSuperAdmin() {
		return page.Render(c, http.StatusOK, views.PolicyInForce(view))
	}
	view.Standards = words.Standards(view.Words)
	if policies.SuperAdmin != nil {
		view.Sections = append(view.Sections, s.policySection(frame, *policies.SuperAdmin, true))
	}
	view.Warnings = words.Warnings(view.Words, policies, nil) // each section shows what could not be verified
	versions, err := s.Accounts.Policies.Versions(c.Request().Context(), page.Actor(c))
	if err != nil {
		return err
	}
	for _, v := range versions {
		view.Versions = append(view.Versions, views.PolicyVersion{
			Number: v.Number, From: v.InForceFrom, Source: words.VersionSource(frame.Printer, v), InForce: v.Number == s.Rules(c).Version,
		})
	}
	return page.Render(c, http.StatusOK, views.PolicyInForce(view))
}

// problemLines are the mistakes in a policy file, a line each.
func problemLines(problems []password.Problem) []string {
	lines := make([]string, len(problems))
	for i, problem := range problems {
		lines[i] = problem.Error()
	}
	return lines
}

func (s *App) policySection(frame ui.Frame, policy password.Policy, ownForSuperAdmins bool) views.PolicySection {
	section := views.PolicySection{
		Name: string(policy.Section), ForWhom: words.PolicyAudience(frame.Printer, policy.Section, ownForSuperAdmins), Rules: words.PolicyRules(frame.Words, policy),
		Deviations: words.Deviations(frame.Words, policy), NotProvable: words.NotProvable(frame.Words, policy),
	}
	example, err := s.Accounts.Credentials.Generate("", policy, credential.GeneratorOptions{})
	var none *core.ValidationError
	switch {
	case errors.As(err, &none):
		section.NotGenerated = words.NotGenerated(frame.Words)
		return section
	case err != nil: // the rest of the page is still useful
		return section
	}
	section.Example, section.Strength = example.Text, words.Strength(frame.Words, example.Bits)
	return section
}
