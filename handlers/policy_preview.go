package handlers

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/handlers/page"
	"latchkey/password"
	"latchkey/password/generator"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// showPolicyPreview starts with the active policies, or with a preset.
func (s *App) showPolicyPreview(c echo.Context) error {
	start := s.Rules(c).Policies
	sent := sentPolicy{text: start.File(), draft: start.Draft()}
	if preset := c.QueryParam("preset"); preset != "" {
		text, err := password.Preset(preset)
		if err != nil {
			return core.ErrNotFound
		}
		if start, err = password.Parse(policyFileName, []byte(text)); err != nil {
			return err
		}
		sent = sentPolicy{text: text, draft: start.Draft()}
	}
	if s.RestoreForm(c) {
		sent.text, sent.asText = page.Field(c, "policy"), true
		if draft := sentDraft(c); draft != nil {
			sent.draft, sent.asText = draft, false
		}
	}
	view, err := s.policyPreviewPage(c, sent)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, views.PreviewPolicy(view))
}

// previewPolicy shows what a policy would change. It saves nothing.
func (s *App) previewPolicy(c echo.Context) error {
	sent, err := s.readPolicy(c)
	if err != nil {
		return err
	}
	candidate, problems, err := s.candidate(c, &sent)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.refusePolicy(c, sent, problems)
	}
	view, err := s.policyPreviewPage(c, sent)
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

// downloadPolicy answers with the previewed policy as a file. It saves nothing.
func (s *App) downloadPolicy(c echo.Context) error {
	sent, err := s.readPolicy(c)
	if err != nil {
		return err
	}
	_, problems, err := s.candidate(c, &sent)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.refusePolicy(c, sent, problems)
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+policyFileName+`"`)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, []byte(sent.text))
}

// refusePolicy shows the form as it was sent, with its problems.
func (s *App) refusePolicy(c echo.Context, sent sentPolicy, problems []ui.Problem) error {
	view, err := s.policyPreviewPage(c, sent)
	if err != nil {
		return err
	}
	view.Problems = problems
	return page.Render(c, http.StatusUnprocessableEntity, views.PreviewPolicy(view))
}

// candidate reads the policies that were sent, and applies the settings. The problems are those of the form.
func (s *App) candidate(c echo.Context, sent *sentPolicy) (candidate password.Policies, problems []ui.Problem, err error) {
	if !sent.asText {
		if problems = wrongNumbers(s.WordsFor(c), sent.draft); len(problems) > 0 {
			return candidate, problems, nil
		}
	}
	candidate, err = password.Parse(sent.name, []byte(sent.text), generator.Contradictions)
	if err == nil {
		if sent.asText {
			sent.draft = candidate.Draft()
		}
		candidate, err = candidate.With(s.Rules(c).Policies.Compliance(), generator.Contradictions) // settings can raise it
	}
	var found password.Problems
	if !errors.As(err, &found) {
		return candidate, nil, err
	}
	for _, problem := range found {
		shown := ui.Problem{Field: "policy", Text: problem.Error(), Lang: ui.LogLang}
		if !sent.asText {
			shown.Field, shown.Text = policyField(problem)
		}
		problems = append(problems, shown)
	}
	return candidate, problems, nil
}

// policyPreviewPage returns the page with the form only.
func (s *App) policyPreviewPage(c echo.Context, sent sentPolicy) (view views.PolicyPreviewPage, err error) {
	frame, err := s.Frame(c, "policy", "Preview a policy")
	if err != nil {
		return view, err
	}
	displayable := strings.ReplaceAll(strings.ToValidUTF8(sent.text, "\uFFFD"), "\x00", "\uFFFD")
	place := cmp.Or(s.Rules(c).Policies.Source, frame.T("passwordpolicy.json next to settings.yml"))
	view = views.PolicyPreviewPage{Frame: frame, Text: displayable, AsText: sent.asText, Place: place}
	view.Columns, view.Groups = policyForm(frame, sent.draft, s.Rules(c).Policies.Draft())
	return view, nil
}

// weekOfPreview is how many days a bar of the preview's chart has.
const weekOfPreview = 7

// policyPreview shows what the candidate would change.
func policyPreview(frame ui.Frame, candidate password.Policies, found policy.Preview) *views.PolicyPreview {
	var then, asIs []ui.Bar
	for week := range slices.Chunk(found.Days, weekOfPreview) {
		bar := ui.Bar{From: week[0].From, To: week[len(week)-1].To.Add(-time.Nanosecond)}
		now := bar
		for _, day := range week {
			bar.Count += day.Then
			now.Count += day.AsIs
		}
		then, asIs = append(then, bar), append(asIs, now)
	}
	return &views.PolicyPreview{
		Figures: words.PreviewFigures(frame.Printer, found), Chart: ui.PreviewChart(frame, then, asIs), Until: frame.Day(found.Days[0].To),
		Warnings: words.Warnings(frame.Words, candidate, found.Warnings), Sections: sectionChanges(frame, found.Changes),
	}
}

// sectionChanges shows the sections in which something changes, in the order of the pages.
func sectionChanges(frame ui.Frame, all []password.SectionChanges) (shown []views.SectionChanges) {
	for _, name := range formSections {
		at := slices.IndexFunc(all, func(of password.SectionChanges) bool { return of.Section == name })
		if at >= 0 && len(all[at].Changes) > 0 {
			section := all[at]
			shown = append(shown, views.SectionChanges{
				Name: string(section.Section), Head: words.SectionName(frame.Words, section.Section), Rules: words.RuleChanges(frame.Words, section.Changes),
			})
		}
	}
	return shown
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
