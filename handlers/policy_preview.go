package handlers

import (
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"

	"latchkey/accounts/policy"
	"latchkey/password"
	"latchkey/password/generator"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// showPolicyPreview starts with the active policies.
func (s *App) showPolicyPreview(c echo.Context) error {
	text := s.Rules(c).Policies.File()
	if s.RestoreForm(c) {
		text = page.Field(c, "policy")
	}
	return s.policyPreviewPage(c, http.StatusOK, text, nil)
}

// previewPolicy shows what a policy would change. It saves nothing.
func (s *App) previewPolicy(c echo.Context) error {
	name, text, err := s.submittedPolicy(c)
	if err != nil {
		return err
	}
	candidate, err := s.parsePolicy(c, name, text)
	if err != nil {
		return s.policyPreviewPage(c, http.StatusUnprocessableEntity, text, func(_ *views.PolicyPreviewPage, frame *ui.Frame) error {
			frame.Problems, err = policyProblems(err)
			return err
		})
	}
	return s.policyPreviewPage(c, http.StatusOK, text, func(view *views.PolicyPreviewPage, frame *ui.Frame) error {
		view.Result, err = s.previewOf(c, *frame, candidate)
		return err
	})
}

// parsePolicy reads a policy and applies the settings that raise it.
func (s *App) parsePolicy(c echo.Context, name, text string) (password.Policies, error) {
	policies, err := password.Parse(name, []byte(text), generator.Contradictions)
	if err != nil {
		return policies, err
	}
	return policies.With(s.Rules(c).Policies.Compliance(), generator.Contradictions)
}

// policyProblems are the mistakes in a submitted policy. Other errors are returned.
func policyProblems(failed error) (list []ui.Problem, err error) {
	var problems password.Problems
	if !errors.As(failed, &problems) {
		return nil, failed
	}
	for _, line := range problemLines(problems) {
		list = append(list, ui.Problem{Field: "policy", Text: line, Lang: ui.LogLang})
	}
	return list, nil
}

func (s *App) policyPreviewPage(
	c echo.Context, status int, text string, fill func(*views.PolicyPreviewPage, *ui.Frame) error,
) error {
	frame, err := s.Frame(c, "policy", "Preview a policy")
	if err != nil {
		return err
	}
	view := views.PolicyPreviewPage{Text: displayableText(text), Place: s.policyPlace(c, frame)}
	if fill != nil {
		if err := fill(&view, &frame); err != nil {
			return err
		}
	}
	view.Frame = frame
	return page.Render(c, status, views.PreviewPolicy(view))
}

// policyPlace is the path of the policy file.
func (s *App) policyPlace(c echo.Context, frame ui.Frame) string {
	if source := s.Rules(c).Policies.Source; source != "" {
		return source
	}
	return frame.T("passwordpolicy.json next to settings.yml")
}

func (s *App) previewOf(c echo.Context, frame ui.Frame, candidate password.Policies) (*views.PolicyPreview, error) {
	found, err := s.Accounts.Policies.Preview(c.Request().Context(), page.Actor(c), candidate, s.Zone)
	if err != nil {
		return nil, err
	}
	then, asIs := previewBars(found.Days)
	result := &views.PolicyPreview{
		Sections: changedSections(frame, found.Changes), Figures: words.PreviewFigures(frame.Printer, found),
		Chart: ui.PreviewChart(frame, then, asIs), Until: frame.Day(found.Days[0].To),
		Warnings: words.Warnings(frame.Words, candidate, found.Warnings),
	}
	return result, nil
}

// changedSections are those in which something changes.
func changedSections(frame ui.Frame, changes []password.SectionChanges) (sections []views.SectionChanges) {
	for _, section := range changes {
		if len(section.Changes) > 0 {
			sections = append(sections, views.SectionChanges{
				Name: string(section.Section), ForWhom: words.PolicyAudience(frame.Printer, section.Section, len(changes) > 2),
				Rules: words.RuleChanges(frame.Words, section.Changes),
			})
		}
	}
	return sections
}

func previewBars(days []policy.PreviewDay) (then, asIs []ui.Bar) {
	for _, day := range days {
		bar := ui.Bar{From: day.From, To: day.To.Add(-time.Nanosecond)}
		bar.Count = day.Then
		then = append(then, bar)
		bar.Count = day.AsIs
		asIs = append(asIs, bar)
	}
	return then, asIs
}

// submittedPolicy is the policy of the form, and what to call it: the file that was sent, or else the text.
func (s *App) submittedPolicy(c echo.Context) (name, text string, err error) {
	if s.IsUpload(c) {
		if name, text, err = uploadedFile(c); name != "" || err != nil {
			return name, text, err
		}
	}
	// Browsers send lines that end as those of mails do; a file's do not.
	return "passwordpolicy.json", strings.ReplaceAll(page.Field(c, "policy"), "\r\n", "\n"), nil
}

// maxPolicyForm bounds a form with a file: it can hold a text and a file of 1 MiB each, and more, so that the error can say that
// a file is too large.
const maxPolicyForm = 5 << 20

// uploadedFile reads a form with a file; the name is "" where none was chosen.
func uploadedFile(c echo.Context) (name, text string, err error) {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxPolicyForm)
	if err := r.ParseMultipartForm(maxPolicyForm); err != nil {
		return "", "", page.BadForm(err)
	}
	file, header, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return "", "", nil
	}
	if err != nil {
		return "", "", page.BadForm(err)
	}
	content, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", "", page.BadForm(err)
	}
	return filepath.Base(header.Filename), string(content), nil
}

// displayableText replaces what a page cannot show.
func displayableText(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
