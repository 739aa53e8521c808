package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/models"
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
	apart := policies.SuperAdmin != nil
	page := views.PolicyPage{Frame: frame, Source: policySource(frame, policies), Sections: []views.PolicySection{
		s.policySection(frame, policies.Account, apart), s.policySection(frame, policies.Technical, apart),
	}}
	page.Refused = s.refusedPolicy(frame)
	if frame.Who.IsSuperAdmin() {
		if err := s.superAdminsOnly(c, &page); err != nil {
			return err
		}
	}
	page.SignIn = append(s.signInRules(frame), frame.T("A one-time password can be used for {{.Time}}; it opens only the page where a new one is set.",
		"Time", frame.Amount(s.Accounts.Settings().OneTimeValid)))
	return render(c, http.StatusOK, views.PolicyInForce(page))
}

// superAdminsOnly adds what organizations have nothing to do with: the SuperAdmins' own policy, what should be mended,
// what was in force before and how the policies are judged.
func (s *Server) superAdminsOnly(c echo.Context, page *views.PolicyPage) error {
	policies := s.Accounts.Policies()
	page.JudgedBy = views.JudgedBy(page.Words)
	if policies.SuperAdmin != nil {
		page.Sections = append(page.Sections, s.policySection(page.Frame, *policies.SuperAdmin, true))
	}
	page.Warnings = views.Warnings(page.Words, policies, nil) // of what is in doubt each section tells
	versions, err := s.Accounts.PolicyVersions(c.Request().Context(), actor(c))
	page.Versions = s.listVersions(page.Frame, versions)
	return err
}

// refusedPolicy tells of a newer policy that is not in force: SuperAdmins what is wrong with it, others that there is one.
func (s *Server) refusedPolicy(frame views.Frame) *views.PolicyRefused {
	refused := s.InForce.Refused()
	if refused == nil {
		return nil
	}
	told := &views.PolicyRefused{At: refused.At}
	if frame.Who.IsSuperAdmin() {
		told.Problems = problemLines(refused.Problems)
	}
	return told
}

// problemLines are what is wrong with a policy file, for operators.
func problemLines(problems []password.Problem) []string {
	lines := make([]string, len(problems))
	for i, problem := range problems {
		lines[i] = problem.Error()
	}
	return lines
}

func (s *Server) listVersions(frame views.Frame, versions []models.PolicyVersion) []views.PolicyVersion {
	list := make([]views.PolicyVersion, len(versions))
	for i, v := range versions {
		list[i] = views.PolicyVersion{
			Number: v.Number, From: v.InForceFrom, Source: versionSource(frame, v), InForce: v.Number == s.Accounts.PolicyVersion(),
		}
	}
	return list
}

func versionSource(frame views.Frame, v models.PolicyVersion) string {
	if v.Source == "" {
		return frame.T("built in")
	}
	return v.Source
}

func policySource(frame views.Frame, policies password.Policies) string {
	switch {
	case policies.Source == "":
		return frame.T("This is the built-in policy. A file passwordpolicy.json replaces it.")
	case frame.Who.IsSuperAdmin():
		return frame.T("Read from {{.File}}. A changed file takes effect when the program gets SIGHUP.", "File", policies.Source)
	}
	return frame.T("Read from {{.File}}.", "File", sourceFile(frame, policies))
}

func (s *Server) policySection(frame views.Frame, policy password.Policy, apart bool) views.PolicySection {
	section := views.PolicySection{
		Name: string(policy.Section), ForWhom: forWhom(frame, policy.Section, apart), Rules: views.PolicyRules(frame.Words, policy),
		Departures: views.Departures(frame.Words, policy), NotProvable: views.NotProvable(frame.Words, policy),
	}
	example, err := s.Accounts.Generate("", policy)
	var none *accounts.ValidationError
	switch {
	case errors.As(err, &none):
		section.NotGenerated = views.NotGenerated(frame.Words)
		return section
	case err != nil: // the page says all the rest
		return section
	}
	section.Example, section.Strength = example.Text, views.Strength(frame.Words, example.Bits)
	return section
}
