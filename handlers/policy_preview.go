package handlers

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/policy"
	"latchkey/handlers/page"
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
	view, err := s.policyPreviewPage(c, text)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, views.PreviewPolicy(view))
}

// previewPolicy shows what a policy would change. It saves nothing.
func (s *App) previewPolicy(c echo.Context) error {
	name, text, err := s.submittedPolicy(c)
	if err != nil {
		return err
	}
	view, err := s.policyPreviewPage(c, text)
	if err != nil {
		return err
	}
	candidate, err := password.Parse(name, []byte(text), generator.Contradictions)
	if err == nil { // settings can raise it
		candidate, err = candidate.With(s.Rules(c).Policies.Compliance(), generator.Contradictions)
	}
	var problems password.Problems
	if errors.As(err, &problems) {
		for _, problem := range problems {
			view.Problems = append(view.Problems, ui.Problem{Field: "policy", Text: problem.Error(), Lang: ui.LogLang})
		}
		return page.Render(c, http.StatusUnprocessableEntity, views.PreviewPolicy(view))
	}
	if err != nil {
		return err
	}
	found, err := s.Accounts.Policies.Preview(c.Request().Context(), page.Actor(c), candidate, s.Zone)
	if err != nil {
		return err
	}
	view.Result = policyPreview(view.Frame, candidate, found)
	return page.Render(c, http.StatusOK, views.PreviewPolicy(view))
}

// policyPreviewPage returns the page with the form only.
func (s *App) policyPreviewPage(c echo.Context, text string) (view views.PolicyPreviewPage, err error) {
	frame, err := s.Frame(c, "policy", "Preview a policy")
	if err != nil {
		return view, err
	}
	displayable := strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	place := cmp.Or(s.Rules(c).Policies.Source, frame.T("passwordpolicy.json next to settings.yml"))
	return views.PolicyPreviewPage{Frame: frame, Text: displayable, Place: place}, nil
}

// policyPreview shows what the candidate would change.
func policyPreview(frame ui.Frame, candidate password.Policies, found policy.Preview) *views.PolicyPreview {
	var then, asIs []ui.Bar
	for _, day := range found.Days {
		bar := ui.Bar{From: day.From, To: day.To.Add(-time.Nanosecond), Count: day.Then}
		then = append(then, bar)
		bar.Count = day.AsIs
		asIs = append(asIs, bar)
	}
	result := &views.PolicyPreview{
		Figures: words.PreviewFigures(frame.Printer, found), Chart: ui.PreviewChart(frame, then, asIs), Until: frame.Day(found.Days[0].To),
		Warnings: words.Warnings(frame.Words, candidate, found.Warnings),
	}
	for _, section := range found.Changes {
		if len(section.Changes) > 0 {
			result.Sections = append(result.Sections, views.SectionChanges{
				Name: string(section.Section), ForWhom: words.PolicyAudience(frame.Printer, section.Section, len(found.Changes) > 2),
				Rules: words.RuleChanges(frame.Words, section.Changes),
			})
		}
	}
	return result
}

// submittedPolicy returns the policy of the form, and what to call it: the file that was sent, or else the text.
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
