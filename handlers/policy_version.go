package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"

	"latchkey/accounts/core"
	"latchkey/password"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

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
		InForce: number == s.Rules(c).Version, Sections: pastSections(frame, policies),
	}
	return page.Render(c, http.StatusOK, views.PolicyOfVersion(view))
}

// pastSections are the rules of a version; those of accounts come first, as on the policy page.
func pastSections(frame ui.Frame, policies password.Policies) (sections []views.PolicySection) {
	shown := []password.Policy{policies.Account, policies.Technical}
	if policies.SuperAdmin != nil {
		shown = append(shown, *policies.SuperAdmin)
	}
	for _, policy := range shown {
		sections = append(sections, views.PolicySection{
			Name: string(policy.Section), ForWhom: words.PolicyAudience(frame.Printer, policy.Section, policies.SuperAdmin != nil),
			Rules: words.PolicyRules(frame.Words, policy),
		})
	}
	return sections
}
