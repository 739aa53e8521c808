package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/password"
	"latchkey/views"
)

// policy shows the policies in force, in words and in figures.
func (s *Server) policy(c echo.Context) error {
	frame, err := s.frame(c, "policy", "Password policy")
	if err != nil {
		return err
	}
	policies := s.Accounts.Policies()
	page := views.PolicyPage{Frame: frame, Source: policySource(frame, policies), Sections: []views.PolicySection{
		s.policySection(frame, policies.Account, "For organizations and customers"),
		s.policySection(frame, policies.Technical, "For technical accounts"),
	}}
	if policies.SuperAdmin == nil {
		page.Sections[0].ForWhom = frame.T("For SuperAdmins, organizations and customers")
	}
	if frame.Who.IsSuperAdmin() {
		s.superAdminsOnly(&page)
	}
	page.SignIn = append(s.signInRules(frame), frame.T("A one-time password can be used for {{.Time}}; it opens only the page where a new one is set.",
		"Time", frame.Amount(s.Accounts.Settings().OneTimeValid)))
	return render(c, http.StatusOK, views.PolicyInForce(page))
}

// superAdminsOnly adds what organizations have nothing to do with: the SuperAdmins' own policy, what should be mended, and
// how the policies are judged.
func (s *Server) superAdminsOnly(page *views.PolicyPage) {
	policies := s.Accounts.Policies()
	page.JudgedBy = views.JudgedBy(page.Words)
	if policies.SuperAdmin != nil {
		page.Sections = append(page.Sections, s.policySection(page.Frame, *policies.SuperAdmin, "For SuperAdmins"))
	}
	for _, warning := range policies.Warnings() {
		page.Warnings = append(page.Warnings, views.Warning(page.Words, warning))
	}
}

func policySource(frame views.Frame, policies password.Policies) string {
	if policies.Source == "" {
		return frame.T("This is the built-in policy. A file passwordpolicy.json replaces it.")
	}
	return frame.T("Read from {{.File}} when the program started.", "File", sourceFile(frame, policies))
}

func (s *Server) policySection(frame views.Frame, policy password.Policy, forWhom string) views.PolicySection {
	section := views.PolicySection{
		Name: string(policy.Section), ForWhom: frame.T(forWhom), Rules: views.PolicyRules(frame.Words, policy),
		Departures: views.Departures(frame.Words, policy), NotProvable: views.NotProvable(frame.Words, policy),
	}
	// Where none can be generated the page says all the rest.
	if example, err := s.Accounts.Generate("", policy); err == nil {
		section.Example, section.Strength = example.Text, views.Strength(frame.Words, example.Bits)
	}
	return section
}
