package handlers

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/password"
	"latchkey/password/generator"
	"latchkey/views"
)

// showPolicyPreview begins with the policies in force.
func (s *Server) showPolicyPreview(c echo.Context) error {
	text := s.Accounts.Policies().File()
	if s.refill(c) {
		text = field(c, "policy")
	}
	return s.policyPreviewPage(c, http.StatusOK, text, nil)
}

// previewPolicy tells what a policy would do. It changes nothing.
func (s *Server) previewPolicy(c echo.Context) error {
	name, text, err := sentPolicy(c)
	if err != nil {
		return err
	}
	candidate, err := s.parsePolicy(name, text)
	if err != nil {
		return s.policyPreviewPage(c, refused, text, func(_ *views.PolicyPreviewPage, frame *views.Frame) error {
			frame.Problems, err = policyProblems(err)
			return err
		})
	}
	return s.policyPreviewPage(c, http.StatusOK, text, func(page *views.PolicyPreviewPage, frame *views.Frame) error {
		page.Result, err = s.previewOf(c, *frame, candidate)
		return err
	})
}

// parsePolicy reads a policy as it would hold here, with the settings that raise it.
func (s *Server) parsePolicy(name, text string) (password.Policies, error) {
	policies, err := password.Parse(name, []byte(text), generator.Contradictions)
	if err != nil {
		return policies, err
	}
	return policies.With(s.Accounts.Policies().Compliance(), generator.Contradictions)
}

// policyProblems are what is wrong with a policy that was sent. Another error comes back.
func policyProblems(failed error) (list []views.Problem, err error) {
	var problems password.Problems
	if !errors.As(failed, &problems) {
		return nil, failed
	}
	for _, line := range problemLines(problems) {
		list = append(list, views.Problem{Field: "policy", Text: line, Lang: views.LogLang})
	}
	return list, nil
}

func (s *Server) policyPreviewPage(
	c echo.Context, status int, text string, tell func(*views.PolicyPreviewPage, *views.Frame) error,
) error {
	frame, err := s.frame(c, "policy", "Preview a policy")
	if err != nil {
		return err
	}
	page := views.PolicyPreviewPage{Text: shownText(text), Place: s.policyPlace(frame)}
	if tell != nil {
		if err := tell(&page, &frame); err != nil {
			return err
		}
	}
	page.Frame = frame
	return render(c, status, views.PreviewPolicy(page))
}

// policyPlace is where the file belongs.
func (s *Server) policyPlace(frame views.Frame) string {
	if source := s.Accounts.Policies().Source; source != "" {
		return source
	}
	return frame.T("passwordpolicy.json beside settings.yml")
}

func (s *Server) previewOf(c echo.Context, frame views.Frame, candidate password.Policies) (*views.PolicyPreview, error) {
	found, err := s.Accounts.Preview(c.Request().Context(), actor(c), candidate, s.Zone)
	if err != nil {
		return nil, err
	}
	then, asIs := previewBars(found.Days)
	result := &views.PolicyPreview{
		Sections: changedSections(frame, found.Changes), Figures: previewFigures(frame, found),
		Chart: views.PreviewChart(frame, then, asIs), Until: frame.Day(found.Days[0].To),
		Warnings: views.Warnings(frame.Words, candidate, found.Doubts),
	}
	return result, nil
}

// changedSections are those in which something changes.
func changedSections(frame views.Frame, changes []password.SectionChanges) (sections []views.SectionChanges) {
	for _, section := range changes {
		if len(section.Changes) > 0 {
			sections = append(sections, views.SectionChanges{
				Name: string(section.Section), ForWhom: forWhom(frame, section.Section, len(changes) > 2),
				Rules: views.RuleChanges(frame.Words, section.Changes),
			})
		}
	}
	return sections
}

func previewFigures(frame views.Frame, p accounts.Preview) []views.PreviewFigure {
	asIs := func(count int) string { return frame.T("As it is now: {{.N}}", "N", frame.Number(int64(count))) }
	return []views.PreviewFigure{
		{Label: frame.T("Expire at once"), Hint: frame.T("Their passwords are still valid now"), Count: p.Expire, Urgent: true},
		{Label: frame.T("No longer expired"), Hint: frame.T("Their passwords have expired now"), Count: p.Revive},
		{Label: frame.T("Reminders today"), Hint: asIs(p.AsIs.Reminders), Count: p.Mails.Reminders},
		{Label: frame.T("Mails today that a password has expired"), Hint: asIs(p.AsIs.Expirations), Count: p.Mails.Expirations},
	}
}

func previewBars(days []accounts.PreviewDay) (then, asIs []views.Bar) {
	for _, day := range days {
		bar := views.Bar{From: day.From, To: day.To.Add(-time.Nanosecond)}
		bar.Count = day.Then
		then = append(then, bar)
		bar.Count = day.AsIs
		asIs = append(asIs, bar)
	}
	return then, asIs
}
